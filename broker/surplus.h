/* SPDX-License-Identifier: EUPL-1.2
 *
 * Memory that a burst of work has left free goes back to the system once a
 * process has had nothing to do for a second: malloc() keeps it otherwise. */
#ifndef BROKER_SURPLUS_H
#define BROKER_SURPLUS_H

#include <stdbool.h>
#include <stdint.h>

struct surplus {
    uint64_t worked_ms; /* monotonic: the last work */
    bool kept;          /* there was work since it was given back */
};

/* Once a turn: whether there was WORK, at NOW_MS, monotonic. */
void surplus_turn(struct surplus *s, bool work, uint64_t now_ms);

#endif
