/* SPDX-License-Identifier: EUPL-1.2 */
#include "about.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "core.h"
#include "index.h"
#include "notices.h"

/* The share of its case that S names, into core's entry. */
static enum dhk_err
find_share(struct core *c, const struct statement *s)
{
    if (s->about >= c->ledger.size)
        return DHK_NOTFOUND;
    enum dhk_err rc = ledger_entry(c->txn, s->about, &c->entry);
    if (rc == DHK_OK && (c->entry.kind != ENTRY_SHARE ||
                            memcmp(c->entry.u.share.case_handle, s->case_handle,
                                sizeof s->case_handle) != 0))
        rc = DHK_NOTFOUND;
    return rc;
}

bool
about_counts(const struct entry_approval *x, const struct agreement *agreement,
    struct slice partner)
{
    for (size_t i = 0; i < x->of_n; i++) {
        if (slice_equal(x->of[i], partner))
            return true;
    }
    /* of nobody by name is of any signatory */
    for (size_t i = 0; x->of_n == 0 && i < agreement->signatories_n; i++) {
        const char *name = agreement->parties[agreement->signatories[i]];
        if (slice_equal(slice_str(name), partner))
            return true;
    }
    return false;
}

/* DHK_NOTFOUND for DHK_OK, and the other way round. */
static enum dhk_err
unless(enum dhk_err rc)
{
    return rc == DHK_OK ? DHK_NOTFOUND : rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
has_approved(struct core *c, uint64_t share, struct slice partner)
{
    struct mailbox_approval a = {.index = 0};
    enum dhk_err rc;

    while ((rc = mailbox_approval(c->txn, share, a.index, &a)) == DHK_OK) {
        if (slice_equal(a.partner, partner))
            break;
    }
    return rc;
}

/* Whether the share in core's entry waits for PARTNER's word. */
static enum dhk_err
waits_for(struct core *c, uint64_t index, struct slice partner,
    struct mailbox_share *share)
{
    const struct entry_share *e = &c->entry.u.share;
    const struct agreement *a = core_agreement(c, e->agreement);
    bool counts = false;

    if (a == NULL)
        return DHK_FORMAT;
    for (size_t i = 0; i < e->duties.approvals_n; i++)
        counts = counts || about_counts(&e->duties.approval[i], a, partner);
    if (!counts)
        return DHK_NOTFOUND;
    enum dhk_err rc = mailbox_get(c->txn, index, share);
    if (rc == DHK_OK && (!share->pending || share->expires <= c->now / 1000))
        rc = DHK_NOTFOUND;
    return rc == DHK_OK ? unless(has_approved(c, index, partner)) : rc;
}

enum dhk_err
about_waits(struct core *c, uint64_t index, struct slice partner, bool *waits)
{
    struct mailbox_share share;
    enum dhk_err rc = ledger_entry(c->txn, index, &c->entry);

    if (rc == DHK_OK)
        rc = c->entry.kind == ENTRY_SHARE ? waits_for(c, index, partner, &share)
                                          : DHK_FORMAT;
    *waits = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* What the answer in core's entry says of share INDEX; ANSWER_NONE: nothing. */
static enum answer_outcome
outcome_of(const struct core *c, struct answer *a, uint64_t index)
{
    const struct entry_delivered *d = &c->entry.u.delivered;

    if (c->entry.kind != ENTRY_DELIVERED ||
        answer_from_body(a, d->body, d->signature, NULL) != DHK_OK)
        return ANSWER_NONE;
    for (size_t i = 0; i < d->n && i < a->items_n; i++) {
        if (d->index[i] == index && !answer_is_of_notice(a->item[i].outcome))
            return a->item[i].outcome;
    }
    return ANSWER_NONE;
}

/* Whether share INDEX of case HANDLE was answered, and with "taken". Who only
 * answered what had ended by then holds it, but is not to hand it on. The store
 * keeps no outcomes: they are found among the entries of the case behind it. */
static enum dhk_err
was_taken(struct core *c, uint64_t index, const uint8_t handle[16])
{
    const struct term term = term_of(TERM_CASE, slice_of(handle, 16));
    struct index_walk walk;
    uint64_t at = index;
    struct answer *a = malloc(sizeof *a);
    enum answer_outcome outcome = ANSWER_NONE;
    enum dhk_err rc = a == NULL ? DHK_NOMEM : DHK_OK;

    index_walk_init(&walk, c->index, c->txn, &term);
    while (rc == DHK_OK && outcome == ANSWER_NONE) {
        rc = index_walk_next(&walk, at + 1, c->ledger.size, &at);
        if (rc == DHK_OK)
            rc = ledger_entry(c->txn, at, &c->entry);
        if (rc == DHK_OK && entry_ends_share(&c->entry, index))
            rc = DHK_NOTFOUND;
        if (rc == DHK_OK)
            outcome = outcome_of(c, a, index);
    }
    free(a);
    return rc == DHK_OK && outcome != ANSWER_TAKEN ? DHK_NOTFOUND : rc;
}

/* Whether PARTNER was given the share in core's entry, took it, and it holds.
 */
static enum dhk_err
was_given(struct core *c, uint64_t index, struct slice partner)
{
    const struct entry_share *e = &c->entry.u.share;
    struct mailbox_share open;
    struct notices_span span;
    uint8_t leaf[MERKLE_HASH], handle[sizeof e->case_handle];
    uint64_t late;

    if (!slice_equal(e->recipient, partner))
        return DHK_NOTFOUND;
    memcpy(handle, e->case_handle, sizeof handle);
    enum dhk_err rc = unless(mailbox_get(c->txn, index, &open));
    if (rc == DHK_OK)
        rc = ledger_leaf(c->txn, index, leaf);
    if (rc == DHK_OK)
        rc = unless(notices_late(c->txn, partner, leaf, &late, NULL));
    if (rc == DHK_OK)
        rc = unless(notices_withdrawn(c->txn, e->accepted, e->position, &span));
    return rc == DHK_OK ? was_taken(c, index, handle) : rc;
}

enum dhk_err
about_check(struct core *c, const struct statement *s, struct slice partner,
    struct mailbox_share *share)
{
    const struct entry_share *e = &c->entry.u.share;

    if (s->about == 0)
        return DHK_OK;
    enum dhk_err rc = find_share(c, s);
    if (rc != DHK_OK)
        return rc;
    switch ((unsigned)s->what) {
    case ACT_APPROVE:
    case ACT_DECLINE:
        return waits_for(c, s->about, partner, share);
    case ACT_HAND:
        return was_given(c, s->about, partner);
    case ACT_RESTRICT:
    case ACT_VETO:
        return slice_equal(e->sender, partner) &&
                       memcmp(e->id, s->ref, sizeof s->ref) == 0
                   ? DHK_OK
                   : DHK_NOTFOUND;
    case ACT_REFUSE:
        return slice_equal(e->recipient, partner) ? DHK_OK : DHK_NOTFOUND;
    default:
        return DHK_OK;
    }
}
