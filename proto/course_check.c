/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may state what, when, how often, and whether there is room for it. */
#include "course_impl.h"

#include <string.h>

/* --- who --- */

/* By its role then. A weigher of an agreement that has none is a mistake of who
 * wrote the entry: one would be enough for everything. */
static unsigned
role_of(const struct course_said *said)
{
    bool weighers = said->of > 0 && said->of <= COURSE_WEIGHERS;

    return weighers ? said->as : said->as & ~(unsigned)ACT_BY_WEIGHER;
}

static bool
may_state(const struct course *c, const struct act_rule *r,
    const struct course_said *said, uint8_t name)
{
    bool known = name != COURSE_NAMES;

    return (r->by & ACT_BY_ANYONE) != 0 || (r->by & role_of(said)) != 0 ||
           ((r->by & ACT_BY_HOLDER) != 0 && known && name == c->holder) ||
           ((r->by & ACT_BY_MEMBER) != 0 && known &&
               course_member_at(c, name) != COURSE_MEMBERS);
}

/* --- when --- */

/* By the broker's clock; a day of it for the partner's. */
static bool
term_fits(const struct course_said *said, const struct act_rule *r)
{
    int64_t until = said->s->until, now = (int64_t)(said->time / COURSE_MS);

    if ((r->has & ACT_HAS_UNTIL) == 0)
        return true;
    return until > now &&
           until <= now + ((int64_t)r->days + 1) * (int64_t)COURSE_DAY;
}

/* --- how often, and about what --- */

static enum course_verdict
unless(bool wrong, enum course_verdict v)
{
    return wrong ? v : COURSE_OK;
}

static enum course_verdict
check_assign(const struct course *c, uint8_t partner)
{
    if (partner != COURSE_NAMES && partner == c->holder)
        return COURSE_TWICE;
    /* one weigher, or the holder, does not say who takes part: the three do */
    return unless(
        course_is_case(c) && course_member_at(c, partner) == COURSE_MEMBERS,
        COURSE_NOTHING);
}

/* The card is admitted: until its term is over, or until it is dismissed. */
static enum course_verdict
check_admit(const struct course *c, const struct course_said *said)
{
    uint8_t at = course_guest_at(c, said->s->ref);

    return unless(at != COURSE_GUESTS &&
                      (int64_t)(said->time / COURSE_MS) < c->guest[at].until,
        COURSE_TWICE);
}

static bool
has_term(const struct course *c, uint8_t name, enum act act)
{
    for (uint8_t i = 0; i < c->terms_n; i++) {
        if (c->term[i].name == name && c->term[i].act == act)
            return true;
    }
    return false;
}

/* Of who takes part. */
static enum course_verdict
check_member(const struct course *c, const struct statement *s, uint8_t name)
{
    uint8_t who = s->what == ACT_LEAVE ? name : course_name(c, s->partner);
    bool is_member = course_member_at(c, who) != COURSE_MEMBERS;

    if (s->what == ACT_DESIGNATE)
        return unless(is_member, COURSE_TWICE);
    if (!is_member)
        return COURSE_NOTHING;
    return unless(s->what != ACT_RESHARE && who == c->holder, COURSE_OFFICE);
}

/* Of a transfer, and of the data subject. */
static enum course_verdict
check_round(
    const struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;

    if (s->what == ACT_ANSWER) {
        if (c->requested == 0)
            return COURSE_NOTHING;
        bool own = name != COURSE_NAMES &&
                   (name == c->requested_by || name == c->holder);
        return unless(
            !own && (role_of(said) & ACT_BY_WEIGHER) == 0, COURSE_ROLE);
    }
    if (c->transfer == 0)
        return COURSE_NOTHING;
    return unless(
        s->what == ACT_VETO && course_is_vetoed(c, s->ref), COURSE_TWICE);
}

/* What the acts ask for beside phase, role and term. */
static enum course_verdict
check_case(const struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;
    int64_t now = (int64_t)(said->time / COURSE_MS);

    switch ((unsigned)s->what) {
    case ACT_ASSIGN:
        return check_assign(c, course_name(c, s->partner));
    case ACT_VOTE:
        return unless(
            course_counts(c, said) && course_has_voted(c, name), COURSE_TWICE);
    case ACT_LAPSE:
        return unless(now < c->vote_by, COURSE_EARLY);
    case ACT_DESIGNATE:
    case ACT_RELIEVE:
    case ACT_LEAVE:
    case ACT_RESHARE:
        return check_member(c, s, name);
    case ACT_ADMIT:
        return check_admit(c, said);
    case ACT_DISMISS:
        return unless(
            course_guest_at(c, s->ref) == COURSE_GUESTS, COURSE_NOTHING);
    case ACT_HAND:
        return unless(
            !course_is_admitted(c, said->partner, s->ref, now), COURSE_NOTHING);
    case ACT_REVOKE:
        return unless(!has_term(c, name, ACT_CONSENT), COURSE_NOTHING);
    case ACT_LIFT:
        return unless(
            !has_term(c, name, ACT_EMBARGO) && !has_term(c, name, ACT_REFUSE),
            COURSE_NOTHING);
    case ACT_VETO:
    case ACT_AGREE:
    case ACT_ANSWER:
        return check_round(c, said, name);
    default:
        return COURSE_OK;
    }
}

/* --- room --- */

/* For the names that it adds: of who states it, and whom it names. */
static bool
has_names(const struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;
    unsigned added =
        (course_keeps_name(s->what) && name == COURSE_NAMES ? 1U : 0U) +
        (s->partner.n != 0 && course_name(c, s->partner) == COURSE_NAMES ? 1U
                                                                         : 0U);
    unsigned kept =
        (role_of(said) & ACT_BY_WEIGHER) != 0 ? 0 : COURSE_WEIGHERS_NAMES;

    return added == 0 || c->names_n + added + kept <= COURSE_NAMES;
}

static bool
has_proposal(
    const struct course *c, const struct course_said *said, uint8_t name)
{
    unsigned all = 0, own = 0;

    if (!course_counts(c, said) ||
        course_proposal_at(c, said->s) != COURSE_PROPOSALS)
        return true;
    for (uint8_t i = 0; i < c->proposals_n; i++) {
        const struct course_proposal *p = &c->proposal[i];
        if (!course_proposal_remains(c, p, said, name))
            continue;
        all++;
        own += p->by[0] == name && p->act != ACT_CLOSE;
    }
    return all < COURSE_PROPOSALS &&
           (said->s->what == ACT_CLOSE || own < COURSE_OWN_PROPOSALS);
}

static bool
has_term_place(const struct course *c, const struct statement *s, uint8_t name)
{
    unsigned all = 0, own = 0;

    if (course_term_at(c, name, s->what, s->about) != COURSE_TERMS)
        return true;
    for (uint8_t i = 0; i < c->terms_n; i++) {
        all += c->term[i].act == ACT_REFUSE;
        own += c->term[i].act == ACT_REFUSE && c->term[i].name == name;
    }
    return s->what == ACT_REFUSE
               ? all < COURSE_REFUSALS && own < COURSE_OWN_REFUSALS
               : c->terms_n < COURSE_TERMS;
}

static bool
has_item(const struct course *c, const struct statement *s)
{
    return course_item_at(c, s->ref, s->what) != COURSE_ITEMS ||
           c->items_n <
               (s->what == ACT_RESTRICT ? COURSE_RESTRICTIONS : COURSE_ITEMS);
}

static bool
has_room(const struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;

    if (!has_names(c, said, name) ||
        (act_rule(s->what)->all && !has_proposal(c, said, name)))
        return false;
    switch ((unsigned)s->what) {
    case ACT_DESIGNATE:
        return c->members_n < COURSE_MEMBERS;
    case ACT_ADMIT:
        return course_guest_place(c, said) != COURSE_GUESTS;
    case ACT_CONSENT:
    case ACT_REFUSE:
    case ACT_EMBARGO:
        return has_term_place(c, s, name);
    case ACT_RESTRICT:
    case ACT_VETO:
        return has_item(c, s);
    default:
        return true;
    }
}

/* --- all of it --- */

enum course_verdict
course_check(const struct course *c, const struct course_said *said)
{
    const struct statement *s = said->s;
    const struct act_rule *r = act_rule(s->what);
    uint8_t name = course_name(c, said->partner);

    if (r->name == NULL || (r->from >> c->phase & 1) == 0)
        return COURSE_PHASE;
    if (said->partner.n == 0 || said->partner.n > LIMIT_NAME)
        return COURSE_ROLE;
    if (!may_state(c, r, said, name))
        return COURSE_ROLE;
    if (!term_fits(said, r))
        return COURSE_TERM;
    enum course_verdict v = check_case(c, said, name);
    if (v != COURSE_OK)
        return v;
    uint8_t at = r->all && course_counts(c, said) ? course_proposal_at(c, s)
                                                  : COURSE_PROPOSALS;
    if (at != COURSE_PROPOSALS &&
        memchr(c->proposal[at].by, name, c->proposal[at].by_n) != NULL)
        return COURSE_TWICE;
    return has_room(c, said, name) ? COURSE_OK : COURSE_FULL;
}
