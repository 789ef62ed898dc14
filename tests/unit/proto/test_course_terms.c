/* SPDX-License-Identifier: EUPL-1.2
 *
 * Consent, embargo, refusals, the third-party rule, reviews, the data subject,
 * destruction. */
#include "coursetest.h"

static struct coursetest t;

/* --- consent, embargo, refusal ------------------------------------------- */

static bool
has_consent(const char *sender)
{
    return course_has_consent(&t.c, slice_str(sender), t.now);
}

static void
consent_is_never_the_senders_own(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "burgemeester", ACT_EMBARGO, 0); /* is no consent */
    assert_false(has_consent("politie"));
    STATE(&t, "politie", ACT_CONSENT, 0);
    assert_false(has_consent("politie"));
    assert_true(has_consent("gemeente"));
    assert_true(has_consent("never-seen"));
    STATE(&t, "om", ACT_CONSENT, .days = 3);
    assert_true(has_consent("politie"));
    t.now += 3 * COURSETEST_DAY - 1;
    assert_true(has_consent("politie"));
    t.now++;
    assert_false(has_consent("politie"));
    STATE(&t, "om", ACT_CONSENT, .days = 3); /* with a new term */
    assert_true(has_consent("politie"));
    assert_int_equal(t.c.terms_n, 3);
    STATE(&t, "om", ACT_REVOKE, 0);
    assert_false(has_consent("politie"));
    assert_true(has_consent("om")); /* politie's */
    assert_int_equal(t.c.terms_n, 2);
    REFUSED(&t, "om", ACT_REVOKE, COURSE_NOTHING, 0);
}

static void
an_embargo_ends_by_being_lifted_only(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_REPORTED);
    assert_false(course_has_embargo(&t.c));
    STATE(&t, "om", ACT_EMBARGO, .days = 2, .code = 1);
    STATE(&t, "politie", ACT_EMBARGO, .days = 2);
    t.now += 100 * (int64_t)COURSETEST_DAY;
    assert_true(course_has_embargo(&t.c));
    STATE(&t, "politie", ACT_EMBARGO, .days = 9); /* reviewed: it stands */
    assert_int_equal(t.c.terms_n, 2);
    assert_int_equal(t.c.term[1].until, t.now + 9 * COURSETEST_DAY);
    REFUSED(&t, "burgemeester", ACT_LIFT, COURSE_NOTHING, 0);
    STATE(&t, "politie", ACT_LIFT, 0);
    assert_true(course_has_embargo(&t.c)); /* om's */
    REFUSED(&t, "politie", ACT_LIFT, COURSE_NOTHING, 0);
    STATE(&t, "om", ACT_LIFT, 0);
    assert_false(course_has_embargo(&t.c));
    assert_int_equal(t.c.terms_n, 0);
    STATE(&t, "om", ACT_EMBARGO, 0); /* and again */
    STATE(&t, "politie", ACT_EMBARGO, 0);
    STATE(&t, "om", ACT_LIFT, 0);
    assert_true(course_has_embargo(&t.c));
}

static void
a_refusal_is_about_a_question_or_the_case(void **state)
{
    (void)state;
    coursetest_begin(&t);
    STATE(&t, "school", ACT_REFUSE, .about = 5, .code = 4);
    STATE(&t, "school", ACT_REFUSE, .about = 6);
    STATE(&t, "school", ACT_REFUSE, 0);
    STATE(&t, "school", ACT_REFUSE, .about = 5, .code = 2, .days = 20);
    STATE(&t, "zorg", ACT_REFUSE, .about = 5);
    assert_int_equal(t.c.terms_n, 4);
    assert_int_equal(t.c.term[0].code, 2);
    assert_int_equal(t.c.term[0].about, 5);
    assert_int_equal(t.c.term[0].until, t.now + 20 * COURSETEST_DAY);
    assert_int_equal(t.c.term[0].index, t.index - 1);
    assert_false(course_has_embargo(&t.c));
    STATE(&t, "school", ACT_LIFT, 0); /* all of its own */
    assert_int_equal(t.c.terms_n, 1);
    STATE(&t, "om", ACT_CONSENT, 0);
    REFUSED(&t, "om", ACT_LIFT, COURSE_NOTHING, 0); /* a consent is revoked */
    REFUSED(&t, "zorg", ACT_REVOKE, COURSE_NOTHING, 0);
}

static void
the_last_word_of_a_third_party_rule_counts(void **state)
{
    uint8_t one[32], two[32];
    (void)state;
    memset(one, 1, sizeof one);
    memset(two, 2, sizeof two);
    coursetest_begin(&t);
    assert_int_equal(course_restriction(&t.c, one), 0);
    STATE(&t, "aivd", ACT_RESTRICT, .ref = 1, .code = 2);
    STATE(&t, "aivd", ACT_RESTRICT, .ref = 2, .code = 1);
    assert_int_equal(course_restriction(&t.c, one), 2);
    STATE(&t, "aivd", ACT_RESTRICT, .ref = 1, .code = 3);
    assert_int_equal(course_restriction(&t.c, one), 3);
    assert_int_equal(course_restriction(&t.c, two), 1);
    STATE(&t, "aivd", ACT_RESTRICT, .ref = 1, .code = 2); /* in force again */
    assert_int_equal(course_restriction(&t.c, one), 2);
    assert_int_equal(t.c.items_n, 2);
    assert_false(course_is_vetoed(&t.c, one));
}

/* --- dates ---------------------------------------------------------------- */

/* The partner's clock puts nothing off. */
static void
reviews_come_by_the_brokers_clock(void **state)
{
    const int64_t day = COURSETEST_DAY;
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "om", ACT_REVIEW, .days = 60, .made = t.now + 59 * day);
    assert_int_equal(t.c.review_by, t.now + 60 * day);
    STATE(&t, "om", ACT_RHYTHM, .code = 30, .made = t.now + 1000 * day);
    assert_int_equal(t.c.review_by, t.now + 30 * day);
    STATE(&t, "om", ACT_REVIEW, .days = 60, .made = t.now + 59 * day);
    assert_int_equal(t.c.review_by, t.now + 30 * day); /* at the latest */
    STATE(&t, "om", ACT_REVIEW, .days = 20);
    assert_int_equal(t.c.review_by, t.now + 20 * day);
    /* another rhythm does not make an overdue review due later */
    t.now += 25 * day;
    STATE(&t, "om", ACT_RHYTHM, .code = 183);
    assert_int_equal(t.c.review_by, t.now - 5 * day);
    STATE_ALL(&t, ACT_CLOSE, 0);
    assert_int_equal(t.c.review_by, 0);

    coursetest_at(&t, ACT_PHASE_CASE); /* a rhythm alone has a first time */
    STATE(&t, "om", ACT_RHYTHM, .code = 183);
    assert_int_equal(t.c.review_by, t.now + 183 * day);
}

static void
telling_is_put_off_until_it_is_done(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "om", ACT_POSTPONE, .days = 30, .code = 4);
    assert_int_equal(t.c.postponed, t.now + 30 * COURSETEST_DAY);
    assert_int_equal(t.c.postponed_code, 4);
    assert_false(t.c.told);
    STATE(&t, "gemeente", ACT_TELL, 0);
    assert_true(t.c.told);
    assert_int_equal(t.c.postponed, 0);
    STATE(&t, "gemeente", ACT_POSTPONE, .days = 3);
    assert_false(t.c.told);
}

/* Nobody answers for another, nor puts the date off. */
static void
a_request_is_answered_by_whom_it_concerns(void **state)
{
    (void)state;
    for (int who = 0; who < 3; who++) {
        static const char *const by[] = {"school", "om", "gemeente"};
        coursetest_begin(&t);
        REFUSED(&t, "school", ACT_ANSWER, COURSE_NOTHING, 0);
        STATE(&t, "school", ACT_REQUEST, .days = 30);
        assert_int_equal(t.c.requested, t.now + 30 * COURSETEST_DAY);
        STATE(&t, "zorg", ACT_REQUEST, .days = 90);
        assert_int_equal(t.c.requested, t.now + 30 * COURSETEST_DAY);
        STATE(&t, "zorg", ACT_REQUEST, .days = 20);
        assert_int_equal(t.c.requested, t.now + 20 * COURSETEST_DAY);
        coursetest_to(&t, ACT_PHASE_REPORTED);
        REFUSED(&t, "zorg", ACT_ANSWER, COURSE_ROLE, 0);
        REFUSED(&t, "never-seen", ACT_ANSWER, COURSE_ROLE, 0);
        STATE(&t, by[who], ACT_ANSWER, .code = 2);
        assert_int_equal(t.c.requested, 0);
        assert_int_equal(t.c.requested_by, COURSE_NAMES);
        REFUSED(&t, by[who], ACT_ANSWER, COURSE_NOTHING, 0);
        STATE(&t, "zorg", ACT_REQUEST, .days = 90);
        assert_int_equal(t.c.requested, t.now + 90 * COURSETEST_DAY);
        REFUSED(&t, "school", ACT_ANSWER, COURSE_ROLE, 0);
        STATE(&t, "zorg", ACT_ANSWER, 0);
    }
}

static void
a_dropped_report_is_destroyed_at_once(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_REPORTED);
    STATE(&t, "om", ACT_DROP, .code = 2);
    assert_int_equal(t.c.phase, ACT_PHASE_REJECTED);
    assert_int_equal(t.c.destroy_by, t.now);
    assert_int_equal(t.c.closed, t.index);
    assert_false(course_is_unanimous(&t.c));
    STATE(&t, "om", ACT_DESTROYED, 0); /* has no part in it */
    assert_int_equal(t.c.phase, ACT_PHASE_REJECTED);
    STATE(&t, "gemeente", ACT_DESTROYED, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_DESTROYED);
    assert_false(course_is_unanimous(&t.c));
}

/* --- votes that do not come -----------------------------------------------
 */

static void
what_lacks_votes_lapses_after_their_date(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_WEIGHED);
    STATE(&t, "politie", ACT_VOTE, 0);
    STATE(&t, "burgemeester", ACT_VOTE, 0);
    REFUSED(&t, "politie", ACT_LAPSE, COURSE_EARLY, 0);
    t.now = t.c.vote_by - 1;
    REFUSED(&t, "gemeente", ACT_LAPSE, COURSE_EARLY, 0);
    t.now = t.c.vote_by;
    REFUSED(&t, "school", ACT_LAPSE, COURSE_ROLE, 0);
    STATE(&t, "gemeente", ACT_LAPSE, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_REJECTED);
    assert_int_equal(t.c.destroy_by, t.now);
    assert_int_equal(t.c.closed, t.index);
    assert_true(t.c.lapsed);
    /* the two that said yes were not all */
    assert_int_equal(t.c.votes_n, 2);
    assert_false(course_is_unanimous(&t.c));
    REFUSED(&t, "om", ACT_VOTE, COURSE_PHASE, 0);
    REFUSED(&t, "om", ACT_LAPSE, COURSE_PHASE, 0);
    STATE(&t, "gemeente", ACT_DESTROYED, 0);
    STATE(&t, "politie", ACT_DESTROYED, 0);
    STATE(&t, "burgemeester", ACT_DESTROYED, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_DESTROYED);
    assert_false(course_is_unanimous(&t.c));
}

static void
a_late_vote_counts_until_it_lapsed(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_WEIGHED);
    t.now = t.c.vote_by + 1;
    STATE_ALL(&t, ACT_VOTE, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_CASE);
    assert_true(course_is_unanimous(&t.c));
    REFUSED(&t, "politie", ACT_LAPSE, COURSE_PHASE, 0);
}

/* --- the end of all links --------------------------------------------------
 */

static bool
is_destroyed_by(const char *name)
{
    return course_is_destroyed_by(&t.c, slice_str(name));
}

static void
everybody_who_took_part_destroys_its_link(void **state)
{
    /* who reported; holds the file; voted; a member; a desk */
    static const char *const part[] = {
        "school", "gemeente", "burgemeester", "politie", "om", "zorg", "loket"};
    enum { PART = sizeof part / sizeof part[0] };
    (void)state;
    for (size_t last = 0; last < PART; last++) {
        coursetest_begin(&t);
        STATE(&t, "school", ACT_REPORT, 0);
        STATE(&t, "school", ACT_ASSIGN, .partner = "gemeente");
        STATE(&t, "gemeente", ACT_BRING, 0);
        STATE(&t, "gemeente", ACT_WEIGH, 0);
        STATE_ALL(&t, ACT_VOTE, 0);
        STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg");
        STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = 3);
        STATE(&t, "kmar", ACT_REQUEST, 0); /* asked, and had no part */
        STATE_ALL(&t, ACT_CLOSE, 0);
        STATE(&t, "kmar", ACT_DESTROYED, 0);
        assert_false(is_destroyed_by("kmar"));
        for (size_t i = 0; i < PART; i++) {
            if (i != last)
                STATE(&t, part[i], ACT_DESTROYED, 0);
        }
        STATE(&t, "raad", ACT_DESTROYED, 0);
        assert_false(is_destroyed_by("raad"));
        assert_int_equal(t.c.phase, ACT_PHASE_CLOSED);
        assert_false(is_destroyed_by(part[last]));
        assert_false(is_destroyed_by("never-seen"));
        STATE(&t, part[last], ACT_DESTROYED, 0);
        assert_int_equal(t.c.phase, ACT_PHASE_DESTROYED);
        for (size_t i = 0; i < PART; i++)
            assert_true(is_destroyed_by(part[i]));
        STATE(&t, part[last], ACT_DESTROYED, 0); /* again: nothing new */
        assert_int_equal(t.c.phase, ACT_PHASE_DESTROYED);
    }
}

/* What was destroyed before there was an end of it came back, or could have. */
static void
what_was_destroyed_before_the_end_counts_for_who_had_left(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "om", ACT_DESTROYED, 0);
    STATE(&t, "gemeente", ACT_DESTROYED, 0);
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg");
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "raad");
    STATE(&t, "zorg", ACT_LEAVE, 0);
    STATE(&t, "zorg", ACT_DESTROYED, 0);
    STATE(&t, "raad", ACT_LEAVE, 0);
    STATE(&t, "raad", ACT_DESTROYED, 0);
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "raad"); /* comes back */
    assert_false(is_destroyed_by("raad"));
    STATE(&t, "raad", ACT_LEAVE, 0);
    STATE(&t, "politie", ACT_LEAVE, 0); /* voted, and left */
    STATE(&t, "politie", ACT_DESTROYED, 0);
    assert_true(is_destroyed_by("om"));
    STATE_ALL(&t, ACT_CLOSE, 0);
    assert_true(is_destroyed_by("zorg"));
    assert_true(is_destroyed_by("politie"));
    assert_false(is_destroyed_by("om"));
    assert_false(is_destroyed_by("gemeente"));
    STATE(&t, "om", ACT_DESTROYED, 0);
    STATE(&t, "burgemeester", ACT_DESTROYED, 0);
    STATE(&t, "gemeente", ACT_DESTROYED, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_CLOSED);
    STATE(&t, "raad", ACT_DESTROYED, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_DESTROYED);

    coursetest_at(&t, ACT_PHASE_WEIGHED);
    STATE(&t, "om", ACT_VOTE, .code = 2);
    STATE(&t, "om", ACT_DESTROYED, 0); /* its vote is not over */
    STATE(&t, "politie", ACT_VOTE, 0);
    STATE(&t, "burgemeester", ACT_VOTE, 0);
    assert_int_equal(t.c.phase, ACT_PHASE_REJECTED);
    assert_false(is_destroyed_by("om"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consent_is_never_the_senders_own),
        cmocka_unit_test(an_embargo_ends_by_being_lifted_only),
        cmocka_unit_test(a_refusal_is_about_a_question_or_the_case),
        cmocka_unit_test(the_last_word_of_a_third_party_rule_counts),
        cmocka_unit_test(reviews_come_by_the_brokers_clock),
        cmocka_unit_test(telling_is_put_off_until_it_is_done),
        cmocka_unit_test(a_request_is_answered_by_whom_it_concerns),
        cmocka_unit_test(a_dropped_report_is_destroyed_at_once),
        cmocka_unit_test(what_lacks_votes_lapses_after_their_date),
        cmocka_unit_test(a_late_vote_counts_until_it_lapsed),
        cmocka_unit_test(everybody_who_took_part_destroys_its_link),
        cmocka_unit_test(
            what_was_destroyed_before_the_end_counts_for_who_had_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
