/* SPDX-License-Identifier: EUPL-1.2
 *
 * Withdrawn signals: the notices that wait for an answer, the shares that ended
 * without one, and which entries withdrew what. */
#include "fsck_impl.h"

#include <string.h>

#include "notices.h"

enum { KEY_MAX = LIMIT_NAME + 1 + 32, PAIR = 16, LEAF = 32, NUMBER = 8 };

/* PARTNER, a byte that no name has, and N bytes of WHAT. */
static struct slice
key_of(uint8_t mem[KEY_MAX], struct slice partner, const void *what, size_t n)
{
    must(partner.n <= LIMIT_NAME && n <= LEAF);
    memcpy(mem, partner.p, partner.n);
    mem[partner.n] = 0;
    memcpy(mem + partner.n + 1, what, n);
    return slice_of(mem, partner.n + 1 + n);
}

/* That KEY is PARTNER's with N bytes, which are then in *REST. */
static bool
is_key_of(
    struct slice key, struct slice partner, size_t n, const uint8_t **rest)
{
    if (key.n != partner.n + 1 + n || key.p[partner.n] != 0 ||
        memcmp(key.p, partner.p, partner.n) != 0)
        return false;
    *rest = key.p + partner.n + 1;
    return true;
}

static bool
is_notice(const struct fsck *f)
{
    return (f->other.kind == ENTRY_WITHDRAWN ||
               f->other.kind == ENTRY_CORRECTED) &&
           f->other.u.withdrawn.notice;
}

/* --- rows --------------------------------------------------------------- */

/* partner | 0 | index -> N(by), N(sender) */
static enum dhk_err
on_notice(struct fsck *f, struct slice key, struct slice value)
{
    const uint8_t *rest;

    if (key.n <= NUMBER || value.n != PAIR)
        return fsck_bad(f, "is of no known form");
    uint64_t index = bytes_get_u64(key.p + key.n - NUMBER);
    fsck_at(f, TABLE_NOTICE, key, index);
    enum dhk_err rc = fsck_other(f, index, ENTRY_NONE);
    if (rc != DHK_OK)
        return rc;
    if (fsck_state(f, index) != FSCK_NOTICE_OPEN || !is_notice(f))
        return fsck_bad(f, "its entry is no notice that waits for an answer");
    if (!is_key_of(key, f->other.u.withdrawn.recipient, NUMBER, &rest))
        return fsck_bad(f, "is for another partner than its entry says");
    if (fsck_card_by_number(f, bytes_get_u64(value.p)) == NULL ||
        fsck_card_by_number(f, bytes_get_u64(value.p + 8)) == NULL)
        return fsck_bad(f, "names a card that is not on the ledger");
    return DHK_OK;
}

/* Of TABLE_LATE, whose VALUE also says what ended it. */
static enum dhk_err
check_end(struct fsck *f, uint64_t index, struct slice value)
{
    uint64_t end = bytes_get_u64(value.p + NUMBER);
    enum dhk_err rc = end == 0 ? DHK_OK : fsck_other(f, end, ENTRY_NONE);

    return end != 0 && rc == DHK_OK && !entry_ends_share(&f->other, index)
               ? fsck_bad(f, "the entry that it names did not end it")
               : rc;
}

/* partner | 0 | leaf hash -> index, and of what is late its end */
static enum dhk_err
on_leaf(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    const uint8_t *rest;
    uint8_t leaf[LEAF];
    struct slice partner;

    if (value.n != (table == TABLE_LATE ? PAIR : NUMBER))
        return fsck_bad(f, "is of no known form");
    uint64_t index = bytes_get_u64(value.p);
    fsck_at(f, table, key, index);
    enum fsck_state want =
        table == TABLE_LATE ? FSCK_SHARE_LATE : FSCK_NOTICE_OPEN;
    enum dhk_err rc = fsck_other(f, index, ENTRY_NONE);
    if (rc != DHK_OK)
        return rc;
    if (fsck_state(f, index) != want)
        return fsck_bad(
            f, table == TABLE_LATE
                   ? "its entry is no share that ended without an answer"
                   : "its entry is no notice that waits for an answer");
    partner = table == TABLE_LATE ? f->other.u.share.recipient
                                  : f->other.u.withdrawn.recipient;
    rc = ledger_leaf(f->txn, index, leaf);
    if (rc != DHK_OK)
        return fsck_rc(f, rc);
    if (!is_key_of(key, partner, LEAF, &rest) || memcmp(rest, leaf, LEAF) != 0)
        return fsck_bad(f, "its key is not that of its entry");
    return table == TABLE_LATE ? check_end(f, index, value) : DHK_OK;
}

static enum dhk_err
on_row(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    return table == TABLE_NOTICE ? on_notice(f, key, value)
                                 : on_leaf(f, table, key, value);
}

/* --- open notices: what must be there. A late answer leaves no entry where
 * nothing was withdrawn, so that a share without one need not be in the table
 * of those. */
static enum dhk_err
on_state(struct fsck *f, uint64_t index)
{
    uint8_t mem[KEY_MAX], number[NUMBER], leaf[LEAF];
    struct slice value;

    if (fsck_state(f, index) != FSCK_NOTICE_OPEN)
        return DHK_OK;
    enum dhk_err rc = fsck_other(f, index, ENTRY_NONE);
    if (rc != DHK_OK)
        return rc;
    struct slice partner = f->other.u.withdrawn.recipient;
    bytes_put_u64(number, index);
    rc =
        fsck_get(f, TABLE_NOTICE, key_of(mem, partner, number, NUMBER), &value);
    if (rc == DHK_OK)
        rc = fsck_rc(f, ledger_leaf(f->txn, index, leaf));
    if (rc == DHK_OK)
        rc = fsck_get(
            f, TABLE_NOTICED, key_of(mem, partner, leaf, LEAF), &value);
    return rc;
}

const struct fsck_check fsck_notices = {.name = "notices",
    .row = on_row,
    .table = {TABLE_NOTICE, TABLE_NOTICED, TABLE_LATE},
    .tables_n = 3,
    .state = on_state,
    .derived = true};

/* --- what is withdrawn: accepted | position -> first entry | entries -------
 */

/* The signal that the withdrawal in E is about. */
static enum dhk_err
find_signal(struct fsck *f, const struct entry_withdrawn *w, uint8_t key[PAIR])
{
    enum dhk_err rc = fsck_other(f, w->share, ENTRY_SHARE);

    if (rc != DHK_OK)
        return rc;
    bytes_put_u64(key, f->other.u.share.accepted);
    bytes_put_u64(key + 8, f->other.u.share.position);
    return DHK_OK;
}

static enum dhk_err
on_entry(struct fsck *f, uint64_t index)
{
    uint8_t key[PAIR];
    struct slice value;

    if (f->entry.kind != ENTRY_WITHDRAWN && f->entry.kind != ENTRY_CORRECTED)
        return DHK_OK;
    enum dhk_err rc = find_signal(f, &f->entry.u.withdrawn, key);
    if (rc == DHK_OK)
        rc = fsck_get(f, TABLE_WITHDRAWN, slice_of(key, PAIR), &value);
    if (rc != DHK_OK)
        return rc;
    fsck_at(f, TABLE_WITHDRAWN, slice_of(key, PAIR), index);
    if (value.n != PAIR || bytes_get_u64(value.p) > index)
        return fsck_bad(f, "begins after an entry that withdrew it");
    return DHK_OK;
}

static enum dhk_err
on_withdrawn(
    struct fsck *f, enum table table, struct slice key, struct slice value)
{
    uint8_t again[PAIR];

    if (key.n != PAIR || value.n != PAIR)
        return fsck_bad(f, "is of no known form");
    uint64_t first = bytes_get_u64(value.p), n = bytes_get_u64(value.p + 8);
    fsck_at(f, table, key, first);
    if (n == 0 || n > LIMIT_PARTIES)
        return fsck_bad(f, "counts what cannot be");
    for (uint64_t i = first; i < first + n; i++) {
        enum dhk_err rc = fsck_other(f, i, ENTRY_NONE);
        if (rc != DHK_OK)
            return rc;
        if (f->other.kind != ENTRY_WITHDRAWN &&
            f->other.kind != ENTRY_CORRECTED)
            return fsck_bad(f, "its entries withdraw nothing");
        struct entry_withdrawn w = f->other.u.withdrawn;
        rc = find_signal(f, &w, again);
        if (rc != DHK_OK)
            return rc;
        if (memcmp(again, key.p, PAIR) != 0)
            return fsck_bad(f, "its entries withdraw another signal");
    }
    return DHK_OK;
}

const struct fsck_check fsck_withdrawn = {.name = "withdrawn",
    .entry = on_entry,
    .row = on_withdrawn,
    .table = {TABLE_WITHDRAWN},
    .tables_n = 1,
    .derived = true};
