/* SPDX-License-Identifier: EUPL-1.2 */
#include "line.h"

#include <string.h>

#include "force.h"
#include "ledger.h"

struct walk {
    struct line_reader *r;
    struct store_txn *t;
    line_visit visit;
    void *ctx;
    bool enough;
};

static void
show(struct walk *w, const struct line *line)
{
    if (!w->enough)
        w->enough = w->visit(w->ctx, line);
}

static struct line
line_of_share(const struct entry_share *s)
{
    return (struct line){.partner = {s->sender, s->recipient},
        .sender = s->sender,
        .recipient = s->recipient,
        .kind = s->kind,
        .purpose = s->purpose,
        .case_handle = s->case_handle,
        .covert = s->covert,
        .rule = s->rule,
        .rules_n = s->rules_n};
}

static enum dhk_err
get(const struct walk *w, uint64_t index, struct entry *out)
{
    return w->r->hashed ? ledger_entry_again(w->t, index, out)
                        : ledger_entry_behind(w->r->ledger, w->t, index, out);
}

/* What cannot be found is no share: an entry may point to what is gone. */
static enum dhk_err
read_share(struct walk *w, uint64_t index, const struct entry_share **out)
{
    struct entry *other = &w->r->other;
    enum dhk_err rc = get(w, index, other);

    *out = NULL;
    if (rc == DHK_OK &&
        (other->kind == ENTRY_WITHDRAWN || other->kind == ENTRY_CORRECTED))
        rc = get(w, other->u.withdrawn.share, other);
    if (rc == DHK_OK && other->kind == ENTRY_SHARE)
        *out = &other->u.share;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
show_share(
    struct walk *w, uint64_t index, const char *outcome, const char *code)
{
    const struct entry_share *s;
    enum dhk_err rc = read_share(w, index, &s);

    if (rc != DHK_OK || s == NULL)
        return rc;
    struct line line = line_of_share(s);
    line.outcome[0] = slice_str(outcome);
    if (code != NULL)
        line.outcome[1] = slice_str(code);
    show(w, &line);
    return DHK_OK;
}

/* The shares of a bundle are the entries behind it. */
static enum dhk_err
accepted(struct walk *w, const struct entry_accepted *a, uint64_t index)
{
    struct entry *other = &w->r->other;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < a->n && !w->enough; i++) {
        const struct entry_mark *m = &a->mark[i];
        struct line line = {.partner = {a->sender},
            .sender = a->sender,
            .kind = a->kind[m->kind]};
        line.outcome[0] = slice_str(entry_kind_name(
            m->code == ENTRY_CODE_NONE ? ENTRY_ACCEPTED : ENTRY_REFUSED));
        if (m->code != ENTRY_CODE_NONE)
            line.outcome[1] = slice_str(entry_code_name(m->code));
        show(w, &line);
    }
    for (uint64_t i = index + 1; rc == DHK_OK && !w->enough; i++) {
        rc = get(w, i, other);
        if (rc != DHK_OK || other->kind != ENTRY_SHARE ||
            other->u.share.accepted != index)
            break;
        struct line line = line_of_share(&other->u.share);
        line.outcome[0] = slice_str(entry_kind_name(ENTRY_ACCEPTED));
        show(w, &line);
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static void
refused(struct walk *w, const struct entry_refused *r)
{
    struct line line = {.partner = {r->sender}, .sender = r->sender};

    line.outcome[0] = slice_str(entry_kind_name(ENTRY_REFUSED));
    line.outcome[1] = slice_str(entry_code_name(r->code));
    show(w, &line);
}

static enum dhk_err
delivered(struct walk *w, const struct entry_delivered *d)
{
    const struct answer *a = line_answer(w->r, d);
    struct line about = {.partner = {d->recipient}, .recipient = d->recipient};
    enum dhk_err rc = DHK_OK;

    if (a == NULL) {
        show(w, &about);
        return DHK_OK;
    }
    about.partner[1] = about.sender = a->sender;
    for (size_t i = 0; i < a->items_n && rc == DHK_OK && !w->enough; i++) {
        const char *outcome = answer_outcome_name(a->item[i].outcome);
        about.outcome[0] = slice_str(outcome);
        /* also where the share is not known any more */
        show(w, &about);
        if (i < d->n && d->index[i] != 0)
            rc = show_share(w, d->index[i], outcome, NULL);
    }
    return rc;
}

static enum dhk_err
withdrawn(struct walk *w, const struct entry *e)
{
    const struct entry_withdrawn *x = &e->u.withdrawn;
    const struct entry_share *s;
    struct line line = {.sender = x->sender, .recipient = x->recipient};
    enum dhk_err rc = read_share(w, x->share, &s);

    if (rc != DHK_OK)
        return rc;
    if (s != NULL)
        line = line_of_share(s);
    line.partner[0] = x->sender;
    line.partner[1] = x->notice ? x->recipient : slice_of(NULL, 0);
    line.outcome[0] = slice_str(entry_kind_name(e->kind));
    show(w, &line);
    return DHK_OK;
}

static void
stated(struct walk *w, const struct entry_stated *e)
{
    struct line line = {.partner = {e->partner}};
    struct diag diag;

    if (statement_from_body(&w->r->said, e->body, e->signature, &diag) ==
        DHK_OK)
        line.case_handle = w->r->said.case_handle;
    show(w, &line);
}

static void
of_partners(struct walk *w, struct slice a, struct slice b)
{
    struct line line = {.partner = {a, b}};

    show(w, &line);
}

/* Entries about shares that stand elsewhere. */
static enum dhk_err
of_shares(struct walk *w, const struct entry *e)
{
    const char *name = entry_kind_name(e->kind);
    enum dhk_err rc = DHK_OK;

    if (e->kind == ENTRY_RETURNED)
        return show_share(
            w, e->u.returned.index, name, entry_code_name(e->u.returned.code));
    if (e->kind == ENTRY_RELEASED)
        return show_share(w, e->u.released.share, name, NULL);
    for (size_t i = 0; i < e->u.expired.n && rc == DHK_OK; i++)
        rc = show_share(w, e->u.expired.index[i], name, NULL);
    return rc;
}

enum dhk_err
line_each(struct line_reader *r, struct store_txn *t, const struct entry *e,
    uint64_t index, line_visit visit, void *ctx)
{
    struct walk w = {.r = r, .t = t, .visit = visit, .ctx = ctx};
    const struct slice none = slice_of(NULL, 0);
    enum dhk_err rc = DHK_OK;

    switch (e->kind) {
    case ENTRY_ACCEPTED:
        return accepted(&w, &e->u.accepted, index);
    case ENTRY_SHARE: {
        struct line line = line_of_share(&e->u.share);
        show(&w, &line);
        break;
    }
    case ENTRY_REFUSED:
        refused(&w, &e->u.refused);
        break;
    case ENTRY_DELIVERED:
        return delivered(&w, &e->u.delivered);
    case ENTRY_RETURNED:
    case ENTRY_RELEASED:
    case ENTRY_EXPIRED:
        return of_shares(&w, e);
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        return withdrawn(&w, e);
    case ENTRY_CARD:
        of_partners(&w, line_partner_of_card(r, e), none);
        break;
    case ENTRY_REVOKED_CARD:
        of_partners(&w, e->u.revoked.by, line_partner_of_card(r, e));
        break;
    case ENTRY_REVOKED_TEXT:
        of_partners(&w, e->u.revoked.by, none);
        break;
    case ENTRY_HELD:
        for (size_t i = 0; i < e->u.held.n && rc == DHK_OK; i++)
            rc = show_share(&w, e->u.held.index[i], "", NULL);
        return rc;
    case ENTRY_STATED:
        stated(&w, &e->u.stated);
        break;
    case ENTRY_QUERIED:
        of_partners(&w, e->u.queried.asker, none);
        break;
    case ENTRY_SEAL:
        of_partners(&w, e->u.seal.partner, none);
        break;
    case ENTRY_GENESIS:
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
    case ENTRY_OPERATOR:
    case ENTRY_NONE:
        of_partners(&w, none, none);
        break;
    }
    return DHK_OK;
}

const struct entry_share *
line_share(struct line_reader *r, struct store_txn *t, uint64_t index)
{
    struct walk w = {.r = r, .t = t};
    const struct entry_share *s;

    return read_share(&w, index, &s) == DHK_OK ? s : NULL;
}

struct slice
line_partner_of_card(struct line_reader *r, const struct entry *e)
{
    struct diag diag;
    const struct force_card *card = NULL;

    if (e->kind == ENTRY_CARD)
        return card_decode(&r->card, e->u.card.card, &diag) == DHK_OK
                   ? slice_str(r->card.partner)
                   : slice_of(NULL, 0);
    if (e->kind == ENTRY_REVOKED_CARD && r->force != NULL)
        card = force_card(r->force, e->u.revoked.id);
    return card == NULL ? slice_of(NULL, 0) : slice_str(card->card.partner);
}

const struct answer *
line_answer(struct line_reader *r, const struct entry_delivered *d)
{
    struct diag diag;

    return answer_from_body(&r->answer, d->body, d->signature, &diag) == DHK_OK
               ? &r->answer
               : NULL;
}
