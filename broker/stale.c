/* SPDX-License-Identifier: EUPL-1.2 */
#include "stale.h"

#include <stdlib.h>

#include "core.h"
#include "courses.h"
#include "decide.h"
#include "redecide.h"
#include "settle.h"
#include "turns.h"

enum { AT_ONCE = 256 };

/* Whether the broker computes something that decides E. */
static bool
has_relations(struct core *c, const struct entry_share *e)
{
    const struct agreement *a = core_agreement(c, e->agreement);
    int kind = a == NULL ? -1 : agreement_kind(a, e->kind);

    return kind >= 0 && decide_has_relations(a, (uint16_t)kind);
}

/* Whether a term of the course ended in the seconds after FROM up to UNTIL. */
static bool
has_lapsed(const struct course *course, int64_t from, int64_t until)
{
    for (size_t i = 0; i < course->terms_n; i++) {
        const struct course_term *t = &course->term[i];
        if (t->until > from && t->until <= until)
            return true;
    }
    for (size_t i = 0; i < course->guests_n; i++) {
        const struct course_guest *g = &course->guest[i];
        if (g->until > from && g->until <= until)
            return true;
    }
    return false;
}

enum dhk_err
stale_look(struct core *c, struct redecide **r, const struct mailbox_share *s,
    const struct entry *e, bool *stale)
{
    const struct course *course;

    *stale = false;
    if (!has_relations(c, &e->u.share))
        return DHK_OK;
    enum dhk_err rc = courses_get(c, e->u.share.case_handle, &course);
    if (rc != DHK_OK || course == NULL)
        return rc;
    if (course->last < mailbox_place(s) &&
        !has_lapsed(
            course, (int64_t)(e->time / 1000), (int64_t)(c->now / 1000)))
        return DHK_OK;
    if (*r == NULL)
        *r = redecide_new(c);
    if (*r == NULL)
        return DHK_NOMEM;
    *stale = !redecide_is_same(*r, s);
    return DHK_OK;
}

bool
stale_note(struct core *c, const struct mailbox_share *s)
{
    struct stale *list = &c->stale;

    for (size_t i = 0; i < list->n; i++) {
        if (list->share[i].index == s->index)
            return true;
    }
    if (list->n == STALE_MAX)
        return false;
    list->share[list->n].index = s->index;
    list->share[list->n++].recipient = s->recipient;
    return true;
}

/* Returns S if it is stale. */
static enum dhk_err
return_one(struct core *c, struct redecide **r, const struct mailbox_share *s)
{
    struct entry *e = malloc(sizeof *e);
    bool stale = false;
    enum dhk_err rc = e == NULL ? DHK_NOMEM : ledger_entry(c->txn, s->index, e);

    if (rc == DHK_OK && e->kind != ENTRY_SHARE)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = stale_look(c, r, s, e, &stale);
    free(e);
    if (rc == DHK_OK && stale)
        settle_return(c, s, redecide_code(*r, s));
    return rc;
}

/* S, and those behind it. */
static enum dhk_err
return_from(struct core *c, struct redecide **r, struct mailbox_share *s)
{
    struct mailbox_at at = {.place = 0};
    unsigned class_ = mailbox_class(s);
    uint64_t place = mailbox_place(s), recipient = s->recipient;
    enum dhk_err rc = return_one(c, r, s);

    for (size_t i = 0; rc == DHK_OK && i < AT_ONCE; i++) {
        rc = mailbox_next(c->txn, recipient, class_, place, &at);
        if (rc == DHK_OK)
            rc = mailbox_get(c->txn, at.index, s);
        place = at.place;
        if (rc == DHK_OK)
            rc = return_one(c, r, s);
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

void
stale_return(struct core *c)
{
    struct redecide *r = NULL;
    struct mailbox_share s;

    for (size_t i = 0; i < c->stale.n && c->failed == DHK_OK; i++) {
        enum dhk_err rc = mailbox_get(c->txn, c->stale.share[i].index, &s);
        if (rc == DHK_OK)
            rc = return_from(c, &r, &s);
        if (rc != DHK_NOTFOUND) /* it has ended otherwise */
            core_fail(c, rc);
        turns_wake(c, c->stale.share[i].recipient, COMMAND_MODE_RECEIVE);
    }
    redecide_destroy(&r);
}

void
stale_returned(struct core *c)
{
    c->stale.n = 0;
}
