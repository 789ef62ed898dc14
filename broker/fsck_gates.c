/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that wait for approvals, or did: each approval of an open share is
 * noted with it, and what let it go. */
#include "fsck_impl.h"

#include "mailbox.h"
#include "statement.h"

/* Whether SHARE, which the entry being looked at is about, is open and waited
 * for approvals. */
static enum dhk_err
check_waits(struct fsck *f, uint64_t share)
{
    if (fsck_state(f, share) != FSCK_SHARE_OPEN)
        return fsck_bad(f, "is about entry %llu, which was not open",
            (unsigned long long)share);
    enum dhk_err rc = fsck_other(f, share, ENTRY_SHARE);
    return rc == DHK_OK && !f->other.u.share.pending
               ? fsck_bad(f, "is about entry %llu, which waits for nobody",
                     (unsigned long long)share)
               : rc;
}

/* What E approves; 0: nothing. */
static uint64_t
approved_by(const struct entry *e)
{
    struct statement s;
    const struct entry_stated *x = &e->u.stated;

    if (e->kind != ENTRY_STATED ||
        statement_from_body(&s, x->body, x->signature, NULL) != DHK_OK)
        return 0;
    return s.what == ACT_APPROVE ? s.about : 0;
}

static enum dhk_err
on_entry(struct fsck *f, uint64_t index)
{
    bool released = f->entry.kind == ENTRY_RELEASED;
    uint64_t share =
        released ? f->entry.u.released.share : approved_by(&f->entry);

    if (share == 0)
        return DHK_OK;
    enum dhk_err rc = check_waits(f, share);
    if (rc == DHK_OK)
        f->state[index] = released ? FSCK_RELEASE : FSCK_APPROVAL;
    return rc;
}

/* --- what must be there --- */

static enum dhk_err
check_release(struct fsck *f, uint64_t index)
{
    struct mailbox_share is;
    enum dhk_err rc = fsck_other(f, index, ENTRY_RELEASED);
    uint64_t share = f->other.u.released.share;

    if (rc != DHK_OK || fsck_state(f, share) != FSCK_SHARE_OPEN)
        return rc;
    fsck_at(f, TABLE_QUEUE, slice_of(NULL, 0), share);
    rc = fsck_rc(f, mailbox_get(f->txn, share, &is));
    if (rc == DHK_OK && is.released != index)
        rc = fsck_bad(f, "this share was let go, but waits in its mailbox");
    return rc;
}

static enum dhk_err
check_approval(struct fsck *f, uint64_t index)
{
    struct mailbox_approval is;
    enum dhk_err rc = fsck_other(f, index, ENTRY_STATED);
    uint64_t share = approved_by(&f->other);

    if (rc != DHK_OK || fsck_state(f, share) != FSCK_SHARE_OPEN)
        return rc;
    fsck_at(f, TABLE_QUEUE, slice_of(NULL, 0), index);
    rc = mailbox_approval(f->txn, share, index - 1, &is);
    if (rc == DHK_NOTFOUND || (rc == DHK_OK && is.index != index))
        return fsck_bad(f, "this approval is not noted with its share");
    if (rc == DHK_OK && !slice_equal(is.partner, f->other.u.stated.partner))
        return fsck_bad(f, "this approval is noted as another partner's");
    return fsck_rc(f, rc);
}

/* An open share that was let go, by an entry that says so. */
static enum dhk_err
check_share(struct fsck *f, uint64_t index)
{
    struct mailbox_share is;
    enum dhk_err rc = fsck_rc(f, mailbox_get(f->txn, index, &is));

    if (rc != DHK_OK || is.released == 0)
        return rc;
    fsck_at(f, TABLE_QUEUE, slice_of(NULL, 0), index);
    rc = fsck_other(f, is.released, ENTRY_RELEASED);
    if (rc == DHK_OK && f->other.u.released.share != index)
        rc = fsck_bad(f, "this share was let go by the entry of another");
    return rc;
}

static enum dhk_err
on_state(struct fsck *f, uint64_t index)
{
    switch ((unsigned)fsck_state(f, index)) {
    case FSCK_SHARE_OPEN:
        return check_share(f, index);
    case FSCK_RELEASE:
        return check_release(f, index);
    case FSCK_APPROVAL:
        return check_approval(f, index);
    default:
        return DHK_OK;
    }
}

enum dhk_err
fsck_gates_row(struct fsck *f, const struct mailbox_row *r)
{
    if (fsck_state(f, r->a) != FSCK_SHARE_OPEN)
        return fsck_bad(f, "approves what is no open share");
    enum dhk_err rc = fsck_other(f, r->b, ENTRY_STATED);
    if (rc == DHK_OK &&
        (approved_by(&f->other) != r->a ||
            !slice_equal(r->partner, f->other.u.stated.partner)))
        rc = fsck_bad(f, "its entry is no approval of this share");
    return rc;
}

const struct fsck_check fsck_gates = {
    .name = "gates", .entry = on_entry, .state = on_state, .derived = true};
