/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inbox's tables. */
#include "inbox.h"

#include "pack.h"

#include <stdlib.h>
#include <string.h>

enum table {
    SHARES = 0, /* arrival -> [ leaf, sender, missing, card, counter, locked
                   parcel ] */
    LEAVES,     /* leaf -> nothing, of open and answered shares */
    ANSWERS,    /* number -> [ sender, leaf, outcome, detail ] */
    SEEN,       /* card || counter -> id || leaf, and the outcome as one byte
                   when it was answered with another than taken */
    CARDS,      /* card -> highest counter, missing below it */
    COUNTERS,   /* name -> number */
    TABLES,
};
static const char *const tables[TABLES] = {
    "shares", "leaves", "answers", "seen", "cards", "counters"};

enum {
    NUMBER = 8,
    HASH = 32,
    SEEN_KEY = HASH + NUMBER,
    SEEN_VALUE = 2 * HASH,
    ANSWER_BYTES = 160,
    SHARE_MEMBERS = 6,
};
static const size_t map_bytes = (size_t)16 << 30;

struct inbox {
    struct store *store;
    const uint8_t *key;
    uint64_t before;      /* arrivals up to here are of another process */
    uint64_t handed;      /* arrival handed out last */
    struct parcel *out;   /* in the application's hands */
    struct parcel *again; /* released: next to hand out */
    struct inbox_sending sending;
};

static struct slice
number_key(uint8_t mem[NUMBER], uint64_t number)
{
    bytes_put_u64(mem, number);
    return slice_of(mem, NUMBER);
}

static enum dhk_err
load(struct inbox *b)
{
    struct store_txn *t = NULL;
    struct slice key, value;
    enum dhk_err rc = store_begin(&t, b->store, false);

    if (rc == DHK_OK)
        rc = store_last(t, SHARES, &key, &value);
    if (rc == DHK_OK && key.n == NUMBER)
        b->before = bytes_get_u64(key.p);
    store_abort(&t);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
inbox_open(struct inbox **out, struct dhk_node *node)
{
    struct store_options options = {
        .tables = tables, .tables_n = TABLES, .map_bytes = map_bytes};
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
        rc = load(b);
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
    destroy_list((*b)->out);
    destroy_list((*b)->again);
    if ((*b)->store != NULL)
        store_close(&(*b)->store);
    free(*b);
    *b = NULL;
}

enum dhk_err
inbox_begin(struct store_txn **t, struct inbox *b, bool write)
{
    return store_begin(t, b->store, write);
}

struct inbox_sending *
inbox_sending(struct inbox *b)
{
    return &b->sending;
}

/* --- counters --- */

static enum dhk_err
next_count(struct store_txn *t, const char *name, uint64_t *value)
{
    uint8_t mem[NUMBER];
    struct slice found;
    enum dhk_err rc = store_get(t, COUNTERS, slice_str(name), &found);

    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    *value = rc == DHK_OK && found.n == NUMBER ? bytes_get_u64(found.p) : 0;
    (*value)++;
    return store_put(t, COUNTERS, slice_str(name), number_key(mem, *value));
}

/* Highest counter of a card and how many below it were never seen. */
struct span {
    uint64_t highest, missing;
};

static enum dhk_err
get_span(struct store_txn *t, const uint8_t card[HASH], struct span *s)
{
    struct slice found;
    enum dhk_err rc = store_get(t, CARDS, slice_of(card, HASH), &found);

    *s = (struct span){0, 0};
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc == DHK_OK && found.n != (size_t)2 * NUMBER)
        rc = DHK_FORMAT;
    if (rc != DHK_OK)
        return rc;
    s->highest = bytes_get_u64(found.p);
    s->missing = bytes_get_u64(found.p + NUMBER);
    return DHK_OK;
}

static enum dhk_err
put_span(struct store_txn *t, const uint8_t card[HASH], const struct span *s)
{
    uint8_t mem[2 * NUMBER];

    bytes_put_u64(mem, s->highest);
    bytes_put_u64(mem + NUMBER, s->missing);
    return store_put(t, CARDS, slice_of(card, HASH), slice_of(mem, sizeof mem));
}

static struct slice
seen_key(uint8_t mem[SEEN_KEY], const uint8_t card[HASH], uint64_t counter)
{
    memcpy(mem, card, HASH);
    bytes_put_u64(mem + HASH, counter);
    return slice_of(mem, SEEN_KEY);
}

/* What stands under the counter of M: M itself, or something else. */
static enum dhk_err
read_seen(struct inbox_found *out, const struct inbox_mark *m, struct slice row)
{
    if (row.n != SEEN_VALUE &&
        (row.n != SEEN_VALUE + 1 || row.p[SEEN_VALUE] >= ANSWER_OUTCOMES))
        return DHK_FORMAT;
    out->before = row.n == SEEN_VALUE ? ANSWER_TAKEN
                                      : (enum answer_outcome)row.p[SEEN_VALUE];
    out->what = memcmp(row.p, m->id, HASH) == 0 &&
                        memcmp(row.p + HASH, m->leaf, HASH) == 0
                    ? INBOX_AGAIN
                    : INBOX_REPLAYED;
    return DHK_OK;
}

enum dhk_err
inbox_count(
    struct store_txn *t, const struct inbox_mark *m, struct inbox_found *out)
{
    uint8_t mem[SEEN_KEY], value[SEEN_VALUE];
    struct slice key = seen_key(mem, m->card, m->counter), found;
    struct span s;
    enum dhk_err rc = store_get(t, SEEN, key, &found);

    *out = (struct inbox_found){.what = INBOX_FRESH, .before = ANSWER_NONE};
    if (rc == DHK_OK)
        return read_seen(out, m, found);
    if (rc != DHK_NOTFOUND)
        return rc;
    memcpy(value, m->id, HASH);
    memcpy(value + HASH, m->leaf, HASH);
    if (m->counter == 0)
        return store_put(t, SEEN, key, slice_of(value, sizeof value));
    rc = get_span(t, m->card, &s);
    if (rc != DHK_OK)
        return rc;
    if (m->counter > s.highest) {
        s.missing += m->counter - s.highest - 1;
        s.highest = m->counter;
        out->missing = s.missing;
    } else {
        s.missing -= s.missing > 0;
    }
    rc = put_span(t, m->card, &s);
    return rc == DHK_OK ? store_put(t, SEEN, key, slice_of(value, sizeof value))
                        : rc;
}

/* Remembers the OUTCOME of what is noted under CARD and COUNTER. */
static enum dhk_err
mark_outcome(struct store_txn *t, const uint8_t card[HASH], uint64_t counter,
    enum answer_outcome outcome)
{
    uint8_t mem[SEEN_KEY], value[SEEN_VALUE + 1];
    struct slice key = seen_key(mem, card, counter), found;
    enum dhk_err rc = store_get(t, SEEN, key, &found);

    if (rc != DHK_OK || found.n < SEEN_VALUE)
        return rc == DHK_OK || rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    memcpy(value, found.p, SEEN_VALUE);
    value[SEEN_VALUE] = (uint8_t)outcome;
    return store_put(t, SEEN, key, slice_of(value, sizeof value));
}

/* --- shares --- */

enum dhk_err
inbox_knows(struct store_txn *t, const uint8_t leaf[32], bool *known)
{
    struct slice value;
    enum dhk_err rc = store_get(t, LEAVES, slice_of(leaf, HASH), &value);

    *known = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
put_leaf(struct store_txn *t, const uint8_t leaf[HASH])
{
    return store_put(t, LEAVES, slice_of(leaf, HASH), slice_of(NULL, 0));
}

enum dhk_err
inbox_add(struct inbox *b, struct store_txn *t, const struct inbox_item *item,
    const struct inbox_mark *mark, struct slice parcel)
{
    uint8_t key[NUMBER], *mem, *box;
    size_t box_n = parcel.n + SEAL_LOCKED_EXTRA,
           cap = box_n + ANSWER_BYTES + 64;
    uint64_t arrival;
    struct sink out;
    enum dhk_err rc = next_count(t, "arrival", &arrival);

    if (rc != DHK_OK)
        return rc;
    mem = malloc(cap);
    box = malloc(box_n);
    rc = mem == NULL || box == NULL ? DHK_NOMEM : DHK_OK;
    if (rc == DHK_OK) {
        seal_locked(box, parcel, number_key(key, arrival), b->key);
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
        rc = store_put(t, SHARES, number_key(key, arrival), sink_done(&out));
    free(mem);
    free(box);
    return rc == DHK_OK ? put_leaf(t, item->leaf) : rc;
}

static enum dhk_err
put_answer(struct store_txn *t, const struct inbox_item *item)
{
    uint8_t key[NUMBER], mem[ANSWER_BYTES];
    uint64_t number;
    struct sink out;
    enum dhk_err rc = next_count(t, "answer", &number);

    if (rc != DHK_OK)
        return rc;
    sink_init(&out, mem, sizeof mem);
    pack_array(&out, 4);
    pack_cstr(&out, item->sender);
    pack_bin(&out, slice_of(item->leaf, HASH));
    pack_uint(&out, item->outcome);
    pack_uint(&out, item->detail);
    if (out.err != DHK_OK)
        return out.err;
    return store_put(t, ANSWERS, number_key(key, number), sink_done(&out));
}

enum dhk_err
inbox_answer(struct store_txn *t, const struct inbox_item *item)
{
    enum dhk_err rc = put_answer(t, item);

    return rc == DHK_OK ? put_leaf(t, item->leaf) : rc;
}

struct kept { /* a row of SHARES */
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
    rc = seal_unlocked(plain, k.box, number_key(key, arrival), b->key);
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

static void
hand_out(struct inbox *b, struct parcel *p)
{
    p->next = b->out;
    b->out = p;
}

enum dhk_err
inbox_next(struct inbox *b, struct parcel **out)
{
    struct store_txn *t = NULL;
    struct slice key, value;
    uint8_t from[NUMBER];
    uint64_t arrival = 0;
    enum dhk_err rc;

    *out = b->again;
    if (b->again != NULL) {
        b->again = b->again->next;
        hand_out(b, *out);
        return DHK_OK;
    }
    rc = store_begin(&t, b->store, false);
    if (rc == DHK_OK)
        rc = store_after(t, SHARES, number_key(from, b->handed), &key, &value);
    if (rc == DHK_OK) {
        arrival = bytes_get_u64(key.p);
        rc = unlock(out, b, arrival, value);
    }
    store_abort(&t);
    if (rc != DHK_OK)
        return rc;
    b->handed = arrival;
    hand_out(b, *out);
    return DHK_OK;
}

struct parcel *
inbox_find(const struct inbox *b, const struct dhk_share *pub)
{
    for (struct parcel *p = b->out; p != NULL; p = p->next) {
        if (&p->pub == pub)
            return p;
    }
    return NULL;
}

static void
take_back(struct inbox *b, const struct parcel *p)
{
    struct parcel **at = &b->out;

    while (*at != NULL && *at != p)
        at = &(*at)->next;
    if (*at != NULL)
        *at = (*at)->next;
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
    enum dhk_err rc = store_get(t, SHARES, number_key(key, arrival), &value);

    if (rc == DHK_OK)
        rc = read_kept(&k, value);
    if (rc != DHK_OK)
        return rc;
    memcpy(item.leaf, k.leaf, sizeof item.leaf);
    memcpy(item.sender, k.sender, sizeof item.sender);
    item.detail = outcome == ANSWER_TAKEN ? k.detail : 0;
    if (outcome != ANSWER_TAKEN)
        rc = mark_outcome(t, k.card, k.counter, outcome);
    if (rc == DHK_OK)
        rc = store_delete(t, SHARES, number_key(key, arrival));
    return rc == DHK_OK ? put_answer(t, &item) : rc;
}

/* --- answers --- */

static enum dhk_err
read_answer(struct inbox_item *item, struct slice value)
{
    struct cursor c;

    cursor_init(&c, value);
    unpack_array_of(&c, 4);
    if (slice_to_str(unpack_name(&c), item->sender, sizeof item->sender) !=
        DHK_OK)
        cursor_fail(&c, DHK_FORMAT, "sender of an answer");
    unpack_fixed(&c, item->leaf, HASH);
    item->outcome = (enum answer_outcome)unpack_uint(&c, ANSWER_OUTCOMES - 1);
    item->detail = unpack_uint(&c, UINT64_MAX);
    return cursor_end(&c);
}

enum dhk_err
inbox_next_answer(struct store_txn *t, uint64_t *after, struct inbox_item *item)
{
    uint8_t key[NUMBER];
    struct slice found, value;
    enum dhk_err rc =
        store_after(t, ANSWERS, number_key(key, *after), &found, &value);

    if (rc != DHK_OK)
        return rc;
    *after = bytes_get_u64(found.p);
    return read_answer(item, value);
}

enum dhk_err
inbox_answered(struct store_txn *t, uint64_t number)
{
    uint8_t key[NUMBER];
    struct slice value;
    struct inbox_item item;
    enum dhk_err rc = store_get(t, ANSWERS, number_key(key, number), &value);

    if (rc == DHK_OK)
        rc = read_answer(&item, value);
    if (rc == DHK_OK)
        rc = store_delete(t, LEAVES, slice_of(item.leaf, HASH));
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        rc = store_delete(t, ANSWERS, number_key(key, number));
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* --- cards before the newest --- */

enum { DRAINED_KEY = 8 + HASH };

static struct slice
drained_key(uint8_t mem[DRAINED_KEY], const uint8_t id[HASH])
{
    memcpy(mem, "drained/", 8);
    memcpy(mem + 8, id, HASH);
    return slice_of(mem, DRAINED_KEY);
}

enum dhk_err
inbox_is_drained(struct inbox *b, const uint8_t id[HASH], bool *drained)
{
    uint8_t mem[DRAINED_KEY];
    struct store_txn *t = NULL;
    struct slice found;
    enum dhk_err rc = store_begin(&t, b->store, false);

    if (rc == DHK_OK)
        rc = store_get(t, COUNTERS, drained_key(mem, id), &found);
    store_abort(&t);
    *drained = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
inbox_drained(struct inbox *b, const uint8_t id[HASH])
{
    uint8_t mem[DRAINED_KEY];
    struct store_txn *t = NULL;
    enum dhk_err rc = store_begin(&t, b->store, true);

    if (rc == DHK_OK)
        rc = store_put(t, COUNTERS, drained_key(mem, id), slice_of(NULL, 0));
    if (rc == DHK_OK)
        return store_commit(&t);
    store_abort(&t);
    return rc;
}
