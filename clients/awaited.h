/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is still to be told to cards that this node does not connect with any
 * more: a broker tells what became of a share to the card that sent it. Rows of
 * the outbox, for shares and notices without an outcome; made when another card
 * takes over, and gone with the outcome. */
#ifndef CLIENTS_AWAITED_H
#define CLIENTS_AWAITED_H

#include "outbox.h"

/* OWN is the card that NODE's outbox is worked with from here on: notes what is
 * open of others', when it was another one before. */
DHK_MUST_USE enum dhk_err awaited_begin(
    struct outbox *o, const uint8_t own[CARD_ID]);
/* Entry INDEX, a share or notice of a signal sealed with CARD, has its outcome.
 * Fine when it was not noted. */
DHK_MUST_USE enum dhk_err awaited_ended(
    struct store_txn *t, const uint8_t card[CARD_ID], uint64_t index);

/* The cards that something may still be told to, into LIST of NODE_CARDS_MAX,
 * how many into *N; OWN is left out. */
struct awaited_card {
    uint8_t id[CARD_ID];
    uint64_t first; /* its first entry without an outcome; 0: none is left, but
                       the broker may not know that all was heard */
};
DHK_MUST_USE enum dhk_err awaited_cards(struct outbox *o,
    struct awaited_card *list, size_t *n, const uint8_t own[CARD_ID]);
/* CARD was told all that there is, and the broker knows: when nothing of it is
 * open, it is not asked for any more. */
DHK_MUST_USE enum dhk_err awaited_heard(
    struct outbox *o, const uint8_t card[CARD_ID]);

#endif
