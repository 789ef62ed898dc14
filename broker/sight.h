/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whose entry it is: which partners take part in a ledger entry, which case
 * it belongs to, and so who may see it and which filter it passes. */
#ifndef BROKER_SIGHT_H
#define BROKER_SIGHT_H

#include "bytes.h"
#include "entry.h"
#include "host/store.h"
#include "query.h"

struct force;

struct sight {
    struct slice viewer; /* a partner's name; empty: an auditor */
    const struct query *query;
    const struct force *force; /* whose a card is */
    uint64_t asked;            /* ms; of the query, for what is covert then */
    struct entry other;        /* for entries that an entry points to */
};

/* Whether the viewer may see E. In doubt it may not. */
bool sight_may_see(struct sight *s, struct store_txn *t, const struct entry *e);
/* Whether E, entry INDEX, passes the query's partner, case and time. What was
 * accepted takes part in what became of it: only it tells what a partner that
 * was sent a share was not given. */
bool sight_passes(struct sight *s, struct store_txn *t, const struct entry *e,
    uint64_t index);

#endif
