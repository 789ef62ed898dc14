/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that the ledger has for this node and that did not come: whether the
 * ledger shows, too, that they were not to come. */
#ifndef CLIENTS_GAPS_H
#define CLIENTS_GAPS_H

#include "node.h"
#include "store.h"

/* Before the shares of the DELIVER message BYTES are taken in T: what lies
 * before them and is proved to wait for an approval, or to have ended
 * unanswered, is accounted for. Nothing else is: silence, and a word without a
 * proof, leave it missing. DHK_STATE: the ledger contradicts itself; else only
 * this machine's errors. */
DHK_MUST_USE enum dhk_err gaps_close(struct dhk_node *node, struct store_txn *t,
    struct slice bytes, struct dhk_problem *problem);

/* Whether the ledger shows, with a proof, that the share S, which waits in the
 * inbox, was withdrawn or corrected meanwhile: then it is not to be handed out.
 * *WITHDRAWN is false, too, when the broker does not answer, or proves nothing.
 * Errors as above. */
DHK_MUST_USE enum dhk_err gaps_withdrawn(struct dhk_node *node,
    const struct dhk_share *s, bool *withdrawn, struct dhk_problem *problem);

#endif
