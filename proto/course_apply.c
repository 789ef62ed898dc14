/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a statement that may be made amounts to. There is room for all of it:
 * course_check() saw to that. */
#include "course_impl.h"

#include <string.h>

/* --- what check and this must say alike --- */

bool
course_keeps_name(enum act act)
{
    switch ((unsigned)act) {
    case ACT_REPORT:
    case ACT_BRING:
    case ACT_VOTE:
    case ACT_CONSENT:
    case ACT_REFUSE:
    case ACT_EMBARGO:
    case ACT_RESTRICT:
    case ACT_VETO:
    case ACT_REQUEST:
        return true;
    default:
        return act_rule(act)->all;
    }
}

uint8_t
course_guest_place(const struct course *c, const struct course_said *said)
{
    int64_t now = (int64_t)(said->time / COURSE_MS);
    uint8_t at = course_guest_at(c, said->s->ref);

    if (at != COURSE_GUESTS || c->guests_n < COURSE_GUESTS)
        return at != COURSE_GUESTS ? at : c->guests_n;
    /* full: in the place of one that ended */
    for (uint8_t i = 0; i < c->guests_n; i++) {
        if (c->guest[i].dismissed != 0 || c->guest[i].until <= now)
            return i;
    }
    return COURSE_GUESTS;
}

/* --- who --- */

uint8_t
course_name_in(struct course *c, struct slice name)
{
    uint8_t n = course_name(c, name);

    if (n != COURSE_NAMES || name.n == 0 || name.n > LIMIT_NAME ||
        c->names_n == COURSE_NAMES)
        return n;
    memcpy(c->name[c->names_n], name.p, name.n);
    return c->names_n++;
}

static bool
bit(const uint64_t set[2], uint8_t n)
{
    return (set[n / 64] >> n % 64 & 1) != 0;
}

/* NAME has a link to the case from here on. */
static void
take_part(struct course *c, uint8_t name)
{
    c->part[name / 64] |= UINT64_C(1) << name % 64;
    c->destroyed[name / 64] &= ~(UINT64_C(1) << name % 64);
}

static void
join(struct course *c, uint8_t name, uint8_t role, uint64_t index)
{
    if (course_member_at(c, name) != COURSE_MEMBERS)
        return;
    c->agreed &= ~(UINT64_C(1) << c->members_n);
    c->member[c->members_n++] =
        (struct course_member){.name = name, .role = role, .from = index};
    take_part(c, name);
}

static void
leave(struct course *c, uint8_t name, uint64_t index)
{
    c->member[course_member_at(c, name)].until = index;
    course_settle(c, name, NULL);
}

static void
hold(struct course *c, uint8_t name)
{
    c->holder = name;
    take_part(c, name);
}

/* The end of a case: nothing waits any more. Who had a part in it until now has
 * something to destroy, whatever it stated before. */
static void
over(struct course *c, const struct course_said *said, enum act_phase phase)
{
    c->phase = phase;
    c->closed = said->index;
    c->proposals_n = 0;
    c->review_by = 0;
    c->transfer = 0;
    for (uint8_t n = 0; n < c->names_n; n++) {
        bool voted = phase == ACT_PHASE_REJECTED && course_has_voted(c, n);
        if (voted || n == c->holder || course_member_at(c, n) != COURSE_MEMBERS)
            take_part(c, n);
    }
}

static void
reject(struct course *c, const struct course_said *said)
{
    over(c, said, ACT_PHASE_REJECTED);
    c->destroy_by = (int64_t)(said->time / COURSE_MS); /* at once */
}

/* --- what comes of it --- */

static void
vote(struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;
    bool yes = true;

    take_part(c, name);
    c->vote[c->votes_n++] = (struct course_vote){
        .name = name, .yes = s->code == 1, .index = said->index};
    if (c->votes_n < said->of)
        return;
    for (uint8_t i = 0; i < c->votes_n; i++)
        yes = yes && c->vote[i].yes;
    if (!yes) {
        reject(c, said);
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
    uint8_t at = course_term_at(c, name, s->what, s->about);

    if (at == COURSE_TERMS)
        at = c->terms_n++;
    c->term[at] = (struct course_term){.act = s->what,
        .name = name,
        .code = (uint8_t)s->code,
        .until = s->until,
        .about = s->about,
        .index = said->index};
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

/* One of each act and signal: the last word. */
static void
put_item(struct course *c, const struct statement *s, uint8_t name)
{
    uint16_t at = course_item_at(c, s->ref, s->what);

    if (at == COURSE_ITEMS)
        at = c->items_n++;
    c->item[at] = (struct course_item){
        .act = s->what, .by = name, .code = (uint8_t)s->code};
    memcpy(c->item[at].signal, s->ref, sizeof c->item[at].signal);
}

static void
transfer(struct course *c, const struct course_said *said)
{
    c->transfer_to = course_name_in(c, said->s->partner);
    c->transfer_by = said->s->until;
    c->transfer = said->index;
    c->agreed = 0;
}

static void
dismiss(struct course *c, const struct course_said *said)
{
    c->guest[course_guest_at(c, said->s->ref)].dismissed = said->index;
    course_settle(c, COURSE_NAMES, said->s->ref);
}

static void
admit(struct course *c, const struct course_said *said)
{
    const struct statement *s = said->s;
    uint8_t at = course_guest_place(c, said);

    c->guest[at] = (struct course_guest){.desk = course_name_in(c, s->partner),
        .code = (uint8_t)s->code,
        .until = s->until,
        .from = said->index};
    memcpy(c->guest[at].card, s->ref, sizeof c->guest[at].card);
    if (at == c->guests_n)
        c->guests_n++;
    take_part(c, c->guest[at].desk);
    course_settle(c, COURSE_NAMES, s->ref);
}

static void
destroyed(struct course *c, uint8_t name)
{
    /* who has no part in it has nothing that the course knows of */
    if (name == COURSE_NAMES || !bit(c->part, name))
        return;
    c->destroyed[name / 64] |= UINT64_C(1) << name % 64;
    if ((c->phase == ACT_PHASE_CLOSED || c->phase == ACT_PHASE_REJECTED) &&
        c->part[0] == c->destroyed[0] && c->part[1] == c->destroyed[1])
        c->phase = ACT_PHASE_DESTROYED;
}

/* By the broker's clock: nobody puts a review off by its own. */
static void
review(struct course *c, const struct course_said *said)
{
    int64_t latest = (int64_t)(said->time / COURSE_MS) +
                     (int64_t)c->rhythm * (int64_t)COURSE_DAY;

    if (said->s->what == ACT_REVIEW)
        c->review_by = said->s->until;
    if (c->rhythm != 0 && (c->review_by == 0 || latest < c->review_by))
        c->review_by = latest;
}

/* While one is open, the first date stands. */
static void
request(struct course *c, const struct statement *s, uint8_t name)
{
    if (c->requested == 0)
        c->requested_by = name;
    if (c->requested == 0 || s->until < c->requested)
        c->requested = s->until;
}

/* What takes effect at once and concerns who takes part; false: it is not such
 * an act. */
static bool
take_part_effect(struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;

    switch ((unsigned)s->what) {
    case ACT_REPORT:
    case ACT_BRING:
        if (c->holder == COURSE_NAMES)
            hold(c, name);
        return true;
    case ACT_ASSIGN:
        hold(c, course_name_in(c, s->partner));
        return true;
    case ACT_DESIGNATE:
        join(c, course_name_in(c, s->partner), (uint8_t)s->code, said->index);
        return true;
    case ACT_RELIEVE:
        leave(c, course_name(c, s->partner), said->index);
        return true;
    case ACT_LEAVE:
        leave(c, name, said->index);
        return true;
    case ACT_ADMIT:
        admit(c, said);
        return true;
    case ACT_DISMISS:
        dismiss(c, said);
        return true;
    default:
        return false;
    }
}

/* The same of how the case goes on. */
static bool
case_effect(struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;

    switch ((unsigned)s->what) {
    case ACT_DESTROYED:
        destroyed(c, name);
        return true;
    case ACT_LAPSE:
        c->lapsed = true;
        reject(c, said);
        return true;
    case ACT_DROP:
        reject(c, said);
        return true;
    case ACT_WEIGH:
        c->vote_by = s->until;
        return true;
    case ACT_VOTE:
        vote(c, said, name);
        return true;
    case ACT_REVIEW:
        review(c, said);
        return true;
    case ACT_RHYTHM:
        c->rhythm = (uint16_t)s->code;
        review(c, said);
        return true;
    case ACT_CLOSE:
        over(c, said, ACT_PHASE_CLOSED);
        c->destroy_by = s->until;
        c->close_code = (uint8_t)s->code;
        return true;
    default:
        return false;
    }
}

/* What takes effect: what one states, or what all have stated. */
static void
take_effect(struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;

    if (take_part_effect(c, said, name) || case_effect(c, said, name))
        return;
    switch ((unsigned)s->what) {
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
        c->agreed |= UINT64_C(1) << course_member_at(c, name);
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
        request(c, s, name);
        break;
    case ACT_ANSWER:
        c->requested = 0;
        c->requested_by = COURSE_NAMES;
        break;
    default:
        break;
    }
}

enum course_verdict
course_apply(struct course *c, const struct course_said *said)
{
    enum act what = said->s->what;
    const struct act_rule *r = act_rule(what);
    enum course_verdict v = course_check(c, said);

    if (v != COURSE_OK)
        return v;
    uint8_t name = course_keeps_name(what) ? course_name_in(c, said->partner)
                                           : course_name(c, said->partner);
    c->last = said->index;
    c->acts++;
    if (r->all || what == ACT_VOTE)
        course_begin_again(c, said);
    if (r->all && !course_propose(c, said, name))
        return COURSE_OK;
    if (r->effect == ACT_EFFECT_MOVE)
        c->phase = r->to;
    take_effect(c, said, name);
    return COURSE_OK;
}
