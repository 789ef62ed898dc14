/* SPDX-License-Identifier: EUPL-1.2
 *
 * What came of every sender: which counter of a card with which signal, and
 * which of its shares in the ledger neither came nor is known to have ended.
 * Rows of the inbox. */
#ifndef CLIENTS_SEEN_H
#define CLIENTS_SEEN_H

#include "answer.h"
#include "store.h"

enum seen_counter { SEEN_FRESH = 0, SEEN_AGAIN, SEEN_REPLAYED };
struct seen_mark {
    uint8_t card[32];    /* the sender's; of a notice, its entry's leaf hash */
    uint64_t counter;    /* of a notice 0: it is not counted */
    uint8_t id[32];      /* of the signal */
    uint8_t leaf[32];    /* of the share's entry, as it came */
    struct slice sender; /* a partner, ... */
    uint64_t nth; /* ... and which of its shares for this one it is; 0: none */
};
struct seen_found {
    enum seen_counter what;
    uint64_t missing;           /* FRESH: how many shares of this sender, up to
                                   the last that came, are not accounted for */
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

/* Share NTH of SENDER is accounted for: it came, or the ledger says that it is
 * not to come. LEFT, unless NULL: how many up to the last are not. */
DHK_MUST_USE enum dhk_err seen_account(
    struct store_txn *t, struct slice sender, uint64_t nth, uint64_t *left);
/* The first share of SENDER after AFTER and before UNTIL that is not accounted
 * for, of the last 1,024. DHK_NOTFOUND: all are. */
DHK_MUST_USE enum dhk_err seen_hole(struct store_txn *t, struct slice sender,
    uint64_t after, uint64_t until, uint64_t *nth);

/* At the start, for an inbox that may have lost the last of its rows: gaps that
 * begin before it are not counted, for they may be those rows. */
DHK_MUST_USE enum dhk_err seen_lapse(struct store_txn *t);

#endif
