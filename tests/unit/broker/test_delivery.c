/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares on their way: credit, redelivery, answers, outcomes, expiry, and
 * what a new agreement, a revocation or a restart does to them. */
#include "harness.h"

#include "table.h"

enum { SHARES = 256 };

/* --- credit and redelivery --- */

static void
credit_bounds_what_is_open(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 10; i++)
        assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 10);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_forget(h);
    harness_credit(&gemeente, 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_SEND);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_batch(h);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 0);
    harness_credit(&gemeente, 3);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 3);
    harness_answer(&gemeente, share, 2, ANSWER_TAKEN);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 2);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
}

static void
what_is_not_answered_comes_again(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share first, again;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, &first, 1), 1);
    harness_turn(h, 500);
    assert_int_equal(harness_shares(&gemeente, &again, 1), 0);
    harness_turn(h, 600); /* the harness redelivers after a second */
    assert_int_equal(harness_shares(&gemeente, &again, 1), 1);
    assert_memory_equal(first.id, again.id, 32);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, &again, 1), 1);
    harness_answer(&gemeente, &again, 1, ANSWER_TAKEN);
    harness_turn(h, 5000);
    assert_int_equal(harness_shares(&gemeente, &again, 1), 0);
}

/* Field 4 is present but never for the municipality; of the attributes only
 * the second decides about this route. */
static void
a_share_holds_what_is_permitted_and_nothing_else(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_signal s = harness_p5;
    struct harness_share share;

    s.presence = 31;
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &s), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    assert_int_equal(share.fields, 15);
    assert_int_equal(share.attributes, 2);
    assert_true(share.opens);
}

static void
redelivery_begins_with_full_credit(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 5; i++)
        assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_credit(&gemeente, 3);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 3);
    harness_turn(h, 2000);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 3);
}

/* All rows of TABLE, but for outcomes that nobody has confirmed. */
static size_t
rows(struct harness *h, enum table table)
{
    struct store_txn *t;
    struct slice key, value;
    uint8_t at[512] = {0};
    size_t n = 0, at_n = 1;

    ok(store_begin(&t, h->store, false));
    while (store_after(t, table, slice_of(at, at_n), &key, &value) == DHK_OK) {
        at_n = key.n;
        memcpy(at, key.p, key.n);
        n += table != TABLE_QUEUE || key.p[0] != 'o' ? 1 : 0;
    }
    store_abort(&t);
    return n;
}

static void
nothing_of_a_bundle_is_left_after_its_last_share(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, om;
    struct harness_share share;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    harness_answer(&gemeente, &share, 1, ANSWER_TAKEN);
    assert_int_equal(rows(h, TABLE_BUNDLE), 1);
    assert_int_equal(rows(h, TABLE_QUEUE), 4); /* one share, one bundle */
    assert_int_equal(harness_shares(&om, &share, 1), 1);
    harness_answer(&om, &share, 1, ANSWER_TAKEN);
    assert_int_equal(rows(h, TABLE_QUEUE), 0);
    assert_int_equal(rows(h, TABLE_BUNDLE), 0);
}

static size_t
outcome_rows(struct harness *h)
{
    struct store_txn *t;
    struct slice key, value;
    uint8_t at[512] = {'o'};
    size_t n = 0, at_n = 1;

    ok(store_begin(&t, h->store, false));
    while (store_after(t, TABLE_QUEUE, slice_of(at, at_n), &key, &value) ==
               DHK_OK &&
           key.p[0] == 'o') {
        at_n = key.n;
        memcpy(at, key.p, key.n);
        n++;
    }
    store_abort(&t);
    return n;
}

/* With the next batch that writes, or after a second. */
static void
what_was_confirmed_is_forgotten_in_time(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(harness_code(&politie, &harness_p5), 0);
        assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
        harness_answer(&gemeente, &share, 1, ANSWER_TAKEN);
        assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c));
        harness_confirm(&politie, c.a);
        harness_batch(h);
        assert_int_equal(outcome_rows(h), 1);
    }
    h->mono += 1000;
    core_tick(h->core);
    harness_batch(h);
    assert_int_equal(outcome_rows(h), 0);
}

static void
urgent_shares_go_first(void **state)
{
    struct harness *h = *state;
    struct harness_node school, gemeente;
    struct harness_signal s = {.kind = "melding-professional",
        .purpose = "weging",
        .ground = "pga-5-2",
        .to = {"gemeente"},
        .presence = 25};
    struct harness_share share[2];

    /* the highest level of the urgent attribute is the fourth */
    harness_connect(h, &school, "school", HARNESS_SEND);
    assert_int_equal(harness_code(&school, &s), 0);
    s.level = 3;
    assert_int_equal(harness_code(&school, &s), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, 2), 2);
    assert_true(share[0].index > share[1].index);
}

static void
an_unknown_duty_keeps_a_share_back(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[2];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, COMMAND_DUTY_LOG);
    harness_credit(&gemeente, 10);
    assert_int_equal(harness_shares(&gemeente, share, 2), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, 2), 1);
}

static void
a_full_mailbox_returns_the_share(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_signal s[20];
    struct entry e;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 20; i++)
        s[i] = harness_p6;
    for (int i = 0; i < 6; i++) { /* the quota is 100 */
        harness_seal(&politie, b, s, 20);
        harness_push(&politie, b);
    }
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 40);
    assert_int_equal(harness_outcome(&politie, &e), ENTRY_RETURNED);
    assert_int_equal(e.u.returned.code, ENTRY_CODE_QUOTA);
    assert_int_equal(
        force_receiving(&h->core->force, slice_str("om"))->open, 100);
    free(b);
}

/* --- answers --- */

static void
answers_are_done_once(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    for (int i = 0; i < 3; i++) {
        harness_answer(&gemeente, &share, 1, ANSWER_TAKEN);
        assert_true(harness_take(&gemeente, COMMAND_ANSWERED, &c));
        assert_int_equal(c.a, 1);
    }
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
}

static void
an_answer_of_another_card_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, om;
    struct harness_share share;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    /* signed by om: its own card, but not its share; nothing happens */
    harness_answer(&om, &share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 0);
    /* sent by om, signed by gemeente */
    struct answer *a = calloc(1, sizeof *a);
    uint8_t mem[2048];
    struct sink out;
    a->origin = slice_str(HARNESS_ORIGIN);
    a->sender = slice_str("politie");
    memcpy(a->card, gemeente.partner->card.id, CARD_ID);
    memcpy(a->item[0].entry_hash, share.leaf, 32);
    a->item[0].outcome = ANSWER_TAKEN;
    a->items_n = 1;
    sink_init(&out, mem, sizeof mem);
    ok(answer_issue(&out, a, gemeente.partner->secret.sign));
    struct slice list = sink_done(&out);
    struct command c = {.type = COMMAND_ANSWER, .number = 9};
    harness_send_command(&om, &c, &list, 1);
    harness_batch(h);
    assert_int_equal(harness_error(&om), COMMAND_ERROR_AUTH);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 0);
    free(a);
}

static void
an_answer_with_a_bad_signature_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    struct harness_partner forged = *gemeente.partner;
    forged.secret.sign = harness_find(h, "om")->secret.sign;
    gemeente.partner = &forged;
    harness_answer(&gemeente, &share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_AUTH);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 0);
}

static void
an_answer_about_another_sender_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    strcpy(share.sender, "om");
    harness_answer(&gemeente, &share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_AUTH);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 0);
}

static void
a_poison_share_is_answered_and_gone(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[2];
    struct entry e;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, 2), 1);
    harness_answer(&gemeente, share, 1, ANSWER_UNDECRYPTABLE);
    assert_int_equal(harness_outcome(&politie, &e), ENTRY_DELIVERED);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, 2), 1);
}

/* --- outcomes --- */

static void
outcomes_come_until_confirmed(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;
    struct command c;

    harness_connect(h, &politie, "politie", COMMAND_MODE_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    harness_answer(&gemeente, &share, 1, ANSWER_TAKEN);
    for (int i = 0; i < 2; i++) {
        harness_connect(h, &politie, "politie", HARNESS_SEND);
        assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c));
        assert_int_equal(c.list_n, 1);
    }
    harness_confirm(&politie, c.a);
    harness_batch(h);
    harness_restart(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_false(harness_take(&politie, COMMAND_OUTCOMES, &c));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(credit_bounds_what_is_open),
        harness_test(what_is_not_answered_comes_again),
        harness_test(a_share_holds_what_is_permitted_and_nothing_else),
        harness_test(redelivery_begins_with_full_credit),
        harness_test(nothing_of_a_bundle_is_left_after_its_last_share),
        harness_test(what_was_confirmed_is_forgotten_in_time),
        harness_test(urgent_shares_go_first),
        harness_test(an_unknown_duty_keeps_a_share_back),
        harness_test(a_full_mailbox_returns_the_share),
        harness_test(answers_are_done_once),
        harness_test(an_answer_of_another_card_is_refused),
        harness_test(an_answer_with_a_bad_signature_is_refused),
        harness_test(an_answer_about_another_sender_is_refused),
        harness_test(a_poison_share_is_answered_and_gone),
        harness_test(outcomes_come_until_confirmed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
