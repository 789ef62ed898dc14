/* SPDX-License-Identifier: EUPL-1.2
 *
 * Random walks: whatever is stated in whatever order, the course says what a
 * plain model of the same rules says. The model knows sets of names, no ledger
 * and no limits; it was written from the law, not from course.c. */
#include <stdlib.h>

#include "coursetest.h"

enum { BURG, POL, OM, FIOD, GEM, ZORG, RAAD, LOKET, WHO };
enum { ITEMS = 3, CARDS = 3, WAITS = 64, DAY = COURSETEST_DAY };
static const char *const names[WHO] = {"burgemeester", "politie", "om", "fiod",
    "gemeente", "zorg", "raad", "loket"};

struct wait { /* what some have stated */
    enum act act;
    int partner, card;
    unsigned code, by; /* by: bits of who */
    int64_t until;
};
struct model {
    enum act_phase phase;
    unsigned weighers; /* bits of who, as all below */
    int holder;
    unsigned yes, no, members, agreed, links, gone;
    int64_t consent[WHO];
    unsigned embargo, refused;
    unsigned rule[ITEMS];
    bool veto[ITEMS];
    int to; /* of a transfer; -1: none */
    struct {
        int desk; /* -1: not admitted */
        int64_t until;
    } guest[CARDS];
    int asker; /* of a request; -1: none open */
    struct wait wait[WAITS];
    int waits;
};

static struct coursetest t;
static struct model m;
static uint64_t seed;

static unsigned
below(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % n;
}

static bool
in(unsigned set, int who)
{
    return who >= 0 && (set >> who & 1) != 0;
}

static bool
is_case(void)
{
    return m.phase >= ACT_PHASE_CASE && m.phase <= ACT_PHASE_EXECUTED;
}

/* --- what the model takes ------------------------------------------------- */

struct said {
    enum act act;
    int who, partner, card; /* card: or item */
    unsigned code;
    int64_t until;
};

static bool
phase_has(enum act act)
{
    return (act_rule(act)->from >> m.phase & 1) != 0;
}

static bool
has_role(const struct said *s)
{
    unsigned by = act_rule(s->act)->by;

    return (by & (ACT_BY_PARTY | ACT_BY_ANYONE)) != 0 ||
           ((by & ACT_BY_WEIGHER) != 0 && in(m.weighers, s->who)) ||
           ((by & ACT_BY_HOLDER) != 0 && s->who == m.holder) ||
           ((by & ACT_BY_MEMBER) != 0 && in(m.members, s->who));
}

static bool
is_same(const struct wait *w, const struct said *s, bool all)
{
    return w->act == s->act && w->partner == s->partner && w->card == s->card &&
           (!all || (w->code == s->code && w->until == s->until));
}

static bool
has_stated(const struct said *s)
{
    for (int i = 0; i < m.waits; i++) {
        if (is_same(&m.wait[i], s, true) && in(m.wait[i].by, s->who))
            return true;
    }
    return false;
}

static bool
is_admitted(int card)
{
    return m.guest[card].desk >= 0 && t.now < m.guest[card].until;
}

static bool
takes(const struct said *s)
{
    if (!phase_has(s->act) || !has_role(s) ||
        (s->until != 0 && s->until <= t.now) ||
        (act_rule(s->act)->all && has_stated(s)))
        return false;
    switch ((unsigned)s->act) {
    case ACT_ASSIGN:
        return s->partner != m.holder &&
               (!is_case() || in(m.members, s->partner));
    case ACT_VOTE:
        return !in(m.yes | m.no, s->who);
    case ACT_DESIGNATE:
        return !in(m.members, s->partner);
    case ACT_RELIEVE:
        return in(m.members, s->partner) && s->partner != m.holder;
    case ACT_RESHARE:
        return in(m.members, s->partner);
    case ACT_LEAVE:
        return s->who != m.holder;
    case ACT_ADMIT:
        return !is_admitted(s->card);
    case ACT_DISMISS:
        return m.guest[s->card].desk >= 0;
    case ACT_HAND:
        return is_admitted(s->card) && m.guest[s->card].desk == s->who;
    case ACT_REVOKE:
        return m.consent[s->who] != 0;
    case ACT_LIFT:
        return in(m.embargo | m.refused, s->who);
    case ACT_AGREE:
        return m.to >= 0;
    case ACT_VETO:
        return m.to >= 0 && !m.veto[s->card];
    case ACT_ANSWER:
        return m.asker >= 0 && (s->who == m.asker || s->who == m.holder ||
                                   in(m.weighers, s->who));
    default:
        return true;
    }
}

/* --- what comes of it ------------------------------------------------------
 */

static void
link_to(int who)
{
    m.links |= 1U << who;
    m.gone &= ~(1U << who);
}

static void
settle(bool cards, int what)
{
    int kept = 0;

    for (int i = 0; i < m.waits; i++) {
        const struct wait *w = &m.wait[i];
        bool is_card = w->act == ACT_ADMIT;
        bool is_member = w->act == ACT_DESIGNATE || w->act == ACT_RELIEVE;
        if (cards ? is_card && w->card == what
                  : is_member && w->partner == what)
            continue;
        m.wait[kept++] = *w;
    }
    m.waits = kept;
}

static void
end(enum act_phase phase)
{
    unsigned had = m.members;

    if (phase == ACT_PHASE_REJECTED)
        had |= m.yes | m.no;
    m.phase = phase;
    m.waits = 0;
    m.to = -1;
    for (int i = 0; i < WHO; i++) {
        if (in(had, i) || i == m.holder)
            link_to(i);
    }
}

static void
enter(int who)
{
    if (in(m.members, who))
        return;
    m.members |= 1U << who;
    m.agreed &= ~(1U << who);
    link_to(who);
    settle(false, who);
}

static void
go(int who)
{
    m.members &= ~(1U << who);
    settle(false, who);
}

/* True: all have stated it now. */
static bool
all_have(const struct said *s)
{
    int kept = 0, at = -1;

    for (int i = 0; i < m.waits; i++) {
        struct wait w = m.wait[i];
        bool same = is_same(&w, s, true);
        if (is_same(&w, s, false) && !same)
            w.by &= ~(1U << s->who);
        if (w.by == 0 || (w.until != 0 && w.until <= t.now))
            continue;
        if (same)
            at = kept;
        m.wait[kept++] = w;
    }
    m.waits = kept;
    if (at < 0) {
        at = m.waits++;
        assert_true(at < WAITS);
        m.wait[at] =
            (struct wait){s->act, s->partner, s->card, s->code, 0, s->until};
    }
    m.wait[at].by |= 1U << s->who;
    if (m.wait[at].by != m.weighers)
        return false;
    m.wait[at] = m.wait[--m.waits];
    return true;
}

static void
vote(const struct said *s)
{
    *(s->code == 1 ? &m.yes : &m.no) |= 1U << s->who;
    link_to(s->who);
    if ((m.yes | m.no) != m.weighers)
        return;
    if (m.no != 0) {
        end(ACT_PHASE_REJECTED);
        return;
    }
    m.phase = ACT_PHASE_CASE;
    for (int i = 0; i < WHO; i++) {
        if (in(m.yes, i) || i == m.holder)
            enter(i);
    }
}

static void
move(const struct said *s)
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
        m.phase = to[s->act];
    if ((s->act == ACT_REPORT || s->act == ACT_BRING) && m.holder < 0) {
        m.holder = s->who;
        link_to(s->who);
    }
}

static void
take_more(const struct said *s)
{
    switch ((unsigned)s->act) {
    case ACT_CONSENT:
        m.consent[s->who] = s->until;
        break;
    case ACT_REVOKE:
        m.consent[s->who] = 0;
        break;
    case ACT_EMBARGO:
        m.embargo |= 1U << s->who;
        break;
    case ACT_REFUSE:
        m.refused |= 1U << s->who;
        break;
    case ACT_LIFT:
        m.embargo &= ~(1U << s->who);
        m.refused &= ~(1U << s->who);
        break;
    case ACT_RESTRICT:
        m.rule[s->card] = s->code;
        break;
    case ACT_VETO:
        m.veto[s->card] = true;
        break;
    case ACT_TRANSFER:
        m.to = s->partner;
        m.agreed = 0;
        break;
    case ACT_AGREE:
        m.agreed |= 1U << s->who;
        break;
    case ACT_REQUEST:
        m.asker = m.asker >= 0 ? m.asker : s->who;
        break;
    case ACT_ANSWER:
        m.asker = -1;
        break;
    case ACT_DESTROYED:
        if (in(m.links, s->who))
            m.gone |= 1U << s->who;
        if (m.links == m.gone && in(m.links, s->who) &&
            (m.phase == ACT_PHASE_CLOSED || m.phase == ACT_PHASE_REJECTED))
            m.phase = ACT_PHASE_DESTROYED;
        break;
    default:
        break;
    }
}

static void
take(const struct said *s)
{
    if (act_rule(s->act)->all && !all_have(s))
        return;
    move(s);
    switch ((unsigned)s->act) {
    case ACT_ASSIGN:
        m.holder = s->partner;
        link_to(s->partner);
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
        m.guest[s->card].desk = s->partner;
        m.guest[s->card].until = s->until;
        link_to(s->partner);
        settle(true, s->card);
        break;
    case ACT_DISMISS:
        m.guest[s->card].desk = -1;
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
    for (int i = 0; i < WHO; i++) {
        struct slice name = slice_str(names[i]);
        bool consent = false;
        for (int k = 0; k < WHO; k++)
            consent = consent || (k != i && t.now < m.consent[k]);
        assert_int_equal(
            course_is_member(&t.c, name), is_case() && in(m.members, i));
        assert_int_equal(course_is_holder(&t.c, name), i == m.holder);
        assert_int_equal(course_takes_part(&t.c, name),
            i == m.holder || in(m.members | m.yes | m.no, i));
        assert_int_equal(course_has_consent(&t.c, name, t.now), consent);
        assert_int_equal(course_is_agreed(&t.c, name),
            i == m.to && m.members != 0 && (m.members & ~m.agreed) == 0);
        assert_int_equal(course_is_destroyed_by(&t.c, name), in(m.gone, i));
    }
}

static void
compare(void)
{
    uint8_t id[32];

    assert_int_equal(t.c.phase, m.phase);
    assert_int_equal(course_is_case(&t.c), is_case());
    assert_int_equal(course_has_embargo(&t.c), m.embargo != 0);
    assert_int_equal(course_is_unanimous(&t.c),
        m.yes != 0 && m.no == 0 && m.phase > ACT_PHASE_WEIGHED);
    assert_int_equal(t.c.proposals_n, m.waits);
    assert_int_equal(t.c.requested != 0, m.asker >= 0);
    compare_names();
    for (int i = 0; i < ITEMS; i++) {
        memset(id, i + 1, sizeof id);
        assert_int_equal(course_restriction(&t.c, id), m.rule[i]);
        assert_int_equal(course_is_vetoed(&t.c, id), m.veto[i]);
    }
    for (int i = 0; i < CARDS; i++) {
        memset(id, i + 1, sizeof id);
        for (int k = 0; k < WHO; k++)
            assert_int_equal(
                course_is_admitted(&t.c, slice_str(names[k]), id, t.now),
                is_case() && is_admitted(i) && m.guest[i].desk == k);
    }
}

/* --- walking ----------------------------------------------------------------
 */

/* What is likely to lead on is likely to be said. */
static enum act
any_act(void)
{
    static const enum act often[] = {ACT_BRING, ACT_WEIGH, ACT_VOTE, ACT_VOTE,
        ACT_VOTE, ACT_DESIGNATE, ACT_DESIGNATE, ACT_RELIEVE, ACT_ADMIT,
        ACT_ADMIT, ACT_TRANSFER, ACT_AGREE, ACT_AGREE, ACT_HAND, ACT_CLOSE,
        ACT_DESTROYED};
    enum act act;

    if (below(3) != 0)
        return often[below(sizeof often / sizeof *often)];
    do
        act = (enum act)below(ACT_MAX + 1);
    while (act_rule(act)->name == NULL ||
           ((act == ACT_CLOSE || act == ACT_DROP) && below(3) != 0));
    return act;
}

static struct said
any(void)
{
    enum act act = any_act();
    unsigned has = act_rule(act)->has;
    bool items = (has & (ACT_HAS_REF | ACT_MAY_HAVE_REF)) != 0;

    return (struct said){.act = act,
        .who = (int)below(WHO),
        .partner = (has & ACT_HAS_PARTNER) != 0 ? (int)below(WHO) : -1,
        .card = items ? (int)below(ITEMS) : -1,
        .code = act_rule(act)->codes == 0 ? 0
                : act == ACT_VOTE         ? 1 + (below(8) == 0)
                                          : 1 + below(2),
        .until = (has & ACT_HAS_UNTIL) != 0
                     ? (t.now / DAY + 1 + (int)below(3)) * DAY
                     : 0};
}

/* Or what was said last, by another. */
static struct said
any_or_again(const struct said *last)
{
    struct said s = *last;

    if (last->act == ACT_NONE || below(2) == 0)
        return any();
    s.who = (int)below(WHO);
    return s;
}

static enum course_verdict
put(const struct said *s)
{
    const struct coursetest_say say = {
        .partner = s->partner >= 0 ? names[s->partner] : NULL,
        .ref = (uint8_t)(s->card + 1),
        .code = s->code};
    struct statement said = coursetest_statement(&t, s->act, &say);

    said.until = s->until;
    return coursetest_put(&t, names[s->who], &said, false);
}

static void
other_agreement(void)
{
    static const unsigned sets[] = {1U << BURG | 1U << POL | 1U << OM,
        1U << BURG | 1U << FIOD | 1U << OM, 1U << OM, 1U << POL | 1U << OM};
    unsigned n = 0;

    m.weighers = sets[below(4)];
    for (int i = 0; i < WHO; i++) {
        if (in(m.weighers, i))
            t.weighers[n++] = names[i];
    }
    t.weighers[n] = NULL;
    t.agreement++;
}

/* What was stated together under the one before. */
static void
begin_again(const struct said *s, uint8_t *under)
{
    if ((!act_rule(s->act)->all && s->act != ACT_VOTE) || *under == t.agreement)
        return;
    *under = t.agreement;
    m.waits = 0;
    if (m.phase == ACT_PHASE_WEIGHED)
        m.yes = m.no = 0;
}

static void
walk(unsigned steps)
{
    struct said s = {.act = ACT_NONE};
    uint8_t under = 0;

    coursetest_begin(&t);
    m = (struct model){.holder = -1, .to = -1, .asker = -1};
    for (int i = 0; i < CARDS; i++)
        m.guest[i].desk = -1;
    other_agreement();
    while (steps-- > 0) {
        s = any_or_again(&s);
        struct model before = m;
        uint8_t under_before = under;
        if (below(40) == 0)
            other_agreement();
        before.weighers = m.weighers;
        t.now += below(DAY / 4);
        begin_again(&s, &under);
        bool taken = takes(&s);
        enum course_verdict v = put(&s);
        if (v == COURSE_FULL || (v != COURSE_OK) == taken) {
            if (v != COURSE_FULL || !taken)
                fail_msg("seed %llu: %s by %s in %s: %d",
                    (unsigned long long)seed, act_name(s.act), names[s.who],
                    act_phase_name(m.phase), v);
        }
        if (v == COURSE_OK) {
            take(&s);
        } else { /* refused: nothing began again */
            m = before;
            under = under_before;
        }
        compare();
    }
}

static void
the_course_says_what_the_model_says(void **state)
{
    unsigned ended = 0, cases = 0, destroyed = 0;
    const char *rounds = getenv("DRIEHOEK_WALKS");
    const unsigned n = rounds != NULL ? (unsigned)atoi(rounds) : 400;
    (void)state;
    for (unsigned i = 0; i < n; i++) {
        seed = i;
        walk(50 + below(400));
        ended += m.phase >= ACT_PHASE_CLOSED;
        destroyed += m.phase == ACT_PHASE_DESTROYED;
        cases += m.yes != 0 && m.no == 0;
    }
    if (rounds != NULL)
        print_message("%u walks: %u cases, %u ended, %u destroyed\n", n, cases,
            ended, destroyed);
    /* it went everywhere */
    assert_true(cases > n / 5);
    assert_true(ended > n / 50);
    assert_true(destroyed > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_course_says_what_the_model_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
