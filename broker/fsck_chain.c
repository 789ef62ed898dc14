/* SPDX-License-Identifier: EUPL-1.2
 *
 * The last entries of chains: each card's last bundle, each sender's last share
 * to each recipient, and each partner's last seal. An entry that another one
 * names as the one before it is none of them. */
#include "fsck_impl.h"

#include <string.h>

#include "chain.h"

enum { CARD_KEY = 9, SEPARATORS = 2 };

/* The entry that E names as the one before it in its chain; false: it is in
 * none. */
static bool
before_of(const struct entry *e, uint64_t *before)
{
    *before = 0;
    if (e->kind == ENTRY_ACCEPTED)
        *before = e->u.accepted.before;
    else if (e->kind == ENTRY_REFUSED)
        *before = e->u.refused.before;
    else if (e->kind == ENTRY_SHARE)
        *before = e->u.share.before;
    else if (e->kind == ENTRY_SEAL)
        *before = e->u.seal.before;
    else
        return false;
    return true;
}

static enum dhk_err
on_entry(struct fsck *f, uint64_t index)
{
    uint64_t before = 0;

    if (!before_of(&f->entry, &before))
        return DHK_OK;
    if (before >= index || (before != 0 && !f->last[before]))
        return fsck_bad(f,
            "names entry %llu as the one before it, which is "
            "not the last of its chain",
            (unsigned long long)before);
    if (before != 0)
        f->last[before] = false;
    f->last[index] = true;
    return DHK_OK;
}

/* --- the last ones: what must be there ------------------------------------ */

static const uint8_t *
card_of(const struct entry *e)
{
    return e->kind == ENTRY_ACCEPTED  ? e->u.accepted.card
           : e->kind == ENTRY_REFUSED ? e->u.refused.card
                                      : NULL;
}

/* What the store says is the last of the chain of the entry in f->other. */
static enum dhk_err
find_last(struct fsck *f, uint64_t *last)
{
    const struct entry *e = &f->other;
    struct chain_pair pair = {.nth = 0};
    struct slice value;

    *last = 0;
    if (e->kind == ENTRY_SHARE) {
        const struct entry_share *s = &e->u.share;
        enum dhk_err rc = chain_shares(&pair, f->txn, s->sender, s->recipient);
        *last = pair.nth == s->nth ? pair.last : 0;
        return rc;
    }
    if (e->kind == ENTRY_SEAL) {
        enum dhk_err rc =
            store_get(f->txn, TABLE_SEAL, e->u.seal.partner, &value);
        if (rc == DHK_OK && value.n == 16)
            *last = bytes_get_u64(value.p);
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    }
    const struct fsck_card *c = fsck_card(f, card_of(e));
    return c == NULL ? DHK_OK : chain_card(last, f->txn, c->number);
}

static enum dhk_err
on_state(struct fsck *f, uint64_t index)
{
    uint64_t last = 0;

    if (!f->last[index])
        return DHK_OK;
    enum dhk_err rc = fsck_other(f, index, ENTRY_NONE);
    if (rc == DHK_OK)
        rc = fsck_rc(f, find_last(f, &last));
    fsck_at(f, f->other.kind == ENTRY_SEAL ? TABLE_SEAL : TABLE_LAST,
        slice_of(NULL, 0), index);
    return rc == DHK_OK && last != index
               ? fsck_bad(f, "this entry is not noted as the last of its chain")
               : rc;
}

/* --- rows --------------------------------------------------------------- */

static bool
is_card_row(const struct fsck *f, struct slice key)
{
    const uint8_t *id = card_of(&f->other);
    const struct fsck_card *c =
        key.n == CARD_KEY ? fsck_card_by_number(f, bytes_get_u64(key.p + 1))
                          : NULL;

    return c != NULL && id != NULL && memcmp(c->id, id, CARD_ID) == 0;
}

/* 'p' | sender | 0 | recipient -> number | index */
static bool
is_pair_row(const struct fsck *f, struct slice key, struct slice value)
{
    const struct entry_share *s = &f->other.u.share;

    return f->other.kind == ENTRY_SHARE && bytes_get_u64(value.p) == s->nth &&
           key.n == SEPARATORS + s->sender.n + s->recipient.n &&
           memcmp(key.p + 1, s->sender.p, s->sender.n) == 0 &&
           key.p[1 + s->sender.n] == 0 &&
           memcmp(key.p + 2 + s->sender.n, s->recipient.p, s->recipient.n) == 0;
}

/* partner -> index of its last seal | end of it; and under another key how far
 * all partners were sealed last | 0 */
static enum dhk_err
on_seal(struct fsck *f, struct slice key, struct slice value)
{
    if (value.n != 16)
        return fsck_bad(f, "is of no known form");
    uint64_t index = bytes_get_u64(value.p), end = bytes_get_u64(value.p + 8);
    if (!bytes_is_name(key))
        return index <= f->of && end == 0 ? DHK_OK
                                          : fsck_bad(f, "is beyond the ledger");
    fsck_at(f, TABLE_SEAL, key, index);
    enum dhk_err rc = fsck_other(f, index, ENTRY_SEAL);
    const struct entry_seal *s = &f->other.u.seal;
    if (rc != DHK_OK)
        return rc;
    if (!slice_equal(s->partner, key) || s->until != end)
        return fsck_bad(f, "its entry is another seal");
    return f->last[index] ? DHK_OK
                          : fsck_bad(f, "its entry is not the last one");
}

static enum dhk_err
on_row(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    bool pair = key.p[0] == 'p';

    if (table == TABLE_SEAL)
        return on_seal(f, key, value);
    if (key.p[0] == 'k')
        return fsck_cases_row(f, key, value);
    if (value.n != (pair ? 16 : 8) || (!pair && key.p[0] != 'c'))
        return fsck_bad(f, "is of no known form");
    uint64_t index = bytes_get_u64(value.p + value.n - 8);
    fsck_at(f, table, key, index);
    enum dhk_err rc = fsck_other(f, index, ENTRY_NONE);
    if (rc != DHK_OK)
        return rc;
    if (!(pair ? is_pair_row(f, key, value) : is_card_row(f, key)))
        return fsck_bad(f, "its entry is of another chain");
    return f->last[index] ? DHK_OK
                          : fsck_bad(f, "its entry is not the last one");
}

const struct fsck_check fsck_chain = {.name = "chains",
    .entry = on_entry,
    .row = on_row,
    .table = {TABLE_LAST, TABLE_SEAL},
    .tables_n = 2,
    .state = on_state,
    .derived = true};
