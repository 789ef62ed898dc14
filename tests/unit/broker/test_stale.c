/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares whose case changes between push and delivery: they go back when they
 * would be decided otherwise by now, and what lies behind them goes on. */
#include "casetest.h"

enum { DAY_MS = 24 * 3600 * 1000 };

/* Gemeente takes nothing for now. */
static void
away(struct casetest *t)
{
    harness_credit(&t->node[GEM], 0);
}

static void
back(struct casetest *t)
{
    harness_connect(t->h, &t->node[GEM], "gemeente",
        COMMAND_MODE_SEND | COMMAND_MODE_RECEIVE);
}

static uint64_t
push(struct casetest *t, const char *kind)
{
    struct harness_signal s = casetest_signal(kind, "gemeente");
    uint64_t index = casetest_push(t, POL, &s);

    assert_int_not_equal(index, 0);
    return index;
}

/* Gemeente, which holds the file, hands it over and is relieved. */
static void
relieve(struct casetest *t)
{
    struct statement a = casetest_said(t, BURG, ACT_ASSIGN);

    a.partner = slice_str("om");
    assert_int_equal(casetest_send(t, BURG, &a), 0);
    casetest_all(t, ACT_RELIEVE);
}

/* The only entry that says that share INDEX went back, for which CODE. */
static void
went_back(struct casetest *t, uint64_t index, enum entry_code code)
{
    struct entry e;

    assert_int_not_equal(casetest_last(t, ENTRY_RETURNED, &e), 0);
    assert_int_equal(e.u.returned.index, index);
    assert_int_equal(e.u.returned.code, code);
    assert_memory_equal(e.u.returned.agreement, t->h->agreement, 32);
}

static void
nothing_reaches_who_left(void **state)
{
    struct casetest t;
    struct entry e;
    uint32_t fields;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    away(&t);
    uint64_t index = push(&t, "bij-ontvanger");
    relieve(&t);
    assert_int_equal(harness_count(t.h, ENTRY_RETURNED), 0);
    back(&t);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    went_back(&t, index, ENTRY_CODE_CHANGED_CASE);
    assert_int_equal(harness_outcome(&t.node[POL], &e), ENTRY_RETURNED);
    assert_int_equal(harness_mailbox(t.h, "gemeente")->open, 0);
}

static void
nothing_goes_out_after_closing(void **state)
{
    struct casetest t;
    uint32_t fields;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    away(&t);
    uint64_t index = push(&t, "bij-casus");
    casetest_all(&t, ACT_CLOSE);
    harness_restart(t.h);
    casetest_connect(&t);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    went_back(&t, index, ENTRY_CODE_CHANGED_CASE);
}

static void
what_lies_behind_goes_on(void **state)
{
    struct casetest t;
    struct harness_share share[8];

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    away(&t);
    uint64_t first = push(&t, "bericht");
    push(&t, "bij-ontvanger");
    uint64_t second = push(&t, "bericht");
    push(&t, "bij-aangewezen");
    uint64_t third = push(&t, "bij-casus");
    relieve(&t);
    back(&t);
    assert_int_equal(harness_shares(&t.node[GEM], share, 8), 3);
    assert_int_equal(share[0].index, first);
    assert_int_equal(share[1].index, second);
    assert_int_equal(share[2].index, third);
    assert_int_equal(harness_count(t.h, ENTRY_RETURNED), 2);
    harness_answer(&t.node[GEM], share, 3, ANSWER_TAKEN);
    assert_int_equal(harness_mailbox(t.h, "gemeente")->open, 0);
}

static void
fewer_fields_are_another_decision(void **state)
{
    struct casetest t;
    uint32_t fields;
    struct harness_signal s = casetest_signal("bijdrage", "gemeente");

    s.presence = 7;
    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    away(&t);
    uint64_t index = casetest_push(&t, POL, &s);
    relieve(&t); /* a case still: it may have the first field */
    back(&t);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    went_back(&t, index, ENTRY_CODE_CHANGED_CASE);
    assert_int_not_equal(casetest_push(&t, POL, &s), 0);
    assert_int_equal(casetest_take(&t, GEM, &fields), 1);
    assert_int_equal(fields, 1);
}

static void
a_case_that_goes_on_disturbs_nothing(void **state)
{
    struct casetest t;
    uint32_t fields;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    away(&t);
    push(&t, "bij-casus");
    casetest_state(&t, BURG, ACT_INFORM);
    casetest_state(&t, BURG, ACT_ENRICH);
    back(&t);
    assert_int_equal(casetest_take(&t, GEM, &fields), 1);
    assert_int_equal(harness_count(t.h, ENTRY_RETURNED), 0);
}

/* Nobody states that a term ended. */
static void
a_term_that_ended_is_a_change(void **state)
{
    struct casetest t;
    uint32_t fields;

    casetest_begin(&t, *state);
    struct statement s = casetest_said(&t, OM, ACT_CONSENT);
    s.until = s.made + 24 * 3600;
    assert_int_equal(casetest_send(&t, OM, &s), 0);
    away(&t);
    uint64_t index = push(&t, "bij-gezag");
    harness_turn(t.h, 2 * DAY_MS);
    back(&t);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    went_back(&t, index, ENTRY_CODE_CHANGED_CASE);
}

/* It may have it: that cannot be undone, and its answer counts. It may not have
 * it any more, and so it is not sent again. */
static void
what_was_delivered_is_answered_and_not_sent_again(void **state)
{
    struct casetest t;
    struct harness_share share[2];

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    push(&t, "bij-ontvanger");
    assert_int_equal(harness_shares(&t.node[GEM], share, 2), 1);
    relieve(&t);
    harness_forget(t.h);
    back(&t);
    assert_int_equal(harness_shares(&t.node[GEM], share + 1, 1), 0);
    harness_turn(t.h, 1100); /* late: all that is open is sent again */
    assert_int_equal(harness_shares(&t.node[GEM], share + 1, 1), 0);
    push(&t, "bericht"); /* what comes behind it does go out */
    assert_int_equal(harness_shares(&t.node[GEM], share + 1, 1), 1);
    assert_int_equal(harness_count(t.h, ENTRY_RETURNED), 0);
    harness_answer(&t.node[GEM], share, 2, ANSWER_TAKEN);
    assert_int_equal(harness_count(t.h, ENTRY_DELIVERED), 1);
    assert_int_equal(harness_count(t.h, ENTRY_RETURNED), 0);
    assert_int_equal(harness_mailbox(t.h, "gemeente")->open, 0);
}

static void
a_share_that_was_let_go_is_looked_at_too(void **state)
{
    struct casetest t;
    uint32_t fields;
    struct harness_signal s = casetest_signal("plan", "gemeente");

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CONFERRED);
    away(&t);
    uint64_t index = casetest_push(&t, POL, &s);
    assert_int_equal(casetest_approve(&t, BURG, index), 0);
    assert_int_equal(harness_count(t.h, ENTRY_RELEASED), 1);
    casetest_state(&t, BURG, ACT_PLAN);
    back(&t);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    went_back(&t, index, ENTRY_CODE_CHANGED_CASE);
}

static void
many_go_back_and_a_full_store_delays_them(void **state)
{
    enum { MANY = 600 };
    struct casetest t;
    uint32_t fields;
    struct harness_signal s = casetest_signal("bij-ontvanger", "gemeente");

    casetest_begin(&t, *state);
    t.h->core->cfg.quota = 2 * MANY;
    casetest_reach(&t, ACT_PHASE_CASE);
    away(&t);
    harness_push_many(&t.node[POL], &s, MANY);
    push(&t, "bericht");
    relieve(&t);
    harness_forget(t.h);
    t.h->core->full_until = UINT64_MAX;
    back(&t);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    assert_int_equal(harness_count(t.h, ENTRY_RETURNED), 0);
    t.h->core->full_until = 0;
    harness_batch(t.h);
    assert_int_equal(casetest_take(&t, GEM, &fields), 1);
    assert_int_equal(harness_count(t.h, ENTRY_RETURNED), MANY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(nothing_reaches_who_left),
        harness_test(nothing_goes_out_after_closing),
        harness_test(what_lies_behind_goes_on),
        harness_test(fewer_fields_are_another_decision),
        harness_test(a_case_that_goes_on_disturbs_nothing),
        harness_test(a_term_that_ended_is_a_change),
        harness_test(what_was_delivered_is_answered_and_not_sent_again),
        harness_test(a_share_that_was_let_go_is_looked_at_too),
        harness_test(many_go_back_and_a_full_store_delays_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
