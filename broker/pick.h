/* SPDX-License-Identifier: EUPL-1.2
 *
 * The entries that a question need look at: candidates by the index for all of
 * its filters at once, and of a partner's question only for what that partner
 * may see. So where a page ends tells it nothing of others' entries. */
#ifndef BROKER_PICK_H
#define BROKER_PICK_H

#include "index.h"

/* Candidates for one of up to two terms. */
struct pick_group {
    struct index_walk walk[2];
    size_t n;
};
struct pick {
    struct pick_group group[TERM_FILTERS + 1]; /* all of them must agree */
    size_t n;
};
/* VIEWER empty: an auditor's. What is borrowed is as in index_walk_init(). */
void pick_init(struct pick *p, const struct index *ix, struct store_txn *t,
    const struct query *q, struct slice viewer);
/* As index_walk_next(). Without filters every entry is a candidate. */
DHK_MUST_USE enum dhk_err pick_next(
    struct pick *p, uint64_t from, uint64_t until, uint64_t *found);

#endif
