/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that wait for approvals: let go by all whom it takes, sent back by one
 * of them, and ended in every other way while they wait. */
#include "casetest.h"

#include "withdrawal.h"

/* A share that waits for one approval of a signatory. */
static uint64_t
a_piece(struct casetest *t)
{
    struct harness_signal s = casetest_signal("stuk", "gemeente");
    uint64_t index = casetest_push(t, POL, &s);

    assert_int_not_equal(index, 0);
    return index;
}

/* One that waits for two of three, of which one is the burgemeester. */
static uint64_t
a_file(struct casetest *t, const char *to)
{
    struct harness_signal s = casetest_signal("dossier", to);
    uint64_t index = casetest_push(t, POL, &s);

    assert_int_not_equal(index, 0);
    return index;
}

static uint64_t
pending(struct casetest *t, const char *to)
{
    return harness_mailbox(t->h, to)->pending;
}

static void
approve_is_refused(struct casetest *t, enum casetest_who who, uint64_t index)
{
    struct statement s = casetest_about(t, who, ACT_APPROVE, index);

    s.made++; /* never the same as one before */
    casetest_refused(t, who, &s);
}

/* What came with the only share that WHO gets; it is taken. */
static size_t
approvals(struct casetest *t, enum casetest_who who)
{
    struct harness_share share[2];

    assert_int_equal(harness_shares(&t->node[who], share, 2), 1);
    assert_true(share[0].opens);
    harness_answer(&t->node[who], share, 1, ANSWER_TAKEN);
    return share[0].approvals;
}

static void
it_waits_until_all_whom_it_takes_have_approved(void **state)
{
    struct casetest t;
    struct entry e;
    uint32_t fields;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t index = a_file(&t, "gemeente");
    assert_int_equal(pending(&t, "gemeente"), 1);
    assert_int_equal(casetest_approve(&t, POL, index), 0);
    assert_int_equal(casetest_approve(&t, OM, index), 0);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    assert_int_equal(harness_count(t.h, ENTRY_RELEASED), 0);
    assert_int_equal(casetest_approve(&t, BURG, index), 0);
    uint64_t at = casetest_last(&t, ENTRY_RELEASED, &e);
    assert_int_equal(at, t.index + 1);
    assert_int_equal(e.u.released.share, index);
    assert_int_equal(e.u.released.n, 3);
    assert_int_equal(e.u.released.index[2], t.index);
    assert_int_equal(pending(&t, "gemeente"), 0);
    assert_int_equal(harness_mailbox(t.h, "gemeente")->open, 1);
    assert_int_equal(approvals(&t, GEM), 3);
    assert_int_equal(harness_mailbox(t.h, "gemeente")->open, 0);
    assert_int_equal(harness_count(t.h, ENTRY_DELIVERED), 1);
}

static void
who_is_enough_is_enough(void **state)
{
    struct casetest t;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t index = a_file(&t, "gemeente");
    assert_int_equal(casetest_approve(&t, BURG, index), 0);
    assert_int_equal(casetest_approve(&t, OM, index), 0);
    assert_int_equal(approvals(&t, GEM), 2);
    approve_is_refused(&t, POL, index);
}

static void
only_those_named_approve_and_once(void **state)
{
    struct casetest t;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t index = a_file(&t, "om");
    approve_is_refused(&t, GEM, index);
    approve_is_refused(&t, BURG, index - 1); /* no share */
    approve_is_refused(&t, BURG, 1000000);
    assert_int_equal(casetest_approve(&t, POL, index), 0);
    approve_is_refused(&t, POL, index);
    struct statement s = casetest_about(&t, POL, ACT_DECLINE, index);
    casetest_refused(&t, POL, &s);
    s = casetest_about(&t, OM, ACT_APPROVE, index);
    s.case_handle[0]++; /* of another case */
    casetest_refused(&t, OM, &s);
    assert_int_equal(pending(&t, "om"), 1);
    /* what does not wait */
    struct harness_signal m = casetest_signal("bericht", "gemeente");
    approve_is_refused(&t, OM, casetest_push(&t, POL, &m));
}

static void
any_signatory_will_do_where_none_is_named(void **state)
{
    static const enum casetest_who who[] = {BURG, POL, OM};
    struct casetest t;

    casetest_begin(&t, *state);
    for (size_t i = 0; i < 3; i++) {
        uint64_t index = a_piece(&t);
        approve_is_refused(&t, GEM, index);
        assert_int_equal(casetest_approve(&t, who[i], index), 0);
        assert_int_equal(approvals(&t, GEM), 1);
    }
}

static void
one_refusal_sends_it_back(void **state)
{
    struct casetest t;
    struct entry e;
    uint32_t fields;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t index = a_file(&t, "gemeente");
    assert_int_equal(casetest_approve(&t, BURG, index), 0);
    assert_int_equal(casetest_decline(&t, OM, index), 0);
    assert_int_equal(harness_outcome(&t.node[POL], &e), ENTRY_RETURNED);
    assert_int_equal(e.u.returned.index, index);
    assert_int_equal(e.u.returned.code, ENTRY_CODE_DECLINED);
    approve_is_refused(&t, POL, index);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    assert_int_equal(pending(&t, "gemeente"), 0);
}

/* The last approval and a refusal in one batch: the first of them counts. */
static void
of_an_approval_and_a_refusal_the_first_counts(void **state)
{
    struct casetest t;
    struct entry e;
    uint32_t fields;

    casetest_begin(&t, *state);
    uint64_t index = a_piece(&t);
    struct statement yes = casetest_about(&t, OM, ACT_APPROVE, index);
    struct statement no = casetest_about(&t, BURG, ACT_DECLINE, index);
    casetest_say(&t, OM, &yes);
    casetest_say(&t, BURG, &no);
    harness_batch(t.h);
    assert_int_equal(harness_error(&t.node[BURG]), COMMAND_ERROR_COURSE);
    assert_int_equal(approvals(&t, GEM), 1);
    index = a_piece(&t);
    yes.about = no.about = index;
    casetest_say(&t, BURG, &no);
    casetest_say(&t, OM, &yes);
    harness_batch(t.h);
    assert_int_equal(harness_error(&t.node[OM]), COMMAND_ERROR_COURSE);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    assert_int_not_equal(casetest_last(&t, ENTRY_RETURNED, &e), 0);
    assert_int_equal(e.u.returned.index, index);
}

static void
it_expires_while_it_waits(void **state)
{
    struct casetest t;
    struct entry e;

    casetest_begin(&t, *state);
    uint64_t index = a_piece(&t);
    /* it is over, though nobody has said so yet */
    harness_pass(t.h, (uint64_t)7 * 24 * 3600 * 1000);
    harness_batch(t.h); /* seals */
    approve_is_refused(&t, OM, index);
    core_tick(t.h->core);
    harness_batch(t.h);
    assert_int_equal(harness_outcome(&t.node[POL], &e), ENTRY_EXPIRED);
    approve_is_refused(&t, OM, index);
}

static void
it_is_withdrawn_while_it_waits(void **state)
{
    struct casetest t;
    struct entry e;
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct withdrawal w = {.origin = slice_str(HARNESS_ORIGIN),
        .reason = WITHDRAWAL_INCORRECT,
        .made = 1772000000};
    struct command c = {.type = COMMAND_WITHDRAW, .number = 21};
    struct sink out;

    casetest_begin(&t, *state);
    uint64_t index = a_piece(&t);
    harness_entry(t.h, index, &e);
    w.accepted = e.u.share.accepted;
    memcpy(w.signal, e.u.share.id, sizeof w.signal);
    memcpy(w.card, t.node[POL].partner->card.id, sizeof w.card);
    sink_init(&out, mem, sizeof mem);
    ok(withdrawal_issue(&out, &w, t.node[POL].partner->secret.sign));
    c.bytes = sink_done(&out);
    harness_send_command(&t.node[POL], &c, NULL, 0);
    harness_batch(t.h);
    assert_int_equal(harness_outcome(&t.node[POL], &e), ENTRY_WITHDRAWN);
    approve_is_refused(&t, OM, index);
    assert_int_equal(pending(&t, "gemeente"), 0);
}

static void
its_recipient_s_card_is_revoked_while_it_waits(void **state)
{
    struct casetest t;
    struct entry e;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t index = a_file(&t, "gemeente");
    assert_int_equal(casetest_approve(&t, BURG, index), 0);
    assert_int_equal(
        harness_revoke_card(t.h, harness_find(t.h, "gemeente")->card.id, 1), 0);
    assert_int_equal(harness_outcome(&t.node[POL], &e), ENTRY_RETURNED);
    assert_int_equal(e.u.returned.code, ENTRY_CODE_CARD);
    approve_is_refused(&t, OM, index);
}

static void
what_was_let_go_ends_like_any_other(void **state)
{
    struct casetest t;
    struct entry e;

    casetest_begin(&t, *state);
    uint64_t index = a_piece(&t);
    harness_credit(&t.node[GEM], 0); /* takes nothing for now */
    assert_int_equal(casetest_approve(&t, OM, index), 0);
    assert_int_equal(harness_mailbox(t.h, "gemeente")->open, 1);
    harness_turn(t.h, (uint64_t)8 * 24 * 3600 * 1000);
    assert_int_equal(harness_outcome(&t.node[POL], &e), ENTRY_EXPIRED);
    assert_int_equal(harness_mailbox(t.h, "gemeente")->open, 0);
}

/* The case went on between the signal and the last approval. */
static void
it_is_decided_again_when_all_have_approved(void **state)
{
    struct casetest t;
    struct entry e;
    uint32_t fields;
    struct harness_signal s = casetest_signal("plan", "gemeente");

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CONFERRED);
    uint64_t index = casetest_push(&t, POL, &s);
    uint64_t other = casetest_push(&t, POL, &s);
    assert_int_equal(casetest_approve(&t, BURG, other), 0);
    assert_int_equal(approvals(&t, GEM), 1);
    casetest_state(&t, BURG, ACT_PLAN);
    assert_int_equal(casetest_approve(&t, BURG, index), 0);
    assert_int_not_equal(casetest_last(&t, ENTRY_RETURNED, &e), 0);
    assert_int_equal(e.u.returned.index, index);
    assert_int_equal(e.u.returned.code, ENTRY_CODE_CHANGED_CASE);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
    assert_int_equal(harness_count(t.h, ENTRY_RELEASED), 1);
}

static void
nobody_approves_in_a_case_that_is_over(void **state)
{
    struct casetest t;
    uint32_t fields;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t index = a_file(&t, "gemeente");
    assert_int_equal(casetest_approve(&t, BURG, index), 0);
    casetest_all(&t, ACT_CLOSE);
    approve_is_refused(&t, OM, index);
    assert_int_equal(casetest_decline(&t, OM, index), 0);
    assert_int_equal(casetest_take(&t, GEM, &fields), 0);
}

/* It comes behind what was delivered long ago, and urgent before the others. */
static void
it_is_delivered_from_when_it_was_let_go(void **state)
{
    struct casetest t;
    struct harness_share share[8];
    struct harness_signal m = casetest_signal("bericht", "gemeente");
    struct harness_signal s = casetest_signal("stuk", "gemeente");

    casetest_begin(&t, *state);
    uint64_t index = casetest_push(&t, POL, &s);
    s.no = 0; /* urgent */
    uint64_t urgent = casetest_push(&t, POL, &s);
    assert_int_not_equal(casetest_push(&t, POL, &m), 0);
    assert_int_equal(harness_shares(&t.node[GEM], share, 8), 1);
    assert_int_equal(casetest_approve(&t, OM, index), 0);
    assert_int_equal(harness_shares(&t.node[GEM], &share[1], 7), 1);
    assert_int_equal(share[1].index, index);
    assert_int_equal(casetest_approve(&t, OM, urgent), 0);
    assert_int_equal(harness_shares(&t.node[GEM], &share[2], 6), 1);
    assert_int_equal(share[2].index, urgent);
    /* who says what it has does not get it again; what it has not, it does */
    uint64_t cursor[COMMAND_CLASSES] = {0, t.node[GEM].to[1]};
    harness_resume(t.h, &t.node[GEM], "gemeente", cursor);
    assert_int_equal(harness_shares(&t.node[GEM], share, 8), 1);
    assert_int_equal(share[0].index, urgent);
    harness_connect(t.h, &t.node[GEM], "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&t.node[GEM], share, 8), 3);
    assert_int_equal(share[0].index, urgent);
    assert_int_equal(share[2].index, index);
    harness_answer(&t.node[GEM], share, 3, ANSWER_TAKEN);
    assert_int_equal(harness_mailbox(t.h, "gemeente")->open, 0);
}

static void
the_operator_sees_that_something_waits(void **state)
{
    struct casetest t;
    struct report r;

    casetest_begin(&t, *state);
    harness_turn(t.h, 1000);
    uint64_t since = t.h->wall, index = a_piece(&t);
    harness_turn(t.h, 1000);
    a_piece(&t);
    harness_report(t.h, &r);
    assert_int_equal(r.number[REPORT_PENDING], 2);
    assert_int_equal(r.number[REPORT_PENDING_OLDEST], since);
    assert_int_equal(r.number[REPORT_OPEN], 0);
    harness_credit(&t.node[GEM], 0);
    assert_int_equal(casetest_approve(&t, OM, index), 0);
    harness_report(t.h, &r);
    assert_int_equal(r.number[REPORT_PENDING], 1);
    assert_int_equal(r.number[REPORT_PENDING_OLDEST], since + 1000);
    assert_int_equal(r.number[REPORT_OPEN], 1);
    assert_int_equal(r.number[REPORT_OLDEST], since);
}

/* --- crashes --- */

static void
approvals_and_releases_outlive_a_crash(void **state)
{
    struct casetest t;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CASE);
    uint64_t index = a_file(&t, "gemeente");
    uint64_t piece = a_piece(&t);
    assert_int_equal(casetest_approve(&t, BURG, index), 0);
    harness_restart(t.h);
    casetest_connect(&t);
    assert_int_equal(pending(&t, "gemeente"), 2);
    approve_is_refused(&t, BURG, index);
    harness_credit(&t.node[GEM], 0); /* takes nothing for now */
    assert_int_equal(casetest_approve(&t, OM, index), 0);
    assert_int_equal(casetest_decline(&t, OM, piece), 0);
    harness_restart(t.h);
    casetest_connect(&t);
    assert_int_equal(pending(&t, "gemeente"), 0);
    assert_int_equal(approvals(&t, GEM), 2);
}

static void
an_approval_that_was_taken_back_is_none(void **state)
{
    struct casetest t;

    casetest_begin(&t, *state);
    uint64_t index = a_piece(&t);
    t.h->fail_next = true;
    assert_int_equal(casetest_approve(&t, OM, index), COMMAND_ERROR_BUSY);
    t.h->core->full_until = 0;
    assert_int_equal(pending(&t, "gemeente"), 1);
    assert_int_equal(harness_count(t.h, ENTRY_RELEASED), 0);
    assert_int_equal(casetest_approve(&t, OM, index), 0);
    casetest_connect(&t);
    assert_int_equal(approvals(&t, GEM), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(it_waits_until_all_whom_it_takes_have_approved),
        harness_test(who_is_enough_is_enough),
        harness_test(only_those_named_approve_and_once),
        harness_test(any_signatory_will_do_where_none_is_named),
        harness_test(one_refusal_sends_it_back),
        harness_test(of_an_approval_and_a_refusal_the_first_counts),
        harness_test(it_expires_while_it_waits),
        harness_test(it_is_withdrawn_while_it_waits),
        harness_test(its_recipient_s_card_is_revoked_while_it_waits),
        harness_test(what_was_let_go_ends_like_any_other),
        harness_test(it_is_decided_again_when_all_have_approved),
        harness_test(nobody_approves_in_a_case_that_is_over),
        harness_test(it_is_delivered_from_when_it_was_let_go),
        harness_test(the_operator_sees_that_something_waits),
        harness_test(approvals_and_releases_outlive_a_crash),
        harness_test(an_approval_that_was_taken_back_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
