/* SPDX-License-Identifier: EUPL-1.2 */
#include "notices.h"

#include <string.h>

#include "table.h"

enum { KEY_MAX = LIMIT_NAME + 1 + 32, PAIR = 16 };

/* PARTNER, a byte that no name has, and N bytes of WHAT. */
static struct slice
key_of(uint8_t mem[KEY_MAX], struct slice partner, const void *what, size_t n)
{
    must(partner.n <= LIMIT_NAME && n <= 32);
    memcpy(mem, partner.p, partner.n);
    mem[partner.n] = 0;
    memcpy(mem + partner.n + 1, what, n);
    return slice_of(mem, partner.n + 1 + n);
}

static struct slice
index_key(uint8_t mem[KEY_MAX], struct slice partner, uint64_t index)
{
    uint8_t number[8];

    bytes_put_u64(number, index);
    return key_of(mem, partner, number, sizeof number);
}

enum dhk_err
notices_add(struct store_txn *t, struct slice partner, const struct notice *n)
{
    uint8_t mem[KEY_MAX], value[PAIR], leaf[32], index[8];

    bytes_put_u64(value, n->by);
    bytes_put_u64(value + 8, n->sender);
    bytes_put_u64(index, n->index);
    enum dhk_err rc = store_put(t, TABLE_NOTICE,
        index_key(mem, partner, n->index), slice_of(value, sizeof value));
    if (rc == DHK_OK)
        rc = ledger_leaf(t, n->index, leaf);
    if (rc != DHK_OK)
        return rc;
    return store_put(t, TABLE_NOTICED, key_of(mem, partner, leaf, sizeof leaf),
        slice_of(index, sizeof index));
}

static enum dhk_err
read_notice(struct notice *out, uint64_t index, struct slice value)
{
    if (value.n != PAIR)
        return DHK_FORMAT;
    *out = (struct notice){.index = index,
        .by = bytes_get_u64(value.p),
        .sender = bytes_get_u64(value.p + 8)};
    return DHK_OK;
}

enum dhk_err
notices_find(struct store_txn *t, struct slice partner, const uint8_t leaf[32],
    struct notice *out)
{
    uint8_t mem[KEY_MAX];
    struct slice value;

    enum dhk_err rc =
        store_get(t, TABLE_NOTICED, key_of(mem, partner, leaf, 32), &value);
    if (rc != DHK_OK)
        return rc;
    if (value.n != 8)
        return DHK_FORMAT;
    uint64_t index = bytes_get_u64(value.p);
    rc = store_get(t, TABLE_NOTICE, index_key(mem, partner, index), &value);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    return read_notice(out, index, value);
}

enum dhk_err
notices_next(struct store_txn *t, struct slice partner, uint64_t after,
    struct notice *out)
{
    uint8_t mem[KEY_MAX];
    struct slice key, value, at = index_key(mem, partner, after);

    enum dhk_err rc = store_after(t, TABLE_NOTICE, at, &key, &value);
    if (rc != DHK_OK)
        return rc;
    if (key.n != at.n || memcmp(key.p, at.p, at.n - 8) != 0)
        return DHK_NOTFOUND;
    return read_notice(out, bytes_get_u64(key.p + key.n - 8), value);
}

enum dhk_err
notices_close(struct store_txn *t, struct slice partner, const struct notice *n)
{
    uint8_t mem[KEY_MAX], leaf[32];

    enum dhk_err rc =
        store_delete(t, TABLE_NOTICE, index_key(mem, partner, n->index));
    if (rc == DHK_OK)
        rc = ledger_leaf(t, n->index, leaf);
    if (rc == DHK_OK)
        rc = store_delete(
            t, TABLE_NOTICED, key_of(mem, partner, leaf, sizeof leaf));
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

/* --- shares without an answer --- */

enum dhk_err
notices_unanswered(
    struct store_txn *t, struct slice partner, uint64_t index, uint64_t end)
{
    uint8_t mem[KEY_MAX], leaf[32], value[PAIR];
    enum dhk_err rc = ledger_leaf(t, index, leaf);

    if (rc != DHK_OK)
        return rc;
    bytes_put_u64(value, index);
    bytes_put_u64(value + 8, end);
    return store_put(t, TABLE_LATE, key_of(mem, partner, leaf, sizeof leaf),
        slice_of(value, sizeof value));
}

enum dhk_err
notices_late(struct store_txn *t, struct slice partner, const uint8_t leaf[32],
    uint64_t *index, uint64_t *end)
{
    uint8_t mem[KEY_MAX];
    struct slice value;
    enum dhk_err rc =
        store_get(t, TABLE_LATE, key_of(mem, partner, leaf, 32), &value);

    if (rc != DHK_OK)
        return rc;
    if (value.n != PAIR)
        return DHK_FORMAT;
    *index = bytes_get_u64(value.p);
    if (end != NULL)
        *end = bytes_get_u64(value.p + 8);
    return DHK_OK;
}

enum dhk_err
notices_answered(
    struct store_txn *t, struct slice partner, const uint8_t leaf[32])
{
    uint8_t mem[KEY_MAX];

    return store_delete(t, TABLE_LATE, key_of(mem, partner, leaf, 32));
}

/* --- withdrawn signals --- */

static struct slice
pair(uint8_t mem[PAIR], uint64_t a, uint64_t b)
{
    bytes_put_u64(mem, a);
    bytes_put_u64(mem + 8, b);
    return slice_of(mem, PAIR);
}

enum dhk_err
notices_withdraw(struct store_txn *t, uint64_t accepted, uint64_t position,
    const struct notices_span *span)
{
    uint8_t key[PAIR], value[PAIR];

    return store_put(t, TABLE_WITHDRAWN, pair(key, accepted, position),
        pair(value, span->first, span->n));
}

enum dhk_err
notices_withdrawn(struct store_txn *t, uint64_t accepted, uint64_t position,
    struct notices_span *out)
{
    uint8_t key[PAIR];
    struct slice value;
    enum dhk_err rc =
        store_get(t, TABLE_WITHDRAWN, pair(key, accepted, position), &value);

    if (rc != DHK_OK)
        return rc;
    if (value.n != PAIR)
        return DHK_FORMAT;
    out->first = bytes_get_u64(value.p);
    out->n = bytes_get_u64(value.p + 8);
    return DHK_OK;
}
