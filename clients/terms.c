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

/* Whether a later hold or release of the same name follows statement I. */
static bool
is_replaced(const struct evidence *e, size_t i)
{
    const struct evidence_stated *s = &e->stated[i];

    for (size_t k = i + 1; k < e->stated_n; k++) {
        const struct evidence_stated *later = &e->stated[k];
        if (later->by == s->by && later->what != ACT_DESTROYED &&
            memcmp(later->case_handle, s->case_handle, 16) == 0)
            return true;
    }
    return false;
}

void
terms_of_case(struct terms *out, const struct evidence *e,
    const uint8_t handle[16], const char *partner, int64_t now)
{
    const struct evidence_case *c = evidence_case(e, handle);

    *out = (struct terms){.held_by = NULL};
    if (c != NULL)
        look_at_shares(out, e, c);
    for (size_t i = 0; i < e->stated_n; i++) {
        const struct evidence_stated *s = &e->stated[i];
        if (s->what != ACT_HOLD || s->until <= now ||
            s->until <= out->held_until || (int64_t)(s->time / MS) > now ||
            memcmp(s->case_handle, handle, 16) != 0 ||
            (!s->all && (partner == NULL || strcmp(s->by, partner) != 0)) ||
            is_replaced(e, i))
            continue;
        out->held_until = s->until;
        out->held_by = s->by;
    }
}

int64_t
terms_link_end(const struct terms *t)
{
    int64_t end = t->last == 0 ? 0 : terms_later(t->last, TERMS_YEARS);

    return end > t->held_until ? end : t->held_until;
}

int64_t
terms_entry_end(enum entry_kind kind, int64_t time, const struct terms *t)
{
    int64_t end = terms_later(time, TERMS_YEARS_LEAST);
    int64_t own = terms_later(time, TERMS_YEARS);
    int64_t of_case = t == NULL ? own : terms_link_end(t);

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
