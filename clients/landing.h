/* SPDX-License-Identifier: EUPL-1.2
 *
 * A receipt for a sealed bundle of the outbox: verified, compared with what
 * was promised, and stored with all that follows from it. */
#ifndef CLIENTS_LANDING_H
#define CLIENTS_LANDING_H

#include "node.h"
#include "store.h"

struct landing_job {
    struct dhk_node *node;
    struct store_txn *t; /* of the outbox */
    struct dhk_problem *problem;
    bool stale; /* set when a signal is to be sealed again, for agreement or
                   cards have changed */
};
/* DHK_AUTH, DHK_STATE: the receipt does not verify, or contradicts; nothing was
 * stored then. */
DHK_MUST_USE enum dhk_err landing_take(
    struct landing_job *job, uint64_t bundle, struct slice bytes);

#endif
