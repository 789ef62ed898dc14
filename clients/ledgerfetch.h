/* SPDX-License-Identifier: EUPL-1.2
 *
 * Fetching what this node may see of the ledger, as the records of a ledger
 * file: with the signed texts and the checkpoints that its verification
 * needs. */
#ifndef CLIENTS_LEDGERFETCH_H
#define CLIENTS_LEDGERFETCH_H

#include "ledgerfile.h"
#include "merkle.h"
#include "node.h"
#include "query.h"

struct ledgerfetch {
    struct dhk_node *node; /* connected for DHK_QUERY */
    enum query_purpose purpose;
    int timeout_ms;
    /* gets each record but END; an error ends it all and is passed on */
    enum dhk_err (*emit)(void *ctx, const struct ledgerfile_record *record);
    /* may be NULL: entries so far, and of all */
    void (*progress)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
    /* the entries that are here already, of a complete ledger: those after
     * them come, with the last checkpoint only. NULL: all */
    const struct merkle_frontier *after;
    /* what to ask in place of all that this node may see: a complete answer,
     * whose seals the broker may have to make first; NULL: all */
    const struct query *answer;
};

/* DHK_DENIED, DHK_NOTFOUND, DHK_AUTH, DHK_STATE: see PROBLEM, unless emit()
 * failed. */
DHK_MUST_USE enum dhk_err ledgerfetch_run(
    const struct ledgerfetch *f, struct dhk_problem *problem);

#endif
