/* SPDX-License-Identifier: EUPL-1.2
 *
 * What came of every sender's card: which counter with which signal, and how
 * many counters never came. Rows of the inbox. */
#ifndef CLIENTS_SEEN_H
#define CLIENTS_SEEN_H

#include "answer.h"
#include "store.h"

enum seen_counter { SEEN_FRESH = 0, SEEN_AGAIN, SEEN_REPLAYED };
struct seen_mark {
    uint8_t card[32]; /* the sender's; of a notice, its entry's leaf hash */
    uint64_t counter; /* of a notice 0: it is not counted */
    uint8_t id[32];   /* of the signal */
    uint8_t leaf[32]; /* of the share's entry, as it came */
};
struct seen_found {
    enum seen_counter what;
    uint64_t missing;           /* FRESH: how many before it were never seen; 0
                                   when it comes late itself */
    enum answer_outcome before; /* AGAIN: what it was answered with, which the
                                   next answer must say, too, ... */
    uint8_t leaf[32];           /* ... and of which entry; perhaps another: the
                                   one that came first may not be the ledger's */
};
/* Notes the counter of a verified share. AGAIN: the same signal came before.
 * REPLAYED: this counter came with another signal. Nothing changes then. */
DHK_MUST_USE enum dhk_err seen_count(
    struct store_txn *t, const struct seen_mark *m, struct seen_found *out);
/* Remembers the OUTCOME of what is noted under CARD and COUNTER. */
DHK_MUST_USE enum dhk_err seen_outcome(struct store_txn *t,
    const uint8_t card[32], uint64_t counter, enum answer_outcome outcome);

/* At the start, for an inbox that may have lost the last of its rows: gaps that
 * begin before it are not counted, for they may be those rows. */
DHK_MUST_USE enum dhk_err seen_lapse(struct store_txn *t);

#endif
