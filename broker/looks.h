/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the reading that a card asks for may cost all others. */
#ifndef BROKER_LOOKS_H
#define BROKER_LOOKS_H

#include <stdbool.h>
#include <stdint.h>

struct core;

/* Rows that one card may have looked at at once, what a question counts beside
 * them, and how many come back each second. */
enum { LOOKS_AT_ONCE = 65536, LOOKS_QUESTION = 16, LOOKS_PER_SECOND = 8192 };

/* Whether card N may ask now: what it had looked at before has come back. */
bool looks_may(const struct core *c, uint64_t n);
/* For a question of card N, ROWS were looked at. */
void looks_took(struct core *c, uint64_t n, uint64_t rows);

#endif
