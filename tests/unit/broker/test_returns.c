/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that end without an answer: they expire, or what is in force changes.
 */
#include "harness.h"
#include "table.h"

/* --- time --- */

static void
a_share_expires_and_its_sender_hears(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;
    struct harness_signal s = harness_p5;
    struct entry e;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    s.expires = h->wall / 1000 + 100;
    assert_int_equal(harness_code(&politie, &s), 0);
    harness_turn(h, 90 * 1000);
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 0);
    harness_turn(h, 20 * 1000);
    assert_int_equal(harness_outcome(&politie, &e), ENTRY_EXPIRED);
    assert_int_equal(e.u.expired.n, 1);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 0);
}

static void
a_clock_that_jumped_expires_nothing(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_signal s = harness_p5;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    s.expires = h->wall / 1000 + 100;
    assert_int_equal(harness_code(&politie, &s), 0);
    h->wall += (uint64_t)24 * 3600 * 1000;
    core_tick(h->core);
    harness_batch(h);
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 0);
}

static void
many_expire_in_few_entries(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_signal s[20];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 20; i++) {
        s[i] = harness_p6;
        s[i].expires = h->wall / 1000 + 100 - (uint64_t)i;
    }
    for (int i = 0; i < 4; i++) {
        harness_seal(&politie, b, s, 20);
        harness_push(&politie, b);
    }
    harness_turn(h, 200 * 1000);
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 3); /* 160 in 64s */
    assert_int_equal(
        force_receiving(&h->core->force, slice_str("om"))->open, 0);
    free(b);
}

/* --- what is in force changes --- */

static void
an_agreement_that_decides_otherwise_returns_shares(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[2];
    struct entry e;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(
        harness_agreement(h, 7, "oblige retain at most 365 days and no onward",
            "oblige retain at most 364 days and no onward"),
        0);
    assert_int_equal(harness_outcome(&politie, &e), ENTRY_RETURNED);
    assert_int_equal(e.u.returned.code, ENTRY_CODE_CHANGED_AGREEMENT);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, 2), 0);
}

static void
an_agreement_that_decides_the_same_returns_nothing(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[2];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_agreement(h, 7, "retain at most 183 days",
                         "retain at most 182 days"),
        0);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, 2), 1);
    assert_true(share[0].opens);
}

static void
a_revoked_agreement_returns_everything(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[4];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    assert_int_equal(harness_revoke_text(h, h->agreement, 4), 0);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 2);
    assert_int_equal(harness_shares(&gemeente, share, 4), 1); /* before */
    harness_turn(h, 5000);
    assert_int_equal(harness_shares(&gemeente, share, 4), 0);
}

enum { QUEUED = 95, FEW = 10, LATER = 20 };

/* Whatever N does from here on, it is sent no share. */
static void
gets_nothing_more(struct harness_node *n)
{
    struct harness *h = n->h;
    struct command c;

    assert_false(harness_take(n, COMMAND_DELIVER, &c));
    for (int i = 0; i < LATER; i++) {
        harness_turn(h, 400); /* redelivery is due each second */
        assert_false(harness_take(n, COMMAND_DELIVER, &c));
    }
    harness_credit(n, HARNESS_WINDOW);
    assert_false(harness_take(n, COMMAND_DELIVER, &c));
}

static void
a_revocation_stops_delivery_in_mid_session(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[HARNESS_WINDOW];
    struct command c;

    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push_many(&politie, &harness_p5, QUEUED);
    /* some are in flight, more than that wait; and there is credit again */
    assert_int_equal(
        harness_shares(&gemeente, share, HARNESS_WINDOW), HARNESS_WINDOW);
    harness_answer(&gemeente, share, FEW, ANSWER_TAKEN);
    assert_int_equal(harness_shares(&gemeente, share, HARNESS_WINDOW), FEW);
    harness_send_command(&gemeente,
        &(struct command){
            .type = COMMAND_CREDIT, .number = 9, .a = HARNESS_WINDOW},
        NULL, 0);
    /* in one batch with the credit */
    assert_int_equal(harness_revoke_text(h, h->agreement, 4), 0);
    assert_true(harness_take(&gemeente, COMMAND_NEWS, &c));
    assert_false(c.has_agreement);
    assert_int_equal(h->drops, 0);
    gets_nothing_more(&gemeente);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), QUEUED - FEW);
    assert_int_equal(harness_mailbox(h, "gemeente")->open, 0);
    /* nor by coming again */
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    gets_nothing_more(&gemeente);
    harness_restart(h);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    gets_nothing_more(&gemeente);
}

/* The signal came first, by a hair. */
static void
what_was_accepted_in_the_batch_of_a_revocation_is_not_delivered(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct command push = {.type = COMMAND_PUSH, .number = 8};

    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_seal(&politie, b, &harness_p5, 1);
    push.bytes = b->bytes;
    harness_send_command(&politie, &push, NULL, 0);
    assert_int_equal(harness_revoke_text(h, h->agreement, 4), 0);
    assert_int_equal(harness_count(h, ENTRY_SHARE), 1);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 1);
    gets_nothing_more(&gemeente);
    free(b);
}

/* It is revoked, but the store has no room to say for each share that it is
 * returned: they wait, and are not delivered meanwhile. */
static void
a_full_store_does_not_deliver_what_was_revoked(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[HARNESS_WINDOW];

    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push_many(&politie, &harness_p5, QUEUED);
    assert_int_equal(
        harness_shares(&gemeente, share, HARNESS_WINDOW), HARNESS_WINDOW);
    h->core->full_until = UINT64_MAX;
    assert_int_equal(harness_revoke_text(h, h->agreement, 4), 0);
    harness_answer(&gemeente, share, FEW, ANSWER_TAKEN);
    gets_nothing_more(&gemeente);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 0);
    h->core->full_until = 0;
    gets_nothing_more(&gemeente);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), QUEUED - FEW);
}

static void
a_revoked_card_gets_no_mail(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[2];
    struct entry e;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, 2), 1);
    assert_int_equal(harness_revoke_card(h, gemeente.partner->card.id, 1), 0);
    assert_int_equal(h->dropped, gemeente.peer);
    assert_int_equal(harness_outcome(&politie, &e), ENTRY_RETURNED);
    assert_int_equal(e.u.returned.code, ENTRY_CODE_CARD);
    /* its session is over, and so is its answer */
    harness_forget(h);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_STATE);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 0);
}

static void
a_new_receiving_card_leaves_the_old_mail(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, old;
    struct harness_share share[2];
    struct harness_partner *gemeente = harness_find(h, "gemeente");

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_connect(h, &old, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&old, share, 2), 1);
    struct harness_partner before = *gemeente;
    gemeente->secret = (struct card_secret){.sign = NULL};
    assert_int_equal(harness_card(h, gemeente, true), 0);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    old.partner = &before;
    harness_turn(h, 2000);
    assert_int_equal(harness_shares(&old, share, 2), 1);
    harness_answer(&old, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    card_secret_destroy(&before.secret);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(a_share_expires_and_its_sender_hears),
        harness_test(a_clock_that_jumped_expires_nothing),
        harness_test(many_expire_in_few_entries),
        harness_test(an_agreement_that_decides_otherwise_returns_shares),
        harness_test(an_agreement_that_decides_the_same_returns_nothing),
        harness_test(a_revoked_agreement_returns_everything),
        harness_test(a_revocation_stops_delivery_in_mid_session),
        harness_test(
            what_was_accepted_in_the_batch_of_a_revocation_is_not_delivered),
        harness_test(a_full_store_does_not_deliver_what_was_revoked),
        harness_test(a_revoked_card_gets_no_mail),
        harness_test(a_new_receiving_card_leaves_the_old_mail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
