/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may state what, and when. What it amounts to is in course_apply.c. */
#include "course.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, MS = 1000 };

void
course_begin(struct course *c, const uint8_t case_handle[STATEMENT_CASE])
{
    memset(c, 0, sizeof *c);
    memcpy(c->case_handle, case_handle, STATEMENT_CASE);
    c->holder = c->transfer_to = COURSE_NAMES;
}

uint8_t
course_name(const struct course *c, struct slice name)
{
    for (uint8_t i = 0; i < c->names_n; i++) {
        if (slice_equal(name, slice_str(c->name[i])))
            return i;
    }
    return COURSE_NAMES;
}

static const struct course_member *
member_of(const struct course *c, uint8_t name)
{
    for (uint8_t i = 0; i < c->members_n; i++) {
        if (c->member[i].name == name && c->member[i].until == 0)
            return &c->member[i];
    }
    return NULL;
}

static const struct course_vote *
vote_of(const struct course *c, uint8_t name)
{
    for (uint8_t i = 0; i < c->votes_n; i++) {
        if (c->vote[i].name == name)
            return &c->vote[i];
    }
    return NULL;
}

static const struct course_guest *
guest_of(const struct course *c, const uint8_t card[32])
{
    for (uint8_t i = 0; i < c->guests_n; i++) {
        if (memcmp(c->guest[i].card, card, 32) == 0 &&
            c->guest[i].dismissed == 0)
            return &c->guest[i];
    }
    return NULL;
}

static const struct course_term *
term_of(const struct course *c, uint8_t name, enum act act)
{
    for (uint8_t i = 0; i < c->terms_n; i++) {
        if (c->term[i].name == name && c->term[i].act == act)
            return &c->term[i];
    }
    return NULL;
}

/* --- who --- */

static bool
may_state(
    const struct course *c, const struct act_rule *r, unsigned as, uint8_t name)
{
    bool known = name != COURSE_NAMES;

    return (r->by & ACT_BY_ANYONE) != 0 || (r->by & as) != 0 ||
           ((r->by & ACT_BY_HOLDER) != 0 && known && name == c->holder) ||
           ((r->by & ACT_BY_MEMBER) != 0 && known &&
               member_of(c, name) != NULL);
}

/* --- when, and how often --- */

static bool
term_fits(const struct course_said *said, const struct act_rule *r)
{
    const struct statement *s = said->s;
    int64_t now = (int64_t)(said->time / MS);

    if ((r->has & ACT_HAS_UNTIL) == 0)
        return true;
    return s->until > now && s->until <= now + ((int64_t)r->days + 1) * DAY;
}

static const struct course_proposal *
proposal_of(const struct course *c, const struct statement *s)
{
    for (uint8_t i = 0; i < c->proposals_n; i++) {
        const struct course_proposal *p = &c->proposal[i];
        if (p->act == s->what && p->code == s->code && p->until == s->until &&
            p->partner == course_name(c, s->partner) &&
            memcmp(p->ref, s->ref, sizeof p->ref) == 0)
            return p;
    }
    return NULL;
}

static bool
proposed_by(const struct course_proposal *p, uint8_t name)
{
    return p != NULL && memchr(p->by, name, p->by_n) != NULL;
}

/* What the acts ask for beside phase, role and term. */
static enum course_verdict
check_case(const struct course *c, const struct statement *s, uint8_t name)
{
    uint8_t partner = course_name(c, s->partner);

    switch ((unsigned)s->what) {
    case ACT_VOTE:
        return vote_of(c, name) != NULL ? COURSE_TWICE : COURSE_OK;
    case ACT_DESIGNATE:
        return member_of(c, partner) != NULL ? COURSE_TWICE : COURSE_OK;
    case ACT_ADMIT:
        return guest_of(c, s->ref) != NULL ? COURSE_TWICE : COURSE_OK;
    case ACT_RELIEVE:
    case ACT_RESHARE:
        return member_of(c, partner) == NULL ? COURSE_NOTHING : COURSE_OK;
    case ACT_DISMISS:
        return guest_of(c, s->ref) == NULL ? COURSE_NOTHING : COURSE_OK;
    case ACT_REVOKE:
        return term_of(c, name, ACT_CONSENT) == NULL ? COURSE_NOTHING
                                                     : COURSE_OK;
    case ACT_EMBARGO:
        return COURSE_OK; /* again: with a new term */
    case ACT_LIFT:
        return term_of(c, name, ACT_EMBARGO) == NULL &&
                       term_of(c, name, ACT_REFUSE) == NULL
                   ? COURSE_NOTHING
                   : COURSE_OK;
    case ACT_AGREE:
        return c->transfer == 0 ? COURSE_NOTHING : COURSE_OK;
    case ACT_VETO:
        return c->transfer == 0              ? COURSE_NOTHING
               : course_is_vetoed(c, s->ref) ? COURSE_TWICE
                                             : COURSE_OK;
    case ACT_ANSWER:
        return c->requested == 0 ? COURSE_NOTHING : COURSE_OK;
    default:
        return COURSE_OK;
    }
}

static enum course_verdict
check_guest(const struct course *c, const struct course_said *said)
{
    if (said->s->what != ACT_HAND)
        return COURSE_OK;
    return course_is_admitted(
               c, said->partner, said->s->ref, (int64_t)(said->time / MS))
               ? COURSE_OK
               : COURSE_NOTHING;
}

/* Whether there is room for what it would add, whatever that is. */
static bool
has_room(const struct course *c)
{
    return c->names_n + 2 <= COURSE_NAMES && c->votes_n < COURSE_WEIGHERS &&
           c->members_n + COURSE_WEIGHERS + 2 < COURSE_MEMBERS &&
           c->proposals_n < COURSE_PROPOSALS && c->guests_n < COURSE_GUESTS &&
           c->terms_n < COURSE_TERMS && c->items_n < COURSE_ITEMS;
}

enum course_verdict
course_check(const struct course *c, const struct course_said *said)
{
    const struct statement *s = said->s;
    const struct act_rule *r = act_rule(s->what);
    uint8_t name = course_name(c, said->partner);

    if (r->name == NULL || (r->from >> c->phase & 1) == 0)
        return COURSE_PHASE;
    if (!may_state(c, r, said->as, name))
        return COURSE_ROLE;
    if (!term_fits(said, r))
        return COURSE_TERM;
    if (r->all && proposed_by(proposal_of(c, s), name))
        return COURSE_TWICE;
    enum course_verdict v = check_case(c, s, name);
    if (v == COURSE_OK)
        v = check_guest(c, said);
    /* the end of a case and of what ties it to a person always has room */
    if (v == COURSE_OK && s->what > ACT_RELEASE && !has_room(c))
        v = s->what == ACT_CLOSE && c->proposals_n < COURSE_PROPOSALS
                ? COURSE_OK
                : COURSE_FULL;
    return v;
}

/* --- questions --- */

bool
course_is_case(const struct course *c)
{
    return c->phase >= ACT_PHASE_CASE && c->phase <= ACT_PHASE_EXECUTED;
}

bool
course_is_member(const struct course *c, struct slice name)
{
    return member_of(c, course_name(c, name)) != NULL;
}

bool
course_is_holder(const struct course *c, struct slice name)
{
    uint8_t n = course_name(c, name);
    return n != COURSE_NAMES && n == c->holder;
}

bool
course_takes_part(const struct course *c, struct slice name)
{
    uint8_t n = course_name(c, name);

    return n != COURSE_NAMES &&
           (n == c->holder || vote_of(c, n) != NULL || member_of(c, n) != NULL);
}

bool
course_has_consent(const struct course *c, struct slice sender, int64_t seconds)
{
    uint8_t own = course_name(c, sender);

    for (uint8_t i = 0; i < c->terms_n; i++) {
        const struct course_term *t = &c->term[i];
        if (t->act == ACT_CONSENT && t->name != own && seconds < t->until)
            return true;
    }
    return false;
}

bool
course_has_embargo(const struct course *c)
{
    for (uint8_t i = 0; i < c->terms_n; i++) {
        if (c->term[i].act == ACT_EMBARGO)
            return true;
    }
    return false;
}

static const struct course_item *
item_of(const struct course *c, const uint8_t signal[32], enum act act)
{
    for (uint16_t i = c->items_n; i-- > 0;) {
        if (c->item[i].act == act && memcmp(c->item[i].signal, signal, 32) == 0)
            return &c->item[i];
    }
    return NULL;
}

unsigned
course_restriction(const struct course *c, const uint8_t signal[32])
{
    const struct course_item *i = item_of(c, signal, ACT_RESTRICT);
    return i == NULL ? 0 : i->code;
}

bool
course_is_vetoed(const struct course *c, const uint8_t signal[32])
{
    return item_of(c, signal, ACT_VETO) != NULL;
}

bool
course_is_agreed(const struct course *c, struct slice to)
{
    if (c->transfer == 0 || course_name(c, to) != c->transfer_to)
        return false;
    for (uint8_t i = 0; i < c->members_n; i++) {
        if (c->member[i].until == 0 && (c->agreed >> i & 1) == 0)
            return false;
    }
    return true;
}

bool
course_is_admitted(const struct course *c, struct slice desk,
    const uint8_t *card, int64_t seconds)
{
    uint8_t at = course_name(c, desk);

    for (uint8_t i = 0; i < c->guests_n; i++) {
        const struct course_guest *g = &c->guest[i];
        if (g->desk == at && g->dismissed == 0 && seconds < g->until &&
            (card == NULL || memcmp(card, g->card, sizeof g->card) == 0))
            return true;
    }
    return false;
}

bool
course_is_unanimous(const struct course *c)
{
    for (uint8_t i = 0; i < c->votes_n; i++) {
        if (!c->vote[i].yes)
            return false;
    }
    return c->votes_n > 0 && c->phase > ACT_PHASE_WEIGHED &&
           c->phase != ACT_PHASE_REJECTED;
}

bool
course_is_destroyed_by(const struct course *c, struct slice name)
{
    uint8_t n = course_name(c, name);
    return n != COURSE_NAMES && (c->destroyed[n / 64] >> n % 64 & 1) != 0;
}

void
course_why(char out[COURSE_WHY], enum course_verdict v, enum act act,
    enum act_phase phase)
{
    const struct act_rule *r = act_rule(act);
    static const char *const what[COURSE_VERDICTS] = {
        [COURSE_ROLE] = "this partner may not state it",
        [COURSE_TWICE] = "it has been stated already",
        [COURSE_NOTHING] = "there is nothing that it could be about",
        [COURSE_TERM] = "its date has passed, or is too far away",
        [COURSE_FULL] = "the case has more on record than a case may",
    };

    out[0] = '\0';
    if (v == COURSE_PHASE)
        (void)snprintf(out, COURSE_WHY, "'%s' in phase '%s': %s", act_name(act),
            act_phase_name(phase),
            r->forbids != NULL ? r->forbids : "there is no such act");
    else if (v != COURSE_OK && (unsigned)v < COURSE_VERDICTS)
        (void)snprintf(out, COURSE_WHY, "'%s': %s (%s)", act_name(act), what[v],
            r->law != NULL ? r->law : "no law");
}
