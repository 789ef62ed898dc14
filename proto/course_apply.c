/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a statement that may be made amounts to. There is room for all of it:
 * course_check() saw to that. */
#include "course.h"

#include <string.h>

enum { DAY = 86400, MS = 1000 };

/* The number of NAME, new or known; COURSE_NAMES for an empty one, and where
 * there is no room: only statements that note nothing of it come so far. */
static uint8_t
name_in(struct course *c, struct slice name)
{
    uint8_t n = course_name(c, name);

    if (n != COURSE_NAMES || name.n == 0 || name.n > LIMIT_NAME ||
        c->names_n == COURSE_NAMES)
        return n;
    memcpy(c->name[c->names_n], name.p, name.n);
    return c->names_n++;
}

static void
join(struct course *c, uint8_t name, uint8_t role, uint64_t index)
{
    for (uint8_t i = 0; i < c->members_n; i++) {
        if (c->member[i].name == name && c->member[i].until == 0)
            return;
    }
    if (name == COURSE_NAMES || c->members_n == COURSE_MEMBERS)
        return;
    c->agreed &= ~(UINT64_C(1) << c->members_n);
    c->member[c->members_n++] =
        (struct course_member){.name = name, .role = role, .from = index};
}

static void
part(struct course *c, uint8_t name, uint64_t index)
{
    for (uint8_t i = 0; i < c->members_n; i++) {
        if (c->member[i].name == name && c->member[i].until == 0)
            c->member[i].until = index;
    }
}

/* The end of a case: nothing waits any more. */
static void
over(struct course *c, enum act_phase phase, uint64_t index)
{
    c->phase = phase;
    c->closed = index;
    c->proposals_n = 0;
    c->review_by = 0;
    c->transfer = 0;
}

static void
vote(struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;
    bool yes = true;

    c->vote[c->votes_n++] = (struct course_vote){
        .name = name, .yes = s->code == 1, .index = said->index};
    if (c->votes_n < said->of)
        return;
    for (uint8_t i = 0; i < c->votes_n; i++)
        yes = yes && c->vote[i].yes;
    if (!yes) {
        over(c, ACT_PHASE_REJECTED, said->index);
        c->destroy_by = (int64_t)(said->time / MS); /* at once */
        return;
    }
    c->phase = ACT_PHASE_CASE;
    for (uint8_t i = 0; i < c->votes_n; i++)
        join(c, c->vote[i].name, 0, said->index);
    join(c, c->holder, 0, said->index);
}

/* One term of each act, partner and subject: the newest. */
static void
put_term(struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;
    uint8_t i = 0;

    while (i < c->terms_n &&
           (c->term[i].act != s->what || c->term[i].name != name ||
               c->term[i].about != s->about))
        i++;
    if (i == COURSE_TERMS)
        return;
    c->term[i] = (struct course_term){.act = s->what,
        .name = name,
        .code = (uint8_t)s->code,
        .until = s->until,
        .about = s->about,
        .index = said->index};
    if (i == c->terms_n)
        c->terms_n++;
}

static void
end_terms(struct course *c, uint8_t name, enum act act)
{
    uint8_t kept = 0;

    for (uint8_t i = 0; i < c->terms_n; i++) {
        if (c->term[i].name != name || c->term[i].act != act)
            c->term[kept++] = c->term[i];
    }
    c->terms_n = kept;
}

static void
put_item(struct course *c, const struct statement *s, uint8_t name)
{
    struct course_item *i;

    if (c->items_n == COURSE_ITEMS)
        return;
    i = &c->item[c->items_n++];
    *i = (struct course_item){
        .act = s->what, .by = name, .code = (uint8_t)s->code};
    memcpy(i->signal, s->ref, sizeof i->signal);
}

static void
agree(struct course *c, uint8_t name)
{
    for (uint8_t i = 0; i < c->members_n; i++) {
        if (c->member[i].name == name && c->member[i].until == 0)
            c->agreed |= UINT64_C(1) << i;
    }
}

static void
transfer(struct course *c, const struct course_said *said)
{
    c->transfer_to = name_in(c, said->s->partner);
    c->transfer_by = said->s->until;
    c->transfer = said->index;
    c->agreed = 0;
}

static void
dismiss(struct course *c, const struct course_said *said)
{
    for (uint8_t i = 0; i < c->guests_n; i++) {
        if (memcmp(c->guest[i].card, said->s->ref, 32) == 0 &&
            c->guest[i].dismissed == 0)
            c->guest[i].dismissed = said->index;
    }
}

static void
admit(struct course *c, const struct course_said *said)
{
    const struct statement *s = said->s;
    struct course_guest *g = &c->guest[c->guests_n++];

    *g = (struct course_guest){.desk = name_in(c, s->partner),
        .code = (uint8_t)s->code,
        .until = s->until,
        .from = said->index};
    memcpy(g->card, s->ref, sizeof g->card);
}

/* Whether somebody who took part has not stated destroyed. */
static bool
link_is_left(const struct course *c)
{
    for (uint8_t n = 0; n < c->names_n; n++) {
        bool took_part = n == c->holder;

        for (uint8_t i = 0; i < c->votes_n; i++)
            took_part = took_part || c->vote[i].name == n;
        for (uint8_t i = 0; i < c->members_n; i++)
            took_part = took_part || c->member[i].name == n;
        if (took_part && (c->destroyed[n / 64] >> n % 64 & 1) == 0)
            return true;
    }
    return false;
}

static void
destroyed(struct course *c, uint8_t name)
{
    if (name != COURSE_NAMES)
        c->destroyed[name / 64] |= UINT64_C(1) << name % 64;
    if ((c->phase == ACT_PHASE_CLOSED || c->phase == ACT_PHASE_REJECTED) &&
        !link_is_left(c))
        c->phase = ACT_PHASE_DESTROYED;
}

static void
review(struct course *c, const struct statement *s)
{
    int64_t latest = s->made + (int64_t)c->rhythm * DAY;

    c->review_by = c->rhythm != 0 && latest < s->until ? latest : s->until;
}

/* What takes effect: what one states, or what all have stated. */
static void
take_effect(struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;

    switch ((unsigned)s->what) {
    case ACT_DESTROYED:
        destroyed(c, name);
        break;
    case ACT_ASSIGN:
        c->holder = name_in(c, s->partner);
        if (course_is_case(c))
            join(c, c->holder, 0, said->index);
        break;
    case ACT_VOTE:
        vote(c, said, name);
        break;
    case ACT_REVIEW:
        review(c, s);
        break;
    case ACT_RHYTHM:
        c->rhythm = (uint16_t)s->code;
        c->review_by = s->made + (int64_t)c->rhythm * DAY;
        break;
    case ACT_CLOSE:
        over(c, ACT_PHASE_CLOSED, said->index);
        c->destroy_by = s->until;
        c->close_code = (uint8_t)s->code;
        break;
    case ACT_DESIGNATE:
        join(c, name_in(c, s->partner), (uint8_t)s->code, said->index);
        break;
    case ACT_RELIEVE:
        part(c, course_name(c, s->partner), said->index);
        break;
    case ACT_LEAVE:
        part(c, name, said->index);
        break;
    case ACT_ADMIT:
        admit(c, said);
        break;
    case ACT_DISMISS:
        dismiss(c, said);
        break;
    case ACT_CONSENT:
    case ACT_REFUSE:
    case ACT_EMBARGO:
        put_term(c, said, name);
        break;
    case ACT_REVOKE:
        end_terms(c, name, ACT_CONSENT);
        break;
    case ACT_LIFT:
        end_terms(c, name, ACT_EMBARGO);
        end_terms(c, name, ACT_REFUSE);
        break;
    case ACT_RESTRICT:
    case ACT_VETO:
        put_item(c, s, name);
        break;
    case ACT_TRANSFER:
        transfer(c, said);
        break;
    case ACT_AGREE:
        agree(c, name);
        break;
    case ACT_POSTPONE:
        c->postponed = s->until;
        c->postponed_code = (uint8_t)s->code;
        c->told = false;
        break;
    case ACT_TELL:
        c->postponed = 0;
        c->told = true;
        break;
    case ACT_REQUEST:
        c->requested = s->until;
        break;
    case ACT_ANSWER:
        c->requested = 0;
        break;
    default:
        break;
    }
}

/* Adds NAME to the proposal that S is; true when now all have stated it. */
static bool
propose(struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;
    uint8_t partner = name_in(c, s->partner), i = 0;

    for (; i < c->proposals_n; i++) {
        const struct course_proposal *p = &c->proposal[i];
        if (p->act == s->what && p->code == s->code && p->until == s->until &&
            p->partner == partner && memcmp(p->ref, s->ref, 32) == 0)
            break;
    }
    struct course_proposal *p = &c->proposal[i];
    if (i == c->proposals_n) {
        *p = (struct course_proposal){.act = s->what,
            .partner = partner,
            .code = (uint8_t)s->code,
            .until = s->until,
            .index = said->index};
        memcpy(p->ref, s->ref, sizeof p->ref);
        c->proposals_n++;
    }
    if (p->by_n < COURSE_WEIGHERS)
        p->by[p->by_n++] = name;
    if (p->by_n < said->of)
        return false;
    *p = c->proposal[--c->proposals_n];
    return true;
}

enum course_verdict
course_apply(struct course *c, const struct course_said *said)
{
    const struct act_rule *r = act_rule(said->s->what);
    enum course_verdict v = course_check(c, said);

    if (v != COURSE_OK)
        return v;
    uint8_t name = name_in(c, said->partner);
    c->last = said->index;
    c->acts++;
    if (r->all && !propose(c, said, name))
        return COURSE_OK;
    if (r->effect == ACT_EFFECT_MOVE) {
        if (r->to == ACT_PHASE_REJECTED) {
            over(c, r->to, said->index);
            c->destroy_by = (int64_t)(said->time / MS);
        } else
            c->phase = r->to;
    }
    if (said->s->what == ACT_WEIGH)
        c->vote_by = said->s->until;
    if ((said->s->what == ACT_REPORT || said->s->what == ACT_BRING) &&
        c->holder == COURSE_NAMES)
        c->holder = name;
    take_effect(c, said, name);
    return COURSE_OK;
}
