/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every act in every phase, by everybody, against a table that was typed by
 * hand from the law, not from act.c: what goes on, what is refused, and by
 * which words. */
#include "coursetest.h"

/* What comes of ACT in each phase, in this order: none, Melding, Aanmelding,
 * Weging, X afgewezen, Casus, Bekendheid, Verrijking, Overleg, Plan,
 * Uitvoering, S afgesloten, Z vernietigd. A letter: the phase after it; `-`:
 * not in this phase; `0`: in this phase, but there is nothing that it could be
 * about; `2`: it was stated already. */
#define PHASES ".MAWXCBVOPUSZ"
#define STAYS ".MAWXCBVOPUSZ"
struct step {
    enum act act;
    const char *to;
    const char *who;  /* may state it in every phase that has it */
    const char *role; /* who else may: Party, Weigher, Holder, Member, * all */
};
static const struct step steps[] = {
    /* {act,        ".MAWXCBVOPUSZ"  */
    {ACT_DESTROYED, STAYS, "elsewhere", "*"},
    {ACT_HOLD, STAYS, "elsewhere", "*"},
    {ACT_RELEASE, STAYS, "elsewhere", "*"},
    {ACT_REPORT, "M------------", "school", "P"},
    {ACT_DROP, "-X-----------", "politie", "WH"},
    {ACT_BRING, "AA-----------", "school", "P"},
    {ACT_ASSIGN, "-MA--CBVOPU--", "politie", "WH"},
    {ACT_WEIGH, "--W----------", "politie", "WH"},
    {ACT_VOTE, "---C---------", "all", "W"},
    {ACT_LAPSE, "---X---------", "politie", "WH"},
    {ACT_INFORM, "-----B-------", "politie", "WH"},
    {ACT_ENRICH, "------V------", "politie", "WH"},
    {ACT_CONFER, "-------O-OO--", "politie", "WH"},
    {ACT_PLAN, "--------P----", "politie", "WH"},
    {ACT_EXECUTE, "---------U---", "politie", "WH"},
    {ACT_REVIEW, "-----CBVOPU--", "politie", "WH"},
    {ACT_RHYTHM, "-----CBVOPU--", "politie", "WH"},
    {ACT_CLOSE, "-----SSSSSS--", "all", "W"},
    {ACT_DESIGNATE, "-----CBVOPU--", "all", "W"},
    {ACT_RELIEVE, "-----CBVOPU--", "all", "W"},
    {ACT_LEAVE, "-----CBVOPU--", "reclassering", "M"},
    {ACT_RESHARE, "-----CBVOPU--", "politie", "WH"},
    {ACT_ADMIT, "-----CBVOPU--", "all", "W"},
    {ACT_DISMISS, "-0000CBVOPUSZ", "politie", "W"},
    {ACT_HAND, "-----CBVOPU--", "loket", ""},
    {ACT_CONSENT, ".MAW-CBVOPU--", "politie", "W"},
    {ACT_REVOKE, STAYS, "om", ""},
    {ACT_APPROVE, ".MAW-CBVOPU--", "school", "P"},
    {ACT_DECLINE, STAYS, "school", "P"},
    {ACT_REFUSE, ".MAW-CBVOPU--", "school", "P"},
    {ACT_EMBARGO, "-MAW-CBVOPU--", "politie", "W"},
    {ACT_LIFT, STAYS, "school", ""},
    {ACT_RESTRICT, STAYS, "school", "P"},
    {ACT_TRANSFER, "-----CBVOPU--", "politie", "WH"},
    {ACT_VETO, "-----CBVOPU--", "school", "P"},
    {ACT_AGREE, "-----CBVOPU--", "reclassering", "M"},
    {ACT_POSTPONE, "-MAWXCBVOPUSZ", "politie", "WH"},
    {ACT_TELL, "-MAWXCBVOPUSZ", "politie", "WH"},
    {ACT_REQUEST, STAYS, "school", "P"},
    {ACT_ANSWER, STAYS, "school", "WH"},
};
enum { STEPS = sizeof steps / sizeof steps[0], GUEST = 9, NEW = 8 };

/* With all that the acts can be about, as far as the phase has it: terms and a
 * request of the school and om, the probation service a member, a guest at the
 * desk, a transfer that was asked for. */
static void
world(struct coursetest *t, enum act_phase phase)
{
    coursetest_begin(t);
    STATE(t, "school", ACT_REFUSE, 0);
    STATE(t, "school", ACT_REQUEST, 0);
    STATE(t, "om", ACT_CONSENT, 0);
    if (phase < ACT_PHASE_CASE) {
        coursetest_to(t, phase);
        return;
    }
    coursetest_to(t, ACT_PHASE_CASE);
    STATE_ALL(t, ACT_DESIGNATE, .partner = "reclassering");
    STATE_ALL(t, ACT_ADMIT, .partner = "loket", .ref = GUEST);
    STATE(t, "gemeente", ACT_TRANSFER, .partner = "buurstad");
    static const enum act moves[] = {
        ACT_INFORM, ACT_ENRICH, ACT_CONFER, ACT_PLAN, ACT_EXECUTE};
    for (int i = 0; i < 5 && i < (int)phase - ACT_PHASE_CASE &&
                    phase <= ACT_PHASE_EXECUTED;
         i++)
        STATE(t, "gemeente", moves[i], 0);
    if (phase < ACT_PHASE_CLOSED)
        return;
    STATE_ALL(t, ACT_CLOSE, 0);
    if (phase < ACT_PHASE_DESTROYED)
        return;
    static const char *const part[] = {
        "burgemeester", "politie", "om", "gemeente", "reclassering", "loket"};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        assert_int_equal(t->c.phase, ACT_PHASE_CLOSED);
        STATE(t, part[i], ACT_DESTROYED, 0);
    }
}

static struct coursetest_say
say_of(enum act act)
{
    struct coursetest_say say = {.ref = NEW};

    if (act == ACT_DISMISS || act == ACT_HAND)
        say.ref = GUEST;
    if (act == ACT_DESIGNATE)
        say.partner = "raad";
    if (act == ACT_ADMIT)
        say.partner = "loket";
    if (act == ACT_TRANSFER)
        say.partner = "buurstad";
    return say;
}

/* To the date of the votes, where there is one. */
static void
wait_for_votes(struct coursetest *t)
{
    if (t->c.vote_by > t->now)
        t->now = t->c.vote_by;
}

static enum course_verdict
step(struct coursetest *t, const struct step *s)
{
    struct coursetest_say say = say_of(s->act);

    if (s->act == ACT_LAPSE)
        wait_for_votes(t);
    say.stranger = strcmp(s->who, "elsewhere") == 0;
    return strcmp(s->who, "all") == 0 ? coursetest_all(t, s->act, &say)
                                      : coursetest_try(t, s->who, s->act, &say);
}

static void
check_why(enum course_verdict v, enum act act, enum act_phase phase)
{
    char why[COURSE_WHY];

    course_why(why, v, act, phase);
    if (v == COURSE_OK) {
        assert_string_equal(why, "");
        return;
    }
    assert_non_null(strstr(why, act_name(act)));
    if (v == COURSE_PHASE) {
        assert_non_null(strstr(why, act_phase_name(phase)));
        assert_non_null(strstr(why, act_rule(act)->forbids));
    } else {
        assert_non_null(strstr(why, act_rule(act)->law));
    }
    /* none is cut off */
    assert_true(strlen(why) + 1 < COURSE_WHY);
}

static void
each_act_in_each_phase_goes_where_the_law_says(void **state)
{
    static struct coursetest from, t;
    static bool visited[ACT_PHASES][ACT_MAX + 1];
    (void)state;
    for (unsigned p = 0; p < ACT_PHASES; p++) {
        world(&from, (enum act_phase)p);
        assert_int_equal(from.c.phase, p);
        for (size_t i = 0; i < STEPS; i++) {
            const char expected = steps[i].to[p];
            t = from;
            enum course_verdict v = step(&t, &steps[i]);
            char got = v == COURSE_OK        ? PHASES[t.c.phase]
                       : v == COURSE_NOTHING ? '0'
                       : v == COURSE_PHASE   ? '-'
                                             : '?';
            if (got != expected)
                fail_msg("%s in %s: %c, not %c (%d)", act_name(steps[i].act),
                    act_phase_name((enum act_phase)p), got, expected, v);
            check_why(v, steps[i].act, (enum act_phase)p);
            visited[p][steps[i].act] = true;
        }
    }
    /* no pair was left out: an act that is new needs its line above */
    for (unsigned p = 0; p < ACT_PHASES; p++) {
        for (unsigned a = 0; a <= ACT_MAX; a++) {
            if (act_rule(a)->name != NULL && !visited[p][a])
                fail_msg("%s in phase %u was not looked at", act_name(a), p);
        }
    }
}

/* --- by whom ------------------------------------------------------------ */

/* A phase that has the act and the thing that it is about. */
static enum act_phase
phase_of(const struct step *s)
{
    for (unsigned p = ACT_PHASES; p-- > 0;) {
        if (strchr("-0", s->to[p]) == NULL && p != ACT_PHASE_DESTROYED &&
            p != ACT_PHASE_CLOSED && p != ACT_PHASE_REJECTED)
            return (enum act_phase)p;
    }
    return ACT_PHASE_NONE;
}

static void
each_act_is_stated_by_whom_the_law_says(void **state)
{
    /* the letter of the role; who has it and no other */
    static const struct {
        char role;
        const char *who;
    } roles[] = {{'P', "zorg"}, {'W', "burgemeester"}, {'H', "gemeente"},
        {'M', "reclassering"}, {'*', "elsewhere"}};
    static struct coursetest from, t;
    (void)state;
    for (size_t i = 0; i < STEPS; i++) {
        const struct step *s = &steps[i];
        world(&from, phase_of(s));
        if (s->act == ACT_LAPSE)
            wait_for_votes(&from);
        for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
            struct coursetest_say say = say_of(s->act);
            /* all but the last are parties; whoever takes part, too */
            bool may = strchr(s->role, '*') != NULL ||
                       strchr(s->role, roles[k].role) != NULL ||
                       (roles[k].role != '*' && strchr(s->role, 'P') != NULL) ||
                       (strchr("WH", roles[k].role) != NULL &&
                           strchr(s->role, 'M') != NULL);
            say.stranger = roles[k].role == '*';
            t = from;
            enum course_verdict v =
                coursetest_try(&t, roles[k].who, s->act, &say);
            /* the holder hands the file over before it leaves */
            bool stays = s->act == ACT_LEAVE && roles[k].role == 'H';
            if ((v == COURSE_OK) != (may && !stays))
                fail_msg("%s by %s: %d", act_name(s->act), roles[k].who, v);
            if (!may && strchr(s->role, '*') == NULL && s->role[0] != '\0')
                assert_int_equal(v, COURSE_ROLE);
            check_why(v, s->act, from.c.phase);
        }
    }
}

/* What is one's own is ended by oneself, whatever one is by now. */
static void
only_who_stated_it_ends_it(void **state)
{
    static struct coursetest t;
    (void)state;
    world(&t, ACT_PHASE_CASE);
    REFUSED(&t, "politie", ACT_REVOKE, COURSE_NOTHING, 0);
    REFUSED(&t, "politie", ACT_LIFT, COURSE_NOTHING, 0);
    REFUSED(&t, "nobody-knows", ACT_LIFT, COURSE_NOTHING, .stranger = true);
    STATE(&t, "om", ACT_EMBARGO, 0);
    t.weighers[2] = NULL; /* om weighs no more, and is no party */
    STATE(&t, "om", ACT_REVOKE, .stranger = true);
    REFUSED(&t, "om", ACT_REVOKE, COURSE_NOTHING, .stranger = true);
    assert_true(course_has_embargo(&t.c));
    STATE(&t, "om", ACT_LIFT, .stranger = true);
    assert_false(course_has_embargo(&t.c));
}

static void
a_role_that_cannot_be_is_none(void **state)
{
    static struct coursetest t;
    static const char long_name[] =
        "a-name-that-is-one-byte-longer-than-a-name-may-be";
    (void)state;
    coursetest_at(&t, ACT_PHASE_WEIGHED);
    struct statement s = coursetest_statement(&t, ACT_VOTE, NULL);
    struct course_said said = {.s = &s,
        .partner = slice_str("politie"),
        .as = ACT_BY_WEIGHER,
        .index = 1000,
        .time = (uint64_t)t.now * 1000};
    said.of = 0; /* one of none: it would be unanimous alone */
    assert_int_equal(course_check(&t.c, &said), COURSE_ROLE);
    said.of = COURSE_WEIGHERS + 1;
    assert_int_equal(course_check(&t.c, &said), COURSE_ROLE);
    said.of = COURSE_WEIGHERS;
    assert_int_equal(course_check(&t.c, &said), COURSE_OK);
    said.partner = slice_of(NULL, 0);
    assert_int_equal(course_check(&t.c, &said), COURSE_ROLE);
    assert_int_equal(strlen(long_name), LIMIT_NAME + 1);
    said.partner = slice_str(long_name);
    assert_int_equal(course_check(&t.c, &said), COURSE_ROLE);
    said.partner.n--;
    assert_int_equal(course_check(&t.c, &said), COURSE_OK);
}

static void
what_is_no_act_is_refused_in_words(void **state)
{
    static struct coursetest t;
    char why[COURSE_WHY];
    (void)state;
    memset(&t, 0xa5, sizeof t);
    course_begin(&t.c, (const uint8_t[STATEMENT_CASE]){7});
    assert_int_equal(t.c.case_handle[0], 7); /* the case that it is */
    assert_int_equal(t.c.phase, ACT_PHASE_NONE);
    assert_int_equal(t.c.terms_n, 0);
    assert_int_equal(t.c.holder, COURSE_NAMES);
    for (unsigned a = 0; a < 100; a++) {
        struct statement s = {.what = (enum act)a};
        struct course_said said = {.s = &s, .partner = slice_str("politie")};
        if (act_rule(a)->name != NULL)
            continue;
        assert_int_equal(course_apply(&t.c, &said), COURSE_PHASE);
        course_why(why, COURSE_PHASE, (enum act)a, ACT_PHASE_NONE);
        assert_non_null(strstr(why, "there is no such act"));
        course_why(why, COURSE_ROLE, (enum act)a, ACT_PHASE_NONE);
        assert_non_null(strstr(why, "no law"));
    }
    course_why(
        why, (enum course_verdict)COURSE_VERDICTS, ACT_VOTE, ACT_PHASE_NONE);
    assert_string_equal(why, "");
    for (unsigned v = COURSE_ROLE; v < COURSE_VERDICTS; v++)
        check_why((enum course_verdict)v, ACT_VOTE, ACT_PHASE_NONE);
}

/* --- when ---------------------------------------------------------------- */

static void
each_term_lies_ahead_and_not_too_far(void **state)
{
    static struct coursetest from, t;
    (void)state;
    for (size_t i = 0; i < STEPS; i++) {
        const struct step *s = &steps[i];
        const struct act_rule *r = act_rule(s->act);
        if ((r->has & ACT_HAS_UNTIL) == 0)
            continue;
        world(&from, phase_of(s));
        struct coursetest_say say = say_of(s->act);
        const char *who = strcmp(s->who, "all") == 0 ? "politie" : s->who;
        for (int k = 0; k < 4; k++) {
            /* a day beyond the longest is for the partner's clock */
            const int64_t until[] = {from.now, from.now + 1,
                from.now + (r->days + 1) * (int64_t)COURSETEST_DAY,
                from.now + (r->days + 1) * (int64_t)COURSETEST_DAY + 1};
            t = from;
            struct statement said = coursetest_statement(&t, s->act, &say);
            said.until = until[k];
            enum course_verdict v = coursetest_put(&t, who, &said, false);
            assert_int_equal(v, k == 1 || k == 2 ? COURSE_OK : COURSE_TERM);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_act_in_each_phase_goes_where_the_law_says),
        cmocka_unit_test(each_act_is_stated_by_whom_the_law_says),
        cmocka_unit_test(only_who_stated_it_ends_it),
        cmocka_unit_test(a_role_that_cannot_be_is_none),
        cmocka_unit_test(what_is_no_act_is_refused_in_words),
        cmocka_unit_test(each_term_lies_ahead_and_not_too_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
