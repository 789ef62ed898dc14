/* SPDX-License-Identifier: EUPL-1.2 */
#include "sight.h"

#include <string.h>

#include "covert.h"

/* --- who may see it --- */

static void
viewers_share(struct sight_viewers *v, const struct entry_share *s)
{
    if (s == NULL)
        return;
    v->name[0] = s->sender;
    v->name[1] = s->recipient;
}

static void
viewers_delivered(struct sight_viewers *v, struct line_reader *r,
    const struct entry_delivered *d)
{
    const struct answer *a = line_answer(r, d);

    v->name[0] = d->recipient;
    if (a != NULL)
        v->name[1] = a->sender;
}

static const struct entry_share *
ended_or_released(
    struct line_reader *r, struct store_txn *t, const struct entry *e)
{
    return line_share(r, t,
        e->kind == ENTRY_RETURNED ? e->u.returned.index : e->u.released.share);
}

struct sight_viewers
sight_viewers(struct line_reader *r, struct store_txn *t, const struct entry *e)
{
    struct sight_viewers v = {.all = false};
    const struct entry_share *s;

    switch (e->kind) {
    case ENTRY_GENESIS:
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
    case ENTRY_REVOKED_TEXT:
    case ENTRY_REVOKED_CARD:
        v.all = true;
        break;
    case ENTRY_ACCEPTED:
        v.name[0] = e->u.accepted.sender;
        break;
    case ENTRY_REFUSED:
        v.name[0] = e->u.refused.sender;
        break;
    case ENTRY_SHARE:
        viewers_share(&v, &e->u.share);
        break;
    case ENTRY_DELIVERED:
        viewers_delivered(&v, r, &e->u.delivered);
        break;
    case ENTRY_RETURNED:
    case ENTRY_RELEASED:
        viewers_share(&v, ended_or_released(r, t, e));
        break;
    case ENTRY_EXPIRED: /* it names shares of other recipients, too */
        s = e->u.expired.n == 0 ? NULL
                                : line_share(r, t, e->u.expired.index[0]);
        if (s != NULL)
            v.name[0] = s->sender;
        break;
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        v.name[0] = e->u.withdrawn.sender;
        if (e->u.withdrawn.notice)
            v.name[1] = e->u.withdrawn.recipient;
        break;
    case ENTRY_CARD:
        v.name[0] = line_partner_of_card(r, e);
        break;
    case ENTRY_QUERIED:
        v.name[0] = e->u.queried.asker;
        break;
    case ENTRY_STATED:
        v.all = e->u.stated.all;
        v.name[0] = e->u.stated.partner;
        break;
    case ENTRY_SEAL:
        v.name[0] = e->u.seal.partner;
        break;
    case ENTRY_HELD: /* auditors only */
    case ENTRY_OPERATOR:
    case ENTRY_NONE:
        break;
    }
    return v;
}

bool
sight_may_see(struct sight *s, struct store_txn *t, const struct entry *e)
{
    if (s->viewer.n == 0)
        return true;
    s->reader.force = s->force;
    struct sight_viewers v = sight_viewers(&s->reader, t, e);

    return v.all || slice_equal(v.name[0], s->viewer) ||
           slice_equal(v.name[1], s->viewer);
}

/* --- the filters --- */

static bool
is_any(struct slice wanted, struct slice a, struct slice b)
{
    return wanted.n == 0 || slice_equal(wanted, a) || slice_equal(wanted, b);
}

static bool
has_rule(struct slice wanted, const struct line *line)
{
    for (size_t i = 0; i < line->rules_n; i++) {
        if (slice_equal(wanted, line->rule[i]))
            return true;
    }
    return wanted.n == 0;
}

/* For a subject, what is covert is of no case. */
static bool
is_case(const struct sight *s, const struct line *line)
{
    const struct query *q = s->query;

    if (q->what == QUERY_SUBJECT && covert_is_held(line->covert, s->asked))
        return false;
    return !q->has_case || (line->case_handle != NULL &&
                               memcmp(line->case_handle, q->case_handle,
                                   sizeof q->case_handle) == 0);
}

/* What became of signals; not what else a bundle held, nor what was said of
 * the case. */
static bool
is_for_subject(enum entry_kind kind)
{
    return kind == ENTRY_SHARE || kind == ENTRY_DELIVERED ||
           kind == ENTRY_RETURNED || kind == ENTRY_EXPIRED ||
           kind == ENTRY_WITHDRAWN || kind == ENTRY_CORRECTED;
}

struct passing {
    const struct sight *sight;
    bool passes;
};

static bool
look(void *ctx, const struct line *line)
{
    struct passing *p = ctx;
    const struct query *q = p->sight->query;
    const struct slice none = slice_of(NULL, 0);

    p->passes = is_any(q->partner, line->partner[0], line->partner[1]) &&
                is_any(q->sender, line->sender, none) &&
                is_any(q->recipient, line->recipient, none) &&
                is_any(q->kind, line->kind, none) &&
                is_any(q->share_purpose, line->purpose, none) &&
                is_any(q->outcome, line->outcome[0], line->outcome[1]) &&
                has_rule(q->rule, line) && is_case(p->sight, line);
    return p->passes;
}

static bool
is_unfiltered(const struct query *q)
{
    return !q->has_case && q->partner.n + q->sender.n + q->recipient.n +
                                   q->kind.n + q->share_purpose.n + q->rule.n +
                                   q->outcome.n ==
                               0;
}

enum dhk_err
sight_passes(struct sight *s, struct store_txn *t, const struct entry *e,
    uint64_t index, bool *passes)
{
    const struct query *q = s->query;
    struct passing p = {.sight = s};

    *passes = e->time >= q->since && (q->before == 0 || e->time < q->before) &&
              (q->what != QUERY_SUBJECT || is_for_subject(e->kind));
    if (!*passes || is_unfiltered(q))
        return DHK_OK;
    s->reader.force = s->force;
    enum dhk_err rc = line_each(&s->reader, t, e, index, look, &p);
    *passes = rc == DHK_OK && p.passes;
    return rc;
}
