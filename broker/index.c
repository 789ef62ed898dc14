/* SPDX-License-Identifier: EUPL-1.2 */
#include "index.h"

#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "ledger.h"
#include "table.h"

enum {
    LOOK = 32, /* entries between looks at the time */
    PAIRS_FIRST = 1 << 16,
    PAIRS_MAX = 1 << 20, /* of a segment: 8 MiB */
};

struct index {
    struct line_reader reader;
    struct entry entry; /* being gathered */
    uint64_t covers;    /* segments whose blocks are good, from the first on */
    uint64_t at;        /* the next entry to gather, of the segment behind */
    uint64_t *pair;     /* of that segment */
    size_t n, cap;
    size_t of_entry; /* the first pair of the entry being gathered */
    bool whole;      /* the pairs are not all */
    uint8_t *block;  /* of that segment, or NULL */
    size_t block_n;
};

enum dhk_err
index_new(struct index **out, const struct force *force)
{
    struct index *ix = calloc(1, sizeof *ix);

    *out = ix;
    if (ix == NULL)
        return DHK_NOMEM;
    ix->reader.force = force;
    ix->reader.hashed = true; /* it is gathered, too */
    ix->cap = PAIRS_FIRST;
    ix->pair = malloc(ix->cap * sizeof *ix->pair);
    if (ix->pair != NULL)
        return DHK_OK;
    index_destroy(out);
    return DHK_NOMEM;
}

void
index_destroy(struct index **ix)
{
    if (*ix == NULL)
        return;
    free((*ix)->pair);
    free((*ix)->block);
    free(*ix);
    *ix = NULL;
}

static enum dhk_err
get_block(struct store_txn *t, uint64_t segment, struct slice *block)
{
    uint8_t key[8];

    bytes_put_u64(key, segment);
    return store_get(t, TABLE_INDEX, slice_of(key, sizeof key), block);
}

/* --- gathering --- */

static void
next_segment(struct index *ix)
{
    ix->covers++;
    ix->at = ix->covers * INDEX_SEGMENT;
    ix->n = 0;
    ix->whole = false;
}

static bool
grow(struct index *ix)
{
    size_t cap = ix->cap * 2;
    uint64_t *pair =
        cap > PAIRS_MAX ? NULL : realloc(ix->pair, cap * sizeof *pair);

    if (pair == NULL)
        return false;
    ix->pair = pair;
    ix->cap = cap;
    return true;
}

static void
add(void *ctx, const struct term *term)
{
    struct index *ix = ctx;
    uint64_t pair =
        block_pair(block_hash(term), (uint32_t)(ix->at % INDEX_SEGMENT));

    /* the newest first: lines of one entry are much the same */
    for (size_t i = ix->n; i > ix->of_entry; i--) {
        if (ix->pair[i - 1] == pair)
            return;
    }
    if (ix->n == ix->cap && !grow(ix))
        ix->whole = true;
    else
        ix->pair[ix->n++] = pair;
}

static enum dhk_err
gather_one(struct index *ix, struct store_txn *t, const struct ledger *l)
{
    enum dhk_err rc = ledger_entry_behind(l, t, ix->at, &ix->entry);

    ix->of_entry = ix->n;
    if (rc == DHK_OK)
        rc = term_each(&ix->reader, t, &ix->entry, ix->at, add, ix);
    if (rc == DHK_FORMAT || rc == DHK_NOTFOUND) {
        ix->whole = true; /* whoever asks is told when it comes to it */
        rc = DHK_OK;
    }
    if (rc == DHK_OK)
        ix->at++;
    return rc;
}

static enum dhk_err
make_block(struct index *ix)
{
    return ix->whole ? block_make_whole(&ix->block, &ix->block_n, ix->covers)
                     : block_make(&ix->block, &ix->block_n, ix->covers,
                           ix->pair, ix->n);
}

/* Whether the segment being looked at has a good block. */
static enum dhk_err
check(struct index *ix, struct store_txn *t, bool *good)
{
    struct slice block;
    enum dhk_err rc = get_block(t, ix->covers, &block);

    *good = rc == DHK_OK && block_is_good(block, ix->covers);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* Checks a block, or gathers some entries and maybe makes one. */
static enum dhk_err
step(struct index *ix, struct store_txn *t, const struct ledger *l)
{
    uint64_t size = l->size;
    uint64_t begin = ix->covers * INDEX_SEGMENT, end = begin + INDEX_SEGMENT;
    enum dhk_err rc = DHK_OK;
    bool good = false;

    if (ix->at == begin && end <= size)
        rc = check(ix, t, &good);
    if (good)
        next_segment(ix);
    if (rc != DHK_OK || good)
        return rc;
    for (int i = 0; i < LOOK && rc == DHK_OK && ix->at < end && ix->at < size;
         i++)
        rc = gather_one(ix, t, l);
    return rc == DHK_OK && ix->at == end ? make_block(ix) : rc;
}

enum dhk_err
index_gather(struct index *ix, struct store_txn *t, const struct ledger *l,
    const struct clock *clock, uint64_t ms)
{
    uint64_t start = clock_monotonic_ms(clock);
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && index_is_behind(ix, l->size) &&
           clock_monotonic_ms(clock) - start <= ms)
        rc = step(ix, t, l);
    return rc;
}

bool
index_is_behind(const struct index *ix, uint64_t size)
{
    return ix->block == NULL && ix->at < size;
}

bool
index_is_ready(const struct index *ix)
{
    return ix->block != NULL;
}

enum dhk_err
index_store(const struct index *ix, struct store_txn *t)
{
    uint8_t key[8];

    must(ix->block != NULL);
    bytes_put_u64(key, ix->covers);
    return store_put(t, TABLE_INDEX, slice_of(key, sizeof key),
        slice_of(ix->block, ix->block_n));
}

void
index_stored(struct index *ix)
{
    free(ix->block);
    ix->block = NULL;
    next_segment(ix);
}

uint64_t
index_covers(const struct index *ix)
{
    return ix->covers * INDEX_SEGMENT;
}

enum dhk_err
index_remake(struct index *ix, struct store_txn *t, uint64_t segment,
    uint64_t size, struct slice *block)
{
    enum dhk_err rc = DHK_OK;

    *block = slice_of(NULL, 0);
    if (size / INDEX_SEGMENT <= segment)
        return DHK_NOTFOUND;
    free(ix->block);
    ix->block = NULL;
    ix->covers = segment;
    ix->at = segment * INDEX_SEGMENT;
    ix->n = 0;
    ix->whole = false;
    while (rc == DHK_OK && ix->at < (segment + 1) * INDEX_SEGMENT)
        rc = gather_one(ix, t, NULL);
    if (rc == DHK_OK)
        rc = make_block(ix);
    if (rc == DHK_OK)
        *block = slice_of(ix->block, ix->block_n);
    return rc;
}

/* --- walking --- */

void
index_walk_init(struct index_walk *w, const struct index *ix,
    struct store_txn *t, const struct term *term)
{
    *w = (struct index_walk){
        .index = ix, .t = t, .term = block_hash(term), .segment = UINT64_MAX};
}

static enum dhk_err
load(struct index_walk *w, uint64_t segment)
{
    struct slice block;
    enum dhk_err rc = get_block(w->t, segment, &block);

    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    w->segment = segment;
    w->has = false;
    w->whole =
        rc == DHK_NOTFOUND ||
        (segment >= w->index->covers && !block_is_good(block, segment)) ||
        !block_find(block, w->term, &w->list);
    if (!w->whole)
        w->has = block_next(&w->list, &w->place, true);
    return DHK_OK;
}

enum dhk_err
index_walk_next(
    struct index_walk *w, uint64_t from, uint64_t until, uint64_t *found)
{
    while (from < until) {
        uint64_t segment = from / INDEX_SEGMENT;
        uint64_t begin = segment * INDEX_SEGMENT;
        enum dhk_err rc = segment == w->segment ? DHK_OK : load(w, segment);
        if (rc != DHK_OK)
            return rc;
        while (!w->whole && w->has && begin + w->place < from)
            w->has = block_next(&w->list, &w->place, false);
        *found = w->whole ? from : begin + w->place;
        if (w->whole || w->has)
            return *found < until ? DHK_OK : DHK_NOTFOUND;
        from = begin + INDEX_SEGMENT;
    }
    return DHK_NOTFOUND;
}
