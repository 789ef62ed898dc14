/* SPDX-License-Identifier: EUPL-1.2
 *
 * Numbers without pattern that are the same in every run and on every
 * machine (splitmix64), so that a failure can be looked at twice. */
#ifndef UNIT_PROTO_CHANCE_H
#define UNIT_PROTO_CHANCE_H

#include <stdint.h>

struct chance {
    uint64_t state;
};

static inline uint64_t
chance_u64(struct chance *c)
{
    c->state += 0x9e3779b97f4a7c15;
    uint64_t v = c->state;
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
    v = (v ^ v >> 27) * 0x94d049bb133111eb;
    return v ^ v >> 31;
}

/* 0 to N - 1 */
static inline uint64_t
chance_below(struct chance *c, uint64_t n)
{
    return chance_u64(c) % n;
}

#endif
