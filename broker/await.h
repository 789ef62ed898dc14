/* SPDX-License-Identifier: EUPL-1.2
 *
 * Replies that wait for a head signed by the keeper: receipts, pages and proofs
 * that an entry is in the ledger. They are made when the signature is there,
 * from the store; nothing of them is kept but what was asked. */
#ifndef BROKER_AWAIT_H
#define BROKER_AWAIT_H

#include "bundle.h"
#include "query.h"

struct core;
struct peer;

enum { AWAIT_MAX = 8192, AWAIT_QUERY = 1024 };

struct await_range {
    uint64_t from, n; /* ledger indexes */
};
enum await_what { AWAIT_RECEIPT, AWAIT_PAGE, AWAIT_INCLUSION };
struct await {
    struct await *next;
    uint64_t peer, session, number; /* whom, and what they asked */
    uint64_t need;                  /* smallest tree that will do */
    enum await_what what;
    size_t ranges_n;
    struct await_range range[LIMIT_BUNDLE];
    size_t query_n;
    uint64_t entry, cursor; /* of a page; the entry of a proof */
    uint8_t query[AWAIT_QUERY];
};
struct await_queue {
    struct await *first, **end;
    size_t n;
};

void await_init(struct await_queue *q);
void await_clear(struct await_queue *q);
/* Moves everything from FROM behind what is in Q. */
void await_move(struct await_queue *q, struct await_queue *from);

/* Sets R->n: the entry at R->from, and the shares of a bundle behind it. */
DHK_MUST_USE enum dhk_err await_extent(struct core *c, struct await_range *r);
/* A receipt for P over RANGES (ascending); DHK_LIMIT: too many wait. */
DHK_MUST_USE enum dhk_err await_receipt(struct core *c, const struct peer *p,
    uint64_t number, const struct await_range *ranges, size_t n);
/* A page of the query in BYTES, whose own entry is ENTRY. DHK_LIMIT also when
 * too many wait for P. */
DHK_MUST_USE enum dhk_err await_page(struct core *c, struct peer *p,
    uint64_t number, struct slice bytes, const uint64_t entry_cursor[2]);
/* The proof that entry INDEX is in the ledger; errors as await_page(). */
DHK_MUST_USE enum dhk_err await_inclusion(
    struct core *c, struct peer *p, uint64_t number, uint64_t index);
/* Answers A "busy": its batch was not committed. */
void await_drop(struct core *c, const struct await *a);
/* Answers whatever the newest signed head covers; of pages, which are made by
 * reading, as many as a short time allows. */
void await_answer(struct core *c);

#endif
