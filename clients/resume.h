/* SPDX-License-Identifier: EUPL-1.2
 *
 * Where the deliveries for an own card go on after a reconnect: of each class
 * of shares, how far all that is open at the broker is in the inbox, to be
 * handed out or answered. Rows of the inbox, written together with the shares
 * that they are about. What the broker says of it is not signed: a cursor that
 * is wrong makes a share late, until the broker has waited too long for its
 * answer, and never lost. */
#ifndef CLIENTS_RESUME_H
#define CLIENTS_RESUME_H

#include "command.h"
#include "node.h"
#include "store.h"

/* For the card of NODE, durable unless the application keeps the inbox; zeros
 * when nothing is known. No transaction of the inbox may be open. */
void resume_get(struct dhk_node *node, uint64_t cursor[COMMAND_CLASSES]);
/* CARD was delivered, and T keeps, every open share after FROM up to TO. The
 * cursor moves only when all up to FROM was kept before; also back, so that
 * what somebody made up does not stay. */
DHK_MUST_USE enum dhk_err resume_note(struct store_txn *t,
    const uint8_t card[32], const uint64_t from[COMMAND_CLASSES],
    const uint64_t to[COMMAND_CLASSES]);
/* Rows may have been lost: nothing is known of any card. */
DHK_MUST_USE enum dhk_err resume_forget(struct store_txn *t);

#endif
