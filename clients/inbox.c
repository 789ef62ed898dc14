/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inbox's tables. */
#include "inbox.h"

#include "fresh.h"
#include "inbox_tables.h"
#include "seen.h"

#include "pack.h"

#include <stdlib.h>
#include <string.h>

static const char *const tables[INBOX_TABLES] = INBOX_NAMES;
enum {
    NUMBER = INBOX_NUMBER,
    HASH = 32,
    ITEM_BYTES = 224, /* of a row beside the locked parcel */
    SHARE_MEMBERS = 6,
};
static const size_t journal_bytes = (size_t)1 << 20;
struct inbox {
    struct store *store;
    const uint8_t *key;
    bool lazy; /* noted in the store as kept by the application */
    struct key_pool pool;
    uint64_t before;        /* arrivals up to here are of another process */
    uint64_t stale;         /* ... and up to here have waited for a while */
    uint64_t handed;        /* arrival handed out last */
    struct parcel_list out; /* in the application's hands, in that order */
    struct parcel *found;   /* among those, by the last look, or NULL */
    struct parcel *again;   /* released: next to hand out */
    struct fresh fresh;     /* not handed out yet */
    struct inbox_sending sending;
};

struct slice
inbox_number(uint8_t mem[NUMBER], uint64_t number)
{
    bytes_put_u64(mem, number);
    return slice_of(mem, NUMBER);
}

enum dhk_err
inbox_age(struct inbox *b)
{
    struct store_txn *t = NULL;
    struct slice key, value;
    enum dhk_err rc = store_begin(&t, b->store, false);

    if (rc == DHK_OK)
        rc = store_last(t, INBOX_SHARES, &key, &value);
    if (rc == DHK_OK && key.n == NUMBER)
        b->stale = bytes_get_u64(key.p);
    store_abort(&t);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

bool
inbox_is_stale(const struct inbox *b, const struct parcel *p)
{
    return p->arrival <= b->stale;
}

enum dhk_err
inbox_open(struct inbox **out, struct dhk_node *node)
{
    struct store_options options = {.tables = tables,
        .tables_n = INBOX_TABLES,
        .map_bytes = INBOX_MAP_BYTES,
        .journal_bytes = journal_bytes,
        .lazy = node->application_keeps};
    char path[NODE_PATH];
    struct inbox *b = calloc(1, sizeof *b);
    enum dhk_err rc = DHK_NOMEM;

    *out = NULL;
    if (b == NULL)
        return rc;
    b->key = node->store_key;
    rc = node_path(path, node->broker_dir, "inbox");
    if (rc == DHK_OK)
        rc = store_open(&b->store, path, &options);
    if (rc == DHK_OK)
        rc = inbox_note_lazy(b->store, options.lazy);
    b->lazy = rc == DHK_OK && options.lazy;
    if (rc == DHK_OK)
        rc = inbox_age(b);
    b->before = b->stale;
    if (rc != DHK_OK)
        inbox_close(&b);
    *out = b;
    return rc;
}

static void
destroy_list(struct parcel *p)
{
    struct parcel *next;

    for (; p != NULL; p = next) {
        next = p->next;
        parcel_destroy(&p);
    }
}

void
inbox_close(struct inbox **b)
{
    if (*b == NULL)
        return;
    destroy_list((*b)->out.first);
    destroy_list((*b)->again);
    fresh_clear(&(*b)->fresh);
    if ((*b)->store != NULL && (*b)->lazy)
        inbox_end_lazy((*b)->store);
    if ((*b)->store != NULL)
        store_close(&(*b)->store);
    key_wipe(&(*b)->pool, sizeof(*b)->pool);
    free(*b);
    *b = NULL;
}

enum dhk_err
inbox_begin(struct store_txn **t, struct inbox *b, bool write)
{
    /* nothing random is kept from one to the next: a fork may come between */
    b->pool.left = 0;
    if (write)
        fresh_abort(&b->fresh); /* of one whose end was not told */
    return store_begin(t, b->store, write);
}

enum dhk_err
inbox_commit(struct inbox *b, struct store_txn **t)
{
    enum dhk_err rc = store_commit_late(t);

    if (rc == DHK_OK)
        fresh_commit(&b->fresh);
    return rc;
}

enum dhk_err
inbox_sync(struct inbox *b)
{
    return store_sync(b->store);
}

enum dhk_err
inbox_keep(struct inbox *b)
{
    return b->lazy || store_is_synced(b->store) ? DHK_OK : store_sync(b->store);
}

enum dhk_err
inbox_rest(struct inbox *b)
{
    return store_settle(b->store);
}

bool
inbox_is_synced(const struct inbox *b)
{
    return store_is_synced(b->store);
}

struct key_pool *
inbox_pool(struct inbox *b)
{
    return &b->pool;
}

struct inbox_sending *
inbox_sending(struct inbox *b)
{
    return &b->sending;
}

/* --- counters --- */

enum dhk_err
inbox_draw(struct store_txn *t, const char *name, uint64_t *value)
{
    uint8_t mem[NUMBER];
    struct slice found;
    enum dhk_err rc = store_get(t, INBOX_COUNTERS, slice_str(name), &found);

    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    *value = rc == DHK_OK && found.n == NUMBER ? bytes_get_u64(found.p) : 0;
    (*value)++;
    return store_put(
        t, INBOX_COUNTERS, slice_str(name), inbox_number(mem, *value));
}

/* --- shares --- */

enum dhk_err
inbox_knows(struct store_txn *t, const uint8_t leaf[32], bool *known)
{
    struct slice value;
    enum dhk_err rc = store_get(t, INBOX_LEAVES, slice_of(leaf, HASH), &value);

    *known = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
put_leaf(struct store_txn *t, const uint8_t leaf[HASH])
{
    return store_put(t, INBOX_LEAVES, slice_of(leaf, HASH), slice_of(NULL, 0));
}

enum dhk_err
inbox_add(struct inbox *b, struct store_txn *t, const struct inbox_item *item,
    const struct seen_mark *mark, struct slice parcel)
{
    uint8_t key[NUMBER], *mem, *box;
    size_t box_n = parcel.n + SEAL_LOCKED_EXTRA, cap = box_n + ITEM_BYTES;
    uint64_t arrival;
    struct sink out;
    enum dhk_err rc = inbox_draw(t, "arrival", &arrival);

    if (rc != DHK_OK)
        return rc;
    mem = malloc(cap);
    box = malloc(box_n);
    rc = mem == NULL || box == NULL ? DHK_NOMEM : DHK_OK;
    if (rc == DHK_OK) {
        seal_locked(box, parcel, inbox_number(key, arrival), b->key, &b->pool);
        sink_init(&out, mem, cap);
        pack_array(&out, SHARE_MEMBERS);
        pack_bin(&out, slice_of(item->leaf, HASH));
        pack_cstr(&out, item->sender);
        pack_uint(&out, item->detail);
        pack_bin(&out, slice_of(mark->card, HASH));
        pack_uint(&out, mark->counter);
        pack_bin(&out, slice_of(box, box_n));
        rc = out.err;
    }
    if (rc == DHK_OK)
        rc = store_put(
            t, INBOX_SHARES, inbox_number(key, arrival), sink_done(&out));
    free(mem);
    free(box);
    if (rc == DHK_OK)
        rc = put_leaf(t, item->leaf);
    if (rc == DHK_OK)
        fresh_add(&b->fresh, arrival, parcel);
    return rc;
}

enum dhk_err
inbox_answer(struct store_txn *t, const struct inbox_item *item)
{
    enum dhk_err rc = inbox_put_answer(t, item);

    return rc == DHK_OK ? put_leaf(t, item->leaf) : rc;
}

struct kept { /* a row of INBOX_SHARES */
    uint8_t leaf[HASH];
    char sender[LIMIT_NAME + 1];
    uint64_t detail;
    uint8_t card[HASH]; /* the sender's, ... */
    uint64_t counter;   /* ... that it was counted under */
    struct slice box;
};

static enum dhk_err
read_kept(struct kept *k, struct slice value)
{
    struct cursor c;

    cursor_init(&c, value);
    unpack_array_of(&c, SHARE_MEMBERS);
    unpack_fixed(&c, k->leaf, HASH);
    if (slice_to_str(unpack_name(&c), k->sender, sizeof k->sender) != DHK_OK)
        cursor_fail(&c, DHK_FORMAT, "sender of the inbox");
    k->detail = unpack_uint(&c, UINT64_MAX);
    unpack_fixed(&c, k->card, HASH);
    k->counter = unpack_uint(&c, UINT64_MAX);
    k->box = unpack_bin(&c, PARCEL_BYTES + SEAL_LOCKED_EXTRA);
    return cursor_end(&c);
}

/* Opens row VALUE of ARRIVAL. */
static enum dhk_err
unlock(struct parcel **out, const struct inbox *b, uint64_t arrival,
    struct slice value)
{
    uint8_t key[NUMBER], *plain;
    struct kept k;
    size_t n;
    enum dhk_err rc = read_kept(&k, value);

    if (rc != DHK_OK || k.box.n < SEAL_LOCKED_EXTRA)
        return rc != DHK_OK ? rc : DHK_FORMAT;
    n = k.box.n - SEAL_LOCKED_EXTRA;
    plain = malloc(n + 1);
    if (plain == NULL)
        return DHK_NOMEM;
    rc = seal_unlocked(plain, k.box, inbox_number(key, arrival), b->key);
    if (rc == DHK_OK)
        rc = parcel_decode(out, slice_of(plain, n));
    key_wipe(plain, n);
    free(plain);
    if (rc == DHK_OK) {
        (*out)->arrival = arrival;
        (*out)->pub.again = arrival <= b->before;
    }
    return rc;
}

/* The next one after what was handed out, from the store. */
static enum dhk_err
read_next(struct inbox *b, struct parcel **out)
{
    struct store_txn *t = NULL;
    struct slice key, value;
    uint8_t from[NUMBER];
    enum dhk_err rc = store_begin(&t, b->store, false);

    if (rc == DHK_OK)
        rc = store_after(
            t, INBOX_SHARES, inbox_number(from, b->handed), &key, &value);
    if (rc == DHK_OK)
        rc = unlock(out, b, bytes_get_u64(key.p), value);
    store_abort(&t);
    return rc;
}

enum dhk_err
inbox_next(struct inbox *b, struct parcel **out)
{
    enum dhk_err rc = DHK_OK;

    *out = b->again;
    if (b->again != NULL) {
        b->again = b->again->next;
        parcel_append(&b->out, *out);
        return DHK_OK;
    }
    *out = fresh_take(&b->fresh, b->handed);
    if (*out == NULL)
        rc = read_next(b, out);
    if (rc != DHK_OK)
        return rc;
    b->handed = (*out)->arrival;
    parcel_append(&b->out, *out);
    return DHK_OK;
}

static struct parcel *
find_from(struct parcel *p, const struct dhk_share *pub)
{
    while (p != NULL && &p->pub != pub)
        p = p->next;
    return p;
}

struct parcel *
inbox_find(struct inbox *b, const struct dhk_share *pub)
{
    /* who confirms many names them in the order in which they came */
    struct parcel *p = find_from(b->found, pub);

    if (p == NULL)
        p = find_from(b->out.first, pub);
    b->found = p;
    return p;
}

static void
take_back(struct inbox *b, const struct parcel *p)
{
    struct parcel **at = &b->out.first, *before = NULL;

    while (*at != NULL && *at != p) {
        before = *at;
        at = &before->next;
    }
    if (*at == NULL)
        return;
    *at = p->next;
    if (b->out.last == p)
        b->out.last = before;
    if (b->found == p)
        b->found = before;
}

void
inbox_drop(struct inbox *b, struct parcel **p)
{
    take_back(b, *p);
    parcel_destroy(p);
}

void
inbox_release(struct inbox *b, struct parcel **p)
{
    take_back(b, *p);
    (*p)->pub.again = true;
    (*p)->next = b->again;
    b->again = *p;
    *p = NULL;
}

enum dhk_err
inbox_settle(struct store_txn *t, uint64_t arrival, enum answer_outcome outcome)
{
    uint8_t key[NUMBER];
    struct slice value;
    struct kept k;
    struct inbox_item item = {.outcome = outcome};
    enum dhk_err rc =
        store_get(t, INBOX_SHARES, inbox_number(key, arrival), &value);

    if (rc == DHK_OK)
        rc = read_kept(&k, value);
    if (rc != DHK_OK)
        return rc;
    memcpy(item.leaf, k.leaf, sizeof item.leaf);
    memcpy(item.sender, k.sender, sizeof item.sender);
    item.detail = outcome == ANSWER_TAKEN ? k.detail : 0;
    if (outcome != ANSWER_TAKEN)
        rc = seen_outcome(t, k.card, k.counter, outcome);
    if (rc == DHK_OK)
        rc = store_delete(t, INBOX_SHARES, inbox_number(key, arrival));
    return rc == DHK_OK ? inbox_put_answer(t, &item) : rc;
}
