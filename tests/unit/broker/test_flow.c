/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who gets what when: turns, a recipient that stalls, what is urgent, how much
 * may wait for one partner, and what the clocks have to say about it. */
#include "harness.h"

#include "turns.h"

enum {
    SHARES = 256,
    MINUTE = 60 * 1000,
    DAY = 24 * 60 * MINUTE,
};

/* --- turns --- */

/* Takes the one whose turn it is. */
static struct peer *
next(struct core *c)
{
    struct peer *p = c->peers.work_first;

    if (p != NULL)
        turns_unmark(c, p);
    return p;
}

static void
turns_go_round(void **state)
{
    struct harness *h = *state;
    struct core *c = h->core;
    struct peer a = {.id = 1}, b = {.id = 2}, d = {.id = 3};

    assert_null(next(c));
    turns_mark(c, &a);
    turns_mark(c, &b);
    turns_mark(c, &a); /* waits already: no second turn */
    turns_mark(c, &d);
    assert_int_equal(c->peers.work_n, 3);
    assert_ptr_equal(next(c), &a);
    turns_mark(c, &a); /* has more to get: behind those who wait */
    assert_ptr_equal(next(c), &b);
    assert_ptr_equal(next(c), &d);
    assert_ptr_equal(next(c), &a);
    assert_null(next(c));
    assert_int_equal(c->peers.work_n, 0);
}

static void
who_leaves_the_line_leaves_no_gap(void **state)
{
    struct harness *h = *state;
    struct core *c = h->core;
    struct peer p[4] = {{.id = 1}, {.id = 2}, {.id = 3}, {.id = 4}};

    for (size_t i = 0; i < 4; i++)
        turns_mark(c, &p[i]);
    turns_unmark(c, &p[1]);
    turns_unmark(c, &p[1]);
    turns_unmark(c, &p[3]);
    turns_unmark(c, &p[0]);
    assert_int_equal(c->peers.work_n, 1);
    turns_mark(c, &p[1]);
    assert_ptr_equal(next(c), &p[2]);
    assert_ptr_equal(next(c), &p[1]);
    assert_null(next(c));
    assert_null(c->peers.work_last);
}

/* Everybody who has mail is served in each batch, whoever came first and
 * however much waits for the others. */
static void
a_long_queue_does_not_keep_others_waiting(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, om;
    struct harness_share share[SHARES];
    struct command credit = {.type = COMMAND_CREDIT, .number = 3, .a = 64};

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push_many(&politie, &harness_p5, 60);
    harness_push_many(&politie, &harness_p6, 2);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_ask(h, &om, "om");
    harness_hello(&om, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_send_command(&gemeente, &credit, NULL, 0);
    harness_send_command(&om, &credit, NULL, 0);
    ok(core_batch_end(h->core)); /* one batch */
    assert_int_equal(harness_shares(&om, share, SHARES), 2);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 62);
}

/* A full window is looked at no more: what comes for a recipient that does not
 * answer is stored, and costs no message and no turn. */
static void
a_stalled_recipient_costs_nobody_a_turn(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, om;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    harness_push_many(&politie, &harness_p5, 80); /* the window is 64 */
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 64);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(harness_code(&politie, &harness_p6), 0);
        assert_int_equal(harness_shares(&om, share, SHARES), 1);
        harness_answer(&om, share, 1, ANSWER_TAKEN);
        assert_int_equal(harness_shares(&gemeente, share, SHARES), 0);
        assert_int_equal(h->core->peers.work_n, 0);
        assert_false(core_is_busy(h->core));
    }
    assert_int_equal(harness_mailbox(h, "gemeente")->open, 85);
}

/* --- urgent --- */

static void
an_urgent_share_overtakes_what_waits(void **state)
{
    struct harness *h = *state;
    struct harness_node school, gemeente;
    struct harness_signal s = {.kind = "melding-professional",
        .purpose = "weging",
        .ground = "pga-5-2",
        .to = {"gemeente"},
        .presence = 25};
    struct harness_share share[SHARES];
    uint64_t last;

    harness_connect(h, &school, "school", HARNESS_SEND);
    harness_push_many(&school, &s, 6);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_credit(&gemeente, 2);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 2);
    s.level = 3; /* the highest of the urgent attribute */
    harness_push_many(&school, &s, 2);
    last = h->core->ledger.size - 1;
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_shares(&gemeente, &share[2], 1), 1);
    assert_true(share[2].index > share[1].index + 4);
    harness_answer(&gemeente, &share[1], 2, ANSWER_TAKEN);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 2);
    assert_true(share[0].index > share[1].index); /* then the oldest */
    assert_true(share[0].index <= last);
}

/* --- what is in flight --- */

/* A recipient answers what an earlier process of the broker delivered, before
 * it was delivered anything by this one. */
static void
an_answer_reaches_a_broker_that_was_restarted(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push_many(&politie, &harness_p5, 60);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 60);
    harness_restart(h);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_answer(&gemeente, share + 10, 20, ANSWER_TAKEN);
    assert_int_equal(harness_mailbox(h, "gemeente")->open, 40);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    harness_answer(&gemeente, share + 10, 20, ANSWER_TAKEN); /* again */
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    harness_credit(&gemeente, HARNESS_WINDOW);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 40);
    harness_answer(&gemeente, share, 30, ANSWER_TAKEN);
    assert_int_equal(harness_mailbox(h, "gemeente")->open, 10);
}

/* What is known of shares in flight stays small, and finds each of them. */
static void
shares_in_flight_come_and_go(void **state)
{
    enum { ROUNDS = 40 };
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    for (size_t i = 0; i < ROUNDS; i++) {
        harness_push_many(&politie, &harness_p5, 20);
        size_t n = harness_shares(&gemeente, share, SHARES);
        assert_int_equal(n, 20);
        harness_answer(&gemeente, share + i % 10, 10, ANSWER_TAKEN);
        harness_answer(&gemeente, share, i % 10 + 1, ANSWER_TAKEN);
        harness_turn(h, 2000);
        n = harness_shares(&gemeente, share, SHARES);
        while (n > 0) {
            size_t some = n < 16 ? n : 16;
            harness_answer(&gemeente, share + n - some, some, ANSWER_TAKEN);
            n -= some;
        }
        assert_int_equal(harness_mailbox(h, "gemeente")->open, 0);
    }
    assert_int_equal(harness_mailbox(h, "gemeente")->flight.n, 0);
    assert_true(harness_mailbox(h, "gemeente")->flight.slots <= 128);
}

/* Taking one out of the table must not hide those that made way for it. */
static void
each_of_many_in_flight_is_found(void **state)
{
    enum { MANY = 60 };
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_push_many(&politie, &harness_p5, MANY);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), MANY);
    for (size_t i = 0; i < MANY; i++) {
        harness_answer(&gemeente, &share[i], 1, ANSWER_TAKEN);
        /* again: now the mailbox itself was looked through, once */
        harness_answer(&gemeente, &share[i], 1, ANSWER_TAKEN);
        assert_int_equal(harness_mailbox(h, "gemeente")->open, MANY - 1 - i);
        harness_forget(h);
    }
}

/* Those that ended in another way are forgotten when room is needed. */
static void
expired_shares_leave_what_is_in_flight(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_signal s = harness_p5;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    for (size_t i = 0; i < 10; i++) {
        s.expires = h->wall / 1000 + 10;
        harness_push_many(&politie, &s, 20);
        assert_int_equal(harness_shares(&gemeente, share, SHARES), 20);
        harness_turn(h, 20 * 1000);
        harness_forget(h);
        assert_int_equal(harness_mailbox(h, "gemeente")->open, 0);
    }
    assert_true(harness_mailbox(h, "gemeente")->flight.slots <= 128);
}

/* --- clocks --- */

/* What has expired stays so, whatever a clock says afterwards. */
static void
a_clock_stepped_back_revives_nothing(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_signal s = harness_p5;
    struct harness_share share;
    struct harness_text clock = {.verb = CONTROL_CLOCK};

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    s.expires = h->wall / 1000 + 100;
    assert_int_equal(harness_code(&politie, &s), 0);
    harness_turn(h, 200 * 1000);
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 1);
    uint64_t before = h->core->now;
    h->wall -= (uint64_t)60 * MINUTE;
    harness_turn(h, 0);
    assert_true(h->core->clock_stopped);
    assert_true(h->core->now >= before);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 0);
    assert_int_equal(harness_control(h, &clock), 0);
    harness_turn(h, 1000);
    assert_true(h->core->now >= before);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 0);
    /* nor does the old time make a signal acceptable that came too late */
    s.expires = before / 1000 - 10;
    assert_int_equal(harness_code(&politie, &s), ENTRY_CODE_EXPIRED);
    /* also after a restart, with the clock as it is */
    harness_restart(h);
    assert_true(h->core->now >= before);
}

/* Small steps back are no jump: time stands until the clock has caught up. */
static void
time_never_decreases(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    uint64_t last = h->core->now;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 8; i++) {
        h->wall -= (uint64_t)4 * MINUTE;
        harness_turn(h, MINUTE);
        assert_true(h->core->now >= last);
        last = h->core->now;
        h->wall += (uint64_t)4 * MINUTE;
        harness_turn(h, MINUTE);
        assert_true(h->core->now > last);
        last = h->core->now;
        assert_false(h->core->clock_stopped);
        if (i % 2 == 0) /* the ledger is not what keeps it */
            assert_int_equal(harness_code(&politie, &harness_p5), 0);
    }
}

/* A jump while nobody looked: what is due is not ended by it. */
static void
a_jump_ends_nothing_until_it_is_explained(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_signal s = harness_p5;
    struct harness_text clock = {.verb = CONTROL_CLOCK};

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    s.expires = h->wall / 1000 + 100;
    assert_int_equal(harness_code(&politie, &s), 0);
    h->wall += (uint64_t)6 * MINUTE;
    harness_turn(h, 50 * 1000);
    assert_true(h->core->clock_stopped);
    harness_turn(h, 200 * 1000); /* nor by the time that passes meanwhile */
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 0);
    assert_int_equal(harness_control(h, &clock), 0);
    harness_turn(h, 1000);
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(turns_go_round),
        harness_test(who_leaves_the_line_leaves_no_gap),
        harness_test(a_long_queue_does_not_keep_others_waiting),
        harness_test(a_stalled_recipient_costs_nobody_a_turn),
        harness_test(an_urgent_share_overtakes_what_waits),
        harness_test(an_answer_reaches_a_broker_that_was_restarted),
        harness_test(shares_in_flight_come_and_go),
        harness_test(each_of_many_in_flight_is_found),
        harness_test(expired_shares_leave_what_is_in_flight),
        harness_test(a_clock_stepped_back_revives_nothing),
        harness_test(time_never_decreases),
        harness_test(a_jump_ends_nothing_until_it_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
