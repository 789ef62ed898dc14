/* SPDX-License-Identifier: EUPL-1.2
 *
 * What entries are found by: each of an entry's lines (line.h) says its terms,
 * and so do those who may see it (sight.h). */
#ifndef BROKER_TERM_H
#define BROKER_TERM_H

#include "line.h"
#include "query.h"

enum term_field {
    TERM_SENDER = 1,
    TERM_RECIPIENT,
    TERM_PARTNER, /* takes part: passes the filter of that name */
    TERM_SEEN,    /* this partner may see it; not those that all may see */
    TERM_ALL,     /* all may see it; no value */
    TERM_CASE,    /* 16 bytes */
    TERM_EVENT,   /* one byte, an enum entry_kind */
    TERM_KIND,    /* of a signal */
    TERM_PURPOSE,
    TERM_RULE,
    TERM_OUTCOME,
};
struct term {
    enum term_field field;
    struct slice value;
};
/* E.g. term_of(TERM_SEEN, slice_str("politie")). */
struct term term_of(enum term_field field, struct slice value);

typedef void (*term_visit)(void *ctx, const struct term *term);
/* Shows VISIT every term of E, entry INDEX, some of them more than once. Every
 * query that E passes has none but these. Errors as line_each(). */
DHK_MUST_USE enum dhk_err term_each(struct line_reader *r, struct store_txn *t,
    const struct entry *e, uint64_t index, term_visit visit, void *ctx);

/* The terms that every entry has that passes the filters of Q; they borrow from
 * it. How many. */
enum { TERM_FILTERS = 8 };
size_t term_of_query(struct term out[TERM_FILTERS], const struct query *q);

#endif
