/* SPDX-License-Identifier: EUPL-1.2
 *
 * What goes wrong around core: a full store, time that passed while nobody
 * ran, messages that were lost on the way. */
#include "harness.h"

#include <signal.h>
#include <sys/resource.h>

enum { SHARES = 256 };
enum { DAY = 24 * 3600 };

/* --- what is over --- */

static void
a_roster_that_ends_a_card_returns_its_mail(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct sign_secret *other = NULL;
    struct entry e;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    ok(key_sign_new(&other, &harness_find(h, "gemeente")->identity_pk));
    assert_int_equal(harness_roster(h, 7), 0);
    assert_int_equal(harness_outcome(&politie, &e), ENTRY_RETURNED);
    assert_int_equal(e.u.returned.code, ENTRY_CODE_CARD);
    key_sign_destroy(&other);
}

static void
a_role_that_a_roster_takes_away_ends_the_session(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, school;
    struct command get = {
        .type = COMMAND_GET, .number = 5, .what = COMMAND_GET_CARDS};

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &school, "school", HARNESS_SEND);
    harness_find(h, "school")->role = "auditor";
    assert_int_equal(harness_roster(h, 7), 0);
    assert_int_equal(harness_error(&school), COMMAND_ERROR_ROLE);
    harness_send_command(&school, &get, NULL, 0);
    harness_batch(h);
    assert_int_equal(harness_error(&school), COMMAND_ERROR_STATE);
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_NONE);
}

static void
mail_of_a_card_that_ended_while_nobody_ran_is_returned(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_signal s = harness_p5;

    harness_pass(h, (uint64_t)50 * DAY * 1000);
    harness_restart(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    s.expires = h->wall / 1000 + (uint64_t)29 * DAY;
    assert_int_equal(harness_code(&politie, &s), 0);
    harness_pass(h, (uint64_t)15 * DAY * 1000); /* the cards last 60 */
    harness_restart(h);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 1);
}

static void
shares_of_an_agreement_that_ended_while_nobody_ran_return(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;

    assert_int_equal(
        harness_agreement(h, 7, "until 2036-01-01", "until 2026-11-20"), 0);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_pass(h, (uint64_t)3 * DAY * 1000);
    harness_restart(h);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 1);
}

static void
a_restart_decides_again_and_returns_nothing(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 3; i++)
        assert_int_equal(harness_code(&politie, &harness_p6), 0);
    harness_restart(h);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 3);
}

/* In Amsterdam the day of the 20th begins at 23:00 UTC of the 19th. */
static void
an_agreement_ends_to_the_millisecond(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    uint64_t midnight = UINT64_C(1795129200000);

    assert_int_equal(
        harness_agreement(h, 7, "until 2036-01-01", "until 2026-11-20"), 0);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_turn(h, midnight - 300 - h->wall);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_pass(h, 300);
    assert_int_equal(
        harness_code(&politie, &harness_p5), ENTRY_CODE_NO_AGREEMENT);
}

/* --- a full store --- */

/* From now on the store's file cannot grow. */
static void
stop_growth(const struct harness *h)
{
    char path[600];
    struct stat st;
    struct rlimit lim;

    snprintf(path, sizeof path, "%s/data.mdb", h->store_dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &lim), 0);
    lim.rlim_cur = (rlim_t)st.st_size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
}

static void
allow_growth(void)
{
    struct rlimit lim;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &lim), 0);
    lim.rlim_cur = lim.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
}

/* The entries of shares that expire have no room; nodes do not wait for it. */
static void
a_full_store_still_lets_nodes_in(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, om;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_signal s[20];
    struct command c;

    for (int i = 0; i < 20; i++)
        s[i] = harness_p6;
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 4; i++) {
        harness_seal(&politie, b, s, 20);
        harness_push(&politie, b);
    }
    stop_growth(h);
    harness_turn(h, (uint64_t)8 * DAY * 1000); /* all of them have expired */
    ok(h->last);
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 0);
    harness_pass(h, 1000);
    core_tick(h->core);
    harness_ask(h, &om, "om");
    harness_hello(&om, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_batch(h);
    bool welcome = harness_take(&om, COMMAND_WELCOME, &c);
    allow_growth();
    assert_true(welcome);
    harness_turn(h, 10000);
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 3);
    free(b);
}

/* What a node may hold is said once a session: it must not be forgotten because
 * others found the store full. */
static void
credit_counts_though_the_store_is_full(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_batch(h);
    core_fail(h->core, DHK_LIMIT); /* somebody's before it in the batch */
    harness_credit(&gemeente, 10);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_NONE);
    harness_turn(h, 10);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
}

/* One DELIVER is lost; the answer to another share comes in a batch that fails,
 * and again. */
static void
an_answer_in_a_failed_batch_is_not_counted(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[2], again[2];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, 2), 2);
    h->fail_next = true;
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 0);
    (void)harness_shares(&gemeente, again, 2);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    harness_forget(h); /* whatever brought the second share was lost */
    harness_turn(h, 2000);
    assert_int_equal(harness_shares(&gemeente, again, 2), 1);
    assert_memory_equal(again[0].leaf, share[1].leaf, 32);
}

/* --- messages lost on the way --- */

/* Whether share ID is among those that N was sent since it last looked. */
static bool
was_sent(struct harness_node *n, const uint8_t id[32])
{
    struct harness_share share[SHARES];
    size_t count = harness_shares(n, share, SHARES);
    bool found = false;

    for (size_t i = 0; i < count; i++)
        found = found || memcmp(share[i].id, id, 32) == 0;
    return found;
}

/* Others come in and are answered all the time. */
static void
a_lost_share_comes_again_among_others(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share lost, share[SHARES];
    bool again = false;

    harness_connect(h, &politie, "politie", COMMAND_MODE_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &lost, 1), 1);
    for (int i = 0; i < 10 && !again; i++) {
        harness_turn(h, 500);
        assert_int_equal(harness_code(&politie, &harness_p5), 0);
        size_t n = harness_shares(&gemeente, share, SHARES);
        for (size_t k = 0; k < n; k++)
            again = again || memcmp(share[k].id, lost.id, 32) == 0;
        if (!again)
            harness_answer(&gemeente, share, n, ANSWER_TAKEN);
    }
    assert_true(again);
}

/* Every push wakes the recipient, whose credit is used up. */
static void
a_lost_share_comes_again_though_more_mail_arrives(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share lost;
    bool again = false;

    harness_connect(h, &politie, "politie", COMMAND_MODE_SEND);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_credit(&gemeente, 1);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &lost, 1), 1);
    for (int i = 0; i < 3; i++) {
        harness_turn(h, 500);
        assert_int_equal(harness_code(&politie, &harness_p5), 0);
        again = again || was_sent(&gemeente, lost.id);
    }
    assert_true(again);
}

static void
take_one(struct harness_node *politie, struct harness_node *gemeente)
{
    struct harness_share share;

    assert_int_equal(harness_code(politie, &harness_p5), 0);
    assert_int_equal(harness_shares(gemeente, &share, 1), 1);
    harness_answer(gemeente, &share, 1, ANSWER_TAKEN);
}

/* Whoever confirms a later message would give up an earlier one. */
static void
lost_outcomes_come_again_and_none_overtakes_them(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    take_one(&politie, &gemeente);
    assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c)); /* lost */
    take_one(&politie, &gemeente);
    assert_false(harness_take(&politie, COMMAND_OUTCOMES, &c));
    harness_turn(h, 1100);
    assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c));
    assert_int_equal(c.list_n, 2);
    harness_confirm(&politie, c.a);
    harness_batch(h);
    take_one(&politie, &gemeente);
    assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c));
    assert_int_equal(c.list_n, 1);
}

/* That the store forgets what was confirmed can wait. */
static void
a_confirmation_in_a_failed_batch_counts(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    take_one(&politie, &gemeente);
    assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c));
    h->fail_next = true;
    harness_confirm(&politie, c.a);
    harness_batch(h);
    assert_false(harness_take(&politie, COMMAND_OUTCOMES, &c));
    harness_turn(h, 1100);
    assert_false(harness_take(&politie, COMMAND_OUTCOMES, &c));
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_false(harness_take(&politie, COMMAND_OUTCOMES, &c));
}

/* It comes in with the batch in which core would tell again. */
static void
a_late_confirmation_still_counts(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    take_one(&politie, &gemeente);
    assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c));
    harness_pass(h, 1100);
    core_tick(h->core);
    harness_confirm(&politie, c.a);
    harness_batch(h);
    assert_false(harness_take(&politie, COMMAND_OUTCOMES, &c));
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_false(harness_take(&politie, COMMAND_OUTCOMES, &c));
}

/* Renewing a card between the application's word and the answer's way. */
static void
a_share_is_answered_with_the_card_that_came_after(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, om;
    struct harness_share share;
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
    assert_int_equal(harness_card(h, gemeente.partner, true), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    /* not by another partner */
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    harness_answer(&om, &share, 1, ANSWER_TAKEN);
    assert_false(harness_take(&politie, COMMAND_OUTCOMES, &c));
    harness_answer(&gemeente, &share, 1, ANSWER_TAKEN);
    assert_true(harness_take(&gemeente, COMMAND_ANSWERED, &c));
    assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c));
    assert_int_equal(c.list_n, 1);
}

static void
who_connects_again_waits_as_long_as_configured(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share;

    h->core->cfg.reconnect_ms = 300;
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_turn(h, 200);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 0);
    harness_turn(h, 200);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
}

/* As after a crash of the recipient, which could not know that its answer had
 * arrived, and repeats it among others. */
static void
an_answer_that_repeats_another_ends_only_the_rest(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[3];
    struct entry e;
    size_t n = 0;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    for (int i = 0; i < 3; i++)
        assert_int_equal(harness_code(&politie, &harness_p5), 0);
    n = harness_shares(&gemeente, share, 3);
    assert_int_equal(n, 3);
    harness_answer(&gemeente, &share[1], 1, ANSWER_TAKEN);
    harness_answer(&gemeente, share, 3, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 2);
    harness_entry(h, h->core->ledger.size - 1, &e);
    assert_int_equal(e.kind, ENTRY_DELIVERED);
    /* one place for each item that was signed, in their order */
    assert_int_equal(e.u.delivered.n, 3);
    assert_int_equal(e.u.delivered.index[0], share[0].index);
    assert_int_equal(e.u.delivered.index[1], 0);
    assert_int_equal(e.u.delivered.index[2], share[2].index);
    /* the sender hears of each share once */
    harness_turn(h, 1000);
    assert_int_equal(harness_outcome(&politie, &e), ENTRY_DELIVERED);
    /* and what repeats all makes no entry */
    harness_answer(&gemeente, share, 3, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 2);
    assert_int_equal(harness_shares(&gemeente, share, 3), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(a_roster_that_ends_a_card_returns_its_mail),
        harness_test(a_role_that_a_roster_takes_away_ends_the_session),
        harness_test(mail_of_a_card_that_ended_while_nobody_ran_is_returned),
        harness_test(shares_of_an_agreement_that_ended_while_nobody_ran_return),
        harness_test(a_restart_decides_again_and_returns_nothing),
        harness_test(an_agreement_ends_to_the_millisecond),
        harness_test(a_full_store_still_lets_nodes_in),
        harness_test(credit_counts_though_the_store_is_full),
        harness_test(an_answer_in_a_failed_batch_is_not_counted),
        harness_test(a_share_is_answered_with_the_card_that_came_after),
        harness_test(a_lost_share_comes_again_among_others),
        harness_test(a_lost_share_comes_again_though_more_mail_arrives),
        harness_test(lost_outcomes_come_again_and_none_overtakes_them),
        harness_test(a_confirmation_in_a_failed_batch_counts),
        harness_test(a_late_confirmation_still_counts),
        harness_test(who_connects_again_waits_as_long_as_configured),
        harness_test(an_answer_that_repeats_another_ends_only_the_rest),
    };

    /* a write beyond the limit is to be an error, not the end */
    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
