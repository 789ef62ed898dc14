/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node as witness of its broker's ledger: when the roster names its partner a
 * cosigner, it cosigns each head that it has just proved to extend all before,
 * once a connection and now and then in long ones. And what follows for every
 * node from the cosignatures of others: which head counts, and whether signals
 * may be sent. Who is no cosigner asks for that only when it sends. */
#ifndef CLIENTS_WITNESS_H
#define CLIENTS_WITNESS_H

#include "node.h"

/* All three: DHK_STATE when the ledger contradicts what it showed before,
 * DHK_IO and DHK_NOMEM of this machine. That the broker does not answer, or
 * shows nothing that counts, is no error. */

/* After the hello, when the newest head is proved. */
DHK_MUST_USE enum dhk_err witness_connected(
    struct dhk_node *node, struct dhk_problem *problem);
/* In a session that goes on; cheap when nothing is due. */
DHK_MUST_USE enum dhk_err witness_goes_on(
    struct dhk_node *node, struct dhk_problem *problem);
/* Asks for the newest head that counts, unless that was asked a moment ago. */
DHK_MUST_USE enum dhk_err witness_ask(
    struct dhk_node *node, struct dhk_problem *problem);

/* Whether the newest head that counts is from today, so that nobody need ask
 * before sending. */
bool witness_is_fresh(const struct dhk_node *node);
/* DHK_OK, or DHK_NOTFOUND: no head counted for a day, and nothing is sent until
 * one does; PROBLEM says so. */
DHK_MUST_USE enum dhk_err witness_may_send(
    const struct dhk_node *node, struct dhk_problem *problem);

#endif
