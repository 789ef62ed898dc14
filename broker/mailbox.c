/* SPDX-License-Identifier: EUPL-1.2 */
#include "mailbox.h"

#include <string.h>

#include "table.h"

/* Rows of TABLE_QUEUE: one page holds them all while little waits, where a
 * table for each kind would have each commit write a page of its own. */
enum row {
    ROW_APPROVAL = 'a', /* share | index of the approval -> partner */
    ROW_DUE = 'd',      /* seconds | index -> nothing */
    ROW_LEFT = 'l',     /* accepted -> u64 open shares of the bundle */
    ROW_MAIL = 'm',     /* N(recipient) | u8 class | place -> nothing; u64 index
                           of the share where that is not its place */
    ROW_OUTCOME = 'o',  /* N(sender) | index -> nothing */
    ROW_SHARE = 's',    /* index -> struct mailbox_share: every open share */
};
enum { SHARE_VALUE = 5 * 8, RELEASED_VALUE = 6 * 8, KEY_MAX = 18 };

static const uint8_t nothing[1] = {0};

struct key {
    uint8_t b[KEY_MAX];
    size_t n;
};

static struct key
one(enum row row, uint64_t a)
{
    struct key k = {.n = 9};
    k.b[0] = (uint8_t)row;
    bytes_put_u64(k.b + 1, a);
    return k;
}

static struct key
pair(enum row row, uint64_t a, uint64_t b)
{
    struct key k = {.n = 17};
    k.b[0] = (uint8_t)row;
    bytes_put_u64(k.b + 1, a);
    bytes_put_u64(k.b + 9, b);
    return k;
}

static struct key
mail(uint64_t n, unsigned class_, uint64_t index)
{
    struct key k = {.n = 18};
    k.b[0] = ROW_MAIL;
    bytes_put_u64(k.b + 1, n);
    k.b[9] = (uint8_t)class_;
    bytes_put_u64(k.b + 10, index);
    return k;
}

static enum dhk_err
put(struct store_txn *t, struct key k, struct slice value)
{
    return store_put(t, TABLE_QUEUE, slice_of(k.b, k.n), value);
}

static enum dhk_err
get(struct store_txn *t, struct key k, struct slice *value)
{
    return store_get(t, TABLE_QUEUE, slice_of(k.b, k.n), value);
}

static enum dhk_err
drop(struct store_txn *t, struct key k)
{
    return store_delete(t, TABLE_QUEUE, slice_of(k.b, k.n));
}

/* The row behind K that begins like K, as far as SAME bytes. */
static enum dhk_err
next(struct store_txn *t, const struct key *k, size_t same, struct slice *key,
    struct slice *value)
{
    enum dhk_err rc =
        store_after(t, TABLE_QUEUE, slice_of(k->b, k->n), key, value);

    if (rc == DHK_OK && (key->n < same || memcmp(key->p, k->b, same) != 0))
        return DHK_NOTFOUND;
    return rc == DHK_OK && key->n != k->n ? DHK_FORMAT : rc;
}

/* The number at the end of KEY. */
static uint64_t
last_of(struct slice key)
{
    return bytes_get_u64(key.p + key.n - 8);
}

uint64_t
mailbox_place(const struct mailbox_share *s)
{
    return s->released != 0 ? s->released : s->index;
}

/* The row that leads to S from its mailbox. */
static struct key
mail_of(const struct mailbox_share *s)
{
    return mail(s->recipient, mailbox_class(s), mailbox_place(s));
}

unsigned
mailbox_class(const struct mailbox_share *s)
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
        rc = put(t, one(ROW_LEFT, accepted), slice_of(left, 8));
    return rc;
}

enum dhk_err
mailbox_bundle(struct store_txn *t, uint64_t accepted, struct slice *bundle)
{
    uint8_t key[8];

    bytes_put_u64(key, accepted);
    return store_get(t, TABLE_BUNDLE, slice_of(key, 8), bundle);
}

/* The rows that say what S is, and lead to it from its mailbox. */
static enum dhk_err
put_share(struct store_txn *t, const struct mailbox_share *s)
{
    uint8_t value[RELEASED_VALUE], index[8];
    size_t n = s->released != 0 ? RELEASED_VALUE : SHARE_VALUE;

    bytes_put_u64(value, s->recipient);
    bytes_put_u64(value + 8, s->sender);
    bytes_put_u64(value + 16, s->accepted);
    bytes_put_u64(value + 24, s->expires);
    bytes_put_u64(
        value + 32, (uint64_t)s->bytes << 32 | (uint64_t)s->position << 8 |
                        (s->urgent ? 1u : 0u) | (s->pending ? 2u : 0u));
    bytes_put_u64(value + SHARE_VALUE, s->released);
    bytes_put_u64(index, s->index);
    enum dhk_err rc = put(t, one(ROW_SHARE, s->index), slice_of(value, n));
    return rc != DHK_OK ? rc
                        : put(t, mail_of(s),
                              s->released != 0 ? slice_of(index, 8)
                                               : slice_of(nothing, 1));
}

enum dhk_err
mailbox_add(struct store_txn *t, const struct mailbox_share *s)
{
    enum dhk_err rc = put_share(t, s);

    if (rc == DHK_OK)
        rc = put(t, pair(ROW_DUE, s->expires, s->index), slice_of(nothing, 1));
    return rc;
}

static enum dhk_err
read_share(struct mailbox_share *out, uint64_t index, struct slice value)
{
    if (value.n != SHARE_VALUE && value.n != RELEASED_VALUE)
        return DHK_FORMAT;
    uint64_t tail = bytes_get_u64(value.p + 32);
    if ((tail & 0xff0000fc) != 0)
        return DHK_FORMAT;
    *out = (struct mailbox_share){
        .index = index,
        .recipient = bytes_get_u64(value.p),
        .sender = bytes_get_u64(value.p + 8),
        .accepted = bytes_get_u64(value.p + 16),
        .expires = bytes_get_u64(value.p + 24),
        .bytes = (uint32_t)(tail >> 32),
        .position = (uint16_t)(tail >> 8),
        .urgent = (tail & 1) != 0,
        .pending = (tail & 2) != 0,
        .released =
            value.n == SHARE_VALUE ? 0 : bytes_get_u64(value.p + SHARE_VALUE),
    };
    return value.n == SHARE_VALUE || (out->released > index && !out->pending)
               ? DHK_OK
               : DHK_FORMAT;
}

enum dhk_err
mailbox_get(struct store_txn *t, uint64_t index, struct mailbox_share *out)
{
    struct slice value;
    enum dhk_err rc = get(t, one(ROW_SHARE, index), &value);

    return rc != DHK_OK ? rc : read_share(out, index, value);
}

/* One share of the bundle less. */
static enum dhk_err
release_bundle(struct store_txn *t, uint64_t accepted)
{
    uint8_t key[8], left[8];
    struct slice value;
    enum dhk_err rc = get(t, one(ROW_LEFT, accepted), &value);

    if (rc != DHK_OK || value.n != 8)
        return rc == DHK_OK || rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    uint64_t n = bytes_get_u64(value.p);
    if (n > 1) {
        bytes_put_u64(left, n - 1);
        return put(t, one(ROW_LEFT, accepted), slice_of(left, 8));
    }
    rc = drop(t, one(ROW_LEFT, accepted));
    bytes_put_u64(key, accepted);
    if (rc == DHK_OK)
        rc = store_delete(t, TABLE_BUNDLE, slice_of(key, 8));
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

enum dhk_err
mailbox_approve(
    struct store_txn *t, uint64_t index, const struct mailbox_approval *a)
{
    return put(t, pair(ROW_APPROVAL, index, a->index), a->partner);
}

enum dhk_err
mailbox_approval(struct store_txn *t, uint64_t index, uint64_t after,
    struct mailbox_approval *out)
{
    const struct key at = pair(ROW_APPROVAL, index, after);
    struct slice key, value;
    enum dhk_err rc = next(t, &at, 9, &key, &value);

    if (rc == DHK_OK)
        *out = (struct mailbox_approval){last_of(key), value};
    return rc;
}

static enum dhk_err
forget_approvals(struct store_txn *t, uint64_t index)
{
    struct mailbox_approval a;
    enum dhk_err rc;

    while ((rc = mailbox_approval(t, index, 0, &a)) == DHK_OK) {
        rc = drop(t, pair(ROW_APPROVAL, index, a.index));
        if (rc != DHK_OK)
            return rc;
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
mailbox_release(struct store_txn *t, struct mailbox_share *s, uint64_t released)
{
    enum dhk_err rc = drop(t, mail_of(s));

    s->pending = false;
    s->released = released;
    return rc == DHK_OK ? put_share(t, s) : rc;
}

enum dhk_err
mailbox_close(struct store_txn *t, const struct mailbox_share *s)
{
    enum dhk_err rc = drop(t, one(ROW_SHARE, s->index));

    if (rc == DHK_OK && (s->pending || s->released != 0))
        rc = forget_approvals(t, s->index);

    if (rc == DHK_OK)
        rc = drop(t, pair(ROW_DUE, s->expires, s->index));
    if (rc == DHK_OK)
        rc = drop(t, mail_of(s));
    if (rc == DHK_OK)
        rc = release_bundle(t, s->accepted);
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

enum dhk_err
mailbox_next(struct store_txn *t, uint64_t n, unsigned class_, uint64_t after,
    struct mailbox_at *out)
{
    const struct key at = mail(n, class_, after);
    struct slice key, value;
    enum dhk_err rc = next(t, &at, 10, &key, &value);

    if (rc != DHK_OK)
        return rc;
    out->place = last_of(key);
    out->index = value.n == 8 ? bytes_get_u64(value.p) : out->place;
    return DHK_OK;
}

enum dhk_err
mailbox_walk(struct store_txn *t, uint64_t after, struct mailbox_share *out)
{
    const struct key at = one(ROW_SHARE, after);
    struct slice key, value;
    enum dhk_err rc = next(t, &at, 1, &key, &value);

    return rc != DHK_OK ? rc : read_share(out, last_of(key), value);
}

enum dhk_err
mailbox_due(struct store_txn *t, uint64_t seconds, struct mailbox_share *s)
{
    const struct key at = pair(ROW_DUE, s->expires, s->index);
    struct slice key, value;
    enum dhk_err rc = next(t, &at, 1, &key, &value);

    if (rc != DHK_OK)
        return rc;
    if (bytes_get_u64(key.p + 1) > seconds)
        return DHK_NOTFOUND;
    rc = mailbox_get(t, last_of(key), s);
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

enum dhk_err
mailbox_tell(struct store_txn *t, uint64_t n, uint64_t index)
{
    return put(t, pair(ROW_OUTCOME, n, index), slice_of(nothing, 1));
}

enum dhk_err
mailbox_told(struct store_txn *t, uint64_t n, uint64_t after, uint64_t *index)
{
    const struct key at = pair(ROW_OUTCOME, n, after);
    struct slice key, value;
    enum dhk_err rc = next(t, &at, 9, &key, &value);

    if (rc == DHK_OK)
        *index = last_of(key);
    return rc;
}

enum dhk_err
mailbox_confirm(struct store_txn *t, uint64_t n, uint64_t cursor, bool *any)
{
    uint64_t index;
    enum dhk_err rc;

    *any = false;
    while ((rc = mailbox_told(t, n, 0, &index)) == DHK_OK && index <= cursor) {
        rc = drop(t, pair(ROW_OUTCOME, n, index));
        if (rc != DHK_OK)
            return rc;
        *any = true;
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* --- for fsck --- */

static bool
has_form(struct slice key, struct slice value)
{
    static const struct {
        char row;
        uint8_t key, value, other; /* lengths */
    } forms[] = {
        {ROW_DUE, 17, 1, 1},
        {ROW_LEFT, 9, 8, 8},
        {ROW_MAIL, 18, 1, 8},
        {ROW_OUTCOME, 17, 1, 1},
        {ROW_SHARE, 9, SHARE_VALUE, RELEASED_VALUE},
    };

    if (key.n == 17 && key.p[0] == ROW_APPROVAL)
        return bytes_is_name(value);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (key.n > 0 && key.p[0] == (uint8_t)forms[i].row)
            return key.n == forms[i].key &&
                   (value.n == forms[i].value || value.n == forms[i].other) &&
                   (value.n != 1 || value.p[0] == 0);
    }
    return false;
}

enum dhk_err
mailbox_row(struct mailbox_row *out, struct slice key, struct slice value)
{
    *out = (struct mailbox_row){.kind = MAILBOX_ROW_SHARE};
    if (!has_form(key, value))
        return DHK_FORMAT;
    out->a = bytes_get_u64(key.p + 1);
    out->b = last_of(key);
    switch ((enum row)key.p[0]) {
    case ROW_DUE:
        out->kind = MAILBOX_ROW_DUE;
        return DHK_OK;
    case ROW_LEFT:
        out->kind = MAILBOX_ROW_LEFT;
        out->b = bytes_get_u64(value.p);
        return DHK_OK;
    case ROW_MAIL:
        out->kind = MAILBOX_ROW_MAIL;
        out->class_ = key.p[9];
        out->place = out->b;
        out->b = value.n == 8 ? bytes_get_u64(value.p) : out->place;
        return DHK_OK;
    case ROW_APPROVAL:
        out->kind = MAILBOX_ROW_APPROVAL;
        out->partner = value;
        return DHK_OK;
    case ROW_OUTCOME:
        out->kind = MAILBOX_ROW_OUTCOME;
        return DHK_OK;
    case ROW_SHARE:
        return read_share(&out->share, out->a, value);
    }
    return DHK_FORMAT;
}

enum dhk_err
mailbox_whole(struct store_txn *t, const struct mailbox_share *s)
{
    struct slice value;
    enum dhk_err rc = get(t, pair(ROW_DUE, s->expires, s->index), &value);

    if (rc == DHK_OK)
        rc = get(t, mail_of(s), &value);
    if (rc == DHK_OK)
        rc = get(t, one(ROW_LEFT, s->accepted), &value);
    return rc;
}
