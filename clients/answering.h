/* SPDX-License-Identifier: EUPL-1.2
 *
 * Answers of the inbox on their way: signed, one to each sender over as many
 * shares as it may hold, sent until the broker has them on its ledger. */
#ifndef CLIENTS_ANSWERING_H
#define CLIENTS_ANSWERING_H

#include "command.h"
#include "node.h"
#include "store.h"

/* After a lost connection all go again. */
void answering_begin(struct dhk_node *node);
/* All go again: what was counted as done is not known to be. */
void answering_forget(struct dhk_node *node);
/* Sends what is not on its way, or has been for too long. Fine without a
 * connection. */
DHK_MUST_USE enum dhk_err answering_send(struct dhk_node *node);
/* ANSWERED came for REQUEST: within T, its answers are done. */
DHK_MUST_USE enum dhk_err answering_take(
    struct dhk_node *node, struct store_txn *t, uint64_t request);

#endif
