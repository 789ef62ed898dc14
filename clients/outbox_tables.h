/* SPDX-License-Identifier: EUPL-1.2
 *
 * The outbox's tables and their rows by number, for the files that work on
 * them. */
#ifndef CLIENTS_OUTBOX_TABLES_H
#define CLIENTS_OUTBOX_TABLES_H

#include "store.h"

enum outbox_table {
    OUTBOX_SIGNALS = 0, /* number -> record */
    OUTBOX_CONTENT,     /* number -> locked signal */
    OUTBOX_QUEUE,       /* number -> nothing */
    OUTBOX_BUNDLES,     /* bundle -> [ [ number ... ], bytes ] */
    OUTBOX_PROOFS,      /* bundle -> text */
    OUTBOX_SHARES,      /* ledger index -> number */
    OUTBOX_COUNTERS,    /* name -> number, id or tally */
    OUTBOX_EARLY,       /* ledger index of a share -> entry about its outcome */
    OUTBOX_RECALLS,     /* number -> recall */
    OUTBOX_TABLES,
};
enum { OUTBOX_NUMBER = 8 };

DHK_MUST_USE enum dhk_err outbox_row_put(struct store_txn *t,
    enum outbox_table table, uint64_t number, struct slice value);
DHK_MUST_USE enum dhk_err outbox_row_get(struct store_txn *t,
    enum outbox_table table, uint64_t number, struct slice *value);
/* Fine when it is not there. */
DHK_MUST_USE enum dhk_err outbox_row_drop(
    struct store_txn *t, enum outbox_table table, uint64_t number);
/* The first with a number above NUMBER. */
DHK_MUST_USE enum dhk_err outbox_row_after(struct store_txn *t,
    enum outbox_table table, uint64_t number, uint64_t *found,
    struct slice *value);

#endif
