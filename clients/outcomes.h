/* SPDX-License-Identifier: EUPL-1.2
 *
 * What became of own shares: signed answers of the recipients, returned and
 * expired shares. Each is checked against the share entry of its receipt
 * before it counts. */
#ifndef CLIENTS_OUTCOMES_H
#define CLIENTS_OUTCOMES_H

#include "command.h"
#include "entry.h"
#include "outbox.h"
#include "recalls.h"

/* A copy of an OUTCOMES message, for messages do not last. */
struct outcomes {
    uint64_t cursor;
    size_t n;
    uint64_t *index;
    struct slice *entry;
    uint8_t *mem;
};
DHK_MUST_USE enum dhk_err outcomes_copy(
    struct outcomes *out, const struct command *c);
void outcomes_free(struct outcomes *o);

/* Fetches the recipients' cards that their answers need. Cards that do not
 * exist are met again by outcomes_apply(). DHK_NOTFOUND: the broker did not
 * say; nothing may be applied or confirmed. */
DHK_MUST_USE enum dhk_err outcomes_fetch_cards(
    struct dhk_node *node, const struct outcomes *o, int timeout_ms);
/* Nobody but the broker says that a share expired or was returned, and nobody
 * signs it: such an entry counts once a signed head shows it in the ledger.
 * DHK_NOTFOUND: it is not shown, which is reported; nothing may be applied or
 * confirmed. DHK_STATE: the head contradicts another one. */
DHK_MUST_USE enum dhk_err outcomes_prove(
    struct dhk_node *node, const struct outcomes *o, int timeout_ms);
/* Within T. An entry that does not verify is kept as evidence and reported;
 * it changes nothing. */
DHK_MUST_USE enum dhk_err outcomes_apply(
    struct dhk_node *node, struct store_txn *t, const struct outcomes *o);
/* The shares or notices whose outcome E is, *N of them; 0: it is none. */
const uint64_t *outcomes_about(const struct entry *e, size_t *n);
/* The receipt of own share SHARE (a ledger index) is stored: applies an outcome
 * that came before it. */
DHK_MUST_USE enum dhk_err outcomes_land(
    struct dhk_node *node, struct store_txn *t, uint64_t share);

/* X, found good by recalls_check(), is about a share of signal NUMBER.
 * DHK_AUTH: it is not, or contradicts what its recipient answered; nothing
 * changes. */
DHK_MUST_USE enum dhk_err outcomes_withdrawn(struct dhk_node *node,
    struct store_txn *t, uint64_t number, const struct recalls_entry *x);

#endif
