/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger itself: keys without gaps, every leaf and node computed again
 * from the stored bytes, every entry of a known form, times that never go
 * back. */
#include "fsck_impl.h"

#include <stdlib.h>
#include <string.h>

#include "host/clock.h"

enum { BLOCK = 512, STATE_MIN = 4096 };

static enum dhk_err
check_key(struct fsck *f, struct slice key, uint64_t expected)
{
    if (key.n != 8)
        return fsck_bad(f, "has a key of another length");
    if (bytes_get_u64(key.p) != expected)
        return fsck_bad(
            f, "number %llu is missing", (unsigned long long)expected);
    return DHK_OK;
}

/* The nodes that entry INDEX completed, as they are stored. */
static enum dhk_err
check_nodes(struct fsck *f, struct store_scan *nodes,
    const struct merkle_nodes *again, uint64_t index)
{
    struct slice key, value;

    for (size_t i = 0; i < again->n; i++) {
        uint8_t number[8];
        bytes_put_u64(number, again->first + i);
        enum dhk_err rc = store_scan_next(nodes, &key, &value);
        fsck_at(f, TABLE_NODE, rc == DHK_OK ? key : slice_of(number, 8), index);
        if (rc == DHK_NOTFOUND)
            return fsck_bad(f, "is missing");
        if (rc == DHK_OK)
            rc = check_key(f, key, again->first + i);
        if (rc != DHK_OK)
            return rc;
        if (value.n != MERKLE_HASH ||
            memcmp(value.p, again->hash[i], MERKLE_HASH) != 0)
            return fsck_bad(f, i == 0
                                   ? "the hash is not that of the stored entry"
                                   : "the hash does not follow from those "
                                     "below it");
    }
    return DHK_OK;
}

struct scans {
    struct store_scan *entries, *nodes;
};

static enum dhk_err
check_block(struct fsck *f, const struct scans *s, uint64_t upto)
{
    struct slice key, value;
    struct merkle_nodes nodes;
    uint8_t leaf[MERKLE_HASH];
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && f->frontier.size < upto) {
        uint64_t index = f->frontier.size;
        rc = store_scan_next(s->entries, &key, &value);
        fsck_at(f, TABLE_ENTRY, key, index);
        if (rc == DHK_NOTFOUND)
            return fsck_bad(f, "is missing");
        if (rc == DHK_OK)
            rc = check_key(f, key, index);
        if (rc != DHK_OK)
            return rc;
        merkle_leaf(leaf, value);
        f->result->bytes += value.n;
        rc = merkle_frontier_append(&f->frontier, leaf, &nodes);
        if (rc == DHK_OK)
            rc = check_nodes(f, s->nodes, &nodes, index);
    }
    return rc;
}

/* Tree and nodes up to entry UPTO. */
static enum dhk_err
check_tree(struct fsck *f, uint64_t upto)
{
    struct scans s = {NULL, NULL};
    uint8_t entry[8], node[8];
    uint64_t from = clock_monotonic_ms(clock_system());

    bytes_put_u64(entry, f->frontier.size);
    bytes_put_u64(node, merkle_stored_count(f->frontier.size));
    enum dhk_err rc =
        store_scan_open(&s.entries, f->txn, TABLE_ENTRY, slice_of(entry, 8));
    if (rc == DHK_OK)
        rc = store_scan_open(&s.nodes, f->txn, TABLE_NODE, slice_of(node, 8));
    if (rc == DHK_OK)
        rc = check_block(f, &s, upto);
    store_scan_close(&s.entries);
    store_scan_close(&s.nodes);
    f->result->tree_ms += clock_monotonic_ms(clock_system()) - from;
    return rc;
}

/* No node beyond those of all entries. */
static enum dhk_err
check_end(struct fsck *f)
{
    struct slice key, value;
    enum dhk_err rc = store_last(f->txn, TABLE_NODE, &key, &value);

    if (rc != DHK_OK)
        return fsck_rc(f, rc);
    fsck_at(f, TABLE_NODE, key, FSCK_NO_ENTRY);
    if (key.n != 8 || bytes_get_u64(key.p) + 1 != merkle_stored_count(f->of))
        return fsck_bad(f, "is of no entry");
    return DHK_OK;
}

/* --- meaning ------------------------------------------------------------ */

static enum dhk_err
begin_log(struct fsck *f)
{
    const struct entry_genesis *g = &f->entry.u.genesis;
    const char *origin = f->options->origin;

    if (slice_to_str(g->origin, f->result->origin, sizeof f->result->origin) !=
        DHK_OK)
        return fsck_bad(f, "names no ledger");
    if (origin != NULL && strcmp(origin, f->result->origin) != 0)
        return fsck_bad(f, "begins another ledger than the configuration's");
    f->result->log_key = g->log_key;
    checkpoint_vkey_make(
        &f->log, CHECKPOINT_ED25519, f->result->origin, &g->log_key);
    return DHK_OK;
}

static enum dhk_err
make_room(struct fsck *f)
{
    if (f->size < f->state_cap)
        return DHK_OK;
    uint64_t cap = f->state_cap == 0 ? STATE_MIN : 2 * f->state_cap;
    uint8_t *more = realloc(f->state, cap);
    if (more == NULL)
        return DHK_NOMEM;
    f->state = more;
    bool *last = realloc(f->last, cap * sizeof *last);
    if (last == NULL)
        return DHK_NOMEM;
    f->last = last;
    f->state_cap = cap;
    return DHK_OK;
}

static enum dhk_err
read_entry(struct fsck *f, struct slice bytes)
{
    struct diag diag = {NULL, 0};
    bool first = f->size == 0;

    if (entry_decode(&f->entry, bytes, &diag) != DHK_OK)
        return fsck_bad(f, "is no entry: %s",
            diag.what != NULL ? diag.what : "it cannot be read");
    if (f->entry.time < f->time)
        return fsck_bad(f, "is older than the entry before it");
    f->time = f->entry.time;
    if (first != (f->entry.kind == ENTRY_GENESIS))
        return fsck_bad(
            f, first ? "does not begin a ledger" : "begins a ledger again");
    f->state[f->size] = FSCK_NOTHING;
    f->last[f->size] = false;
    return first ? begin_log(f) : DHK_OK;
}

static enum dhk_err
understand_block(struct fsck *f, uint64_t upto, fsck_understand *understand)
{
    struct store_scan *scan = NULL;
    struct slice key, value;
    uint8_t from[8];

    bytes_put_u64(from, f->size);
    enum dhk_err rc =
        store_scan_open(&scan, f->txn, TABLE_ENTRY, slice_of(from, 8));
    while (rc == DHK_OK && f->size < upto) {
        rc = store_scan_next(scan, &key, &value);
        if (rc == DHK_OK)
            rc = make_room(f);
        if (rc != DHK_OK)
            break;
        fsck_at(f, TABLE_ENTRY, key, f->size);
        rc = read_entry(f, value);
        if (rc == DHK_OK)
            rc = understand(f);
        f->size += rc == DHK_OK ? 1 : 0;
    }
    store_scan_close(&scan);
    return rc;
}

enum dhk_err
fsck_read_on(struct fsck *f, fsck_understand *understand)
{
    enum dhk_err rc = DHK_OK;

    do {
        uint64_t left = f->of - f->size;
        uint64_t upto = f->size + (left < BLOCK ? left : BLOCK);
        rc = check_tree(f, upto);
        if (rc == DHK_OK)
            rc = understand_block(f, upto, understand);
    } while (rc == DHK_OK && f->size < f->of && !fsck_is_old(f));
    return rc == DHK_OK && f->size == f->of ? check_end(f) : fsck_rc(f, rc);
}
