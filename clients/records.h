/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger's entries as records of Dutch government standards, one JSON
 * object a line:
 *   LDV          Logboek Dataverwerkingen: one record per action on a case
 *   ADL          Authorization Decision Log: one record per decision, level 3
 *   CLOUDEVENTS  NL GOV profile for CloudEvents 1.0: one event per entry
 * Identifiers are made from the entries themselves: the same entry gives the
 * same record everywhere, and the same signal the same trace. Believes what it
 * reads: verify the records with verify.h beside it, and show nothing before
 * that has ended well. */
#ifndef CLIENTS_RECORDS_H
#define CLIENTS_RECORDS_H

#include "ledgerfile.h"

enum records_format {
    RECORDS_NONE = 0,
    RECORDS_LDV,
    RECORDS_ADL,
    RECORDS_CLOUDEVENTS,
};
/* RECORDS_NONE: no such name. */
enum records_format records_format_of(const char *name);

struct records;

/* Writes to OUT, which stays the caller's. *OUT is for records_destroy(). */
DHK_MUST_USE enum dhk_err records_new(
    struct records **out, enum records_format format, FILE *file);
void records_destroy(struct records **r);
/* The next record of the ledger file, in its order. DHK_FORMAT, DHK_NOMEM,
 * DHK_IO (FILE could not be written). */
DHK_MUST_USE enum dhk_err records_record(
    struct records *r, const struct ledgerfile_record *record);
/* After the last one. */
DHK_MUST_USE enum dhk_err records_finish(struct records *r);
/* Actions on shares that are not among the records: left out. */
uint64_t records_missed(const struct records *r);

#endif
