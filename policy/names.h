/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: how alike two names are. Serves suggestions for a
 * mistyped name, and the refusal of names that a reader takes for one
 * another. */
#ifndef POLICY_NAMES_H
#define POLICY_NAMES_H

#include "bytes.h"

/* Keeps the nearest of the names offered. */
struct nearest {
    struct slice typed;
    const char *name; /* NULL: none is near enough */
    unsigned distance;
};
void names_nearest_init(struct nearest *best, struct slice typed);
void names_nearest_offer(struct nearest *best, const char *name);

/* Damerau-Levenshtein distance (adjacent transpositions) of two names of at
 * most LIMIT_NAME bytes. */
unsigned names_distance(struct slice a, struct slice b);
/* Whether a reader may take A for B: equal after 0/o, 1/l and rn/m are folded;
 * or of five letters or more and one edit apart, unless that edit is of digits
 * (article numbers differ by one digit, and are read as numbers). */
bool names_is_confusable(struct slice a, struct slice b);

#endif
