/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who takes part in a ledger entry, and of which cases, kinds and outcomes it
 * is: the rows of a partner's list (PROTOCOL.md, section 10.6). Pure; entries
 * that an entry points to are looked up by the caller's function. Broker and
 * verifier make their lists by nothing else. */
#ifndef PROTO_PART_H
#define PROTO_PART_H

#include "entry.h"

enum { PART_CASE = 16, PART_ROWS = ENTRY_EXPIRED_MAX };

struct part_row {
    bool has_case;
    uint8_t case_handle[PART_CASE];
    char signal[LIMIT_NAME + 1]; /* kind of the signal; empty: none */
    uint64_t code;
};
/* Names of one or two partners, or none (n 0); rows are all different. */
struct part {
    char name[2][LIMIT_NAME + 1];
    size_t names_n;
    struct part_row row[PART_ROWS];
    size_t rows_n;
    bool full; /* of more rows than there can be */
};

/* The share entry at INDEX, or that of the notice there; NULL: there is none.
 * Only sender, recipient, kind, case_handle, accepted and position are read,
 * before the next call. */
struct part_reader {
    const struct entry_share *(*share)(void *ctx, uint64_t index);
    void *ctx;
};

/* What E, entry INDEX, is in the lists of those who take part in it. The shares
 * of an accepted entry must be there already. DHK_FORMAT: it cannot be told,
 * because what E points to, or the statement in it, cannot be read. */
DHK_MUST_USE enum dhk_err part_of(struct part *out, const struct entry *e,
    uint64_t index, const struct part_reader *r);

#endif
