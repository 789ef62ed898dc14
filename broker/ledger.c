/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger.h"

#include <string.h>

#include "table.h"

static enum dhk_err
get_number(
    struct store_txn *t, enum table table, uint64_t number, struct slice *out)
{
    uint8_t key[8];

    bytes_put_u64(key, number);
    return store_get(t, table, slice_of(key, 8), out);
}

static enum dhk_err
append_number(
    struct store_txn *t, enum table table, uint64_t number, struct slice value)
{
    uint8_t key[8];

    bytes_put_u64(key, number);
    return store_append(t, table, slice_of(key, 8), value);
}

static enum dhk_err
read_node(void *ctx, uint64_t stored, uint8_t hash[MERKLE_HASH])
{
    struct slice value;
    enum dhk_err rc = get_number(ctx, TABLE_NODE, stored, &value);

    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    if (value.n != MERKLE_HASH)
        return DHK_FORMAT;
    memcpy(hash, value.p, MERKLE_HASH);
    return DHK_OK;
}

static struct merkle_reader
reader(struct store_txn *t)
{
    return (struct merkle_reader){.read = read_node, .ctx = t};
}

enum dhk_err
ledger_bytes_again(struct store_txn *t, uint64_t index, struct slice *bytes)
{
    return get_number(t, TABLE_ENTRY, index, bytes);
}

/* Whether BYTES, of entry INDEX, have the leaf hash that was recorded: LMDB has
 * no checksums, and what is served must be what was signed. */
static enum dhk_err
check_leaf(struct store_txn *t, uint64_t index, struct slice bytes)
{
    uint8_t stored[MERKLE_HASH], again[MERKLE_HASH];
    enum dhk_err rc = ledger_leaf(t, index, stored);

    if (rc != DHK_OK)
        return rc;
    merkle_leaf(again, bytes);
    return memcmp(stored, again, MERKLE_HASH) == 0 ? DHK_OK : DHK_FORMAT;
}

enum dhk_err
ledger_bytes(struct store_txn *t, uint64_t index, struct slice *bytes)
{
    enum dhk_err rc = ledger_bytes_again(t, index, bytes);

    return rc != DHK_OK ? rc : check_leaf(t, index, *bytes);
}

enum dhk_err
ledger_entry(struct store_txn *t, uint64_t index, struct entry *out)
{
    struct slice bytes;
    struct diag diag;
    enum dhk_err rc = ledger_bytes(t, index, &bytes);

    return rc != DHK_OK ? rc : entry_decode(out, bytes, &diag);
}

enum dhk_err
ledger_entry_again(struct store_txn *t, uint64_t index, struct entry *out)
{
    struct slice bytes;
    struct diag diag;
    enum dhk_err rc = ledger_bytes_again(t, index, &bytes);

    return rc != DHK_OK ? rc : entry_decode(out, bytes, &diag);
}

enum dhk_err
ledger_entry_behind(const struct ledger *l, struct store_txn *t, uint64_t index,
    struct entry *out)
{
    return l == NULL || index < l->opened ? ledger_entry(t, index, out)
                                          : ledger_entry_again(t, index, out);
}

enum dhk_err
ledger_first_since(
    struct store_txn *t, uint64_t size, uint64_t ms, uint64_t *index)
{
    uint64_t lo = 0, hi = size;
    struct entry e;

    while (lo < hi) {
        uint64_t middle = lo + (hi - lo) / 2;
        enum dhk_err rc = ledger_entry(t, middle, &e);
        if (rc != DHK_OK)
            return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
        if (e.time < ms)
            lo = middle + 1;
        else
            hi = middle;
    }
    *index = lo;
    return DHK_OK;
}

enum dhk_err
ledger_leaf(struct store_txn *t, uint64_t index, uint8_t leaf[MERKLE_HASH])
{
    return read_node(t, merkle_stored_index(0, index), leaf);
}

enum dhk_err
ledger_root(struct store_txn *t, uint64_t size, uint8_t root[MERKLE_HASH])
{
    struct merkle_reader r = reader(t);

    return merkle_root(root, size, &r);
}

struct each {
    uint64_t next, until;
    ledger_visit visit;
    void *ctx;
    enum dhk_err rc;
};

static bool
show_row(void *ctx, struct slice key, struct slice value)
{
    struct each *e = ctx;

    if (key.n != 8 || bytes_get_u64(key.p) != e->next)
        return false;
    e->rc = e->visit(e->ctx, e->next, value);
    e->next++;
    return e->rc == DHK_OK && e->next < e->until;
}

enum dhk_err
ledger_each(struct store_txn *t, uint64_t from, uint64_t until,
    ledger_visit visit, void *ctx)
{
    struct each e = {.next = from, .until = until, .visit = visit, .ctx = ctx};
    uint8_t key[8];

    if (from >= until)
        return DHK_OK;
    bytes_put_u64(key, from);
    enum dhk_err rc =
        store_each(t, TABLE_ENTRY, slice_of(key, sizeof key), show_row, &e);
    if (rc != DHK_OK || e.rc != DHK_OK)
        return rc != DHK_OK ? rc : e.rc;
    return e.next == until ? DHK_OK : DHK_FORMAT;
}

static enum dhk_err
recheck_one(void *ctx, uint64_t index, struct slice bytes)
{
    return check_leaf(ctx, index, bytes);
}

enum dhk_err
ledger_recheck(struct store_txn *t, uint64_t old, uint64_t size)
{
    return ledger_each(t, old, size, recheck_one, t);
}

enum dhk_err
ledger_consistency(
    struct store_txn *t, struct sink *out, uint64_t old, uint64_t size)
{
    struct merkle_reader r = reader(t);

    return merkle_consistency_prove(out, old, size, &r);
}

enum dhk_err
ledger_prove(struct store_txn *t, struct sink *out, uint64_t size,
    const uint64_t *index, size_t n)
{
    struct merkle_multi m = {.size = size, .index = index, .n = n};
    struct merkle_reader r = reader(t);

    return merkle_multi_prove(out, &m, &r);
}

enum dhk_err
ledger_append(struct ledger *l, struct store_txn *t, struct entry *e,
    uint64_t now, uint64_t *index)
{
    uint8_t mem[LIMIT_ENTRY], leaf[MERKLE_HASH];
    struct sink out;
    struct merkle_nodes nodes;

    key_pool_draw(&l->pool, e->random, sizeof e->random);
    e->time = now > l->time ? now : l->time;
    sink_init(&out, mem, sizeof mem);
    enum dhk_err rc = entry_encode(&out, e);
    if (rc != DHK_OK)
        return rc;
    rc = append_number(t, TABLE_ENTRY, l->size, sink_done(&out));
    if (rc != DHK_OK)
        return rc;
    merkle_leaf(leaf, sink_done(&out));
    rc = merkle_frontier_append(&l->frontier, leaf, &nodes);
    for (size_t i = 0; rc == DHK_OK && i < nodes.n; i++)
        rc = append_number(t, TABLE_NODE, nodes.first + i,
            slice_of(nodes.hash[i], MERKLE_HASH));
    if (rc != DHK_OK)
        return rc;
    *index = l->size++;
    l->time = e->time;
    return DHK_OK;
}

/* The last number of TABLE, which must be EXPECTED. */
static enum dhk_err
check_last(struct store_txn *t, enum table table, uint64_t expected)
{
    struct slice key, value;
    enum dhk_err rc = store_last(t, table, &key, &value);

    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    return key.n == 8 && bytes_get_u64(key.p) == expected ? DHK_OK : DHK_FORMAT;
}

static enum dhk_err
load_note(struct ledger *l, struct store_txn *t)
{
    struct slice key, value;
    enum dhk_err rc = store_last(t, TABLE_NOTE, &key, &value);

    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc != DHK_OK)
        return rc;
    if (key.n != 8 || value.n > sizeof l->note)
        return DHK_FORMAT;
    l->note_size = bytes_get_u64(key.p);
    l->note_stored = true;
    l->note_n = value.n;
    memcpy(l->note, value.p, value.n);
    return l->note_size > l->size ? DHK_FORMAT : DHK_OK;
}

enum dhk_err
ledger_reload(struct ledger *l, struct store_txn *t)
{
    struct slice key, value;
    struct entry e;
    struct merkle_reader r = reader(t);
    struct diag diag;
    uint8_t leaf[MERKLE_HASH], stored[MERKLE_HASH];
    enum dhk_err rc = store_last(t, TABLE_ENTRY, &key, &value);

    l->size = 0;
    l->time = 0;
    l->note_stored = false;
    merkle_frontier_init(&l->frontier);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    if (key.n != 8)
        return DHK_FORMAT;
    uint64_t last = bytes_get_u64(key.p);
    rc = entry_decode(&e, value, &diag);
    if (rc != DHK_OK)
        return rc;
    l->size = last + 1;
    l->time = e.time;
    merkle_leaf(leaf, value);
    rc = check_last(t, TABLE_NODE, merkle_stored_count(l->size) - 1);
    if (rc == DHK_OK)
        rc = ledger_leaf(t, last, stored);
    if (rc == DHK_OK && memcmp(leaf, stored, sizeof leaf) != 0)
        rc = DHK_FORMAT;
    return rc != DHK_OK ? rc : merkle_frontier_load(&l->frontier, l->size, &r);
}

static enum dhk_err
begin(struct ledger *l, struct store_txn *t, struct ledger_begin *b)
{
    struct entry e = {.kind = ENTRY_GENESIS};
    uint64_t index;

    e.u.genesis.origin = slice_str(b->origin);
    e.u.genesis.log_key = *b->key;
    if (b->before != NULL) {
        e.u.genesis.has_before = true;
        e.u.genesis.before.origin = slice_str(b->before->origin);
        e.u.genesis.before.size = b->before->size;
        memcpy(e.u.genesis.before.root, b->before->root, MERKLE_HASH);
    }
    b->begun = true;
    return ledger_append(l, t, &e, b->now, &index);
}

static enum dhk_err
check_genesis(struct store_txn *t, const struct ledger_begin *b)
{
    struct entry e;
    enum dhk_err rc = ledger_entry(t, 0, &e);

    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    if (e.kind != ENTRY_GENESIS)
        return DHK_FORMAT;
    if (!slice_equal(e.u.genesis.origin, slice_str(b->origin)) ||
        !key_equal(&e.u.genesis.log_key, b->key, sizeof *b->key))
        return DHK_EXISTS;
    return DHK_OK;
}

enum dhk_err
ledger_open(struct ledger *l, struct store_txn *t, struct ledger_begin *b)
{
    uint8_t root[MERKLE_HASH], edge[MERKLE_HASH];

    memset(l, 0, sizeof *l);
    b->begun = false;
    if (strlen(b->origin) >= sizeof l->origin)
        return DHK_LIMIT;
    memcpy(l->origin, b->origin, strlen(b->origin) + 1);
    l->log_key = *b->key;
    enum dhk_err rc = ledger_reload(l, t);
    if (rc != DHK_OK)
        return rc;
    l->opened = l->size;
    if (l->size == 0)
        return begin(l, t, b);
    rc = check_genesis(t, b);
    if (rc == DHK_OK)
        rc = ledger_root(t, l->size, root);
    if (rc != DHK_OK)
        return rc;
    merkle_frontier_root(edge, &l->frontier);
    if (memcmp(root, edge, sizeof root) != 0)
        return DHK_FORMAT;
    return load_note(l, t);
}

enum dhk_err
ledger_signed(struct ledger *l, struct store_txn *t,
    const struct checkpoint *head, const uint8_t sig[KEY_SIGNATURE])
{
    uint8_t root[MERKLE_HASH];
    struct sink out;
    struct checkpoint again;
    struct checkpoint_vkey vkey;
    struct diag diag;

    if (head->size > l->size || head->size < l->note_size)
        return DHK_AUTH;
    enum dhk_err rc = ledger_root(t, head->size, root);
    if (rc == DHK_OK && memcmp(root, head->root, sizeof root) != 0)
        rc = DHK_AUTH;
    if (rc != DHK_OK)
        return rc;
    /* the note before went into the store with the entries of this head */
    uint8_t mem[LIMIT_CHECKPOINT];
    sink_init(&out, mem, sizeof mem);
    rc = checkpoint_assemble(&out, head, &l->log_key, sig);
    if (rc != DHK_OK)
        return rc;
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, l->origin, &l->log_key);
    rc = checkpoint_open(&again, sink_done(&out), &vkey, &diag);
    if (rc != DHK_OK)
        return DHK_AUTH;
    l->note_stored = head->size == l->note_size && l->note_stored;
    l->note_size = head->size;
    l->note_n = out.n;
    memcpy(l->note, mem, out.n);
    return DHK_OK;
}

enum dhk_err
ledger_flush(struct ledger *l, struct store_txn *t)
{
    uint8_t key[8];

    if (l->note_stored || l->note_size == 0)
        return DHK_OK;
    bytes_put_u64(key, l->note_size);
    enum dhk_err rc = store_put(
        t, TABLE_NOTE, slice_of(key, 8), slice_of(l->note, l->note_n));
    l->note_stored = rc == DHK_OK;
    return rc;
}

enum dhk_err
ledger_note(const struct ledger *l, struct store_txn *t, uint64_t *size,
    struct slice *note)
{
    uint8_t from[8];
    struct slice key;

    bytes_put_u64(from, *size);
    enum dhk_err rc = store_seek(t, TABLE_NOTE, slice_of(from, 8), &key, note);
    if (rc == DHK_OK && key.n == 8) {
        *size = bytes_get_u64(key.p);
        return DHK_OK;
    }
    if (rc != DHK_NOTFOUND)
        return rc == DHK_OK ? DHK_FORMAT : rc;
    if (l->note_size == 0 || *size > l->note_size)
        return DHK_NOTFOUND;
    *size = l->note_size;
    *note = slice_of(l->note, l->note_n);
    return DHK_OK;
}

struct slice
ledger_note_last(const struct ledger *l)
{
    return slice_of(l->note, l->note_size == 0 ? 0 : l->note_n);
}
