/* SPDX-License-Identifier: EUPL-1.2
 *
 * The requests behind the shares of a ledger, as far as it tells them: what was
 * given under one agreement. What was denied is not among them, for the ledger
 * does not say of a refused signal what was asked. Believes what it reads:
 * verify the records with verify.h beside it. */
#ifndef CLIENTS_LEDGERCASES_H
#define CLIENTS_LEDGERCASES_H

#include "entry.h"
#include "evaluate.h"
#include "ledgerfile.h"

struct caselog;
struct ledgercases {
    const struct agreement *agreement; /* borrowed */
    uint8_t sha256[SEAL_HASH];         /* of its text */
    struct request *list;              /* owned */
    size_t n, cap;
    uint64_t others;  /* shares that other agreements decided */
    uint64_t unclear; /* of this one, of which the ledger does not tell all */
    struct entry *entry, *bundle; /* owned; the accepted entry at hand */
    uint8_t bytes[LIMIT_ENTRY];   /* what that borrows from */
    size_t bytes_n;               /* 0: there is none at hand */
    uint64_t bundle_index;
    bool complete;         /* so that the courses of cases are told, too: */
    struct caselog *cases; /* owned */
};

/* For ledgercases_done(), also after DHK_NOMEM; A must stay. */
DHK_MUST_USE enum dhk_err ledgercases_init(
    struct ledgercases *l, const struct agreement *a, struct slice text);
void ledgercases_done(struct ledgercases *l);
/* The next record, in the ledger's order. DHK_FORMAT, DHK_NOMEM. */
DHK_MUST_USE enum dhk_err ledgercases_record(
    struct ledgercases *l, const struct ledgerfile_record *record);

#endif
