/* SPDX-License-Identifier: EUPL-1.2 */
#include "mailbox.h"

#include <string.h>

#include "table.h"

enum { SHARE_VALUE = 5 * 8, MAIL_KEY = 17, PAIR_KEY = 16 };

static const uint8_t nothing[1] = {0};

static void
pair(uint8_t out[PAIR_KEY], uint64_t a, uint64_t b)
{
    bytes_put_u64(out, a);
    bytes_put_u64(out + 8, b);
}

static void
mail_key(uint8_t out[MAIL_KEY], uint64_t n, unsigned class_, uint64_t index)
{
    bytes_put_u64(out, n);
    out[8] = (uint8_t)class_;
    bytes_put_u64(out + 9, index);
}

static unsigned
class_of(const struct mailbox_share *s)
{
    return s->pending ? MAILBOX_PENDING : s->urgent ? 0 : 1;
}

enum dhk_err
mailbox_keep(struct store_txn *t, uint64_t accepted, struct slice bundle,
    uint64_t shares)
{
    uint8_t key[8], left[8];

    bytes_put_u64(key, accepted);
    bytes_put_u64(left, shares);
    enum dhk_err rc = store_put(t, TABLE_BUNDLE, slice_of(key, 8), bundle);
    if (rc == DHK_OK)
        rc = store_put(t, TABLE_LEFT, slice_of(key, 8), slice_of(left, 8));
    return rc;
}

enum dhk_err
mailbox_bundle(struct store_txn *t, uint64_t accepted, struct slice *bundle)
{
    uint8_t key[8];

    bytes_put_u64(key, accepted);
    return store_get(t, TABLE_BUNDLE, slice_of(key, 8), bundle);
}

enum dhk_err
mailbox_add(struct store_txn *t, const struct mailbox_share *s)
{
    uint8_t key[MAIL_KEY], value[SHARE_VALUE], index[8];

    bytes_put_u64(index, s->index);
    bytes_put_u64(value, s->recipient);
    bytes_put_u64(value + 8, s->sender);
    bytes_put_u64(value + 16, s->accepted);
    bytes_put_u64(value + 24, s->expires);
    bytes_put_u64(
        value + 32, (uint64_t)s->bytes << 32 | (uint64_t)s->position << 8 |
                        (s->urgent ? 1u : 0u) | (s->pending ? 2u : 0u));
    enum dhk_err rc = store_put(
        t, TABLE_SHARE, slice_of(index, 8), slice_of(value, sizeof value));
    if (rc == DHK_OK) {
        pair(key, s->expires, s->index);
        rc = store_put(
            t, TABLE_DUE, slice_of(key, PAIR_KEY), slice_of(nothing, 1));
    }
    if (rc != DHK_OK)
        return rc;
    mail_key(key, s->recipient, class_of(s), s->index);
    return store_put(
        t, TABLE_MAIL, slice_of(key, MAIL_KEY), slice_of(nothing, 1));
}

static enum dhk_err
read_share(struct mailbox_share *out, struct slice key, struct slice value)
{
    if (key.n != 8 || value.n != SHARE_VALUE)
        return DHK_FORMAT;
    uint64_t tail = bytes_get_u64(value.p + 32);
    *out = (struct mailbox_share){
        .index = bytes_get_u64(key.p),
        .recipient = bytes_get_u64(value.p),
        .sender = bytes_get_u64(value.p + 8),
        .accepted = bytes_get_u64(value.p + 16),
        .expires = bytes_get_u64(value.p + 24),
        .bytes = (uint32_t)(tail >> 32),
        .position = (uint16_t)(tail >> 8),
        .urgent = (tail & 1) != 0,
        .pending = (tail & 2) != 0,
    };
    return DHK_OK;
}

enum dhk_err
mailbox_get(struct store_txn *t, uint64_t index, struct mailbox_share *out)
{
    uint8_t key[8];
    struct slice value;

    bytes_put_u64(key, index);
    enum dhk_err rc = store_get(t, TABLE_SHARE, slice_of(key, 8), &value);
    return rc != DHK_OK ? rc : read_share(out, slice_of(key, 8), value);
}

/* One share of the bundle less. */
static enum dhk_err
release_bundle(struct store_txn *t, uint64_t accepted)
{
    uint8_t key[8], left[8];
    struct slice value;

    bytes_put_u64(key, accepted);
    enum dhk_err rc = store_get(t, TABLE_LEFT, slice_of(key, 8), &value);
    if (rc != DHK_OK || value.n != 8)
        return rc == DHK_OK || rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    uint64_t n = bytes_get_u64(value.p);
    if (n > 1) {
        bytes_put_u64(left, n - 1);
        return store_put(t, TABLE_LEFT, slice_of(key, 8), slice_of(left, 8));
    }
    rc = store_delete(t, TABLE_LEFT, slice_of(key, 8));
    if (rc == DHK_OK)
        rc = store_delete(t, TABLE_BUNDLE, slice_of(key, 8));
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

enum dhk_err
mailbox_close(struct store_txn *t, const struct mailbox_share *s)
{
    uint8_t key[MAIL_KEY];

    bytes_put_u64(key, s->index);
    enum dhk_err rc = store_delete(t, TABLE_SHARE, slice_of(key, 8));
    if (rc == DHK_OK) {
        pair(key, s->expires, s->index);
        rc = store_delete(t, TABLE_DUE, slice_of(key, PAIR_KEY));
    }
    if (rc == DHK_OK) {
        mail_key(key, s->recipient, class_of(s), s->index);
        rc = store_delete(t, TABLE_MAIL, slice_of(key, MAIL_KEY));
    }
    if (rc == DHK_OK)
        rc = release_bundle(t, s->accepted);
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

enum dhk_err
mailbox_next(struct store_txn *t, uint64_t n, unsigned class_, uint64_t after,
    uint64_t *index)
{
    uint8_t at[MAIL_KEY];
    struct slice key, value;

    mail_key(at, n, class_, after);
    enum dhk_err rc =
        store_after(t, TABLE_MAIL, slice_of(at, MAIL_KEY), &key, &value);
    if (rc != DHK_OK)
        return rc;
    if (key.n != MAIL_KEY || memcmp(key.p, at, 9) != 0)
        return DHK_NOTFOUND;
    *index = bytes_get_u64(key.p + 9);
    return DHK_OK;
}

enum dhk_err
mailbox_walk(struct store_txn *t, uint64_t after, struct mailbox_share *out)
{
    uint8_t at[8];
    struct slice key, value;

    bytes_put_u64(at, after);
    enum dhk_err rc =
        store_after(t, TABLE_SHARE, slice_of(at, 8), &key, &value);
    return rc != DHK_OK ? rc : read_share(out, key, value);
}

enum dhk_err
mailbox_due(struct store_txn *t, uint64_t seconds, struct mailbox_share *s)
{
    uint8_t at[PAIR_KEY];
    struct slice key, value;

    pair(at, s->expires, s->index);
    enum dhk_err rc =
        store_after(t, TABLE_DUE, slice_of(at, PAIR_KEY), &key, &value);
    if (rc != DHK_OK)
        return rc;
    if (key.n != PAIR_KEY)
        return DHK_FORMAT;
    if (bytes_get_u64(key.p) > seconds)
        return DHK_NOTFOUND;
    rc = mailbox_get(t, bytes_get_u64(key.p + 8), s);
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

enum dhk_err
mailbox_tell(struct store_txn *t, uint64_t n, uint64_t index)
{
    uint8_t key[PAIR_KEY];

    pair(key, n, index);
    return store_put(
        t, TABLE_OUTCOME, slice_of(key, PAIR_KEY), slice_of(nothing, 1));
}

enum dhk_err
mailbox_told(struct store_txn *t, uint64_t n, uint64_t after, uint64_t *index)
{
    uint8_t at[PAIR_KEY];
    struct slice key, value;

    pair(at, n, after);
    enum dhk_err rc =
        store_after(t, TABLE_OUTCOME, slice_of(at, PAIR_KEY), &key, &value);
    if (rc != DHK_OK)
        return rc;
    if (key.n != PAIR_KEY || bytes_get_u64(key.p) != n)
        return DHK_NOTFOUND;
    *index = bytes_get_u64(key.p + 8);
    return DHK_OK;
}

enum dhk_err
mailbox_confirm(struct store_txn *t, uint64_t n, uint64_t cursor, bool *any)
{
    uint8_t key[PAIR_KEY];
    uint64_t index;
    enum dhk_err rc;

    *any = false;
    while ((rc = mailbox_told(t, n, 0, &index)) == DHK_OK && index <= cursor) {
        pair(key, n, index);
        rc = store_delete(t, TABLE_OUTCOME, slice_of(key, PAIR_KEY));
        if (rc != DHK_OK)
            return rc;
        *any = true;
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}
