/* SPDX-License-Identifier: EUPL-1.2
 *
 * What becomes of shares, and the mailboxes: a share waits there from its entry
 * to the one that ends it, with its bundle, and not a moment longer. */
#include "fsck_impl.h"

#include <string.h>

#include "bundle.h"
#include "mailbox.h"

/* --- entries ------------------------------------------------------------ */

/* Share INDEX ends in entry BY. */
static enum dhk_err
end_share(struct fsck *f, uint64_t index, enum fsck_state state)
{
    if (fsck_state(f, index) != FSCK_SHARE_OPEN)
        return fsck_bad(f, "ends entry %llu, which was not open",
            (unsigned long long)index);
    f->state[index] = (uint8_t)state;
    return DHK_OK;
}

static enum dhk_err
on_delivered(struct fsck *f, const struct entry_delivered *d)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < d->n; i++) {
        uint64_t index = d->index[i];
        if (index == 0)
            continue; /* its end was written before */
        enum fsck_state was = fsck_state(f, index);
        if (was == FSCK_NOTICE_OPEN)
            f->state[index] = FSCK_NOTICE_ENDED;
        else if (was == FSCK_SHARE_LATE) /* its recipient had it already */
            f->state[index] = FSCK_SHARE_ENDED;
        else
            rc = end_share(f, index, FSCK_SHARE_ENDED);
    }
    return rc;
}

static enum dhk_err
on_withdrawn(struct fsck *f, uint64_t index)
{
    const struct entry_withdrawn *w = &f->entry.u.withdrawn;
    enum fsck_state was = fsck_state(f, w->share);

    if (was != FSCK_SHARE_OPEN && was != FSCK_SHARE_ENDED &&
        was != FSCK_SHARE_LATE)
        return fsck_bad(f, "withdraws entry %llu, which is no share",
            (unsigned long long)w->share);
    if (w->notice) {
        if (was == FSCK_SHARE_OPEN)
            return fsck_bad(f, "gives notice of a share that is open");
        f->state[index] = FSCK_NOTICE_OPEN;
        f->state[w->share] = FSCK_SHARE_ENDED;
        return DHK_OK;
    }
    return was == FSCK_SHARE_OPEN ? end_share(f, w->share, FSCK_SHARE_LATE)
                                  : DHK_OK;
}

static enum dhk_err
on_expired(struct fsck *f, const struct entry_expired *e)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < e->n; i++)
        rc = end_share(f, e->index[i], FSCK_SHARE_LATE);
    return rc;
}

static bool
is_withdrawal(const struct entry *e)
{
    return e->kind == ENTRY_WITHDRAWN || e->kind == ENTRY_CORRECTED;
}

static enum dhk_err
on_entry(struct fsck *f, uint64_t index)
{
    if (f->entry.kind == ENTRY_SHARE)
        f->state[index] = FSCK_SHARE_OPEN;
    if (f->entry.kind == ENTRY_DELIVERED)
        return on_delivered(f, &f->entry.u.delivered);
    if (f->entry.kind == ENTRY_RETURNED)
        return end_share(f, f->entry.u.returned.index, FSCK_SHARE_LATE);
    if (f->entry.kind == ENTRY_EXPIRED)
        return on_expired(f, &f->entry.u.expired);
    return is_withdrawal(&f->entry) ? on_withdrawn(f, index) : DHK_OK;
}

/* --- open shares: what must be there ---------------------------------------
 */

/* What the ledger says of the open share in f->other; its bundle's entry is
 * there instead after it. */
static enum dhk_err
read_share(struct fsck *f, uint64_t index, struct mailbox_share *out)
{
    enum dhk_err rc = fsck_other(f, index, ENTRY_SHARE);
    const struct entry_share *e = &f->other.u.share;

    if (rc != DHK_OK)
        return rc;
    const struct fsck_card *to = fsck_card(f, e->card);
    *out = (struct mailbox_share){.index = index,
        .recipient = to == NULL ? 0 : to->number,
        .accepted = e->accepted,
        .expires = e->expires,
        .position = (uint16_t)e->position,
        .pending = e->pending};

    rc = fsck_other(f, out->accepted, ENTRY_ACCEPTED);
    if (rc != DHK_OK)
        return rc;
    const struct fsck_card *from = fsck_card(f, f->other.u.accepted.card);
    out->sender = from == NULL ? 0 : from->number;
    return to != NULL && from != NULL
               ? DHK_OK
               : fsck_bad(f, "names a card that is not on the ledger");
}

/* Whether B stands in its mailbox as A, its entry, says; that it was let go
 * since is fsck_gates' to look at. */
static bool
is_same(const struct mailbox_share *a, const struct mailbox_share *b)
{
    return a->recipient == b->recipient && a->sender == b->sender &&
           a->accepted == b->accepted && a->expires == b->expires &&
           a->position == b->position &&
           a->pending == (b->pending || b->released != 0);
}

static enum dhk_err
on_state(struct fsck *f, uint64_t index)
{
    struct mailbox_share said, is;

    if (fsck_state(f, index) != FSCK_SHARE_OPEN)
        return DHK_OK;
    fsck_at(f, TABLE_QUEUE, slice_of(NULL, 0), index);
    enum dhk_err rc = read_share(f, index, &said);
    if (rc != DHK_OK)
        return rc;
    rc = mailbox_get(f->txn, index, &is);
    if (rc == DHK_NOTFOUND)
        return fsck_bad(f, "this share is open, but in no mailbox");
    if (rc == DHK_OK && !is_same(&said, &is))
        return fsck_bad(f, "this share stands otherwise in its mailbox");
    if (rc == DHK_OK)
        rc = mailbox_whole(f->txn, &is);
    if (rc == DHK_NOTFOUND)
        return fsck_bad(f, "a row that leads to this open share is missing");
    return fsck_rc(f, rc);
}

/* --- rows --------------------------------------------------------------- */

/* The shares of a bundle stand right behind the entry that accepted it. */
static enum dhk_err
count_open(struct fsck *f, uint64_t accepted, uint64_t *n)
{
    enum dhk_err rc = DHK_OK;

    *n = 0;
    for (uint64_t i = accepted + 1; rc == DHK_OK && i < f->size; i++) {
        enum fsck_state s = fsck_state(f, i);
        if (s != FSCK_SHARE_OPEN && s != FSCK_SHARE_ENDED &&
            s != FSCK_SHARE_LATE)
            break;
        rc = fsck_other(f, i, ENTRY_SHARE);
        if (rc == DHK_OK && f->other.u.share.accepted != accepted)
            break;
        *n += s == FSCK_SHARE_OPEN ? 1 : 0;
    }
    return rc;
}

static enum dhk_err
check_left(struct fsck *f, const struct mailbox_row *r)
{
    uint64_t n = 0;
    enum dhk_err rc = fsck_other(f, r->a, ENTRY_ACCEPTED);

    if (rc == DHK_OK)
        rc = count_open(f, r->a, &n);
    if (rc == DHK_OK && (n == 0 || n != r->b))
        return fsck_bad(f, "counts %llu open shares where there are %llu",
            (unsigned long long)r->b, (unsigned long long)n);
    return rc;
}

static enum dhk_err
check_outcome(struct fsck *f, const struct mailbox_row *r)
{
    if (fsck_card_by_number(f, r->a) == NULL)
        return fsck_bad(f, "is for no card of the ledger");
    enum dhk_err rc = fsck_other(f, r->b, ENTRY_NONE);
    if (rc != DHK_OK)
        return rc;
    if (f->other.kind == ENTRY_DELIVERED || f->other.kind == ENTRY_RETURNED ||
        f->other.kind == ENTRY_EXPIRED || is_withdrawal(&f->other))
        return DHK_OK;
    return fsck_bad(f, "tells a sender of what is no outcome");
}

/* A row that leads to share r->b. */
static enum dhk_err
check_leads(struct fsck *f, const struct mailbox_row *r)
{
    struct mailbox_share s;

    if (fsck_state(f, r->b) != FSCK_SHARE_OPEN)
        return fsck_bad(f, "leads to what is no open share");
    enum dhk_err rc = mailbox_get(f->txn, r->b, &s);
    if (rc == DHK_NOTFOUND)
        return fsck_bad(f, "leads to a share that is in no mailbox");
    if (rc != DHK_OK)
        return fsck_rc(f, rc);
    bool fits = r->kind == MAILBOX_ROW_DUE
                    ? r->a == s.expires
                    : r->a == s.recipient && r->class_ == mailbox_class(&s) &&
                          r->place == mailbox_place(&s);
    return fits ? DHK_OK : fsck_bad(f, "differs from the share it leads to");
}

static enum dhk_err
on_row(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    struct mailbox_row r;

    if (mailbox_row(&r, key, value) != DHK_OK)
        return fsck_bad(f, "is of no known form");
    fsck_at(f, table, key,
        r.kind == MAILBOX_ROW_SHARE || r.kind == MAILBOX_ROW_LEFT ? r.a : r.b);
    switch (r.kind) {
    case MAILBOX_ROW_DUE:
    case MAILBOX_ROW_MAIL:
        return check_leads(f, &r);
    case MAILBOX_ROW_LEFT:
        return check_left(f, &r);
    case MAILBOX_ROW_OUTCOME:
        return check_outcome(f, &r);
    case MAILBOX_ROW_APPROVAL:
        return fsck_gates_row(f, &r);
    case MAILBOX_ROW_SHARE:
        return fsck_state(f, r.a) == FSCK_SHARE_OPEN
                   ? DHK_OK
                   : fsck_bad(f, "holds what is no open share");
    }
    return DHK_FORMAT;
}

const struct fsck_check fsck_mail = {.name = "mailboxes",
    .entry = on_entry,
    .row = on_row,
    .table = {TABLE_QUEUE},
    .tables_n = 1,
    .state = on_state,
    .derived = true};

/* --- bundles ------------------------------------------------------------ */

/* The bundle's bytes are those that the sender signed. */
static enum dhk_err
on_bundle(
    struct fsck *f, enum table table, struct slice key, struct slice value)
{
    static struct bundle b; /* 30 KiB */
    struct diag diag;
    uint64_t open = 0;

    if (key.n != 8)
        return fsck_bad(f, "has a key of another length");
    uint64_t accepted = bytes_get_u64(key.p);
    fsck_at(f, table, key, accepted);
    enum dhk_err rc = fsck_other(f, accepted, ENTRY_ACCEPTED);
    if (rc != DHK_OK)
        return rc;
    const struct entry_accepted *a = &f->other.u.accepted;
    const struct fsck_card *c = fsck_card(f, a->card);
    if (c == NULL || bundle_decode(&b, value, &diag) != DHK_OK ||
        !slice_equal(b.statement.ids, a->ids) ||
        memcmp(b.statement.card, a->card, CARD_ID) != 0 ||
        memcmp(b.statement.signature, a->signature, KEY_SIGNATURE) != 0)
        return fsck_bad(f, "is not the bundle of its entry");
    if (bundle_verify(&b.statement, &c->sign) != DHK_OK)
        return fsck_bad(f, "is not signed by the card of its entry");
    rc = count_open(f, accepted, &open);
    return rc == DHK_OK && open == 0
               ? fsck_bad(f, "is kept, but none of its shares is open")
               : rc;
}

/* Open share IS is an envelope of BUNDLE, of that length. */
static enum dhk_err
check_envelope(
    struct fsck *f, const struct mailbox_share *is, struct slice bundle)
{
    static struct bundle b;
    enum dhk_err rc = fsck_other(f, is->accepted, ENTRY_ACCEPTED);

    if (rc != DHK_OK)
        return rc;
    if (bundle_split(&b, bundle, f->other.u.accepted.ids) != DHK_OK ||
        is->position >= b.n || b.envelope[is->position].n != is->bytes)
        return fsck_bad(f, "its envelope in the bundle has another length");
    return DHK_OK;
}

static enum dhk_err
on_bundle_state(struct fsck *f, uint64_t index)
{
    uint8_t key[8];
    struct slice value;
    struct mailbox_share is;

    if (fsck_state(f, index) != FSCK_SHARE_OPEN)
        return DHK_OK;
    fsck_at(f, TABLE_QUEUE, slice_of(NULL, 0), index);
    enum dhk_err rc = fsck_rc(f, mailbox_get(f->txn, index, &is));
    if (rc != DHK_OK)
        return rc;
    bytes_put_u64(key, is.accepted);
    rc = fsck_get(f, TABLE_BUNDLE, slice_of(key, 8), &value);
    return rc == DHK_OK ? check_envelope(f, &is, value) : rc;
}

const struct fsck_check fsck_bundles = {.name = "bundles",
    .row = on_bundle,
    .table = {TABLE_BUNDLE},
    .tables_n = 1,
    .state = on_bundle_state};
