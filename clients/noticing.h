/* SPDX-License-Identifier: EUPL-1.2
 *
 * Notices of signals that their sender withdrew or corrected: verified, and
 * kept in the inbox behind the shares that came before, within a transaction
 * of it. */
#ifndef CLIENTS_NOTICING_H
#define CLIENTS_NOTICING_H

#include "inbox.h"
#include "outcomes.h"

/* The senders' cards. DHK_NOTFOUND: one was not shown (fetch_signer()), so that
 * these notices have to come again. */
DHK_MUST_USE enum dhk_err noticing_fetch_cards(
    struct dhk_node *node, const struct outcomes *o, int timeout_ms);
/* Within T. One that does not verify is kept as evidence and reported; it is
 * not shown, and cannot be answered. */
DHK_MUST_USE enum dhk_err noticing_take(
    struct dhk_node *node, struct store_txn *t, const struct outcomes *o);

#endif
