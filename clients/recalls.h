/* SPDX-License-Identifier: EUPL-1.2
 *
 * Withdrawing what was sent: the wish is kept durably, signed when the broker
 * has accepted the signal (and the one in its place), and sent until the
 * broker's receipt is there. What the ledger says of it is checked first. */
#ifndef CLIENTS_RECALLS_H
#define CLIENTS_RECALLS_H

#include "node.h"
#include "recall.h"
#include "record.h"

/* Keeps the wish to withdraw signal NUMBER; with REPLACEMENT, another number of
 * the outbox, to correct it. The same wish again changes nothing. Errors as
 * dhk_withdraw(). */
DHK_MUST_USE enum dhk_err recalls_wish(struct store_txn *t, uint64_t number,
    const struct recall *wish, struct dhk_problem *problem);
/* The same in a transaction of its own; REASON by name. */
DHK_MUST_USE enum dhk_err recalls_withdraw(struct dhk_node *node,
    uint64_t number, const char *reason, struct dhk_problem *problem);

/* Sends all that can be, over the session that is ready; *WAITING is how many
 * have no receipt yet. DHK_NOTFOUND: the broker did not answer, with a
 * sentence. DHK_AUTH: a receipt contradicts what was sent. */
DHK_MUST_USE enum dhk_err recalls_send(
    struct dhk_node *node, size_t *waiting, struct dhk_problem *problem);

/* An entry of the ledger, with its place. */
struct recalls_entry {
    const struct entry *e; /* withdrawn or corrected */
    uint64_t index;
    struct slice bytes;
};
/* Why X does not count, or NULL: whether this partner signed it. */
const char *recalls_check(const struct dhk_node *node,
    const struct recalls_entry *x, struct withdrawal *said);
/* Notes within T what X, checked, says of a share of signal NUMBER. */
DHK_MUST_USE enum dhk_err recalls_note(struct store_txn *t, uint64_t number,
    const struct recalls_entry *x, const struct withdrawal *said);
/* The notice of entry INDEX about signal NUMBER is answered, by ITEM; fine
 * when there is none. */
DHK_MUST_USE enum dhk_err recalls_answer(struct store_txn *t, uint64_t number,
    uint64_t index, const struct answer *a);

#endif
