/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: every assignment that rules can tell apart of the values
 * that a request leaves hidden. */
#ifndef POLICY_SEARCH_H
#define POLICY_SEARCH_H

#include "evaluate.h"

enum { SEARCH_MAX = 1000000 };

struct search {
    const struct agreement *a;
    struct request req;              /* the assignment of this moment */
    size_t hidden[LIMIT_ATTRIBUTES]; /* positions that are tried */
    uint32_t tried[LIMIT_ATTRIBUTES];
    size_t hidden_n;
    bool windows; /* whether sets of windows are tried */
    size_t window_set;
};

/* Begins with every hidden value unknown. Parties and kind of REQ must exist.
 * DHK_LIMIT when there are more than SEARCH_MAX assignments. */
DHK_MUST_USE enum dhk_err search_begin(
    struct search *s, const struct agreement *a, const struct request *req);
/* Goes to the next assignment; false after the last. */
bool search_next(struct search *s);

#endif
