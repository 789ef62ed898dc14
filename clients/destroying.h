/* SPDX-License-Identifier: EUPL-1.2
 *
 * The destruction of a case at this node: the label, and whatever of its
 * signals outbox and inbox still hold or have left in their files, for all
 * brokers that the node is joined to. What the ledgers hold stays, and ties
 * nothing to a person any more. */
#ifndef CLIENTS_DESTROYING_H
#define CLIENTS_DESTROYING_H

#include "node.h"

/* Whether nothing of HANDLE is open: DHK_STATE, with what to do, when a signal
 * waits or a share has no outcome, here or in the inbox. DHK_EXISTS: another
 * process works with outbox or inbox. */
DHK_MUST_USE enum dhk_err destroying_check(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem);
/* Forgets, of what was taken of HANDLE at NODE's broker, what is kept too long
 * at NOW (seconds); the case goes on, and nothing is stated. */
DHK_MUST_USE enum dhk_err destroying_passed(struct dhk_node *node,
    const char *handle, int64_t now, struct dhk_problem *problem);
/* Destroys it, and keeps the statement of that for NODE's broker, and for the
 * others that were sent something of the case. May be done again after any
 * failure; what was stated is not stated again. NODE has no outbox or inbox
 * open afterwards. */
DHK_MUST_USE enum dhk_err destroying_run(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem);

#endif
