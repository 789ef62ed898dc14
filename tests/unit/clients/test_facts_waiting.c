/* SPDX-License-Identifier: EUPL-1.2
 *
 * What core states of a case and decides by its course, and what it lets go and
 * sends back, is made again from the ledger. */
#include "coursetest.h"

#include "ledger_courser.h"
#include "ledgercases.h"

/* --- what core states and decides by the course --- */

static void
facts_that_the_course_does_not_say_are_found(void **state)
{
    struct ledger_share s = to_member();
    course *c = begun();

    (void)state;
    (void)ledger_put_share(c, &s); /* nobody designated hulp */
    is_found(c, "states of the case what its course does not say");
    s.fact[0].name = NULL;
    c = begun();
    (void)ledger_put_share(c, &s); /* it does not say */
    is_found(c, "states of the case what its course does not say");
    s = to_member();
    s.fact[1] = (struct ledger_fact){"embargo", "no"};
    c = begun();
    ledger_designate(c, HULP);
    (void)ledger_put_share(c, &s); /* it says too much: that is closed */
    is_found(c, "states of the case what its course does not say");
    s = to_member();
    s.fact[1] = s.fact[0];
    c = begun();
    ledger_designate(c, HULP);
    (void)ledger_put_share(c, &s);
    is_found(c, "states of the case what its course does not say");
}

static void
what_the_course_forbids_is_found(void **state)
{
    struct ledger_share s = to_member();
    course *c = begun();

    (void)state;
    /* a closed attribute, which stands in no entry */
    ledger_designate(c, HULP);
    (void)ledger_act(c, JURIST, ACT_EMBARGO, 1);
    (void)ledger_put_share(c, &s);
    is_found(c, "does not permit this recipient");
    s.fact[0].value = "no"; /* honest about a share that it should not make */
    c = begun();
    (void)ledger_put_share(c, &s);
    is_found(c, "does not permit this recipient");
    s = to_member();
    s.fields = 3;
    c = begun();
    ledger_designate(c, HULP);
    (void)ledger_put_share(c, &s);
    is_found(c, "a field that the agreement does not permit");
}

/* To which signal it replies is not on the ledger: one must fit. */
static void
a_rule_of_a_signal_that_it_may_reply_to_must_fit(void **state)
{
    struct ledger_share s = {.from = AGENT,
        .to = COLLEGE,
        .kind = "advies",
        .rule = "P4",
        .fact = {{"derdenregel", "opgeheven"}}};
    struct ledger_share first = to_member();
    struct statement said = {.what = ACT_RESTRICT, .has_ref = true, .code = 3};
    course *c = begun();

    (void)state;
    (void)ledger_put_share(c, &s); /* nothing was stated of any */
    is_found(c, "states of the case what its course does not say");
    c = begun();
    ledger_designate(c, HULP);
    said.about = ledger_put_share(c, &first);
    memcpy(said.ref, first.id, sizeof said.ref);
    (void)ledger_state(c, AGENT, &said);
    (void)ledger_put_share(c, &s);
    (void)holds(c);
    c = begun();
    ledger_designate(c, HULP);
    said.code = 2;
    said.about = ledger_put_share(c, &first);
    memcpy(said.ref, first.id, sizeof said.ref);
    (void)ledger_state(c, AGENT, &said);
    s.fact[0].value = "van-kracht";
    (void)ledger_put_share(c, &s);
    is_found(c, "does not permit this recipient");
}

static void
other_approvals_than_the_agreement_asks_for_are_found(void **state)
{
    struct ledger_share s = for_two();
    course *c = ledger_course_new(false);

    (void)state;
    s.count = 1;
    (void)ledger_put_share(c, &s);
    is_found(c, "other duties");
    s = for_two();
    s.of[1] = COLLEGE;
    c = ledger_course_new(false);
    (void)ledger_put_share(c, &s);
    is_found(c, "other duties");
    s = for_two();
    s.at_once = true;
    c = ledger_course_new(false);
    (void)ledger_put_share(c, &s);
    is_found(c, "should wait for an approval");
    s = to_member();
    s.count = 1;
    s.at_once = true;
    c = begun();
    ledger_designate(c, HULP);
    (void)ledger_put_share(c, &s);
    is_found(c, "other duties");
}

/* A consent ends by its term, and nobody has to state that. */
static void
time_changes_a_case_as_well(void **state)
{
    struct ledger_share s = for_one();
    course *c = ledger_course_new(false);
    struct statement said = {.what = ACT_CONSENT, .until = LEDGER_NOW + 3600};
    uint64_t share;

    (void)state;
    (void)ledger_state(c, BURGER, &said);
    share = ledger_put_share(c, &s);
    ledger_later(c, 2 * 3600);
    (void)word(c, AGENT, ACT_APPROVE, share);
    ledger_return(c, share, ENTRY_CODE_CHANGED_CASE);
    (void)holds(c);
}

/* --- what waits --- */

static void
what_was_never_let_go_was_not_answered(void **state)
{
    struct ledger_share s = for_two();
    course *c = ledger_course_new(false);
    uint64_t share = ledger_put_share(c, &s);

    (void)state;
    (void)word(c, BURGER, ACT_APPROVE, share);
    ledger_take_share(c, share);
    is_found(c, "never let go");
}

static void
too_few_or_others_let_nothing_go(void **state)
{
    struct ledger_share s = for_two();
    course *c = ledger_course_new(false);
    uint64_t share = ledger_put_share(c, &s), other, stated[2];

    (void)state;
    stated[0] = word(c, BURGER, ACT_APPROVE, share);
    ledger_release(c, share, stated, 1);
    is_found(c, "by fewer than had to");
    /* approvals of another share */
    c = ledger_course_new(false);
    share = ledger_put_share(c, &s);
    stated[0] = word(c, BURGER, ACT_APPROVE, share);
    other = ledger_put_share(c, &s);
    stated[1] = word(c, AGENT, ACT_APPROVE, other);
    ledger_release(c, share, stated, 2);
    is_found(c, "what is no approval of it");
    /* something else that was stated */
    c = ledger_course_new(false);
    share = ledger_put_share(c, &s);
    stated[0] = word(c, BURGER, ACT_APPROVE, share);
    stated[1] = ledger_act(c, AGENT, ACT_BRING, 0);
    ledger_release(c, share, stated, 2);
    is_found(c, "what is no approval of it");
}

static void
it_is_let_go_once_and_before_its_end(void **state)
{
    struct ledger_share s = for_two();
    course *c = ledger_course_new(false);
    uint64_t share = ledger_put_share(c, &s), stated[2];

    (void)state;
    stated[0] = word(c, BURGER, ACT_APPROVE, share);
    stated[1] = word(c, AGENT, ACT_APPROVE, share);
    ledger_release(c, share, stated, 2);
    ledger_release(c, share, stated, 2);
    is_found(c, "what did not wait");
    c = ledger_course_new(false);
    share = ledger_put_share(c, &s);
    stated[0] = word(c, BURGER, ACT_APPROVE, share);
    ledger_expire(c, share);
    ledger_release(c, share, stated, 1);
    is_found(c, "had its outcome before");
    c = ledger_course_new(false);
    share = ledger_put_share(c, &s);
    stated[0] = word(c, BURGER, ACT_APPROVE, share);
    stated[1] = word(c, AGENT, ACT_DECLINE, share);
    ledger_release(c, share, stated, 1);
    is_found(c, "although it was declined");
}

/* The last word that it needs, and core goes on with something else. */
static void
what_nobody_is_missing_for_is_not_kept_back(void **state)
{
    struct ledger_share s = for_two();
    course *c = ledger_course_new(false);
    uint64_t share = ledger_put_share(c, &s);

    (void)state;
    (void)word(c, BURGER, ACT_APPROVE, share);
    (void)word(c, AGENT, ACT_APPROVE, share);
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    is_found(c, "neither let that share go nor sent it back");
    c = ledger_course_new(false);
    share = ledger_put_share(c, &s);
    (void)word(c, BURGER, ACT_APPROVE, share);
    (void)word(c, AGENT, ACT_APPROVE, share);
    ledger_expire(c, share);
    is_found(c, "neither let that share go nor sent it back");
    c = ledger_course_new(false);
    share = ledger_put_share(c, &s);
    (void)word(c, BURGER, ACT_DECLINE, share);
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    is_found(c, "neither let that share go nor sent it back");
    c = ledger_course_new(false);
    share = ledger_put_share(c, &s);
    (void)word(c, BURGER, ACT_APPROVE, share);
    (void)ledger_act(c, AGENT, ACT_BRING, 0);
    (void)holds(c);
}

/* Another share is let go, or sent back, in its stead. */
static void
the_end_of_another_share_is_not_its_end(void **state)
{
    struct ledger_share s = for_two();
    course *c = ledger_course_new(false);
    uint64_t share = ledger_put_share(c, &s);
    uint64_t other = ledger_put_share(c, &s);

    (void)state;
    (void)word(c, BURGER, ACT_APPROVE, share);
    (void)word(c, AGENT, ACT_APPROVE, share);
    ledger_return(c, other, ENTRY_CODE_QUOTA);
    is_found(c, "neither let that share go nor sent it back");
}

static void
a_ledger_does_not_end_before_the_end_that_is_due(void **state)
{
    struct ledger_share s = for_two();
    course *c = ledger_course_new(false);
    uint64_t share = ledger_put_share(c, &s);

    (void)state;
    (void)word(c, BURGER, ACT_APPROVE, share);
    (void)word(c, AGENT, ACT_APPROVE, share);
    is_found(c, "before the entry that had to follow");
}

static void
it_is_not_let_go_when_its_case_has_changed(void **state)
{
    struct ledger_share s = for_one();
    course *c = ledger_course_new(false);
    uint64_t share, approval;

    (void)state;
    (void)ledger_act(c, BURGER, ACT_CONSENT, 0);
    share = ledger_put_share(c, &s);
    (void)ledger_act(c, BURGER, ACT_REVOKE, 0);
    approval = word(c, AGENT, ACT_APPROVE, share);
    ledger_release(c, share, &approval, 1);
    is_found(c, "would be decided otherwise");
}

static void
what_goes_back_goes_back_for_a_reason(void **state)
{
    struct ledger_share s = for_one(), member = to_member();
    course *c = ledger_course_new(false);
    uint64_t share;

    (void)state;
    (void)ledger_act(c, BURGER, ACT_CONSENT, 0);
    share = ledger_put_share(c, &s);
    ledger_return(c, share, ENTRY_CODE_CHANGED_CASE);
    is_found(c, "nothing changed for it");
    c = begun();
    ledger_designate(c, HULP);
    share = ledger_put_share(c, &member);
    (void)ledger_act(c, BURGER, ACT_INFORM, 0);
    ledger_return(c, share, ENTRY_CODE_CHANGED_CASE);
    is_found(c, "nothing changed for it");
    c = ledger_course_new(false);
    (void)ledger_act(c, BURGER, ACT_CONSENT, 0);
    share = ledger_put_share(c, &s);
    ledger_return(c, share, ENTRY_CODE_DECLINED);
    is_found(c, "nobody declined it");
    c = begun();
    ledger_designate(c, HULP);
    share = ledger_put_share(c, &member);
    ledger_return(c, share, ENTRY_CODE_DECLINED);
    is_found(c, "did not wait");
}

/* --- the requests behind what was shared --- */

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    return ledgercases_record(ctx, record);
}

/* One share, to a member. */
static void
read_cases(struct ledgercases *l, struct agreement **a, bool partial)
{
    struct findings *findings = calloc(1, sizeof *findings);
    struct ledger_course *c = ledger_course_new(partial);
    struct slice text = slice_str(ledger_course_text);
    struct ledger_share s = to_member();
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;

    assert_non_null(findings);
    ledger_judge(c);
    ledger_designate(c, HULP);
    (void)ledger_put_share(c, &s);
    ledger_course_end(&c, &made);
    ok(agreement_load(a, text, findings));
    ok(ledgercases_init(l, *a, text));
    const struct verify_input in = {.signers = slice_str(made.signers)};
    const struct verify_file run = {.file = fmemopen(made.bytes, made.n, "r"),
        .input = &in,
        .take = take,
        .ctx = l};
    assert_non_null(run.file);
    ok(verify_file(&run, &result, &fault));
    (void)fclose(run.file);
    free(made.bytes);
    free(findings);
}

/* Closed ones, too: of those only the course tells. */
static void
requests_have_what_the_broker_computed(void **state)
{
    struct agreement *a = NULL;
    struct ledgercases l;

    (void)state;
    read_cases(&l, &a, false);
    assert_int_equal(l.n, 1);
    assert_int_equal(l.list[0].attribute[0].state, VALUE_KNOWN);
    assert_int_equal(l.list[0].attribute[0].v, 1); /* aangewezen */
    assert_int_equal(l.list[0].attribute[1].state, VALUE_KNOWN);
    assert_int_equal(l.list[0].attribute[1].v, 0); /* embargo */
    ledgercases_done(&l);
    agreement_destroy(&a);
    read_cases(&l, &a, true);
    assert_int_equal(l.n, 0);
    assert_int_equal(l.unclear, 1);
    ledgercases_done(&l);
    agreement_destroy(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_have_what_the_broker_computed),
        cmocka_unit_test(facts_that_the_course_does_not_say_are_found),
        cmocka_unit_test(what_the_course_forbids_is_found),
        cmocka_unit_test(a_rule_of_a_signal_that_it_may_reply_to_must_fit),
        cmocka_unit_test(other_approvals_than_the_agreement_asks_for_are_found),
        cmocka_unit_test(what_was_never_let_go_was_not_answered),
        cmocka_unit_test(too_few_or_others_let_nothing_go),
        cmocka_unit_test(it_is_let_go_once_and_before_its_end),
        cmocka_unit_test(what_nobody_is_missing_for_is_not_kept_back),
        cmocka_unit_test(the_end_of_another_share_is_not_its_end),
        cmocka_unit_test(a_ledger_does_not_end_before_the_end_that_is_due),
        cmocka_unit_test(it_is_not_let_go_when_its_case_has_changed),
        cmocka_unit_test(time_changes_a_case_as_well),
        cmocka_unit_test(what_goes_back_goes_back_for_a_reason),
    };

    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
