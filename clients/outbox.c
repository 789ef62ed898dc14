/* SPDX-License-Identifier: EUPL-1.2
 *
 * Opening the outbox, what of it flies, and its locked content. */
#include "outbox.h"

#include "lapse.h"
#include "outbox_tables.h"

#include "bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const tables[OUTBOX_TABLES] = {"signals", "content", "queue",
    "bundles", "proofs", "shares", "counters", "early", "recalls"};

static const size_t map_bytes = (size_t)16 << 30;
static const size_t journal_bytes = (size_t)1 << 20;

struct outbox {
    struct store *store;
    const uint8_t *key; /* the node's store key */
    bool lazy;          /* the application keeps it */
    struct lapse lapse; /* zeros: nothing is reserved by this process */
    struct key_pool pool;
    struct outbox_flight flight[OUTBOX_FLIGHTS];
    unsigned epoch;
    uint64_t rested_ms; /* monotonic: outbox_rest() did something last */
};
enum { REST_MS = 200 };

enum dhk_err
outbox_reload(struct outbox *o)
{
    struct store_txn *t = NULL;
    struct slice key, value;
    uint8_t from[OUTBOX_NUMBER] = {0};
    size_t n = 0;
    enum dhk_err rc = store_begin(&t, o->store, false);

    memset(o->flight, 0, sizeof o->flight);
    while (rc == DHK_OK && n < OUTBOX_FLIGHTS) {
        rc = store_after(
            t, OUTBOX_BUNDLES, slice_of(from, sizeof from), &key, &value);
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
        .tables_n = OUTBOX_TABLES,
        .map_bytes = map_bytes,
        .journal_bytes = journal_bytes,
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

enum dhk_err
outbox_peek(struct outbox **out, const struct dhk_node *node)
{
    struct store_options options = {.tables = tables,
        .tables_n = OUTBOX_TABLES,
        .map_bytes = map_bytes,
        .beside = true};
    char path[NODE_PATH];
    struct outbox *o = calloc(1, sizeof *o);
    enum dhk_err rc =
        o == NULL ? DHK_NOMEM : node_path(path, node->broker_dir, "outbox");

    if (rc == DHK_OK) {
        o->key = node->store_key;
        rc = store_open(&o->store, path, &options);
    }
    if (rc == DHK_IO && errno == ENOENT)
        rc = DHK_NOTFOUND;
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
    if ((*o)->store != NULL && (*o)->lapse.signal != 0)
        end_lapse(*o);
    if ((*o)->store != NULL)
        store_close(&(*o)->store);
    key_wipe(&(*o)->pool, sizeof(*o)->pool);
    free(*o);
    *o = NULL;
}

enum dhk_err
outbox_begin(struct store_txn **t, struct outbox *o, bool write)
{
    /* nothing random is kept from one to the next: a fork may come between */
    o->pool.left = 0;
    return store_begin(t, o->store, write);
}

static enum dhk_err
commit(struct outbox *o, struct store_txn **t, bool late)
{
    struct lapse next = o->lapse;
    enum dhk_err rc = o->lazy ? lapse_reserve(&next, &o->lapse, *t) : DHK_OK;

    if (rc != DHK_OK) {
        store_abort(t);
        return rc;
    }
    rc = late ? store_commit_late(t) : store_commit(t);
    if (rc != DHK_OK || lapse_equal(&next, &o->lapse))
        return rc;
    rc = store_sync(o->store);
    if (rc == DHK_OK)
        o->lapse = next;
    return rc;
}

enum dhk_err
outbox_commit(struct outbox *o, struct store_txn **t)
{
    return commit(o, t, false);
}

enum dhk_err
outbox_commit_late(struct outbox *o, struct store_txn **t)
{
    return commit(o, t, true);
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

enum dhk_err
outbox_rest(struct outbox *o, uint64_t now_ms)
{
    if (now_ms < o->rested_ms + REST_MS)
        return DHK_OK;
    o->rested_ms = now_ms;
    return store_settle(o->store);
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

enum dhk_err
outbox_waits(struct outbox *o, bool *any)
{
    struct store_txn *t = NULL;
    uint64_t first = 0;
    enum dhk_err rc;

    *any = outbox_flying(o) > 0;
    if (*any)
        return DHK_OK;
    rc = outbox_begin(&t, o, false);
    if (rc == DHK_OK)
        rc = outbox_queued(t, 0, &first);
    store_abort(&t);
    *any = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
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

/* --- content --- */

/* Locked with its number, so that two contents cannot be exchanged. */
static enum dhk_err
put_content(struct outbox *o, struct store_txn *t, const struct dhk_signal *s,
    uint64_t number)
{
    size_t cap = draft_bound(s);
    uint8_t aad[OUTBOX_NUMBER], *plain = malloc(cap), *box = NULL;
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
        seal_locked(
            box, sink_done(&out), slice_of(aad, sizeof aad), o->key, &o->pool);
        rc = outbox_row_put(t, OUTBOX_CONTENT, number,
            slice_of(box, out.n + SEAL_LOCKED_EXTRA));
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
outbox_content(struct outbox *o, struct store_txn *t, uint64_t number,
    struct dhk_signal **s)
{
    uint8_t aad[OUTBOX_NUMBER], *plain;
    struct slice box;
    size_t n;
    enum dhk_err rc = outbox_row_get(t, OUTBOX_CONTENT, number, &box);

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
