/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who takes part: by designation or by office, from which place of the ledger
 * until which; the file's holder; third parties; transfers; and the end of all
 * links. */
#include "coursetest.h"

static struct coursetest t;

static bool
is_member(const char *name)
{
    return course_is_member(&t.c, slice_str(name));
}

static bool
is_holder(const char *name)
{
    return course_is_holder(&t.c, slice_str(name));
}

static bool
takes_part(const char *name)
{
    return course_takes_part(&t.c, slice_str(name));
}

/* --- members ------------------------------------------------------------- */

static void
one_is_a_member_from_one_place_to_another(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    uint64_t office = t.index;
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg", .code = 4);
    uint64_t from = t.index;
    REFUSED(&t, "om", ACT_DESIGNATE, COURSE_TWICE, .partner = "zorg");
    STATE(&t, "zorg", ACT_LEAVE, 0);
    uint64_t until = t.index;
    assert_false(is_member("zorg"));
    REFUSED(&t, "zorg", ACT_LEAVE, COURSE_ROLE, 0);
    REFUSED(&t, "om", ACT_RELIEVE, COURSE_NOTHING, .partner = "zorg");
    REFUSED(&t, "om", ACT_RELIEVE, COURSE_NOTHING, .partner = "unheard-of");
    REFUSED(&t, "om", ACT_RESHARE, COURSE_NOTHING, .partner = "zorg");
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg", .code = 2);
    assert_true(is_member("zorg"));
    assert_true(takes_part("zorg"));
    STATE(&t, "om", ACT_RESHARE, .partner = "zorg");
    assert_int_equal(t.c.members_n, 6);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(t.c.member[i].from, office);
        assert_int_equal(t.c.member[i].role, 0);
        assert_int_equal(t.c.member[i].until, 0);
    }
    assert_int_equal(t.c.member[4].from, from);
    assert_int_equal(t.c.member[4].until, until);
    assert_int_equal(t.c.member[4].role, 4);
    assert_int_equal(t.c.member[5].from, t.index - 1);
    assert_int_equal(t.c.member[5].role, 2);
    assert_int_equal(t.c.member[5].until, 0);
}

static void
nobody_is_a_member_before_or_after_the_case(void **state)
{
    (void)state;
    for (unsigned p = 0; p < ACT_PHASES; p++) {
        coursetest_at(&t, (enum act_phase)p);
        bool is_case = p >= ACT_PHASE_CASE && p <= ACT_PHASE_EXECUTED;
        assert_int_equal(course_is_case(&t.c), is_case);
        assert_int_equal(is_member("om"), is_case);
        assert_int_equal(is_member("gemeente"), is_case);
        assert_false(is_member("school"));
        assert_false(is_member(""));
        /* who took part sees what became of it */
        assert_int_equal(takes_part("om"), p >= ACT_PHASE_REJECTED);
        assert_int_equal(takes_part("gemeente"), p > ACT_PHASE_NONE);
        assert_false(takes_part("school"));
        assert_false(takes_part(""));
    }
}

static void
a_weigher_that_leaves_still_weighs(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "om", ACT_LEAVE, 0);
    assert_false(is_member("om"));
    assert_true(takes_part("om"));
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "om");
    assert_true(is_member("om"));
    STATE_ALL(&t, ACT_RELIEVE, .partner = "om");
    assert_false(is_member("om"));
}

/* --- the holder ---------------------------------------------------------- */

static void
the_file_goes_from_one_holder_to_the_next(void **state)
{
    (void)state;
    coursetest_begin(&t);
    assert_false(is_holder(""));
    assert_false(is_holder("gemeente"));
    STATE(&t, "gemeente", ACT_REPORT, 0);
    assert_true(is_holder("gemeente"));
    STATE(&t, "school", ACT_BRING, 0); /* does not take the file */
    assert_false(is_holder("school"));
    assert_true(is_holder("gemeente"));
    REFUSED(&t, "school", ACT_ASSIGN, COURSE_ROLE, .partner = "school");
    REFUSED(&t, "gemeente", ACT_ASSIGN, COURSE_TWICE, .partner = "gemeente");
    STATE(&t, "gemeente", ACT_ASSIGN, .partner = "zorg");
    assert_true(is_holder("zorg"));
    assert_false(takes_part("gemeente"));
    REFUSED(&t, "gemeente", ACT_WEIGH, COURSE_ROLE, 0);
    STATE(&t, "zorg", ACT_WEIGH, 0);
    /* who votes knows who will be a member by it */
    REFUSED(&t, "zorg", ACT_ASSIGN, COURSE_PHASE, .partner = "school");
    STATE_ALL(&t, ACT_VOTE, 0);
    assert_true(is_member("zorg"));
    assert_false(is_member("gemeente"));

    coursetest_begin(&t); /* brought without a report, by one of the three */
    STATE(&t, "om", ACT_BRING, 0);
    assert_true(is_holder("om"));
    STATE(&t, "om", ACT_WEIGH, 0);
    STATE_ALL(&t, ACT_VOTE, 0);
    assert_int_equal(t.c.members_n, 3); /* once, for both reasons */
    REFUSED(&t, "om", ACT_LEAVE, COURSE_OFFICE, 0);
}

/* One alone makes nobody a member. */
static void
the_file_of_a_case_goes_to_a_member(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    REFUSED(&t, "gemeente", ACT_ASSIGN, COURSE_NOTHING, .partner = "zorg");
    REFUSED(&t, "om", ACT_ASSIGN, COURSE_NOTHING, .partner = "zorg");
    assert_false(is_member("zorg"));
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg", .code = 2);
    STATE(&t, "gemeente", ACT_ASSIGN, .partner = "zorg");
    assert_true(is_holder("zorg"));
    assert_true(is_member("gemeente"));
    STATE(&t, "gemeente", ACT_LEAVE, 0); /* now it can */
    assert_false(is_member("gemeente"));
    STATE(&t, "om", ACT_ASSIGN, .partner = "om");
    assert_true(is_holder("om"));
}

static void
who_holds_the_file_hands_it_over_before_it_goes(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    REFUSED(&t, "gemeente", ACT_LEAVE, COURSE_OFFICE, 0);
    REFUSED(&t, "om", ACT_RELIEVE, COURSE_OFFICE, .partner = "gemeente");
    STATE(&t, "om", ACT_RESHARE, .partner = "gemeente");
    STATE(&t, "gemeente", ACT_ASSIGN, .partner = "politie");
    REFUSED(&t, "politie", ACT_LEAVE, COURSE_OFFICE, 0);
    STATE_ALL(&t, ACT_RELIEVE, .partner = "gemeente");
    assert_false(is_member("gemeente"));
    assert_false(takes_part("gemeente"));
}

/* A proposal that was begun before the file came to its subject. */
static void
who_got_the_file_since_is_not_relieved(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg");
    STATE(&t, "om", ACT_RELIEVE, .partner = "zorg");
    STATE(&t, "politie", ACT_RELIEVE, .partner = "zorg");
    STATE(&t, "gemeente", ACT_ASSIGN, .partner = "zorg");
    REFUSED(&t, "burgemeester", ACT_RELIEVE, COURSE_OFFICE, .partner = "zorg");
    assert_true(is_member("zorg"));
}

/* --- third parties ------------------------------------------------------- */

static bool
is_admitted(const char *desk, uint8_t card)
{
    uint8_t id[32];

    memset(id, card, sizeof id);
    return course_is_admitted(
        &t.c, slice_str(desk), card != 0 ? id : NULL, t.now);
}

static void
an_admission_ends_by_its_date(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    assert_false(is_admitted("loket", 0));
    STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = 1, .days = 5);
    assert_true(is_admitted("loket", 0));
    assert_true(is_admitted("loket", 1));
    assert_false(is_admitted("loket", 2));
    assert_false(is_admitted("raad", 1));
    assert_false(is_admitted("", 1));
    STATE(&t, "loket", ACT_HAND, .ref = 1);
    REFUSED(&t, "loket", ACT_HAND, COURSE_NOTHING, .ref = 2);
    REFUSED(&t, "raad", ACT_HAND, COURSE_NOTHING, .ref = 1);
    REFUSED(&t, "om", ACT_ADMIT, COURSE_TWICE, .partner = "loket", .ref = 1);
    t.now += 5 * COURSETEST_DAY - 1;
    STATE(&t, "loket", ACT_HAND, .ref = 1);
    t.now++;
    assert_false(is_admitted("loket", 0));
    assert_false(is_admitted("loket", 1));
    REFUSED(&t, "loket", ACT_HAND, COURSE_NOTHING, .ref = 1);
    /* again, in the place of the one before */
    STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = 1, .code = 3);
    assert_int_equal(t.c.guests_n, 1);
    assert_int_equal(t.c.guest[0].from, t.index);
    assert_int_equal(t.c.guest[0].code, 3);
    STATE(&t, "loket", ACT_HAND, .ref = 1);
}

static void
one_weigher_dismisses_a_third_party(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = 1);
    STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = 2);
    REFUSED(&t, "om", ACT_DISMISS, COURSE_NOTHING, .ref = 3);
    STATE(&t, "om", ACT_DISMISS, .ref = 1);
    assert_int_equal(t.c.guest[0].dismissed, t.index);
    assert_false(is_admitted("loket", 1));
    assert_true(is_admitted("loket", 2));
    assert_true(is_admitted("loket", 0));
    REFUSED(&t, "om", ACT_DISMISS, COURSE_NOTHING, .ref = 1);
    REFUSED(&t, "loket", ACT_HAND, COURSE_NOTHING, .ref = 1);
    STATE_ALL(&t, ACT_ADMIT, .partner = "loket", .ref = 1);
    assert_int_equal(t.c.guests_n, 3); /* that it was dismissed stays known */
    assert_true(is_admitted("loket", 1));
    STATE_ALL(&t, ACT_CLOSE, 0); /* with the case all of it ends */
    assert_false(is_admitted("loket", 0));
}

/* --- to another municipality --------------------------------------------- */

static bool
is_agreed(const char *to)
{
    return course_is_agreed(&t.c, slice_str(to));
}

static void
all_members_agree_to_a_transfer(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg");
    REFUSED(&t, "zorg", ACT_AGREE, COURSE_NOTHING, 0);
    REFUSED(&t, "school", ACT_VETO, COURSE_NOTHING, .ref = 1);
    STATE(&t, "gemeente", ACT_TRANSFER, .partner = "buurstad");
    assert_int_equal(t.c.transfer, t.index);
    assert_int_equal(t.c.transfer_by, t.now + 10 * COURSETEST_DAY);
    REFUSED(&t, "school", ACT_AGREE, COURSE_ROLE, 0);
    STATE(&t, "om", ACT_AGREE, 0);
    STATE(&t, "om", ACT_AGREE, 0); /* says nothing new */
    STATE(&t, "politie", ACT_AGREE, 0);
    STATE(&t, "gemeente", ACT_AGREE, 0);
    STATE(&t, "zorg", ACT_AGREE, 0);
    assert_false(is_agreed("buurstad"));
    STATE(&t, "burgemeester", ACT_AGREE, 0);
    assert_true(is_agreed("buurstad"));
    assert_false(is_agreed("elders"));
    assert_false(is_agreed(""));
    STATE(&t, "om", ACT_TRANSFER, .partner = "buurstad"); /* a round anew */
    assert_false(is_agreed("buurstad"));
    for (const char *const *w = (const char *const[]){"om", "politie",
             "burgemeester", "gemeente", "zorg", NULL};
         *w != NULL; w++)
        STATE(&t, *w, ACT_AGREE, 0);
    assert_true(is_agreed("buurstad"));
    STATE_ALL(&t, ACT_CLOSE, 0);
    assert_false(is_agreed("buurstad"));
}

static void
who_joins_in_a_round_agrees_too(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "gemeente", ACT_TRANSFER, .partner = "buurstad");
    STATE_ALL(&t, ACT_AGREE, 0);
    STATE(&t, "gemeente", ACT_AGREE, 0);
    assert_true(is_agreed("buurstad"));
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg");
    assert_false(is_agreed("buurstad"));
    STATE(&t, "zorg", ACT_AGREE, 0);
    assert_true(is_agreed("buurstad"));
    /* who goes is not asked; who comes back is asked again */
    STATE_ALL(&t, ACT_RELIEVE, .partner = "zorg");
    assert_true(is_agreed("buurstad"));
    STATE_ALL(&t, ACT_DESIGNATE, .partner = "zorg");
    assert_false(is_agreed("buurstad"));
    STATE(&t, "zorg", ACT_LEAVE, 0);
    assert_true(is_agreed("buurstad"));
}

static void
nobody_is_not_everybody(void **state)
{
    (void)state;
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "gemeente", ACT_TRANSFER, .partner = "buurstad");
    for (uint8_t i = 0; i < t.c.members_n; i++)
        t.c.member[i].until = t.index; /* no statements lead here */
    assert_false(is_agreed("buurstad"));
}

static void
a_veto_keeps_an_item(void **state)
{
    uint8_t one[32], two[32];
    (void)state;
    memset(one, 1, sizeof one);
    memset(two, 2, sizeof two);
    coursetest_at(&t, ACT_PHASE_CASE);
    STATE(&t, "gemeente", ACT_TRANSFER, .partner = "buurstad");
    STATE(&t, "school", ACT_RESTRICT, .ref = 1, .code = 2);
    assert_false(course_is_vetoed(&t.c, one));
    STATE(&t, "school", ACT_VETO, .ref = 1);
    assert_true(course_is_vetoed(&t.c, one));
    assert_false(course_is_vetoed(&t.c, two));
    assert_int_equal(course_restriction(&t.c, one), 2);
    REFUSED(&t, "school", ACT_VETO, COURSE_TWICE, .ref = 1);
    STATE(&t, "gemeente", ACT_TRANSFER, .partner = "elders");
    assert_true(course_is_vetoed(&t.c, one)); /* of whatever transfer */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_is_a_member_from_one_place_to_another),
        cmocka_unit_test(nobody_is_a_member_before_or_after_the_case),
        cmocka_unit_test(a_weigher_that_leaves_still_weighs),
        cmocka_unit_test(the_file_goes_from_one_holder_to_the_next),
        cmocka_unit_test(the_file_of_a_case_goes_to_a_member),
        cmocka_unit_test(who_holds_the_file_hands_it_over_before_it_goes),
        cmocka_unit_test(who_got_the_file_since_is_not_relieved),
        cmocka_unit_test(an_admission_ends_by_its_date),
        cmocka_unit_test(one_weigher_dismisses_a_third_party),
        cmocka_unit_test(all_members_agree_to_a_transfer),
        cmocka_unit_test(who_joins_in_a_round_agrees_too),
        cmocka_unit_test(nobody_is_not_everybody),
        cmocka_unit_test(a_veto_keeps_an_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
