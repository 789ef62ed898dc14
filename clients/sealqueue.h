/* SPDX-License-Identifier: EUPL-1.2
 *
 * From the queue of the outbox to sealed bundles. Every signal is previewed
 * again by the agreement in force; what would be shared otherwise than was
 * shown when it was pushed is not sealed but put up for review. */
#ifndef CLIENTS_SEALQUEUE_H
#define CLIENTS_SEALQUEUE_H

#include "sealer.h"

struct sealqueue_result {
    uint64_t bundle; /* 0: nothing was sealed */
    size_t n;        /* signals in it */
    size_t reviews;  /* put up for review, or expired meanwhile */
    size_t stuck;    /* stay queued: no recipient has a key card now */
};
/* Seals what fits one bundle, within T: numbers, records and bytes become
 * durable together when the caller commits. DHK_STATE: no agreement in
 * force. */
DHK_MUST_USE enum dhk_err sealqueue_bundle(struct sealqueue_result *out,
    struct sealer *s, struct dhk_node *node, struct store_txn *t,
    struct dhk_problem *problem);

#endif
