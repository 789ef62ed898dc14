/* SPDX-License-Identifier: EUPL-1.2
 *
 * What makes a missing entry visible: the entry before of the same card, and
 * the number and the share before of the same sender and recipient. Reads and
 * writes the batch's transaction; keeps nothing in memory. */
#ifndef BROKER_CHAIN_H
#define BROKER_CHAIN_H

#include "bytes.h"
#include "host/store.h"

struct chain_pair {
    uint64_t nth;  /* shares so far */
    uint64_t last; /* index of the last of them; 0: none */
};

/* The last ACCEPTED or REFUSED entry of card N (the index of its entry); 0:
 * none yet. DHK_FORMAT: the store is damaged. */
DHK_MUST_USE enum dhk_err chain_card(
    uint64_t *last, struct store_txn *t, uint64_t n);
DHK_MUST_USE enum dhk_err chain_card_set(
    struct store_txn *t, uint64_t n, uint64_t index);
/* The shares from SENDER to RECIPIENT, names of partners. */
DHK_MUST_USE enum dhk_err chain_shares(struct chain_pair *out,
    struct store_txn *t, struct slice sender, struct slice recipient);
DHK_MUST_USE enum dhk_err chain_shares_set(struct store_txn *t,
    struct slice sender, struct slice recipient, const struct chain_pair *p);

#endif
