/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: the search for a request to which a permit of an
 * agreement and a rule of a baseline both apply, and of which a field is left
 * that the baseline's rule would take. */
#ifndef POLICY_HUNT_H
#define POLICY_HUNT_H

#include "rule.h"

enum {
    HUNT_LEVELS = 5 + LIMIT_ATTRIBUTES, /* dimensions of a request */
    /* choices remembered on a level; what was not is tried again */
    HUNT_TRIED = 64,
};

struct opponents { /* bit i: rule i of the agreement */
    uint64_t bits[LIMIT_RULES / 64];
};
struct hunt_level {
    size_t values; /* to choose from */
    size_t next;
    struct opponents left; /* after the choices on the levels before */
    struct opponents tried[HUNT_TRIED];
    size_t tried_n;
};
struct hunt {
    const struct agreement
        *all;     /* rules of the agreement, then the baseline's */
    size_t own_n; /* of the agreement, at most LIMIT_RULES */
    const struct rule *permit, *against;
    size_t effort;      /* questions to rules that are left; 0: gave up */
    struct request req; /* found */
    uint32_t fields;    /* that both are about; others may take some */
    /* the search: */
    size_t levels_n;
    struct hunt_level level[HUNT_LEVELS];
    uint8_t last[LIMIT_RULES]; /* the last level that can rid us of it */
};

/* Whether there is a request; then it is in H. With the effort at its end,
 * false means nothing. */
bool hunt_run(struct hunt *h);

#endif
