/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signals that their sender withdraws or corrects: every share ends, who
 * answered it is told until it has answered that, and nobody else learns
 * anything. */
#include "withdrawtest.h"

static void
what_waits_ends_and_nobody_is_told(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[MAX];
    uint64_t cursor;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = withdrawtest_push(&politie, &harness_p6);
    struct withdrawal w = withdrawtest_said(&politie, &s);
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 2);
    assert_int_equal(told, 0);
    assert_int_equal(withdrawtest_outcomes(&politie, ENTRY_WITHDRAWN), 2);
    assert_false(withdrawtest_anything_waits(h));
    assert_true(withdrawtest_is_empty(h, TABLE_BUNDLE));
    assert_true(withdrawtest_is_empty(h, TABLE_NOTICE));
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_turn(h, 1500);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 0);
    assert_int_equal(withdrawtest_notices(&gemeente, share, &cursor), 0);
}

static void
who_answered_is_told_and_answers(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, om;
    struct harness_share share[MAX], notice[MAX];
    struct entry e;
    uint64_t cursor;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = withdrawtest_push(&politie, &harness_p6);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 1);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = withdrawtest_said(&politie, &s);
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 2);
    assert_int_equal(told, 1);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    harness_forget(h);
    harness_answer(&gemeente, notice, 1, ANSWER_LOCKED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 2);
    harness_entry(h, h->core->ledger.size - 1, &e);
    assert_int_equal(e.kind, ENTRY_DELIVERED);
    assert_int_equal(e.u.delivered.index[0], notice[0].index);
    assert_true(withdrawtest_is_empty(h, TABLE_NOTICE));
    assert_true(withdrawtest_is_empty(h, TABLE_NOTICED));
    /* the withdrawals and the answer: nothing was confirmed yet */
    harness_turn(h, 1500);
    assert_int_equal(withdrawtest_outcomes(&politie, ENTRY_DELIVERED), 2);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 0);
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&om, share, MAX), 0);
    assert_int_equal(withdrawtest_notices(&om, notice, &cursor), 0);
}

static void
who_answers_late_is_told_then(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[MAX], notice[MAX];
    uint64_t cursor;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = withdrawtest_push(&politie, &harness_p5);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 1);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = withdrawtest_said(&politie, &s);
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 1);
    assert_int_equal(told, 0);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 0);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    assert_int_equal(harness_count(h, ENTRY_WITHDRAWN), 2);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    /* the answer sent again changes nothing */
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_WITHDRAWN), 2);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    harness_answer(&gemeente, notice, 1, ANSWER_DELETED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 2);
}

static void
an_expired_share_is_no_exception(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_signal soon = harness_p5;
    struct harness_share share[MAX], notice[MAX];
    uint64_t cursor;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    soon.expires = h->wall / 1000 + 2;
    struct signal first = withdrawtest_push(&politie, &soon);
    struct signal second = withdrawtest_push(&politie, &soon);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 2);
    harness_turn(h, 3000);
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 1);
    /* it answers the first before it is withdrawn, the second after */
    harness_answer(&gemeente, &share[0], 1, ANSWER_TAKEN);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = withdrawtest_said(&politie, &first);
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 1);
    assert_int_equal(told, 1);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    w = withdrawtest_said(&politie, &second);
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 1);
    assert_int_equal(told, 0);
    harness_answer(&gemeente, &share[1], 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_WITHDRAWN), 3);
}

static void
the_same_again_gets_the_same_receipt(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = withdrawtest_push(&politie, &harness_p6);
    struct withdrawal w = withdrawtest_said(&politie, &s);
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 2);
    uint64_t size = h->core->ledger.size;
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 2);
    w.reason = WITHDRAWAL_ORDERED; /* other words change nothing, either */
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 2);
    harness_restart(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 2);
    assert_int_equal(h->core->ledger.size, size);
}

static void
only_its_sender_may(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, om;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = withdrawtest_push(&politie, &harness_p6);
    uint64_t size = h->core->ledger.size;
    /* another partner learns no more than of a signal that is not there */
    harness_connect(h, &om, "om", HARNESS_SEND);
    struct withdrawal w = withdrawtest_said(&om, &s);
    withdrawtest_send_as(&om, &w, "om");
    assert_int_equal(harness_error(&om), COMMAND_ERROR_NOTFOUND);
    w.accepted = size + 100;
    withdrawtest_send_as(&om, &w, "om");
    assert_int_equal(harness_error(&om), COMMAND_ERROR_NOTFOUND);
    w = withdrawtest_said(&politie, &s);
    withdrawtest_send_as(
        &om, &w, "politie"); /* a statement that it got hold of */
    assert_int_equal(harness_error(&om), COMMAND_ERROR_AUTH);
    harness_connect(h, &om, "om", HARNESS_SEND);
    w = withdrawtest_said(&politie, &s);
    withdrawtest_send_as(&om, &w, "om");
    assert_int_equal(harness_error(&om), COMMAND_ERROR_AUTH);
    /* nor the sender what is not signed, or for another ledger */
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    withdrawtest_send_as(&politie, &w, "om");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_AUTH);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    w.origin = slice_str("another.example/ledger");
    withdrawtest_send_as(&politie, &w, "politie");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_AUTH);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    w = withdrawtest_said(&politie, &s);
    w.signal[0] ^= 1;
    withdrawtest_send_as(&politie, &w, "politie");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_NOTFOUND);
    assert_int_equal(h->core->ledger.size, size);
}

static void
a_newer_card_of_the_sender_may(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = withdrawtest_push(&politie, &harness_p5);
    uint8_t old[CARD_ID];
    memcpy(old, politie.partner->card.id, sizeof old);
    assert_int_equal(harness_card(h, politie.partner, true), 0);
    assert_int_equal(harness_revoke_card(h, old, 1), 0);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = withdrawtest_said(&politie, &s);
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 1);
    assert_int_equal(withdrawtest_outcomes(&politie, ENTRY_WITHDRAWN), 1);
    memcpy(w.card, old, sizeof old); /* not the one that is revoked */
    withdrawtest_send_as(&politie, &w, "politie");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_AUTH);
}

static void
a_correction_names_a_signal_of_the_same_sender(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[MAX];
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal wrong = withdrawtest_push(&politie, &harness_p5);
    struct signal right = withdrawtest_push(&politie, &harness_p5);
    struct withdrawal w = withdrawtest_said(&politie, &wrong);
    w.is_correction = true;
    memcpy(w.replacement, right.id, sizeof w.replacement);
    w.replacement_accepted = wrong.accepted;
    withdrawtest_send_as(&politie, &w, "politie");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_NOTFOUND);
    assert_int_equal(harness_count(h, ENTRY_CORRECTED), 0);
    w.replacement_accepted = right.accepted;
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 1);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 1);
    assert_memory_equal(share[0].id, right.id, 32);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, harness_new, harness_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_waits_ends_and_nobody_is_told),
        TEST(who_answered_is_told_and_answers),
        TEST(who_answers_late_is_told_then),
        TEST(an_expired_share_is_no_exception),
        TEST(the_same_again_gets_the_same_receipt),
        TEST(only_its_sender_may),
        TEST(a_newer_card_of_the_sender_may),
        TEST(a_correction_names_a_signal_of_the_same_sender),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
