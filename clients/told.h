/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the broker tells the session's card of its shares: taken into the
 * outbox, and confirmed once it is durable there. */
#ifndef CLIENTS_TOLD_H
#define CLIENTS_TOLD_H

#include "command.h"
#include "node.h"
#include "store.h"

/* Within T of the outbox: what the OUTCOMES message C says counts. One whose
 * cards or proofs cannot be had now is left out: it is told again. */
DHK_MUST_USE enum dhk_err told_take(struct dhk_node *node, struct store_txn *t,
    const struct command *c, struct dhk_problem *problem);
/* Confirms to the broker what is durable by now; a loss is told again. */
void told_confirm(struct dhk_node *node);

/* Over a session with DHK_SEND that is ready, while no receipt is awaited:
 * takes and confirms all that waits to be told. DHK_NOTFOUND: the broker did
 * not answer; DHK_STATE, DHK_AUTH: it contradicts itself. */
DHK_MUST_USE enum dhk_err told_all(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);

#endif
