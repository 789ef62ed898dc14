/* SPDX-License-Identifier: EUPL-1.2
 *
 * Connections that end: they count no more, hold nothing, and lose nothing. */
#include "harness.h"

#include "text.h"

enum { SHARES = 16 };

/* What the operator is shown of gemeente, and of all. */
struct shown {
    uint64_t connections, sessions;
    uint64_t in_flight, credit, queue;
};

static struct shown
show(struct harness *h)
{
    struct report r;
    struct report_card card;
    harness_report(h, &r);
    struct shown s = {.connections = r.number[REPORT_CONNECTIONS],
        .sessions = r.number[REPORT_SESSIONS]};

    while (report_card(&card, &r.cards)) {
        if (!text_is(card.partner, "gemeente"))
            continue;
        s.in_flight += card.in_flight;
        s.credit += card.credit;
        s.queue += card.queue;
    }
    return s;
}

static void
gone(const struct harness_node *n)
{
    core_gone(n->h->core, n->peer);
    harness_batch(n->h);
}

static void
whose_connection_ended_counts_no_more_and_is_sent_nothing(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    struct shown s = show(h);
    assert_int_equal(s.connections, 2);
    assert_int_equal(s.sessions, 2);
    assert_int_equal(s.in_flight, 1);
    assert_true(s.credit > 0);

    gone(&gemeente);
    s = show(h);
    assert_int_equal(s.connections, 1);
    assert_int_equal(s.sessions, 1);
    assert_int_equal(s.in_flight + s.credit, 0);
    assert_int_equal(s.queue, 1);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 0);
    s = show(h);
    assert_int_equal(s.in_flight + s.credit, 0);
    assert_int_equal(s.queue, 2);

    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 2);
    harness_answer(&gemeente, share, 2, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    assert_int_equal(show(h).queue, 0);
}

static void
what_was_answered_before_the_end_is_not_sent_again(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES], left;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    for (int i = 0; i < 3; i++)
        assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 3);
    harness_answer(&gemeente, share, 2, ANSWER_TAKEN);
    gone(&gemeente);
    gone(&gemeente); /* may be told twice */
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, &left, 1), 1);
    assert_int_equal(left.index, share[2].index);
}

/* No router does that, or it is not ours. */
static void
a_session_that_ends_wrongly_says_hello_again(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];
    uint64_t cursor[COMMAND_CLASSES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    gone(&gemeente);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_STATE);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 0);
    memcpy(cursor, gemeente.to, sizeof cursor);
    harness_resume(h, &gemeente, "gemeente", cursor);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
}

static void
the_end_of_the_older_one_is_not_that_of_the_newer(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, older, newer;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &older, "gemeente", COMMAND_MODE_RECEIVE);
    harness_connect(h, &newer, "gemeente", COMMAND_MODE_RECEIVE);
    gone(&older);
    assert_int_equal(show(h).sessions, 2);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&newer, share, SHARES), 1);
    assert_int_equal(show(h).in_flight, 1);
}

/* One has a receipt to come, the other's turn does. */
static void
one_that_ends_in_mid_batch_leaves_nothing(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_share share[SHARES];
    struct command credit = {.type = COMMAND_CREDIT, .number = 3, .a = 10};

    assert_non_null(b);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    h->keeper_waits = true;
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&politie, b);
    harness_send_command(&gemeente, &credit, NULL, 0);
    assert_int_equal(h->core->peers.work_n, 1);
    core_gone(h->core, politie.peer);
    core_gone(h->core, gemeente.peer);
    assert_int_equal(h->core->peers.work_n, 0);
    h->keeper_waits = false;
    harness_sign(h);
    harness_batch(h);
    assert_int_equal(show(h).connections, 0);
    harness_forget(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push(&politie, b); /* the same bytes get their receipt */
    struct receipt *r = harness_receipt(&politie);
    assert_non_null(r);
    receipt_destroy(&r);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    free(b);
}

static void
short_sessions_do_not_add_up(void **state)
{
    struct harness *h = *state;
    struct harness_node first, next;
    struct command get = {
        .type = COMMAND_GET, .number = 5, .what = COMMAND_GET_CARDS};
    struct command c;

    harness_connect(h, &first, "gemeente", COMMAND_MODE_QUERY);
    for (int i = 0; i < 3 * PEER_CARD_MAX; i++) {
        harness_pass(h, 10);
        harness_connect(h, &next, "gemeente", COMMAND_MODE_QUERY);
        gone(&next);
    }
    assert_int_equal(show(h).connections, 1);
    assert_int_equal(show(h).sessions, 1);
    harness_send_command(&first, &get, NULL, 0);
    harness_batch(h);
    assert_true(harness_take(&first, COMMAND_OBJECT, &c));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(whose_connection_ended_counts_no_more_and_is_sent_nothing),
        harness_test(what_was_answered_before_the_end_is_not_sent_again),
        harness_test(a_session_that_ends_wrongly_says_hello_again),
        harness_test(the_end_of_the_older_one_is_not_that_of_the_newer),
        harness_test(one_that_ends_in_mid_batch_leaves_nothing),
        harness_test(short_sessions_do_not_add_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
