/* SPDX-License-Identifier: EUPL-1.2
 *
 * The verification of a node's own ledger, read from its broker: what
 * verify.h wants, taken from the node and over its connection. */
#ifndef CLIENTS_VERIFY_NODE_H
#define CLIENTS_VERIFY_NODE_H

#include "node.h"
#include "query.h"
#include "verify.h"

/* What a verification starts from. */
enum { VERIFY_OTHERS = 16 };
struct verify_from {
    struct verify_input input;
    struct checkpoint seen;
    struct checkpoint other[VERIFY_OTHERS];
    uint8_t *signers;
    size_t signers_n;
};
/* Reads the pinned signers of NODE, or those at PATH when that is not NULL;
 * NODE may be NULL then. The last checkpoint that NODE saw has to be contained.
 * To be ended after an error as well. */
DHK_MUST_USE enum dhk_err verify_from_node(struct verify_from *out,
    const struct dhk_node *node, const char *path, struct dhk_problem *problem);
void verify_from_end(struct verify_from *from);

struct verify_node {
    struct dhk_node *node; /* connected for DHK_QUERY */
    const struct verify_input *input;
    enum query_purpose purpose;
    int timeout_ms;
    /* may be NULL: as that of verify_file() */
    enum dhk_err (*take)(void *ctx, const struct ledgerfile_record *record);
    /* may be NULL: entries so far, and of all */
    void (*progress)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
};
/* When FAULT says something, the ledger is at fault; else PROBLEM says why it
 * could not be read. */
DHK_MUST_USE enum dhk_err verify_node_run(const struct verify_node *run,
    struct verify_result *result, struct verify_fault *fault,
    struct dhk_problem *problem);

#endif
