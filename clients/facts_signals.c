/* SPDX-License-Identifier: EUPL-1.2
 *
 * What became of signals: each statement with its actor's signature, each
 * share with what was accepted, each outcome with its share. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "bundle.h"

enum { FIRST = 64, CLOCKS_DIFFER = 300 };

struct facts_share *
facts_share(struct facts *f, uint64_t index)
{
    size_t low = 0;
    size_t high = f->shares_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->shares[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < f->shares_n && f->shares[low].index == index)
        return &f->shares[low];
    return NULL;
}

const struct facts_accepted *
facts_accepted(const struct facts *f, uint64_t index)
{
    size_t low = 0;
    size_t high = f->accepted_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->accepted[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < f->accepted_n && f->accepted[low].index == index)
        return &f->accepted[low];
    return NULL;
}

static enum dhk_err
keep_accepted(struct facts *f, const struct facts_entry *at)
{
    if (f->accepted_n == f->accepted_cap) {
        size_t cap = f->accepted_cap == 0 ? FIRST : f->accepted_cap * 2;
        struct facts_accepted *p = reallocarray(f->accepted, cap, sizeof *p);
        if (p == NULL)
            return DHK_NOMEM;
        f->accepted = p;
        f->accepted_cap = cap;
    }
    struct facts_accepted *a = &f->accepted[f->accepted_n];
    a->index = at->index;
    a->n = at->bytes.n;
    a->bytes = malloc(at->bytes.n);
    if (a->bytes == NULL)
        return DHK_NOMEM;
    memcpy(a->bytes, at->bytes.p, at->bytes.n);
    f->accepted_n++;
    return DHK_OK;
}

static enum dhk_err
verify_statement(struct facts *f, const struct card *card, struct slice ids,
    const uint8_t signature[KEY_SIGNATURE])
{
    struct bundle_statement st = {.ids = ids};
    memcpy(st.card, card->id, sizeof st.card);
    memcpy(st.signature, signature, sizeof st.signature);
    if (bundle_verify(&st, &card->sign) != DHK_OK)
        return facts_no(f, DHK_AUTH,
            "the sender's signature over its signals "
            "does not verify");
    f->signatures++;
    return DHK_OK;
}

bool
facts_is_valid_at(const struct card *card, uint64_t time)
{
    int64_t now = (int64_t)(time / 1000);
    return now >= card->from - CLOCKS_DIFFER &&
           now < card->until + CLOCKS_DIFFER;
}

/* Whether each signal that was not refused has the fields that A requires. */
static bool
is_complete(const struct agreement *a, const struct entry_accepted *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct entry_mark *m = &e->mark[i];
        int kind =
            m->kind < e->kinds_n ? agreement_kind(a, e->kind[m->kind]) : -1;
        if (kind >= 0 && m->code == ENTRY_CODE_NONE &&
            agreement_lacking(&a->kinds[kind], m->presence) != 0)
            return false;
    }
    return true;
}

static enum dhk_err
add_accepted(struct facts *f, const struct facts_entry *at)
{
    const struct entry_accepted *a = &at->e->u.accepted;
    const uint8_t *in_force = trust_agreement_hash(f->trust);
    enum dhk_err rc;
    const struct card *card = facts_card(&rc, f, a->card, a->sender, at->index);
    if (rc != DHK_OK)
        return rc;
    if (card != NULL && !facts_is_valid_at(card, at->e->time))
        return facts_no(f, DHK_AUTH,
            "the sender's key card was not valid at "
            "that time");
    if (card != NULL)
        rc = verify_statement(f, card, a->ids, a->signature);
    if (rc != DHK_OK)
        return rc;
    if (f->roster_revoked)
        return facts_no(
            f, DHK_AUTH, "it was accepted while no roster was in force");
    if (in_force == NULL || memcmp(in_force, a->agreement, SEAL_HASH) != 0)
        return facts_no(f, DHK_AUTH,
            "it was accepted under an agreement that "
            "was not in force");
    if (!is_complete(trust_agreement(f->trust), a))
        return facts_no(f, DHK_DENIED,
            "a signal was accepted without a field that its agreement "
            "requires");
    rc = facts_chain_card(f, a->card, a->before, at->index);
    return rc == DHK_OK ? keep_accepted(f, at) : rc;
}

/* Whether share S repeats what entry A, accepted, says. */
static const char *
differs(const struct entry_share *s, const struct entry_accepted *a)
{
    if (s->position >= a->n || (size_t)(s->position + 1) * 32 > a->ids.n)
        return "the accepted entry has no signal at its position";
    const struct entry_mark *mark = &a->mark[s->position];
    if (memcmp(a->ids.p + (size_t)s->position * 32, s->id, 32) != 0)
        return "its id is not the one that the sender signed";
    if (!slice_equal(s->sender, a->sender))
        return "its sender is not who signed the signal";
    if (memcmp(s->agreement, a->agreement, 32) != 0)
        return "its agreement is not that of the signal";
    if (mark->code != ENTRY_CODE_NONE)
        return "the signal that it shares was refused";
    if (mark->kind >= a->kinds_n || !slice_equal(a->kind[mark->kind], s->kind))
        return "its kind is not that of the signal";
    if ((s->wrapped & ~mark->presence) != 0)
        return "it has a field that the signal does not have";
    return NULL;
}

static enum dhk_err
check_origin(struct facts *f, const struct facts_entry *at)
{
    const struct entry_share *s = &at->e->u.share;
    const struct facts_accepted *kept = facts_accepted(f, s->accepted);
    if (kept == NULL && !f->complete) {
        f->unchecked++; /* accepted entries are shown to the sender only */
        return DHK_OK;
    }
    if (kept == NULL || s->accepted >= at->index)
        return facts_no(f, DHK_AUTH,
            "no accepted signal stands where it "
            "points to");
    if (entry_decode(f->scratch, slice_of(kept->bytes, kept->n), NULL) !=
        DHK_OK)
        return facts_no(f, DHK_FORMAT, "the accepted entry is malformed");
    const char *why = differs(s, &f->scratch->u.accepted);
    if (why != NULL)
        return facts_no(f, DHK_AUTH, why);
    return facts_decide(
        f, at, s, f->scratch->u.accepted.mark[s->position].classes);
}

enum dhk_err
facts_keep_share(struct facts *f, const struct facts_share *share)
{
    if (f->shares_n == f->shares_cap) {
        size_t cap = f->shares_cap == 0 ? FIRST : f->shares_cap * 2;
        struct facts_share *p = reallocarray(f->shares, cap, sizeof *p);
        if (p == NULL)
            return DHK_NOMEM;
        f->shares = p;
        f->shares_cap = cap;
    }
    f->shares[f->shares_n++] = *share;
    f->open += share->notice ? 0 : 1;
    f->notices += share->notice ? 1 : 0;
    return DHK_OK;
}

static enum dhk_err
keep_share(struct facts *f, const struct facts_entry *at)
{
    const struct entry_share *s = &at->e->u.share;
    struct facts_share share = {.index = at->index, .expires = s->expires};
    memcpy(share.id, s->id, sizeof share.id);
    memcpy(share.leaf, at->leaf, sizeof share.leaf);
    memcpy(share.case_handle, s->case_handle, sizeof share.case_handle);
    share.accepted = s->accepted;
    share.position = s->position;
    share.waits = s->pending;
    enum dhk_err rc = facts_name(&share.kind, f, s->kind);
    if (rc == DHK_OK)
        rc = facts_name(&share.sender, f, s->sender);
    if (rc == DHK_OK)
        rc = facts_name(&share.recipient, f, s->recipient);
    if (rc == DHK_OK)
        rc = facts_covert(f, at, &share);
    if (rc == DHK_OK)
        rc = facts_keep(f, at);
    return rc == DHK_OK ? facts_keep_share(f, &share) : rc;
}

static enum dhk_err
add_share(struct facts *f, const struct facts_entry *at)
{
    const struct entry_share *s = &at->e->u.share;
    enum dhk_err rc;
    (void)facts_card(&rc, f, s->card, s->recipient, at->index);
    if (rc != DHK_OK)
        return rc;
    if ((s->fields & ~s->wrapped) != 0)
        return facts_no(f, DHK_AUTH,
            "it shares a field that the sender did "
            "not seal for this recipient");
    rc = check_origin(f, at);
    if (rc == DHK_OK)
        rc = facts_chain_share(f, s, at->index);
    if (rc != DHK_OK)
        return rc;
    return keep_share(f, at);
}

static enum dhk_err
add_refused(struct facts *f, const struct facts_entry *at)
{
    const struct entry_refused *r = &at->e->u.refused;
    const struct card *card = cards_by_id(f->cards, r->card);
    enum dhk_err rc = facts_chain_card(f, r->card, r->before, at->index);
    if (rc != DHK_OK)
        return rc;
    if (card == NULL && r->code == ENTRY_CODE_CARD) {
        f->unchecked++; /* refused because its card is not known */
        return DHK_OK;
    }
    if (card == NULL && !f->complete) {
        f->unchecked++;
        return DHK_OK;
    }
    if (card == NULL)
        return facts_no(f, DHK_AUTH, "its key card is not in the ledger");
    if (!slice_equal(slice_str(card->partner), r->sender))
        return facts_no(f, DHK_AUTH, "its key card is another partner's");
    return verify_statement(f, card, r->ids, r->signature);
}

/* The share at INDEX gets its outcome. NULL with *RC DHK_OK: not in a partial
 * file. */
static struct facts_share *
end_share(enum dhk_err *rc, struct facts *f, uint64_t index)
{
    struct facts_share *s = facts_share(f, index);
    *rc = DHK_OK;
    if (s == NULL && !f->complete) {
        f->unchecked++;
        return NULL;
    }
    if (s == NULL) {
        *rc = facts_no(f, DHK_AUTH, "no share stands where it points to");
        return NULL;
    }
    if (s->ended) {
        *rc = facts_no(f, DHK_AUTH,
            "the share that it points to had its "
            "outcome before");
        return NULL;
    }
    s->ended = true;
    facts_drop(f, index);
    f->open -= s->notice ? 0 : 1;
    f->notices -= s->notice ? 1 : 0;
    return s;
}

static enum dhk_err
check_items(
    struct facts *f, const struct entry_delivered *d, const struct answer *a)
{
    uint32_t recipient;
    uint32_t sender;
    enum dhk_err rc = facts_name(&recipient, f, d->recipient);
    if (rc == DHK_OK)
        rc = facts_name(&sender, f, a->sender);
    for (size_t i = 0; rc == DHK_OK && i < a->items_n; i++) {
        if (d->index[i] == 0) /* ends nothing: an answer repeated */
            continue;
        struct facts_share *s = facts_share(f, d->index[i]);
        /* it came back, or ran out, while its recipient had it already */
        bool late = s != NULL && s->ended && !s->answered && !s->notice;
        if (!late)
            s = end_share(&rc, f, d->index[i]);
        if (s == NULL)
            continue;
        s->answered = true;
        s->taken = !late && a->item[i].outcome == ANSWER_TAKEN;
        if (s->waits)
            rc = facts_no(f, DHK_AUTH,
                "the recipient answered a share that was never let go");
        else if (memcmp(s->leaf, a->item[i].entry_hash, SEAL_HASH) != 0)
            rc = facts_no(f, DHK_AUTH,
                "the recipient answered about another "
                "share entry");
        else if (s->recipient != recipient)
            rc = facts_no(f, DHK_AUTH,
                "the answer is not from the share's "
                "recipient");
        else if (s->sender != sender)
            rc = facts_no(f, DHK_AUTH, "the share is from another sender");
        else if (s->notice != answer_is_of_notice(a->item[i].outcome))
            rc = facts_no(f, DHK_AUTH,
                "a share is answered like a withdrawal, or the other way "
                "round");
    }
    return rc;
}

static enum dhk_err
add_delivered(struct facts *f, const struct facts_entry *at)
{
    const struct entry_delivered *d = &at->e->u.delivered;
    struct answer answer;
    enum dhk_err rc = answer_from_body(&answer, d->body, d->signature, NULL);
    if (rc != DHK_OK)
        return facts_no(f, DHK_FORMAT, "the recipient's answer is malformed");
    if (!slice_equal(answer.origin, slice_str(f->origin)))
        return facts_no(f, DHK_AUTH, "the answer is for another ledger");
    if (answer.items_n != d->n)
        return facts_no(f, DHK_FORMAT,
            "the answer is about more or fewer "
            "shares");
    const struct card *card =
        facts_card(&rc, f, answer.card, d->recipient, at->index);
    if (rc != DHK_OK)
        return rc;
    if (card != NULL && answer_verify(&answer, &card->sign) != DHK_OK)
        return facts_no(f, DHK_AUTH,
            "the recipient's signature does not "
            "verify");
    if (card != NULL)
        f->signatures++;
    return check_items(f, d, &answer);
}

static enum dhk_err
add_expired(struct facts *f, const struct facts_entry *at)
{
    const struct entry_expired *x = &at->e->u.expired;
    enum dhk_err rc = DHK_OK;
    for (size_t i = 0; rc == DHK_OK && i < x->n; i++) {
        const struct facts_share *s = end_share(&rc, f, x->index[i]);
        if (s != NULL && (s->notice || at->e->time / 1000 < s->expires))
            rc = facts_no(f, DHK_AUTH, "a share had not yet expired then");
    }
    return rc;
}

static enum dhk_err
add_returned(struct facts *f, const struct facts_entry *at)
{
    const struct facts_share *s = facts_share(f, at->e->u.returned.index);
    enum dhk_err rc = DHK_OK;
    if (s != NULL && s->notice)
        return facts_no(f, DHK_AUTH, "it returns what is no share");
    if (s != NULL && !s->ended)
        rc = facts_check_returned(f, at, s);
    if (rc == DHK_OK)
        (void)end_share(&rc, f, at->e->u.returned.index);
    return rc;
}

enum dhk_err
facts_signal(struct facts *f, const struct facts_entry *at)
{
    if (at->e->kind == ENTRY_ACCEPTED)
        return add_accepted(f, at);
    if (at->e->kind == ENTRY_SHARE)
        return add_share(f, at);
    if (at->e->kind == ENTRY_REFUSED)
        return add_refused(f, at);
    if (at->e->kind == ENTRY_DELIVERED)
        return add_delivered(f, at);
    if (at->e->kind == ENTRY_EXPIRED)
        return add_expired(f, at);
    return add_returned(f, at);
}
