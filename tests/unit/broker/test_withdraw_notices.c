/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who is told of a withdrawal, until when, and what it may answer. */
#include "withdrawtest.h"

/* The share taken by gemeente, and withdrawn. */
static void
open_a_notice(struct harness *h, struct harness_node *gemeente)
{
    struct harness_node politie;
    struct harness_share share[MAX];
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = withdrawtest_push(&politie, &harness_p5);
    harness_connect(h, gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(gemeente, share, MAX), 1);
    harness_answer(gemeente, share, 1, ANSWER_TAKEN);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = withdrawtest_said(&politie, &s);
    assert_int_equal(withdrawtest_withdraw(&politie, &w, &told), 1);
    assert_int_equal(told, 1);
}

static void
a_notice_comes_until_it_is_noted_and_answered(void **state)
{
    struct harness *h = *state;
    struct harness_node gemeente;
    struct harness_share notice[MAX];
    uint64_t cursor = 0;

    open_a_notice(h, &gemeente);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    harness_turn(h, 500);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 0);
    harness_turn(h, 600);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    struct command noted = {
        .type = COMMAND_NOTED, .number = 5, .a = cursor + 100};
    harness_send_command(&gemeente, &noted, NULL, 0);
    harness_batch(h);
    harness_turn(h, 1500);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 0);
    /* noted is not answered: another session gets it, and after a restart */
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    harness_restart(h);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    harness_answer(&gemeente, notice, 1, ANSWER_USED);
    harness_restart(h);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 0);
}

static void
a_newer_card_of_the_recipient_is_told(void **state)
{
    struct harness *h = *state;
    struct harness_node gemeente;
    struct harness_share notice[MAX];
    uint8_t old[CARD_ID];
    uint64_t cursor;

    open_a_notice(h, &gemeente);
    memcpy(old, gemeente.partner->card.id, sizeof old);
    assert_int_equal(harness_card(h, gemeente.partner, true), 0);
    assert_int_equal(harness_revoke_card(h, old, 1), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    harness_answer(&gemeente, notice, 1, ANSWER_DELETED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 2);
}

static void
an_answer_must_be_of_its_kind(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[MAX], notice[MAX];
    uint64_t cursor;

    open_a_notice(h, &gemeente);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    harness_answer(&gemeente, notice, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    assert_false(withdrawtest_is_empty(h, TABLE_NOTICE));
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    withdrawtest_push(&politie, &harness_p5);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 1);
    harness_answer(&gemeente, share, 1, ANSWER_DELETED);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_MALFORMED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
}

static void
another_partner_cannot_answer(void **state)
{
    struct harness *h = *state;
    struct harness_node gemeente, om;
    struct harness_share notice[MAX];
    uint64_t cursor;

    open_a_notice(h, &gemeente);
    assert_int_equal(withdrawtest_notices(&gemeente, notice, &cursor), 1);
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    harness_answer(&om, notice, 1, ANSWER_DELETED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    assert_false(withdrawtest_is_empty(h, TABLE_NOTICE));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, harness_new, harness_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_notice_comes_until_it_is_noted_and_answered),
        TEST(a_newer_card_of_the_recipient_is_told),
        TEST(an_answer_must_be_of_its_kind),
        TEST(another_partner_cannot_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
