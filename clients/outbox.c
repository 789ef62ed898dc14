/* SPDX-License-Identifier: EUPL-1.2
 *
 * The outbox's tables. */
#include "outbox.h"

#include "lapse.h"

#include "bundle.h"
#include "pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum table {
    SIGNALS = 0, /* number -> record */
    CONTENT,     /* number -> locked signal */
    QUEUE,       /* number -> nothing */
    BUNDLES,     /* bundle -> [ [ number ... ], bytes ] */
    PROOFS,      /* bundle -> text */
    SHARES,      /* ledger index -> number */
    COUNTERS,    /* name -> number, id or tally */
    EARLY,       /* ledger index of a share -> entry about its outcome */
    RECALLS,     /* number -> recall */
    TABLES,
};
static const char *const tables[TABLES] = {"signals", "content", "queue",
    "bundles", "proofs", "shares", "counters", "early", "recalls"};

enum { NUMBER = 8 };
static const size_t map_bytes = (size_t)16 << 30;

struct outbox {
    struct store *store;
    const uint8_t *key; /* the node's store key */
    bool lazy;          /* the application keeps it */
    struct lapse lapse;
    struct outbox_flight flight[OUTBOX_FLIGHTS];
    unsigned epoch;
};

enum dhk_err
outbox_reload(struct outbox *o)
{
    struct store_txn *t = NULL;
    struct slice key, value;
    uint8_t from[NUMBER] = {0};
    size_t n = 0;
    enum dhk_err rc = store_begin(&t, o->store, false);

    memset(o->flight, 0, sizeof o->flight);
    while (rc == DHK_OK && n < OUTBOX_FLIGHTS) {
        rc = store_after(t, BUNDLES, slice_of(from, sizeof from), &key, &value);
        if (rc != DHK_OK)
            break;
        memcpy(from, key.p, sizeof from);
        o->flight[n++] = (struct outbox_flight){.bundle = bytes_get_u64(from)};
    }
    store_abort(&t);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
find_lapse(struct outbox *o)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = store_begin(&t, o->store, true);

    if (rc == DHK_OK)
        rc = lapse_find(t);
    if (rc == DHK_OK)
        return outbox_commit(o, &t);
    store_abort(&t);
    return rc;
}

enum dhk_err
outbox_open(struct outbox **out, struct dhk_node *node)
{
    struct store_options options = {.tables = tables,
        .tables_n = TABLES,
        .map_bytes = map_bytes,
        .lazy = node->application_keeps};
    char path[NODE_PATH];
    struct outbox *o = calloc(1, sizeof *o);
    enum dhk_err rc = DHK_NOMEM;

    *out = NULL;
    if (o == NULL)
        return rc;
    o->key = node->store_key;
    o->lazy = options.lazy;
    rc = node_path(path, node->broker_dir, "outbox");
    if (rc == DHK_OK)
        rc = store_open(&o->store, path, &options);
    if (rc == DHK_OK)
        rc = find_lapse(o);
    if (rc == DHK_OK)
        rc = outbox_reload(o);
    if (rc != DHK_OK)
        outbox_close(&o);
    *out = o;
    return rc;
}

/* When it fails, the next one to open the outbox skips numbers. */
static void
end_lapse(struct outbox *o)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = store_begin(&t, o->store, true);

    if (rc == DHK_OK)
        rc = lapse_end(t);
    if (rc == DHK_OK)
        rc = store_commit(&t);
    else
        store_abort(&t);
    if (rc == DHK_OK)
        rc = store_sync(o->store);
    (void)rc;
}

void
outbox_close(struct outbox **o)
{
    if (*o == NULL)
        return;
    if ((*o)->store != NULL && (*o)->lazy)
        end_lapse(*o);
    if ((*o)->store != NULL)
        store_close(&(*o)->store);
    free(*o);
    *o = NULL;
}

enum dhk_err
outbox_begin(struct store_txn **t, struct outbox *o, bool write)
{
    return store_begin(t, o->store, write);
}

enum dhk_err
outbox_commit(struct outbox *o, struct store_txn **t)
{
    bool due = false;
    enum dhk_err rc = o->lazy ? lapse_reserve(&o->lapse, *t, &due) : DHK_OK;

    if (rc != DHK_OK) {
        store_abort(t);
        return rc;
    }
    rc = store_commit(t);
    return rc == DHK_OK && due ? store_sync(o->store) : rc;
}

enum dhk_err
outbox_commit_now(struct outbox *o, struct store_txn **t)
{
    enum dhk_err rc = outbox_commit(o, t);

    return rc == DHK_OK ? store_sync(o->store) : rc;
}

enum dhk_err
outbox_sync(struct outbox *o)
{
    return store_sync(o->store);
}

bool
outbox_is_synced(const struct outbox *o)
{
    return store_is_synced(o->store);
}

struct outbox_flight *
outbox_flights(struct outbox *o)
{
    return o->flight;
}

size_t
outbox_flying(const struct outbox *o)
{
    size_t n = 0;

    for (size_t i = 0; i < OUTBOX_FLIGHTS; i++)
        n += o->flight[i].bundle != 0;
    return n;
}

void
outbox_fly(struct outbox *o, uint64_t bundle)
{
    for (size_t i = 0; i < OUTBOX_FLIGHTS; i++) {
        if (o->flight[i].bundle == 0) {
            o->flight[i] = (struct outbox_flight){.bundle = bundle};
            return;
        }
    }
    must(false); /* the caller counted */
}

unsigned *
outbox_epoch(struct outbox *o)
{
    return &o->epoch;
}

/* --- by number --- */

static enum dhk_err
put(struct store_txn *t, enum table table, uint64_t number, struct slice value)
{
    uint8_t key[NUMBER];

    bytes_put_u64(key, number);
    return store_put(t, table, slice_of(key, sizeof key), value);
}

static enum dhk_err
get(struct store_txn *t, enum table table, uint64_t number, struct slice *value)
{
    uint8_t key[NUMBER];

    bytes_put_u64(key, number);
    return store_get(t, table, slice_of(key, sizeof key), value);
}

static enum dhk_err
drop(struct store_txn *t, enum table table, uint64_t number)
{
    uint8_t key[NUMBER];
    enum dhk_err rc;

    bytes_put_u64(key, number);
    rc = store_delete(t, table, slice_of(key, sizeof key));
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
after(struct store_txn *t, enum table table, uint64_t number, uint64_t *found,
    struct slice *value)
{
    uint8_t key[NUMBER];
    struct slice at;
    enum dhk_err rc;

    bytes_put_u64(key, number);
    rc = store_after(t, table, slice_of(key, sizeof key), &at, value);
    if (rc == DHK_OK && at.n != NUMBER)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        *found = bytes_get_u64(at.p);
    return rc;
}

/* --- signals --- */

/* Locked with its number, so that two contents cannot be exchanged. */
static enum dhk_err
put_content(struct outbox *o, struct store_txn *t, const struct dhk_signal *s,
    uint64_t number)
{
    size_t cap = draft_bound(s);
    uint8_t aad[NUMBER], *plain = malloc(cap), *box = NULL;
    struct sink out;
    enum dhk_err rc = DHK_NOMEM;

    if (plain == NULL)
        return rc;
    sink_init(&out, plain, cap);
    draft_encode(&out, s);
    rc = out.err;
    if (rc == DHK_OK) {
        box = malloc(out.n + SEAL_LOCKED_EXTRA);
        rc = box == NULL ? DHK_NOMEM : DHK_OK;
    }
    if (rc == DHK_OK) {
        bytes_put_u64(aad, number);
        seal_locked(box, sink_done(&out), slice_of(aad, sizeof aad), o->key);
        rc = put(t, CONTENT, number, slice_of(box, out.n + SEAL_LOCKED_EXTRA));
    }
    key_wipe(plain, out.n);
    free(plain);
    free(box);
    return rc;
}

enum dhk_err
outbox_add(struct outbox *o, struct store_txn *t, const struct dhk_signal *s,
    uint64_t *number)
{
    enum dhk_err rc = outbox_next_count(t, "signal", number);

    return rc == DHK_OK ? put_content(o, t, s, *number) : rc;
}

enum dhk_err
outbox_get(struct store_txn *t, uint64_t number, struct record *r)
{
    struct slice value;
    enum dhk_err rc = get(t, SIGNALS, number, &value);

    return rc == DHK_OK ? record_decode(r, value) : rc;
}

enum dhk_err
outbox_put(struct store_txn *t, uint64_t number, const struct record *r)
{
    uint8_t mem[RECORD_BYTES];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    record_encode(&out, r);
    return out.err != DHK_OK ? out.err
                             : put(t, SIGNALS, number, sink_done(&out));
}

enum dhk_err
outbox_next(
    struct store_txn *t, uint64_t number, uint64_t *next, struct record *r)
{
    struct slice value;
    enum dhk_err rc = after(t, SIGNALS, number, next, &value);

    return rc == DHK_OK ? record_decode(r, value) : rc;
}

enum dhk_err
outbox_content(struct outbox *o, struct store_txn *t, uint64_t number,
    struct dhk_signal **s)
{
    uint8_t aad[NUMBER], *plain;
    struct slice box;
    size_t n;
    enum dhk_err rc = get(t, CONTENT, number, &box);

    *s = NULL;
    if (rc != DHK_OK)
        return rc;
    if (box.n < SEAL_LOCKED_EXTRA)
        return DHK_FORMAT;
    n = box.n - SEAL_LOCKED_EXTRA;
    plain = malloc(n + 1);
    if (plain == NULL)
        return DHK_NOMEM;
    bytes_put_u64(aad, number);
    rc = seal_unlocked(plain, box, slice_of(aad, sizeof aad), o->key);
    if (rc == DHK_OK)
        rc = draft_decode(s, slice_of(plain, n));
    key_wipe(plain, n);
    free(plain);
    return rc;
}

enum dhk_err
outbox_forget_content(struct store_txn *t, uint64_t number)
{
    return drop(t, CONTENT, number);
}

enum dhk_err
outbox_queue(struct store_txn *t, uint64_t number)
{
    return put(t, QUEUE, number, slice_of(NULL, 0));
}

enum dhk_err
outbox_unqueue(struct store_txn *t, uint64_t number)
{
    return drop(t, QUEUE, number);
}

enum dhk_err
outbox_queued(struct store_txn *t, uint64_t number, uint64_t *next)
{
    struct slice value;

    return after(t, QUEUE, number, next, &value);
}

/* --- bundles --- */

enum dhk_err
outbox_keep_bundle(struct store_txn *t, uint64_t bundle,
    const uint64_t *numbers, size_t n, struct slice bytes)
{
    size_t cap = bytes.n + 16 * LIMIT_BUNDLE;
    uint8_t *mem = malloc(cap);
    struct sink out;
    enum dhk_err rc;

    if (mem == NULL)
        return DHK_NOMEM;
    sink_init(&out, mem, cap);
    pack_array(&out, 2);
    pack_array(&out, n);
    for (size_t i = 0; i < n; i++)
        pack_uint(&out, numbers[i]);
    pack_bin(&out, bytes);
    rc = out.err != DHK_OK ? out.err : put(t, BUNDLES, bundle, sink_done(&out));
    free(mem);
    return rc;
}

enum dhk_err
outbox_bundle(struct store_txn *t, uint64_t bundle, uint64_t *numbers,
    size_t *n, struct slice *bytes)
{
    struct cursor c;
    struct slice value;
    enum dhk_err rc = get(t, BUNDLES, bundle, &value);

    if (rc != DHK_OK)
        return rc;
    cursor_init(&c, value);
    unpack_array_of(&c, 2);
    *n = unpack_array(&c, LIMIT_BUNDLE);
    for (size_t i = 0; i < *n; i++)
        numbers[i] = unpack_uint(&c, UINT64_MAX);
    *bytes = unpack_bin(&c, LIMIT_BUNDLE_BYTES);
    return cursor_end(&c);
}

enum dhk_err
outbox_drop_bundle(struct store_txn *t, uint64_t bundle)
{
    return drop(t, BUNDLES, bundle);
}

enum dhk_err
outbox_card(struct outbox *o, uint8_t card[32])
{
    struct store_txn *t = NULL;
    struct bundle *b = NULL;
    uint64_t numbers[LIMIT_BUNDLE];
    size_t n;
    struct slice bytes;
    enum dhk_err rc;

    if (o->flight[0].bundle == 0)
        return DHK_NOTFOUND;
    b = malloc(sizeof *b);
    rc = b == NULL ? DHK_NOMEM : store_begin(&t, o->store, false);
    if (rc == DHK_OK)
        rc = outbox_bundle(t, o->flight[0].bundle, numbers, &n, &bytes);
    if (rc == DHK_OK)
        rc = bundle_decode(b, bytes, NULL);
    if (rc == DHK_OK)
        memcpy(card, b->statement.card, 32);
    store_abort(&t);
    free(b);
    return rc;
}

enum dhk_err
outbox_put_proof(struct store_txn *t, uint64_t bundle, struct slice text)
{
    return put(t, PROOFS, bundle, text);
}

enum dhk_err
outbox_get_proof(struct store_txn *t, uint64_t bundle, struct slice *text)
{
    return get(t, PROOFS, bundle, text);
}

enum dhk_err
outbox_put_share(struct store_txn *t, uint64_t index, uint64_t number)
{
    uint8_t value[NUMBER];

    bytes_put_u64(value, number);
    return put(t, SHARES, index, slice_of(value, sizeof value));
}

enum dhk_err
outbox_get_share(struct store_txn *t, uint64_t index, uint64_t *number)
{
    struct slice value;
    enum dhk_err rc = get(t, SHARES, index, &value);

    if (rc == DHK_OK && value.n != NUMBER)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        *number = bytes_get_u64(value.p);
    return rc;
}

enum dhk_err
outbox_put_early(struct store_txn *t, uint64_t index, struct slice entry)
{
    return put(t, EARLY, index, entry);
}

enum dhk_err
outbox_get_early(struct store_txn *t, uint64_t index, struct slice *entry)
{
    return get(t, EARLY, index, entry);
}

enum dhk_err
outbox_drop_early(struct store_txn *t, uint64_t index)
{
    return drop(t, EARLY, index);
}

enum dhk_err
outbox_get_recall(struct store_txn *t, uint64_t number, struct slice *value)
{
    return get(t, RECALLS, number, value);
}

enum dhk_err
outbox_put_recall(struct store_txn *t, uint64_t number, struct slice value)
{
    return put(t, RECALLS, number, value);
}

enum dhk_err
outbox_next_recall(
    struct store_txn *t, uint64_t number, uint64_t *next, struct slice *value)
{
    uint8_t from[NUMBER];
    struct slice key;

    bytes_put_u64(from, number);
    enum dhk_err rc =
        store_after(t, RECALLS, slice_of(from, sizeof from), &key, value);
    if (rc == DHK_OK)
        *next = bytes_get_u64(key.p);
    return rc;
}

/* --- counters --- */

enum dhk_err
outbox_put_count(struct store_txn *t, const char *name, uint64_t value)
{
    uint8_t mem[NUMBER];

    bytes_put_u64(mem, value);
    return store_put(t, COUNTERS, slice_str(name), slice_of(mem, sizeof mem));
}

enum dhk_err
outbox_get_count(struct store_txn *t, const char *name, uint64_t *value)
{
    struct slice found;
    enum dhk_err rc = store_get(t, COUNTERS, slice_str(name), &found);

    *value = 0;
    if (rc == DHK_OK && found.n != NUMBER)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        *value = bytes_get_u64(found.p);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
outbox_next_count(struct store_txn *t, const char *name, uint64_t *value)
{
    enum dhk_err rc = outbox_get_count(t, name, value);

    if (rc != DHK_OK)
        return rc;
    (*value)++;
    return outbox_put_count(t, name, *value);
}

enum dhk_err
outbox_get_named(struct store_txn *t, struct slice name, struct slice *value)
{
    return store_get(t, COUNTERS, name, value);
}

enum dhk_err
outbox_put_named(struct store_txn *t, struct slice name, struct slice value)
{
    return store_put(t, COUNTERS, name, value);
}

enum dhk_err
outbox_drop_named(struct store_txn *t, struct slice name)
{
    enum dhk_err rc = store_delete(t, COUNTERS, name);

    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
outbox_next_named(struct store_txn *t, struct slice after, struct slice *name,
    struct slice *value)
{
    return store_after(t, COUNTERS, after, name, value);
}
