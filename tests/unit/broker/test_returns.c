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
        harness_test(a_revoked_card_gets_no_mail),
        harness_test(a_new_receiving_card_leaves_the_old_mail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
