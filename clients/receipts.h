/* SPDX-License-Identifier: EUPL-1.2
 *
 * Compares a receipt with what was sent and promised, recipient by recipient.
 * A recipient or a field more than was wrapped, or an entry about something
 * else, is a contradiction; less is fine only where an entry explains it.
 * Pure. */
#ifndef CLIENTS_RECEIPTS_H
#define CLIENTS_RECEIPTS_H

#include "bundle.h"
#include "problem.h"
#include "receipt.h"
#include "record.h"

struct receipts_sent {
    const struct bundle_statement *statement; /* as sent */
    const char *sender;
    struct record *record[LIMIT_BUNDLE]; /* by position */
    size_t n;
};
/* R is verified (receipt_verify). Updates each record: index, why, the ends,
 * indexes and leaf hashes of its recipients; its state only from
 * DHK_WAITING to DHK_ACCEPTED or DHK_REFUSED. DHK_AUTH: a contradiction, the
 * records are of no use then. */
DHK_MUST_USE enum dhk_err receipts_apply(const struct receipt *r,
    const struct receipts_sent *sent, struct dhk_problem *problem);

#endif
