/* SPDX-License-Identifier: EUPL-1.2
 *
 * What takes effect when all weighers have stated it: votes and proposals, of
 * one, two and three weighers, and of others than before. */
#include "coursetest.h"

static struct coursetest t;

static bool
is_member(const char *name)
{
    return course_is_member(&t.c, slice_str(name));
}

/* The first N of five names. */
static void
weigh_by(unsigned n)
{
    static const char *const names[] = {
        "burgemeester", "politie", "om", "fiod", "kmar"};

    for (unsigned i = 0; i < 5; i++)
        t.weighers[i] = i < n ? names[i] : NULL;
}

/* --- votes --------------------------------------------------------------- */

static void
all_votes_make_it_a_case(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 5; n++) {
        coursetest_begin(&t);
        weigh_by(n);
        coursetest_to(&t, ACT_PHASE_WEIGHED);
        for (unsigned i = 0; i < n; i++) {
            assert_int_equal(t.c.phase, ACT_PHASE_WEIGHED);
            assert_false(course_is_unanimous(&t.c));
            assert_false(is_member(t.weighers[i]));
            STATE(&t, t.weighers[i], ACT_VOTE, .code = 1);
        }
        assert_int_equal(t.c.phase, ACT_PHASE_CASE);
        assert_true(course_is_unanimous(&t.c));
        assert_true(course_is_case(&t.c));
        assert_int_equal(t.c.votes_n, n);
        assert_int_equal(t.c.members_n, n + 1); /* and the holder */
        for (unsigned i = 0; i < n; i++)
            assert_true(is_member(t.weighers[i]));
        assert_true(is_member("gemeente"));
    }
}

/* Whoever it is, and whoever comes after. */
static void
one_dissent_rejects_it_when_all_have_voted(void **state)
{
    (void)state;
    for (unsigned no = 1; no < 8; no++) {
        coursetest_at(&t, ACT_PHASE_WEIGHED);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(t.c.phase, ACT_PHASE_WEIGHED);
            STATE(&t, t.weighers[i], ACT_VOTE,
                .code = (no >> i & 1) != 0 ? 2 : 1, .ref = 4);
        }
        assert_int_equal(t.c.phase, ACT_PHASE_REJECTED);
        assert_false(course_is_unanimous(&t.c));
        assert_false(course_is_case(&t.c));
        assert_int_equal(t.c.members_n, 0);
        /* kept: who wants to know sees who was against it */
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(t.c.vote[i].yes, (no >> i & 1) == 0);
        assert_int_equal(t.c.destroy_by, t.now); /* at once */
        assert_int_equal(t.c.closed, t.index);
    }
}

static void
one_votes_once(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_WEIGHED);
    STATE(&t, "om", ACT_VOTE, .code = 2);
    REFUSED(&t, "om", ACT_VOTE, COURSE_TWICE, .code = 1);
    REFUSED(&t, "om", ACT_VOTE, COURSE_TWICE, .code = 2);
    assert_true(course_takes_part(&t.c, slice_str("om")));
    assert_false(course_takes_part(&t.c, slice_str("politie")));
}

/* A vote after the date is late, and counts: a case does not hang. */
static void
a_late_vote_counts(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_WEIGHED);
    assert_int_equal(t.c.vote_by, t.now + 10 * COURSETEST_DAY);
    t.now += 100 * (int64_t)COURSETEST_DAY;
    STATE_ALL(&t, ACT_VOTE, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_CASE);
}

/* Somebody who weighs no more does not make a judgement unanimous. */
static void
votes_under_another_agreement_do_not_count(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_WEIGHED);
    STATE(&t, "burgemeester", ACT_VOTE, 0);
    STATE(&t, "politie", ACT_VOTE, 0);
    /* fiod instead of politie: as many as before */
    t.agreement = 2;
    t.weighers[1] = "fiod";
    STATE(&t, "om", ACT_VOTE, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_WEIGHED);
    assert_int_equal(t.c.votes_n, 1);
    REFUSED(&t, "om", ACT_VOTE, COURSE_TWICE, 0);
    REFUSED(&t, "politie", ACT_VOTE, COURSE_ROLE, 0);
    STATE(&t, "burgemeester", ACT_VOTE, 0);
    STATE(&t, "fiod", ACT_VOTE, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_CASE);
    assert_false(is_member("politie"));
    assert_true(is_member("fiod"));
    /* what was decided stays decided */
    t.agreement = 3;
    STATE(&t, "fiod", ACT_CLOSE, 0);
    assert_int_equal(t.c.votes_n, 3);
    assert_true(course_is_unanimous(&t.c));
}

/* Also where no entry says which agreement it was. */
static void
votes_of_another_number_do_not_count(void **state)
{
    (void)state;
    coursetest_begin(&t);
    t.agreement = 0;
    coursetest_to(&t, ACT_PHASE_WEIGHED);
    STATE(&t, "burgemeester", ACT_VOTE, 0);
    t.weighers[2] = NULL;
    STATE(&t, "politie", ACT_VOTE, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_WEIGHED);
    STATE(&t, "burgemeester", ACT_VOTE, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_CASE);
}

/* --- proposals ----------------------------------------------------------- */

static void
a_proposal_waits_for_all(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 5; n++) {
        coursetest_begin(&t);
        weigh_by(n);
        coursetest_to(&t, ACT_PHASE_CASE);
        for (unsigned i = n; i-- > 0;) {
            assert_false(is_member("reclassering"));
            assert_int_equal(t.c.proposals_n, i == n - 1 ? 0 : 1);
            STATE(&t, t.weighers[i], ACT_DESIGNATE, .code = 3);
        }
        assert_true(is_member("reclassering"));
        assert_int_equal(t.c.proposals_n, 0);
        assert_int_equal(t.c.member[t.c.members_n - 1].role, 3);
        assert_int_equal(t.c.member[t.c.members_n - 1].from, t.index);
    }
}

static void
one_states_a_proposal_once(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "om", ACT_DESIGNATE, 0);
    REFUSED(&t, "om", ACT_DESIGNATE, COURSE_TWICE, 0);
    STATE(&t, "politie", ACT_DESIGNATE, 0);
    REFUSED(&t, "om", ACT_DESIGNATE, COURSE_TWICE, 0);
    REFUSED(&t, "politie", ACT_DESIGNATE, COURSE_TWICE, 0);
    REFUSED(&t, "gemeente", ACT_DESIGNATE, COURSE_ROLE, 0);
    assert_false(is_member("reclassering"));
    STATE(&t, "burgemeester", ACT_DESIGNATE, 0);
    assert_true(is_member("reclassering"));
}

/* The slots of a proposal, each in turn another. */
static void
what_differs_is_another_proposal(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "politie", ACT_ADMIT, .partner = "loket", .ref = 1, .code = 2);
    STATE(&t, "om", ACT_ADMIT, .partner = "raad", .ref = 1, .code = 2);
    STATE(
        &t, "burgemeester", ACT_ADMIT, .partner = "loket", .ref = 2, .code = 2);
    assert_int_equal(t.c.proposals_n, 3);
    STATE(&t, "om", ACT_ADMIT, .partner = "loket", .ref = 1, .code = 3);
    STATE(&t, "burgemeester", ACT_ADMIT, .partner = "loket", .ref = 1,
        .code = 2, .days = 11);
    assert_int_equal(t.c.proposals_n, 5);
    assert_int_equal(t.c.guests_n, 0);
    STATE(
        &t, "burgemeester", ACT_ADMIT, .partner = "loket", .ref = 1, .code = 2);
    STATE(&t, "om", ACT_ADMIT, .partner = "loket", .ref = 1, .code = 2);
    assert_int_equal(t.c.guests_n, 1);
    /* the card is admitted: what was proposed about it is settled */
    assert_int_equal(t.c.proposals_n, 1);
    assert_int_equal(t.c.proposal[0].ref[0], 2);
}

static void
what_takes_effect_leaves_the_others_as_they_are(void **state)
{
    static const char *const who[] = {"zorg", "raad", "loket", "school"};
    (void)state;
    for (unsigned done = 0; done < 4; done++) {
        coursetest_at(&t, ACT_PHASE_CASE);
        for (unsigned i = 0; i < 4; i++)
            STATE(&t, "om", ACT_DESIGNATE, .partner = who[i], .code = i + 1);
        STATE(&t, "politie", ACT_DESIGNATE, .partner = who[done],
            .code = done + 1);
        STATE(&t, "burgemeester", ACT_DESIGNATE, .partner = who[done],
            .code = done + 1);
        assert_int_equal(t.c.proposals_n, 3);
        for (unsigned i = 0, at = 0; i < 4; i++) {
            const struct course_proposal *p = &t.c.proposal[at];
            assert_int_equal(is_member(who[i]), i == done);
            if (i == done)
                continue;
            assert_string_equal(t.c.name[p->partner], who[i]);
            assert_int_equal(p->code, i + 1);
            at++;
        }
    }
}

/* Who has changed its mind has not stated what it stated before. */
static void
the_last_word_about_one_thing_counts(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "politie", ACT_CLOSE, .days = 100);
    STATE(&t, "om", ACT_CLOSE, .days = 100);
    STATE(&t, "politie", ACT_CLOSE, .days = 50);
    assert_int_equal(t.c.proposals_n, 2);
    STATE(&t, "burgemeester", ACT_CLOSE, .days = 100);
    assert_int_equal(t.c.phase, ACT_PHASE_CASE); /* politie's is missing */
    STATE(&t, "om", ACT_CLOSE, .days = 50);
    STATE(&t, "burgemeester", ACT_CLOSE, .days = 50);
    assert_int_equal(t.c.phase, ACT_PHASE_CLOSED);
    assert_int_equal(t.c.destroy_by, t.now + 50 * (int64_t)COURSETEST_DAY);

    coursetest_at(&t, ACT_PHASE_CASE); /* alone: nothing is left of it */
    STATE(&t, "politie", ACT_CLOSE, .days = 100);
    STATE(&t, "politie", ACT_CLOSE, .days = 50, .code = 2);
    assert_int_equal(t.c.proposals_n, 1);
    assert_int_equal(t.c.proposal[0].code, 2);
    STATE(&t, "politie", ACT_CLOSE, .days = 100); /* and back again */
    STATE(&t, "om", ACT_CLOSE, .days = 100);
    STATE(&t, "burgemeester", ACT_CLOSE, .days = 100);
    assert_int_equal(t.c.close_code, 1);
}

/* A word that is taken out leaves those behind it where they are. */
static void
the_words_of_others_remain(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 3; first++) {
        coursetest_at(&t, ACT_PHASE_CASE);
        weigh_by(4);
        t.agreement = 2;
        for (unsigned i = 0; i < 3; i++)
            STATE(&t, t.weighers[i], ACT_CLOSE, .days = 100);
        STATE(&t, t.weighers[first], ACT_CLOSE, .days = 50);
        assert_int_equal(t.c.proposal[0].by_n, 2);
        for (unsigned i = 0; i < 3; i++) {
            if (i != first)
                REFUSED(
                    &t, t.weighers[i], ACT_CLOSE, COURSE_TWICE, .days = 100);
        }
        STATE(&t, t.weighers[first], ACT_CLOSE, .days = 100);
        STATE(&t, t.weighers[3], ACT_CLOSE, .days = 100);
        assert_int_equal(t.c.phase, ACT_PHASE_CLOSED);
    }
}

static void
a_proposal_whose_date_has_passed_is_none(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "politie", ACT_CLOSE, .days = 10, .made = t.now);
    STATE(&t, "om", ACT_CLOSE, .days = 10);
    struct statement same =
        coursetest_statement(&t, ACT_CLOSE, SAY(.days = 10));
    t.now += 10 * (int64_t)COURSETEST_DAY;
    assert_int_equal(
        coursetest_put(&t, "burgemeester", &same, false), COURSE_TERM);
    assert_int_equal(t.c.proposals_n, 1);
    STATE(&t, "burgemeester", ACT_DESIGNATE, 0); /* makes room */
    assert_int_equal(t.c.proposals_n, 1);
    assert_int_equal(t.c.proposal[0].act, ACT_DESIGNATE);
    t.now--;
    assert_int_equal(
        coursetest_put(&t, "burgemeester", &same, false), COURSE_OK);
    assert_int_equal(t.c.phase, ACT_PHASE_CASE); /* alone again */
}

static void
proposals_under_another_agreement_do_not_count(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "burgemeester", ACT_DESIGNATE, 0);
    STATE(&t, "politie", ACT_DESIGNATE, 0);
    t.agreement = 2;
    t.weighers[1] = "fiod";
    STATE(&t, "om", ACT_DESIGNATE, 0);
    assert_false(is_member("reclassering"));
    assert_int_equal(t.c.proposals_n, 1);
    REFUSED(&t, "politie", ACT_DESIGNATE, COURSE_ROLE, 0);
    STATE(&t, "burgemeester", ACT_DESIGNATE, 0);
    STATE(&t, "fiod", ACT_DESIGNATE, 0);
    assert_true(is_member("reclassering"));
    /* what none must state with others changes nothing of what waits */
    STATE(&t, "om", ACT_CLOSE, 0);
    t.agreement = 3;
    STATE(&t, "om", ACT_INFORM, 0);
    assert_int_equal(t.c.proposals_n, 1);
}

/* What waits about a member is settled when it joins, leaves, or is relieved;
 * else an old word would count for what comes much later. */
static void
what_is_settled_waits_no_more(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "om", ACT_DESIGNATE, .partner = "zorg", .code = 2);
    STATE(&t, "om", ACT_DESIGNATE, .partner = "raad", .code = 2);
    for (unsigned i = 0; i < 3; i++)
        STATE(&t, t.weighers[i], ACT_DESIGNATE, .partner = "zorg", .code = 1);
    assert_int_equal(t.c.proposals_n, 1); /* that of raad */
    STATE(&t, "om", ACT_RELIEVE, .partner = "zorg");
    STATE(&t, "politie", ACT_RELIEVE, .partner = "zorg");
    STATE(&t, "politie", ACT_RELIEVE, .partner = "om");
    STATE(&t, "zorg", ACT_LEAVE, 0);
    assert_int_equal(t.c.proposals_n, 2); /* and that of om */
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg");
    STATE(&t, "burgemeester", ACT_RELIEVE, .partner = "zorg");
    assert_true(is_member("zorg"));
    STATE(&t, "om", ACT_RELIEVE, .partner = "zorg");
    STATE(&t, "politie", ACT_RELIEVE, .partner = "zorg");
    assert_false(is_member("zorg"));
    STATE(&t, "om", ACT_ADMIT, .ref = 5);
    STATE(&t, "om", ACT_ADMIT, .ref = 6);
    STATE_ALL(&t, ACT_ADMIT, .ref = 5, .days = 20);
    STATE(&t, "om", ACT_DISMISS, .ref = 5);
    STATE(&t, "om", ACT_ADMIT, .ref = 5);
    assert_int_equal(t.c.proposals_n, 4); /* raad, om, 6, 5 */
    STATE_ALL(&t, ACT_CLOSE, 0);
    assert_int_equal(t.c.proposals_n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_votes_make_it_a_case),
        cmocka_unit_test(one_dissent_rejects_it_when_all_have_voted),
        cmocka_unit_test(one_votes_once),
        cmocka_unit_test(a_late_vote_counts),
        cmocka_unit_test(votes_under_another_agreement_do_not_count),
        cmocka_unit_test(votes_of_another_number_do_not_count),
        cmocka_unit_test(a_proposal_waits_for_all),
        cmocka_unit_test(one_states_a_proposal_once),
        cmocka_unit_test(what_differs_is_another_proposal),
        cmocka_unit_test(what_takes_effect_leaves_the_others_as_they_are),
        cmocka_unit_test(the_last_word_about_one_thing_counts),
        cmocka_unit_test(the_words_of_others_remain),
        cmocka_unit_test(a_proposal_whose_date_has_passed_is_none),
        cmocka_unit_test(proposals_under_another_agreement_do_not_count),
        cmocka_unit_test(what_is_settled_waits_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
