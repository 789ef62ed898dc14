/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is said of cases: statements with their partner's signature, and that
 * an answer to a data subject left out what is covert: exactly that, and right
 * behind the question. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "envelope.h"
#include "query.h"
#include "statement.h"

enum { DAY = 86400, MS = 1000 };

bool
facts_is_auditor(const struct facts *f, struct slice name, uint64_t time)
{
    const struct roster *r = trust_roster(f->trust);
    const struct roster_partner *p =
        r == NULL || f->roster_revoked ? NULL : roster_find(r, name);
    int64_t s = (int64_t)(time / MS);
    return p != NULL && s >= p->valid_from && s < p->valid_until &&
           p->role == ROSTER_AUDITOR;
}

enum dhk_err
facts_covert(struct facts *f, const struct facts_entry *at,
    const struct facts_share *share)
{
    const struct entry_share *s = &at->e->u.share;
    struct facts_covert *c;
    void *list;
    if (s->covert == 0)
        return DHK_OK;
    if (s->covert > at->e->time / MS + ENVELOPE_COVERT_MAX)
        return facts_no(f, DHK_AUTH, "it is covert for longer than may be");
    list =
        facts_grow(f->covert, f->covert_n, &f->covert_cap, sizeof *f->covert);
    if (list == NULL)
        return DHK_NOMEM;
    f->covert = list;
    c = &f->covert[f->covert_n++];
    *c = (struct facts_covert){.index = at->index,
        .until = s->covert,
        .sender = share->sender,
        .recipient = share->recipient};
    memcpy(c->case_handle, s->case_handle, sizeof c->case_handle);
    return DHK_OK;
}

static enum dhk_err
add_due(struct facts *f, uint64_t index)
{
    void *list = facts_grow(f->due, f->due_n, &f->due_cap, sizeof *f->due);
    if (list == NULL)
        return DHK_NOMEM;
    f->due = list;
    f->due[f->due_n++] = index;
    return DHK_OK;
}

enum dhk_err
facts_asked(
    struct facts *f, const struct facts_entry *at, const struct query *q)
{
    struct slice asker = at->e->u.queried.asker;
    bool all = facts_is_auditor(f, asker, at->e->time);
    uint32_t name;
    enum dhk_err rc = facts_name(&name, f, asker);
    f->due_query = at->index;
    f->due_n = f->due_at = 0;
    for (size_t i = 0; rc == DHK_OK && i < f->covert_n; i++) {
        const struct facts_covert *c = &f->covert[i];
        if (memcmp(c->case_handle, q->case_handle, sizeof c->case_handle) !=
                0 ||
            c->until <= at->e->time / MS ||
            (!all && c->sender != name && c->recipient != name))
            continue;
        rc = add_due(f, c->index);
    }
    return rc;
}

/* In a partial file no such entry stands. */
static enum dhk_err
add_held(struct facts *f, const struct facts_entry *at)
{
    const struct entry_held *h = &at->e->u.held;
    if (f->due_at == f->due_n || h->query != f->due_query)
        return facts_no(f, DHK_AUTH,
            "no question for a data subject stands before it that left "
            "anything out");
    for (size_t i = 0; i < h->n; i++) {
        if (f->due_at == f->due_n || f->due[f->due_at++] != h->index[i])
            return facts_no(
                f, DHK_AUTH, "what it held back is not what was covert then");
    }
    return DHK_OK;
}

static enum dhk_err
add_stated(struct facts *f, const struct facts_entry *at)
{
    const struct entry_stated *e = &at->e->u.stated;
    struct statement said;
    enum dhk_err rc;
    if (statement_from_body(&said, e->body, e->signature, NULL) != DHK_OK)
        return facts_no(f, DHK_FORMAT, "the statement is malformed");
    if (!slice_equal(said.origin, slice_str(f->origin)))
        return facts_no(f, DHK_AUTH, "the statement is for another ledger");
    if (e->all != facts_is_auditor(f, e->partner, at->e->time))
        return facts_no(f, DHK_AUTH,
            "it binds everybody, or only itself, against the roster");
    if (said.until > (int64_t)(at->e->time / MS) + act_longest(ACT_HOLD) + DAY)
        return facts_no(f, DHK_AUTH, "it is a hold for longer than may be");
    const struct card *card =
        facts_card(&rc, f, said.card, e->partner, at->index);
    if (rc != DHK_OK)
        return rc;
    if (card != NULL && !facts_is_valid_at(card, at->e->time))
        return facts_no(
            f, DHK_AUTH, "the partner's key card was not valid at that time");
    if (card != NULL && statement_verify(&said, &card->sign) != DHK_OK)
        return facts_no(f, DHK_AUTH,
            "the partner's signature over the statement does not verify");
    f->signatures += card != NULL ? 1 : 0;
    return facts_course(f, at, &said);
}

enum dhk_err
facts_case(struct facts *f, const struct facts_entry *at)
{
    return at->e->kind == ENTRY_HELD ? add_held(f, at) : add_stated(f, at);
}

enum dhk_err
facts_check_due(struct facts *f, const struct facts_entry *at)
{
    if (!f->complete || f->due_at == f->due_n || at->e->kind == ENTRY_HELD)
        return DHK_OK;
    return facts_no(f, DHK_AUTH,
        "the answer to the question before it left out covert entries, and no "
        "entry says so");
}
