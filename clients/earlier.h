/* SPDX-License-Identifier: EUPL-1.2
 *
 * What became of signals that were sent with a card before this one: the
 * broker tells it to that card. While that is valid and its secrets are here it
 * is connected with for a moment; else the ledger is asked, which has it too.
 */
#ifndef CLIENTS_EARLIER_H
#define CLIENTS_EARLIER_H

#include "node.h"

/* NODE is connected with DHK_SEND, and stays so: outcomes of signals that other
 * cards of this node sent are taken into the outbox, as long as some are open;
 * with none, nothing is asked. What cannot be had now is reported and comes at
 * the next call. DHK_NOMEM, DHK_IO: this machine; DHK_STATE, DHK_AUTH: the
 * ledger contradicts itself. */
DHK_MUST_USE enum dhk_err earlier_outcomes(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);

#endif
