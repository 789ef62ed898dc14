/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a ledger entry says, for a person and as JSON. Pure: agreements, for
 * the names of fields, are looked up by a function of the caller's. */
#ifndef CLIENTS_ENTRYVIEW_H
#define CLIENTS_ENTRYVIEW_H

#include "agreement.h"
#include "entry.h"
#include "json.h"

/* The agreement with HASH, or NULL: then fields are shown by number. */
struct entryview_names {
    const struct agreement *(*find)(void *ctx, const uint8_t hash[32]);
    void *ctx;
    /* the accepted entry that a share came from and its index, or NULL: then
     * nothing is said of the fields that were present and withheld */
    const struct entry_accepted *accepted;
    uint64_t accepted_index;
};

enum {
    ENTRYVIEW_INDEX = 0,
    ENTRYVIEW_TIME,
    ENTRYVIEW_EVENT,
    ENTRYVIEW_FROM,
    ENTRYVIEW_TO,
    ENTRYVIEW_SIGNAL,
    ENTRYVIEW_PURPOSE,
    ENTRYVIEW_CASE,
    ENTRYVIEW_DETAIL,
    ENTRYVIEW_COLUMNS,
};
enum { ENTRYVIEW_CELL = 4096 }; /* all that an entry names fits */
struct entryview_row {          /* one row of a table */
    char cell[ENTRYVIEW_COLUMNS][ENTRYVIEW_CELL];
};
void entryview_row(struct entryview_row *out, uint64_t index,
    const struct entry *e, const struct entryview_names *names);

/* All that it says; keys are stable, see driehoek-ledger(1). */
json_t *entryview_json(
    uint64_t index, const struct entry *e, const struct entryview_names *names);

#endif
