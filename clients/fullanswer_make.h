/* SPDX-License-Identifier: EUPL-1.2
 *
 * Makes a complete answer (fullanswer.h): asks the broker, which seals first,
 * verifies all that comes as driehoek ledger verify does, makes every seal's
 * list again, and writes what was asked for with its proofs. What comes is kept
 * in a temporary file without a name meanwhile. */
#ifndef CLIENTS_FULLANSWER_MAKE_H
#define CLIENTS_FULLANSWER_MAKE_H

#include "node.h"
#include "query.h"
#include "verify.h"

struct fullanswer_make {
    struct dhk_node *node;     /* connected for DHK_QUERY */
    const struct query *query; /* purpose, partner, case, kind, outcome */
    const struct verify_input *verify;
    int timeout_ms;
    /* may be NULL: entries so far, and of all */
    void (*progress)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
    FILE *out;
};
/* DHK_AUTH, DHK_DENIED, DHK_FORMAT, DHK_STATE: what came does not verify, see
 * PROBLEM; DHK_IO: *OUT_FAILED tells whether OUT could not be written. */
DHK_MUST_USE enum dhk_err fullanswer_make(const struct fullanswer_make *m,
    bool *out_failed, struct dhk_problem *problem);

#endif
