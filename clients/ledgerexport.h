/* SPDX-License-Identifier: EUPL-1.2
 *
 * The whole ledger, as an auditor sees it, into a directory of tiles; only
 * what is not there yet is fetched. */
#ifndef CLIENTS_LEDGEREXPORT_H
#define CLIENTS_LEDGEREXPORT_H

#include "node.h"
#include "query.h"

struct ledgerexport {
    struct dhk_node *node; /* connected for DHK_QUERY */
    enum query_purpose purpose;
    int timeout_ms;
    const char *dir;
    /* may be NULL: entries so far, and of all */
    void (*progress)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
};
struct ledgerexport_result {
    uint64_t before; /* entries that the directory's checkpoint covered */
    uint64_t taken;  /* and those that an unfinished run had written */
    uint64_t size;   /* entries that it covers now */
};

/* DHK_DENIED: not an auditor, or the broker refuses; DHK_EXISTS: the
 * directory holds another ledger, or files that do not fit; DHK_STATE: the
 * ledger contradicts what was exported before (evidence is kept), or the
 * directory is of something else; DHK_FORMAT: the directory is damaged;
 * DHK_AUTH, DHK_NOTFOUND, DHK_IO. PROBLEM says. */
DHK_MUST_USE enum dhk_err ledgerexport_run(const struct ledgerexport *e,
    struct ledgerexport_result *result, struct dhk_problem *problem);

#endif
