/* SPDX-License-Identifier: EUPL-1.2
 *
 * The course of a case as the broker shows it, taken into a casestore: each
 * entry is read strictly, is of this case and ledger, and carries the signature
 * of a key card that the roster's identity key of its partner signed. What does
 * not hold is reported and not taken. */
#ifndef CLIENTS_CASEFETCH_H
#define CLIENTS_CASEFETCH_H

#include "casestore.h"

struct agreement;
/* What PARTNER is by A: ACT_BY_PARTY, ACT_BY_WEIGHER; *OF is the number of
 * weighers. NULL, none is in force: 0 and 0. */
unsigned casefetch_role(
    const struct agreement *a, struct slice partner, unsigned *of);

/* A session with DHK_SEND, DHK_RECEIVE or DHK_CASES must be ready. Adds to S
 * what is behind index AFTER. DHK_NOTFOUND: no answer in time; DHK_AUTH: the
 * broker showed another entry under an index before, and both are kept as
 * evidence; DHK_DENIED, DHK_LIMIT, DHK_NOMEM. */
DHK_MUST_USE enum dhk_err casefetch_course(struct casestore *s,
    struct dhk_node *node, const uint8_t handle[STATEMENT_CASE], uint64_t after,
    struct dhk_problem *problem);

struct casefetch_case {
    uint8_t handle[STATEMENT_CASE];
    uint64_t last; /* index of its last statement */
};
/* The cases that this partner takes part in, in malloc()ed memory. */
DHK_MUST_USE enum dhk_err casefetch_cases(struct casefetch_case **list,
    size_t *n, struct dhk_node *node, struct dhk_problem *problem);

/* A share that waits for this partner's approval. */
struct casefetch_share {
    uint64_t index;
    int64_t accepted, expires; /* seconds */
    char sender[LIMIT_NAME + 1], recipient[LIMIT_NAME + 1];
    char kind[LIMIT_NAME + 1], purpose[LIMIT_NAME + 1];
    uint8_t case_handle[STATEMENT_CASE];
    uint8_t id[32];
};
DHK_MUST_USE enum dhk_err casefetch_waiting(struct casefetch_share **list,
    size_t *n, struct dhk_node *node, struct dhk_problem *problem);

#endif
