/* SPDX-License-Identifier: EUPL-1.2 */
#include "coursemodel.h"

struct model model;
struct coursetest model_course;
const char *const model_names[MODEL_WHO] = {"burgemeester", "politie", "om",
    "fiod", "gemeente", "zorg", "raad", "loket"};

void
model_begin(void)
{
    coursetest_begin(&model_course);
    model = (struct model){.holder = -1, .to = -1, .asker = -1};
    for (int i = 0; i < MODEL_CARDS; i++)
        model.guest[i].desk = -1;
}

bool
model_in(unsigned set, int who)
{
    return who >= 0 && (set >> who & 1) != 0;
}

static bool
is_case(void)
{
    return model.phase >= ACT_PHASE_CASE && model.phase <= ACT_PHASE_EXECUTED;
}

/* --- what the model takes ------------------------------------------------- */

static bool
phase_has(enum act act)
{
    return (act_rule(act)->from >> model.phase & 1) != 0;
}

static bool
has_role(const struct model_said *s)
{
    unsigned by = act_rule(s->act)->by;

    return (by & (ACT_BY_PARTY | ACT_BY_ANYONE)) != 0 ||
           ((by & ACT_BY_WEIGHER) != 0 && model_in(model.weighers, s->who)) ||
           ((by & ACT_BY_HOLDER) != 0 && s->who == model.holder) ||
           ((by & ACT_BY_MEMBER) != 0 && model_in(model.members, s->who));
}

static bool
is_same(const struct model_wait *w, const struct model_said *s, bool all)
{
    return w->act == s->act && w->partner == s->partner && w->card == s->card &&
           (!all || (w->code == s->code && w->until == s->until));
}

static bool
has_stated(const struct model_said *s)
{
    for (int i = 0; i < model.waits; i++) {
        if (is_same(&model.wait[i], s, true) &&
            model_in(model.wait[i].by, s->who))
            return true;
    }
    return false;
}

static bool
is_admitted(int card)
{
    return model.guest[card].desk >= 0 &&
           model_course.now < model.guest[card].until;
}

bool
model_takes(const struct model_said *s)
{
    if (!phase_has(s->act) || !has_role(s) ||
        (s->until != 0 && s->until <= model_course.now) ||
        (act_rule(s->act)->all && has_stated(s)))
        return false;
    switch ((unsigned)s->act) {
    case ACT_ASSIGN:
        return s->partner != model.holder &&
               (!is_case() || model_in(model.members, s->partner));
    case ACT_LAPSE:
        return model_course.now >= model.vote_by;
    case ACT_VOTE:
        return !model_in(model.yes | model.no, s->who);
    case ACT_DESIGNATE:
        return !model_in(model.members, s->partner);
    case ACT_RELIEVE:
        return model_in(model.members, s->partner) &&
               s->partner != model.holder;
    case ACT_RESHARE:
        return model_in(model.members, s->partner);
    case ACT_LEAVE:
        return s->who != model.holder;
    case ACT_ADMIT:
        return !is_admitted(s->card);
    case ACT_DISMISS:
        return model.guest[s->card].desk >= 0;
    case ACT_HAND:
        return is_admitted(s->card) && model.guest[s->card].desk == s->who;
    case ACT_REVOKE:
        return model.consent[s->who] != 0;
    case ACT_LIFT:
        return model_in(model.embargo | model.refused, s->who);
    case ACT_AGREE:
        return model.to >= 0;
    case ACT_VETO:
        return model.to >= 0 && !model.veto[s->card];
    case ACT_ANSWER:
        return model.asker >= 0 &&
               (s->who == model.asker || s->who == model.holder ||
                   model_in(model.weighers, s->who));
    default:
        return true;
    }
}

/* --- what comes of it ------------------------------------------------------
 */

static void
link_to(int who)
{
    model.links |= 1U << who;
    model.gone &= ~(1U << who);
}

static void
settle(bool cards, int what)
{
    int kept = 0;

    for (int i = 0; i < model.waits; i++) {
        const struct model_wait *w = &model.wait[i];
        bool is_card = w->act == ACT_ADMIT;
        bool is_member = w->act == ACT_DESIGNATE || w->act == ACT_RELIEVE;
        if (cards ? is_card && w->card == what
                  : is_member && w->partner == what)
            continue;
        model.wait[kept++] = *w;
    }
    model.waits = kept;
}

static void
end(enum act_phase phase)
{
    unsigned had = model.members;

    if (phase == ACT_PHASE_REJECTED)
        had |= model.yes | model.no;
    model.phase = phase;
    model.waits = 0;
    model.to = -1;
    for (int i = 0; i < MODEL_WHO; i++) {
        if (model_in(had, i) || i == model.holder)
            link_to(i);
    }
}

static void
enter(int who)
{
    if (model_in(model.members, who))
        return;
    model.members |= 1U << who;
    model.agreed &= ~(1U << who);
    link_to(who);
    settle(false, who);
}

static void
go(int who)
{
    model.members &= ~(1U << who);
    settle(false, who);
}

/* True: all have stated it now. */
static bool
all_have(const struct model_said *s)
{
    int kept = 0, at = -1;

    for (int i = 0; i < model.waits; i++) {
        struct model_wait w = model.wait[i];
        bool same = is_same(&w, s, true);
        if (is_same(&w, s, false) && !same)
            w.by &= ~(1U << s->who);
        if (w.by == 0 || (w.until != 0 && w.until <= model_course.now))
            continue;
        if (same)
            at = kept;
        model.wait[kept++] = w;
    }
    model.waits = kept;
    if (at < 0) {
        at = model.waits++;
        assert_true(at < MODEL_WAITS);
        model.wait[at] = (struct model_wait){
            s->act, s->partner, s->card, s->code, 0, s->until};
    }
    model.wait[at].by |= 1U << s->who;
    if (model.wait[at].by != model.weighers)
        return false;
    model.wait[at] = model.wait[--model.waits];
    return true;
}

static void
vote(const struct model_said *s)
{
    *(s->code == 1 ? &model.yes : &model.no) |= 1U << s->who;
    link_to(s->who);
    if ((model.yes | model.no) != model.weighers)
        return;
    if (model.no != 0) {
        end(ACT_PHASE_REJECTED);
        return;
    }
    model.phase = ACT_PHASE_CASE;
    for (int i = 0; i < MODEL_WHO; i++) {
        if (model_in(model.yes, i) || i == model.holder)
            enter(i);
    }
}

static void
move(const struct model_said *s)
{
    static const enum act_phase to[ACT_MAX + 1] = {
        [ACT_REPORT] = ACT_PHASE_REPORTED,
        [ACT_BRING] = ACT_PHASE_BROUGHT,
        [ACT_WEIGH] = ACT_PHASE_WEIGHED,
        [ACT_INFORM] = ACT_PHASE_KNOWN,
        [ACT_ENRICH] = ACT_PHASE_ENRICHED,
        [ACT_CONFER] = ACT_PHASE_CONFERRED,
        [ACT_PLAN] = ACT_PHASE_PLANNED,
        [ACT_EXECUTE] = ACT_PHASE_EXECUTED,
    };

    if (to[s->act] != ACT_PHASE_NONE)
        model.phase = to[s->act];
    if ((s->act == ACT_REPORT || s->act == ACT_BRING) && model.holder < 0) {
        model.holder = s->who;
        link_to(s->who);
    }
}

static void
take_more(const struct model_said *s)
{
    switch ((unsigned)s->act) {
    case ACT_CONSENT:
        model.consent[s->who] = s->until;
        break;
    case ACT_REVOKE:
        model.consent[s->who] = 0;
        break;
    case ACT_EMBARGO:
        model.embargo |= 1U << s->who;
        break;
    case ACT_REFUSE:
        model.refused |= 1U << s->who;
        break;
    case ACT_LIFT:
        model.embargo &= ~(1U << s->who);
        model.refused &= ~(1U << s->who);
        break;
    case ACT_RESTRICT:
        model.rule[s->card] = s->code;
        break;
    case ACT_VETO:
        model.veto[s->card] = true;
        break;
    case ACT_TRANSFER:
        model.to = s->partner;
        model.agreed = 0;
        break;
    case ACT_AGREE:
        model.agreed |= 1U << s->who;
        break;
    case ACT_REQUEST:
        model.asker = model.asker >= 0 ? model.asker : s->who;
        break;
    case ACT_ANSWER:
        model.asker = -1;
        break;
    case ACT_DESTROYED:
        if (model_in(model.links, s->who))
            model.gone |= 1U << s->who;
        if (model.links == model.gone && model_in(model.links, s->who) &&
            (model.phase == ACT_PHASE_CLOSED ||
                model.phase == ACT_PHASE_REJECTED))
            model.phase = ACT_PHASE_DESTROYED;
        break;
    default:
        break;
    }
}

void
model_take(const struct model_said *s)
{
    if (act_rule(s->act)->all && !all_have(s))
        return;
    move(s);
    switch ((unsigned)s->act) {
    case ACT_ASSIGN:
        model.holder = s->partner;
        link_to(s->partner);
        break;
    case ACT_WEIGH:
        model.vote_by = s->until;
        break;
    case ACT_LAPSE:
        model.lapsed = true;
        end(ACT_PHASE_REJECTED);
        break;
    case ACT_DROP:
        end(ACT_PHASE_REJECTED);
        break;
    case ACT_CLOSE:
        end(ACT_PHASE_CLOSED);
        break;
    case ACT_VOTE:
        vote(s);
        break;
    case ACT_DESIGNATE:
        enter(s->partner);
        break;
    case ACT_RELIEVE:
        go(s->partner);
        break;
    case ACT_LEAVE:
        go(s->who);
        break;
    case ACT_ADMIT:
        model.guest[s->card].desk = s->partner;
        model.guest[s->card].until = s->until;
        link_to(s->partner);
        settle(true, s->card);
        break;
    case ACT_DISMISS:
        model.guest[s->card].desk = -1;
        settle(true, s->card);
        break;
    default:
        take_more(s);
        break;
    }
}

/* --- both say the same ------------------------------------------------------
 */

static void
compare_names(void)
{
    for (int i = 0; i < MODEL_WHO; i++) {
        struct slice name = slice_str(model_names[i]);
        bool consent = false;
        for (int k = 0; k < MODEL_WHO; k++)
            consent =
                consent || (k != i && model_course.now < model.consent[k]);
        assert_int_equal(course_is_member(&model_course.c, name),
            is_case() && model_in(model.members, i));
        assert_int_equal(
            course_is_holder(&model_course.c, name), i == model.holder);
        assert_int_equal(course_takes_part(&model_course.c, name),
            i == model.holder ||
                model_in(model.members | model.yes | model.no, i));
        assert_int_equal(
            course_has_consent(&model_course.c, name, model_course.now),
            consent);
        assert_int_equal(course_is_agreed(&model_course.c, name),
            i == model.to && model.members != 0 &&
                (model.members & ~model.agreed) == 0);
        assert_int_equal(course_is_destroyed_by(&model_course.c, name),
            model_in(model.gone, i));
    }
}

void
model_compare(void)
{
    uint8_t id[32];

    assert_int_equal(model_course.c.phase, model.phase);
    assert_int_equal(course_is_case(&model_course.c), is_case());
    assert_int_equal(course_has_embargo(&model_course.c), model.embargo != 0);
    assert_int_equal(course_is_unanimous(&model_course.c),
        model.yes != 0 && model.no == 0 && !model.lapsed &&
            model.phase > ACT_PHASE_WEIGHED);
    assert_int_equal(model_course.c.proposals_n, model.waits);
    assert_int_equal(model_course.c.requested != 0, model.asker >= 0);
    compare_names();
    for (int i = 0; i < MODEL_ITEMS; i++) {
        memset(id, i + 1, sizeof id);
        assert_int_equal(
            course_restriction(&model_course.c, id), model.rule[i]);
        assert_int_equal(course_is_vetoed(&model_course.c, id), model.veto[i]);
    }
    for (int i = 0; i < MODEL_CARDS; i++) {
        memset(id, i + 1, sizeof id);
        for (int k = 0; k < MODEL_WHO; k++)
            assert_int_equal(
                course_is_admitted(&model_course.c, slice_str(model_names[k]),
                    id, model_course.now),
                is_case() && is_admitted(i) && model.guest[i].desk == k);
    }
}

void
model_begin_again(const struct model_said *s, uint8_t *under)
{
    if ((!act_rule(s->act)->all && s->act != ACT_VOTE) ||
        *under == model_course.agreement)
        return;
    *under = model_course.agreement;
    model.waits = 0;
    if (model.phase == ACT_PHASE_WEIGHED)
        model.yes = model.no = 0;
}
