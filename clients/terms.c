/* SPDX-License-Identifier: EUPL-1.2 */
#include "terms.h"

#include <string.h>
#include <time.h>

enum { MS = 1000, YEAR_0 = 1900 };

enum terms_rule
terms_rule(enum entry_kind kind)
{
    switch (kind) {
    case ENTRY_ACCEPTED:
    case ENTRY_SHARE:
    case ENTRY_DELIVERED:
    case ENTRY_RETURNED:
    case ENTRY_EXPIRED:
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
    case ENTRY_HELD:
    case ENTRY_RELEASED:
    case ENTRY_STATED:
        return TERMS_OF_CASE;
    case ENTRY_REFUSED:
    case ENTRY_QUERIED:
    case ENTRY_OPERATOR:
        return TERMS_OF_ENTRY;
    case ENTRY_GENESIS:
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
    case ENTRY_REVOKED_TEXT:
    case ENTRY_CARD:
    case ENTRY_REVOKED_CARD:
    case ENTRY_SEAL:
    case ENTRY_NONE:
        break;
    }
    return TERMS_OF_LEDGER;
}

int64_t
terms_later(int64_t seconds, int years)
{
    time_t t = (time_t)seconds;
    struct tm tm;

    if (gmtime_r(&t, &tm) == NULL)
        return seconds;
    tm.tm_year += years;
    return (int64_t)timegm(&tm); /* a day that is not there: the next one */
}

static void
processed(struct terms *t, uint64_t ms)
{
    int64_t s = (int64_t)(ms / MS);

    if (ms == 0)
        return;
    if (t->first == 0 || s < t->first)
        t->first = s;
    if (s > t->last)
        t->last = s;
}

/* What people did: sent, took or refused, took back, answered that. That a
 * share expires or goes back is nobody's processing. */
static void
look_at_shares(
    struct terms *t, const struct evidence *e, const struct evidence_case *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &e->shares[c->share[i]];
        processed(t, s->time);
        if (s->end == EVIDENCE_ANSWERED)
            processed(t, s->end_time);
        if (s->recall == 0)
            continue;
        processed(t, e->recalls[s->recall - 1].time);
        processed(t, e->recalls[s->recall - 1].answer_time);
    }
}

/* Whether ACT is a step in the work on a case: what ends it at a node is not,
 * nor what is said to the person whom it is about. */
static bool
is_work(enum act act)
{
    return act >= ACT_REPORT && act < ACT_POSTPONE;
}

static void
look_at_statements(struct terms *t, const struct evidence *e,
    const struct evidence_case *c, int64_t now)
{
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = &e->stated[c->stated[i]];
        if (!s->taken || (int64_t)(s->time / MS) > now)
            continue;
        if (is_work(s->what))
            processed(t, s->time);
        if (s->phase == ACT_PHASE_REJECTED && t->due == 0)
            t->due = (int64_t)(s->time / MS);
        else if (s->what == ACT_CLOSE && s->took_effect)
            t->due = s->until;
    }
}

/* Whether a later hold or release of the same name follows statement AT of C.
 */
static bool
is_replaced(const struct evidence *e, const struct evidence_case *c, size_t at)
{
    for (size_t i = at + 1; i < c->stated_n; i++) {
        const struct evidence_stated *later = &e->stated[c->stated[i]];
        if (later->by == e->stated[c->stated[at]].by &&
            (later->what == ACT_HOLD || later->what == ACT_RELEASE))
            return true;
    }
    return false;
}

static void
look_at_holds(struct terms *t, const struct evidence *e,
    const struct evidence_case *c, const char *partner, int64_t now)
{
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = &e->stated[c->stated[i]];
        if (s->what != ACT_HOLD || s->until <= now ||
            s->until <= t->held_until || (int64_t)(s->time / MS) > now ||
            (!s->all && (partner == NULL || strcmp(s->by, partner) != 0)) ||
            is_replaced(e, c, i))
            continue;
        t->held_until = s->until;
        t->held_by = s->by;
    }
}

void
terms_of_case(struct terms *out, const struct evidence *e,
    const uint8_t handle[16], const char *partner, int64_t now)
{
    const struct evidence_case *c = evidence_case(e, handle);

    *out = (struct terms){.held_by = NULL};
    if (c == NULL)
        return;
    look_at_shares(out, e, c);
    look_at_statements(out, e, c, now);
    look_at_holds(out, e, c, partner, now);
}

int64_t
terms_link_end(const struct terms *t)
{
    int64_t end = t->last == 0 ? 0 : terms_later(t->last, TERMS_YEARS);

    if (t->due != 0 && (end == 0 || t->due < end))
        end = t->due;
    return end > t->held_until ? end : t->held_until;
}

int64_t
terms_entry_end(enum entry_kind kind, int64_t time, const struct terms *t)
{
    int64_t end = terms_later(time, TERMS_YEARS_LEAST);
    int64_t own = terms_later(time, TERMS_YEARS);
    int64_t of_case = own;

    if (t != NULL) { /* not shorter for a case that was closed */
        of_case = t->last == 0 ? 0 : terms_later(t->last, TERMS_YEARS);
        if (t->held_until > of_case)
            of_case = t->held_until;
    }
    switch (terms_rule(kind)) {
    case TERMS_OF_LEDGER:
        return INT64_MAX;
    case TERMS_OF_ENTRY:
        return own;
    case TERMS_OF_CASE:
        break;
    }
    return of_case > end ? of_case : end;
}
