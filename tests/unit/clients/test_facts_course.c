/* SPDX-License-Identifier: EUPL-1.2
 *
 * The course of every case is made again from the ledger: an honest ledger
 * verifies, and an act that core recorded against it is found. */
#include "coursetest.h"

/* --- an honest one --- */

static void
an_honest_ledger_verifies(void **state)
{
    struct ledger_share member = to_member(), two = for_two(), one = for_one();
    struct verify_result result;
    course *c = begun();
    uint64_t share, waiting, approval;

    (void)state;
    (void)ledger_act(c, BURGER, ACT_CONSENT, 0);
    waiting = ledger_put_share(c, &one);
    approval = word(c, AGENT, ACT_APPROVE, waiting);
    ledger_release(c, waiting, &approval, 1);
    ledger_take_share(c, waiting);
    ledger_designate(c, HULP);
    share = ledger_put_share(c, &member);
    ledger_take_share(c, share);
    share = ledger_put_share(c, &two);
    both_approve(c, share);
    ledger_take_share(c, share);
    share = ledger_put_share(c, &two);
    (void)word(c, BURGER, ACT_APPROVE, share);
    (void)word(c, AGENT, ACT_DECLINE, share);
    ledger_return(c, share, ENTRY_CODE_DECLINED);
    /* a case that changes while shares wait and lie there */
    waiting = ledger_put_share(c, &one);
    share = ledger_put_share(c, &member);
    (void)ledger_act(c, JURIST, ACT_EMBARGO, 1);
    ledger_return(c, share, ENTRY_CODE_CHANGED_CASE);
    (void)ledger_act(c, JURIST, ACT_LIFT, 0);
    (void)ledger_act(c, BURGER, ACT_REVOKE, 0);
    (void)word(c, BURGER, ACT_APPROVE, waiting);
    ledger_return(c, waiting, ENTRY_CODE_CHANGED_CASE);
    for (int who = 0; who < 3; who++)
        (void)ledger_act(c, who, ACT_CLOSE, 1);
    result = holds(c);
    assert_int_equal(result.open, 0);
    assert_int_equal(result.unchecked, 0);
    assert_int_equal(result.kinds[ENTRY_RELEASED], 2);
}

/* More cases at once than there are courses kept made: each is made again, with
 * all that was stated of it, when its turn comes. */
static void
many_cases_at_once_verify(void **state)
{
    enum { CASES = 300 };
    static const struct {
        int who;
        enum act what;
        unsigned code;
    } steps[] = {{AGENT, ACT_BRING, 0}, {BURGER, ACT_WEIGH, 0},
        {BURGER, ACT_VOTE, 1}, {AGENT, ACT_VOTE, 1}, {JURIST, ACT_VOTE, 1}};
    course *c = ledger_course_new(false);

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        for (uint32_t number = 0; number < CASES; number++) {
            ledger_case(c, number);
            (void)ledger_act(c, steps[i].who, steps[i].what, steps[i].code);
            if (steps[i].who == JURIST) /* the votes before count with it */
                (void)ledger_act(c, BURGER, ACT_INFORM, 0);
        }
    }
    (void)holds(c);
}

/* --- acts that the course does not have --- */

static void
a_vote_before_there_is_anything_to_vote_on(course *c)
{
    (void)ledger_act(c, COLLEGE, ACT_REPORT, 0);
    (void)ledger_act(c, BURGER, ACT_VOTE, 1);
}

static void
two_votes_of_one(course *c)
{
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    (void)ledger_act(c, BURGER, ACT_WEIGH, 0);
    (void)ledger_act(c, BURGER, ACT_VOTE, 1);
    (void)ledger_act(c, BURGER, ACT_VOTE, 1);
}

static void
a_vote_of_one_who_does_not_weigh(course *c)
{
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    (void)ledger_act(c, BURGER, ACT_WEIGH, 0);
    (void)ledger_act(c, COLLEGE, ACT_VOTE, 1);
}

static void
one_who_weighs_and_does_not(course *c)
{
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    (void)ledger_act(c, BURGER, ACT_WEIGH, 0);
    ledger_lie(c, LIE_AS);
    (void)ledger_act(c, COLLEGE, ACT_VOTE, 1);
}

static void
one_who_weighs_alone(course *c)
{
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    (void)ledger_act(c, BURGER, ACT_WEIGH, 0);
    ledger_lie(c, LIE_OF);
    (void)ledger_act(c, BURGER, ACT_VOTE, 1);
}

static void
under_another_agreement(course *c)
{
    ledger_lie(c, LIE_AGREEMENT);
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
}

static void
a_plan_without_a_meeting(course *c)
{
    ledger_judge(c);
    (void)ledger_act(c, BURGER, ACT_PLAN, 0);
}

static void
an_agreement_to_no_transfer(course *c)
{
    ledger_judge(c);
    (void)ledger_act(c, BURGER, ACT_AGREE, 0);
}

static void
an_approval_of_what_does_not_wait(course *c)
{
    struct ledger_share s = to_member();

    ledger_judge(c);
    ledger_designate(c, HULP);
    (void)word(c, BURGER, ACT_APPROVE, ledger_put_share(c, &s));
}

static void
an_approval_of_one_who_is_not_asked(course *c)
{
    struct ledger_share s = for_two();

    (void)word(c, JURIST, ACT_APPROVE, ledger_put_share(c, &s));
}

static void
an_approval_twice(course *c)
{
    struct ledger_share s = for_two();
    uint64_t share = ledger_put_share(c, &s);

    (void)word(c, AGENT, ACT_APPROVE, share);
    (void)word(c, AGENT, ACT_APPROVE, share);
}

static void
an_approval_of_what_was_let_go(course *c)
{
    struct ledger_share s = for_one();
    uint64_t share, approval;

    (void)ledger_act(c, BURGER, ACT_CONSENT, 0);
    share = ledger_put_share(c, &s);
    approval = word(c, AGENT, ACT_APPROVE, share);
    ledger_release(c, share, &approval, 1);
    (void)word(c, BURGER, ACT_APPROVE, share);
}

static void
an_approval_of_a_share_of_another_case(course *c)
{
    struct ledger_share s = for_two();
    uint64_t share = ledger_put_share(c, &s);

    ledger_other_case(c);
    (void)word(c, AGENT, ACT_APPROVE, share);
}

static void
an_approval_after_a_refusal(course *c)
{
    struct ledger_share s = for_two();
    uint64_t share = ledger_put_share(c, &s);

    (void)word(c, BURGER, ACT_DECLINE, share);
    ledger_return(c, share, ENTRY_CODE_DECLINED);
    (void)word(c, AGENT, ACT_APPROVE, share);
}

static void
an_approval_of_what_expired(course *c)
{
    struct ledger_share s = for_two();
    uint64_t share = ledger_put_share(c, &s);

    ledger_expire(c, share);
    (void)word(c, AGENT, ACT_APPROVE, share);
}

static void
an_approval_of_what_has_expired_unsaid(course *c)
{
    struct ledger_share s = for_two();
    uint64_t share = ledger_put_share(c, &s);

    ledger_later(c, 2 * 86400);
    (void)word(c, AGENT, ACT_APPROVE, share);
}

static void
an_approval_of_no_share(course *c)
{
    uint64_t report = ledger_act(c, COLLEGE, ACT_REPORT, 0);

    (void)word(c, AGENT, ACT_APPROVE, report);
}

/* What WHO states of the signal of a share from agent to hulp. */
static void
of_signal(course *c, int who, enum act what, bool other_id)
{
    struct ledger_share s = to_member();
    struct statement said = {.what = what, .has_ref = true, .code = 1};

    ledger_judge(c);
    ledger_designate(c, HULP);
    said.about = ledger_put_share(c, &s);
    memcpy(said.ref, s.id, sizeof said.ref);
    said.ref[0] ^= other_id ? 1 : 0;
    (void)ledger_state(c, who, &said);
}

static void
a_rule_on_the_signal_of_another(course *c)
{
    of_signal(c, JURIST, ACT_RESTRICT, false);
}

static void
a_rule_on_another_signal(course *c)
{
    of_signal(c, AGENT, ACT_RESTRICT, true);
}

static void
a_veto_of_the_signal_of_another(course *c)
{
    struct ledger_share s = to_member();
    struct statement said = {
        .what = ACT_TRANSFER, .partner = slice_str("hulp")};
    struct statement veto = {.what = ACT_VETO, .has_ref = true};

    ledger_judge(c);
    ledger_designate(c, HULP);
    veto.about = ledger_put_share(c, &s);
    memcpy(veto.ref, s.id, sizeof veto.ref);
    (void)ledger_state(c, BURGER, &said);
    (void)ledger_state(c, JURIST, &veto);
}

enum taken { NOT = 0, IN_TIME, TOO_LATE };

/* WHO hands an extract of a share to HULP out to a guest that was admitted at
 * the desk of HULP and of COLLEGE. */
static void
hand(course *c, int who, enum taken taken)
{
    struct ledger_share s = to_member();
    struct statement admit = {.what = ACT_ADMIT, .code = 1, .has_ref = true};
    struct statement said = {.what = ACT_HAND, .has_ref = true};
    static const char *const desks[] = {"hulp", "college"};

    ledger_judge(c);
    ledger_designate(c, HULP);
    for (size_t i = 0; i < 2; i++) {
        admit.partner = slice_str(desks[i]);
        admit.ref[0] = (uint8_t)(i + 1);
        for (int by = 0; by < 3; by++)
            (void)ledger_state(c, by, &admit);
    }
    said.about = ledger_put_share(c, &s);
    said.ref[0] = who == HULP ? 1 : 2;
    if (taken == TOO_LATE)
        ledger_expire(c, said.about);
    if (taken != NOT)
        ledger_take_share(c, said.about);
    (void)ledger_state(c, who, &said);
}

static void
an_extract_of_what_was_not_taken(course *c)
{
    hand(c, HULP, NOT);
}

static void
an_extract_of_what_was_over_when_taken(course *c)
{
    hand(c, HULP, TOO_LATE);
}

static void
an_extract_of_what_another_was_given(course *c)
{
    hand(c, COLLEGE, IN_TIME);
}

static void
a_refusal_of_what_another_was_asked(course *c)
{
    struct ledger_share s = for_one();
    struct statement said = {.what = ACT_REFUSE, .code = 1};

    (void)ledger_act(c, BURGER, ACT_CONSENT, 0);
    said.about = ledger_put_share(c, &s);
    (void)ledger_state(c, HULP, &said);
}

static void
acts_that_the_course_does_not_have_are_found(void **state)
{
    static void (*const acts[])(course *) = {
        a_vote_before_there_is_anything_to_vote_on, two_votes_of_one,
        a_vote_of_one_who_does_not_weigh, one_who_weighs_and_does_not,
        one_who_weighs_alone, under_another_agreement, a_plan_without_a_meeting,
        an_agreement_to_no_transfer, an_approval_of_what_does_not_wait,
        an_approval_of_one_who_is_not_asked, an_approval_twice,
        an_approval_of_what_was_let_go, an_approval_of_a_share_of_another_case,
        an_approval_after_a_refusal, an_approval_of_what_expired,
        an_approval_of_what_has_expired_unsaid, an_approval_of_no_share,
        a_rule_on_the_signal_of_another, a_rule_on_another_signal,
        a_veto_of_the_signal_of_another, an_extract_of_what_was_not_taken,
        an_extract_of_what_was_over_when_taken,
        an_extract_of_what_another_was_given,
        a_refusal_of_what_another_was_asked};

    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct verify_result result;
        struct verify_fault fault;
        course *c = ledger_course_new(false);

        acts[i](c);
        if (end(c, &result, &fault) == DHK_OK ||
            strstr(fault.text, NO_SUCH_ACT) == NULL)
            fail_msg("act %zu: %s", i, fault.text);
    }
}

/* The same acts, of those who may state them. */
static void
acts_that_it_has_are_not(void **state)
{
    course *c = ledger_course_new(false);

    (void)state;
    of_signal(c, AGENT, ACT_RESTRICT, false);
    (void)holds(c);
    c = ledger_course_new(false);
    hand(c, HULP, IN_TIME);
    (void)holds(c);
}

/* Who has a share when it runs out answers it once, and no more. */
static void
what_was_over_is_answered_once(void **state)
{
    struct ledger_share s = to_member();
    uint64_t share;

    (void)state;
    for (int times = 1; times <= 2; times++) {
        course *c = ledger_course_new(false);

        ledger_judge(c);
        ledger_designate(c, HULP);
        share = ledger_put_share(c, &s);
        ledger_expire(c, share);
        for (int i = 0; i < times; i++)
            ledger_take_share(c, share);
        if (times == 1)
            (void)holds(c);
        else
            is_found(c, "had its outcome before");
    }
}

static void
a_statement_by_no_valid_card_is_found(void **state)
{
    course *c = ledger_course_new(false);

    (void)state;
    ledger_lie(c, LIE_CARD_TIME);
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    is_found(c, "card was not valid at that time");
    c = ledger_course_new(false);
    ledger_lie(c, LIE_SIGNATURE);
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    is_found(c, "signature over the statement");
}

/* --- a partner's own file --- */

/* It may lack what others stated, and nothing in it is wrong for that. */
static void
a_partial_file_is_not_checked_against_the_course(void **state)
{
    struct ledger_share member = to_member(), two = for_two();
    struct verify_result result;
    course *c = ledger_course_new(true);
    uint64_t share, stated[2] = {0, 0};

    (void)state;
    share = ledger_put_share(c, &member); /* by what is not in it */
    ledger_take_share(c, share);
    share = ledger_put_share(c, &two);
    stated[0] = share + 2;
    stated[1] = share + 3;
    ledger_release(c, share, stated, 2);
    ledger_take_share(c, share);
    (void)ledger_act(c, BURGER, ACT_VOTE, 1);
    share = ledger_put_share(c, &member);
    ledger_return(c, share, ENTRY_CODE_CHANGED_CASE);
    share = ledger_put_share(c, &two);
    ledger_return(c, share, ENTRY_CODE_DECLINED);
    result = holds(c);
    assert_false(result.complete);
    /* two decisions, a release, an act and two returns */
    assert_int_equal(result.unchecked, 6);
}

static void
what_a_partial_file_tells_is_checked(void **state)
{
    struct ledger_share s = for_two();
    course *c = ledger_course_new(true);

    (void)state;
    ledger_take_share(c, ledger_put_share(c, &s));
    is_found(c, "never let go");
    c = ledger_course_new(true);
    ledger_lie(c, LIE_OF);
    (void)ledger_act(c, BURGER, ACT_VOTE, 1);
    is_found(c, NO_SUCH_ACT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_ledger_verifies),
        cmocka_unit_test(many_cases_at_once_verify),
        cmocka_unit_test(acts_that_the_course_does_not_have_are_found),
        cmocka_unit_test(acts_that_it_has_are_not),
        cmocka_unit_test(what_was_over_is_answered_once),
        cmocka_unit_test(a_statement_by_no_valid_card_is_found),
        cmocka_unit_test(a_partial_file_is_not_checked_against_the_course),
        cmocka_unit_test(what_a_partial_file_tells_is_checked),
    };

    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
