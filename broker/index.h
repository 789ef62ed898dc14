/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which entries have a term, so that a question need not look at the whole
 * ledger. Derived data: a block for each segment of INDEX_SEGMENT entries, made
 * from committed entries some time after them. Whatever has no block, for it is
 * the tail, or its block was lost or damaged, counts as having every term. So
 * what comes out are candidates: look at the entry itself (sight.h), and
 * nothing depends on the index but time.
 *
 * A block, in TABLE_INDEX under its segment's number:
 *   32 checksum | u8 version | u8 whole | u32 n | n * (u32 term, u32 end) |
 *   lists
 * term is a hash, ascending; end is where its list ends in the lists. A list is
 * of the places of entries in the segment, ascending, the first as it is, then
 * the difference to the one before, seven bits a byte, low ones first. whole:
 * an entry was not readable or has too many terms; n is 0, and every entry of
 * the segment is a candidate. */
#ifndef BROKER_INDEX_H
#define BROKER_INDEX_H

#include "host/clock.h"
#include "host/store.h"
#include "term.h"

enum { INDEX_SEGMENT = 4096 };

struct index;

/* FORCE is borrowed: it says whose a revoked card is. */
DHK_MUST_USE enum dhk_err index_new(
    struct index **out, const struct force *force);
void index_destroy(struct index **ix);

/* --- making it: gather, and when a block is ready, store it ---
 *
 * Works on for about MS milliseconds: looks whether each block from the first
 * on is there and undamaged, and gathers the entries of the first that is not.
 * T is a read transaction that sees the entries of L, of whole batches; nothing
 * that it has seen may be taken back later. DHK_OK also when all was done
 * before. */
DHK_MUST_USE enum dhk_err index_gather(struct index *ix, struct store_txn *t,
    const struct ledger *l, const struct clock *clock, uint64_t ms);
/* Whether index_gather() would find work now. */
bool index_is_behind(const struct index *ix, uint64_t size);
/* Whether a block waits to be stored: index_store() in a write transaction,
 * and index_stored() once that is committed. After an abort it still waits. */
bool index_is_ready(const struct index *ix);
DHK_MUST_USE enum dhk_err index_store(
    const struct index *ix, struct store_txn *t);
void index_stored(struct index *ix);
/* Entries that need not be looked at one by one: a multiple of the segment. */
uint64_t index_covers(const struct index *ix);

/* Makes the block of SEGMENT, of SIZE committed entries, again: for who checks
 * what is stored; IX is not to be used for anything else. *BLOCK borrows from
 * it until the next call. DHK_NOTFOUND: the segment is not complete. */
DHK_MUST_USE enum dhk_err index_remake(struct index *ix, struct store_txn *t,
    uint64_t segment, uint64_t size, struct slice *block);

/* --- using it ---
 *
 * Walks the candidates for one term in ascending order. It borrows from T, so
 * that nothing may be written in between, and from the term's value. */
struct index_walk {
    const struct index *index;
    struct store_txn *t;
    uint32_t term;
    uint64_t segment;  /* that LIST is of; UINT64_MAX: none yet */
    bool whole;        /* every entry of it is a candidate */
    bool has;          /* PLACE is one */
    uint32_t place;    /* in the segment */
    struct slice list; /* behind PLACE */
};
void index_walk_init(struct index_walk *w, const struct index *ix,
    struct store_txn *t, const struct term *term);
/* Sets *FOUND to the first candidate in [FROM, UNTIL), where FROM is never less
 * than in the call before. DHK_NOTFOUND: there is none. Costs some microseconds
 * for each segment in between: for a bounded time choose UNTIL. */
DHK_MUST_USE enum dhk_err index_walk_next(
    struct index_walk *w, uint64_t from, uint64_t until, uint64_t *found);

#endif
