/* SPDX-License-Identifier: EUPL-1.2 */
#include "sight.h"

#include <string.h>

#include "answer.h"
#include "card.h"
#include "force.h"
#include "ledger.h"

/* The share entry at INDEX, or that of the notice there, into s->other. */
static const struct entry_share *
share_at(struct sight *s, struct store_txn *t, uint64_t index)
{
    enum dhk_err rc = ledger_entry(t, index, &s->other);

    if (rc == DHK_OK &&
        (s->other.kind == ENTRY_WITHDRAWN || s->other.kind == ENTRY_CORRECTED))
        rc = ledger_entry(t, s->other.u.withdrawn.share, &s->other);
    return rc == DHK_OK && s->other.kind == ENTRY_SHARE ? &s->other.u.share
                                                        : NULL;
}

static bool
is_of_share(
    struct sight *s, struct store_txn *t, uint64_t index, struct slice name)
{
    const struct entry_share *x = share_at(s, t, index);

    return x != NULL &&
           (slice_equal(x->sender, name) || slice_equal(x->recipient, name));
}

static bool
is_of_delivered(const struct entry_delivered *d, struct slice name)
{
    struct answer a;
    struct diag diag;

    return slice_equal(d->recipient, name) ||
           (answer_from_body(&a, d->body, d->signature, &diag) == DHK_OK &&
               slice_equal(a.sender, name));
}

static bool
is_of_card(struct slice bytes, struct slice name)
{
    struct card card;
    struct diag diag;

    return card_decode(&card, bytes, &diag) == DHK_OK &&
           slice_equal(slice_str(card.partner), name);
}

/* Who revokes it, or whose card it is. */
static bool
is_of_revoked_card(
    const struct sight *s, const struct entry_revoked *r, struct slice name)
{
    const struct force_card *card = force_card(s->force, r->id);

    return slice_equal(r->by, name) ||
           (card != NULL && slice_equal(slice_str(card->card.partner), name));
}

/* Whether NAME takes part in E. */
static bool
is_of(struct sight *s, struct store_txn *t, const struct entry *e,
    struct slice name)
{
    switch (e->kind) {
    case ENTRY_ACCEPTED:
        return slice_equal(e->u.accepted.sender, name);
    case ENTRY_REFUSED:
        return slice_equal(e->u.refused.sender, name);
    case ENTRY_SHARE:
        return slice_equal(e->u.share.sender, name) ||
               slice_equal(e->u.share.recipient, name);
    case ENTRY_DELIVERED:
        return is_of_delivered(&e->u.delivered, name);
    case ENTRY_RETURNED:
        return is_of_share(s, t, e->u.returned.index, name);
    case ENTRY_EXPIRED: /* all of one sender, of several recipients */
        for (size_t i = 0; i < e->u.expired.n; i++) {
            if (is_of_share(s, t, e->u.expired.index[i], name))
                return true;
        }
        return false;
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        return slice_equal(e->u.withdrawn.sender, name) ||
               (e->u.withdrawn.notice &&
                   slice_equal(e->u.withdrawn.recipient, name));
    case ENTRY_CARD:
        return is_of_card(e->u.card.card, name);
    case ENTRY_QUERIED:
        return slice_equal(e->u.queried.asker, name);
    case ENTRY_SEAL:
        return slice_equal(e->u.seal.partner, name);
    case ENTRY_REVOKED_TEXT:
        return slice_equal(e->u.revoked.by, name);
    case ENTRY_REVOKED_CARD:
        return is_of_revoked_card(s, &e->u.revoked, name);
    case ENTRY_GENESIS:
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
    case ENTRY_OPERATOR:
    case ENTRY_NONE:
        break;
    }
    return false;
}

/* Only the sender sees an expiry: it names shares of other recipients. */
static bool
is_senders_expiry(struct sight *s, struct store_txn *t, const struct entry *e)
{
    const struct entry_share *x =
        e->u.expired.n == 0 ? NULL : share_at(s, t, e->u.expired.index[0]);

    return x != NULL && slice_equal(x->sender, s->viewer);
}

bool
sight_may_see(struct sight *s, struct store_txn *t, const struct entry *e)
{
    if (s->viewer.n == 0)
        return true;
    switch (e->kind) {
    case ENTRY_GENESIS:
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
    case ENTRY_REVOKED_TEXT:
    case ENTRY_REVOKED_CARD:
        return true;
    case ENTRY_EXPIRED:
        return is_senders_expiry(s, t, e);
    case ENTRY_NONE:
    case ENTRY_ACCEPTED:
    case ENTRY_SHARE:
    case ENTRY_REFUSED:
    case ENTRY_DELIVERED:
    case ENTRY_RETURNED:
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
    case ENTRY_CARD:
    case ENTRY_QUERIED:
    case ENTRY_OPERATOR:
    case ENTRY_SEAL:
        break;
    }
    return is_of(s, t, e, s->viewer);
}

/* --- the filters --- */

static bool
is_same_case(const struct sight *s, const struct entry_share *x)
{
    return memcmp(x->case_handle, s->query->case_handle,
               sizeof x->case_handle) == 0;
}

static bool
list_has_case(
    struct sight *s, struct store_txn *t, const uint64_t *index, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct entry_share *x = share_at(s, t, index[i]);
        if (x != NULL && is_same_case(s, x))
            return true;
    }
    return false;
}

/* A bundle's case handles are in the share entries behind it. */
static bool
bundle_has_case(struct sight *s, struct store_txn *t, uint64_t index)
{
    const struct entry_share *x;

    for (uint64_t i = index + 1;
         (x = share_at(s, t, i)) != NULL && x->accepted == index; i++) {
        if (is_same_case(s, x))
            return true;
    }
    return false;
}

static bool
has_case(
    struct sight *s, struct store_txn *t, const struct entry *e, uint64_t index)
{
    switch (e->kind) {
    case ENTRY_SHARE:
        return is_same_case(s, &e->u.share);
    case ENTRY_ACCEPTED:
        return bundle_has_case(s, t, index);
    case ENTRY_DELIVERED:
        return list_has_case(s, t, e->u.delivered.index, e->u.delivered.n);
    case ENTRY_RETURNED:
        return list_has_case(s, t, &e->u.returned.index, 1);
    case ENTRY_EXPIRED:
        return list_has_case(s, t, e->u.expired.index, e->u.expired.n);
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        return list_has_case(s, t, &e->u.withdrawn.share, 1);
    case ENTRY_NONE:
    case ENTRY_GENESIS:
    case ENTRY_REFUSED:
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
    case ENTRY_REVOKED_TEXT:
    case ENTRY_CARD:
    case ENTRY_REVOKED_CARD:
    case ENTRY_QUERIED:
    case ENTRY_OPERATOR:
    case ENTRY_SEAL:
        break;
    }
    return false;
}

/* Whether a share of the bundle at INDEX goes to NAME. */
static bool
bundle_goes_to(
    struct sight *s, struct store_txn *t, uint64_t index, struct slice name)
{
    const struct entry_share *x;

    for (uint64_t i = index + 1;
         (x = share_at(s, t, i)) != NULL && x->accepted == index; i++) {
        if (slice_equal(x->recipient, name))
            return true;
    }
    return false;
}

bool
sight_passes(
    struct sight *s, struct store_txn *t, const struct entry *e, uint64_t index)
{
    const struct query *q = s->query;

    if (e->time < q->since || (q->before != 0 && e->time >= q->before))
        return false;
    if (q->partner.n > 0 && !is_of(s, t, e, q->partner) &&
        (e->kind != ENTRY_ACCEPTED || !bundle_goes_to(s, t, index, q->partner)))
        return false;
    return !q->has_case || has_case(s, t, e, index);
}
