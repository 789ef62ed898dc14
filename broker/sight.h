/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whose entry it is, and so who may see it; and which filter it passes. */
#ifndef BROKER_SIGHT_H
#define BROKER_SIGHT_H

#include "bytes.h"
#include "line.h"
#include "query.h"

struct sight {
    struct slice viewer; /* a partner's name; empty: an auditor */
    const struct query *query;
    const struct force *force; /* whose a card is */
    uint64_t asked;            /* when, in ms: what is covert then is left out
                                  of a subject's answer */
    struct line_reader reader;
};

/* Who may see an entry: all, or these partners (empty: nobody more). Names
 * borrow from the entry and the reader. Auditors see everything. */
struct sight_viewers {
    bool all;
    struct slice name[2];
};
struct sight_viewers sight_viewers(
    struct line_reader *r, struct store_txn *t, const struct entry *e);

/* Whether the viewer may see E. In doubt it may not. */
bool sight_may_see(struct sight *s, struct store_txn *t, const struct entry *e);
/* Sets *PASSES to whether E, entry INDEX, passes the query's filters and time.
 * What was accepted takes part in what became of it: only it tells what a
 * partner that was sent a share was not given. Errors as line_each(). */
DHK_MUST_USE enum dhk_err sight_passes(struct sight *s, struct store_txn *t,
    const struct entry *e, uint64_t index, bool *passes);

#endif
