/* SPDX-License-Identifier: EUPL-1.2
 *
 * A recipient that connects again and says what it holds: it is not sent that
 * again, and whatever it says, nothing is lost. */
#include "harness.h"

enum { SHARES = 256 };
static const uint64_t zero[COMMAND_CLASSES] = {0, 0};

static void
push(struct harness_node *politie, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(harness_code(politie, &harness_p5), 0);
}

/* The harness redelivers after a second without progress. */
static void
wait_without_progress(struct harness *h)
{
    harness_turn(h, 1100);
}

static void
what_it_holds_does_not_come_again(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES], next;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    push(&politie, 3);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 3);
    assert_memory_equal(gemeente.from, zero, sizeof zero);
    assert_int_equal(gemeente.to[0], 0);
    assert_int_equal(gemeente.to[1], share[2].index);
    push(&politie, 1); /* that message is lost */
    harness_resume(h, &gemeente, "gemeente", gemeente.to);
    assert_int_equal(harness_shares(&gemeente, &next, 1), 1);
    assert_true(next.index > share[2].index);
    assert_int_equal(gemeente.from[1], share[2].index);
    assert_int_equal(gemeente.to[1], next.index);
    /* also when core begins anew: what it holds can be answered */
    harness_restart(h);
    harness_resume(h, &gemeente, "gemeente", gemeente.to);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 0);
    harness_answer(&gemeente, &next, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
}

static void
what_it_holds_counts_toward_the_window(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES], more[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    push(&politie, 5);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_credit(&gemeente, 3);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 3);
    const uint64_t held[COMMAND_CLASSES] = {0, gemeente.to[1]};
    harness_ask(h, &gemeente, "gemeente");
    memcpy(gemeente.cursor, held, sizeof held);
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    harness_credit(&gemeente, 3);
    assert_int_equal(harness_shares(&gemeente, more, SHARES), 0);
    const struct peer *p = h->core->peers.list[h->core->peers.n - 1];
    assert_int_equal(p->open, 3);
    assert_true(p->open_bytes > 3 * 100);
    harness_answer(&gemeente, share, 2, ANSWER_TAKEN);
    assert_int_equal(harness_shares(&gemeente, more, SHARES), 2);
    harness_answer(&gemeente, &share[2], 1, ANSWER_TAKEN);
    harness_answer(&gemeente, more, 2, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 3);
    /* nothing is counted that is not there: all credit is back */
    push(&politie, 3);
    assert_int_equal(harness_shares(&gemeente, more, SHARES), 3);
}

/* A restored inbox, or a router that made a cursor up. */
static void
what_it_does_not_hold_comes_after_a_time_without_progress(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    push(&politie, 3);
    const uint64_t wrong[COMMAND_CLASSES] = {0, h->core->ledger.size - 1};
    harness_resume(h, &gemeente, "gemeente", wrong);
    harness_turn(h, 500);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 0);
    wait_without_progress(h);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 3);
    assert_memory_equal(gemeente.from, zero, sizeof zero);
    harness_answer(&gemeente, share, 3, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    wait_without_progress(h);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 0);
}

/* The others go on, so that there is progress all the time. */
static void
one_that_it_does_not_hold_comes_though_others_get_through(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];
    bool came = false;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    push(&politie, 1);
    uint64_t lost = h->core->ledger.size - 1;
    const uint64_t wrong[COMMAND_CLASSES] = {0, lost};
    harness_resume(h, &gemeente, "gemeente", wrong);
    for (int i = 0; i < 10 && !came; i++) {
        push(&politie, 1);
        harness_turn(h, 300);
        size_t n = harness_shares(&gemeente, share, SHARES);
        for (size_t k = 0; k < n; k++)
            came = came || share[k].index == lost;
        assert_int_equal(n, came ? 3 : 1); /* all that is open, anew */
        harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    }
    assert_true(came);
}

static void
a_cursor_beyond_the_end_holds_nothing_up(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];
    const uint64_t end[COMMAND_CLASSES] = {UINT64_MAX, UINT64_MAX};

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_resume(h, &gemeente, "gemeente", end);
    push(&politie, 1); /* into an empty mailbox */
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    assert_memory_equal(gemeente.from, zero, sizeof zero);
    harness_resume(h, &gemeente, "gemeente", end);
    push(&politie, 1); /* and behind one that it says to hold */
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    wait_without_progress(h);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 2);
}

static void
a_cursor_on_somebody_elses_share_is_harmless(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, om;
    struct harness_share share[SHARES], others;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    push(&politie, 1);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    assert_int_equal(harness_shares(&om, &others, 1), 1);
    harness_resume(h, &gemeente, "gemeente", om.to);
    /* it holds the first, and may hold the second */
    (void)harness_shares(&gemeente, share, SHARES);
    push(&politie, 1);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    /* what om holds is none of its business */
    harness_turn(h, 500);
    assert_int_equal(harness_shares(&om, share, SHARES), 0);
    wait_without_progress(h);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 3);
}

static void
urgent_shares_have_a_cursor_of_their_own(void **state)
{
    struct harness *h = *state;
    struct harness_node school, gemeente;
    struct harness_signal s = {.kind = "melding-professional",
        .purpose = "weging",
        .ground = "pga-5-2",
        .to = {"gemeente"},
        .presence = 25};
    struct harness_share share[SHARES];

    harness_connect(h, &school, "school", HARNESS_SEND);
    assert_int_equal(harness_code(&school, &s), 0);
    s.level = 3; /* urgent */
    assert_int_equal(harness_code(&school, &s), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 2);
    const uint64_t to[COMMAND_CLASSES] = {share[0].index, share[1].index};
    assert_true(to[0] > to[1]);
    assert_memory_equal(gemeente.to, to, sizeof to);
    const uint64_t urgent[COMMAND_CLASSES] = {to[0], 0};
    harness_resume(h, &gemeente, "gemeente", urgent);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    assert_int_equal(share[0].index, to[1]);
    assert_memory_equal(gemeente.from, urgent, sizeof urgent);
    assert_memory_equal(gemeente.to, to, sizeof to);
    const uint64_t others[COMMAND_CLASSES] = {0, to[1]};
    harness_resume(h, &gemeente, "gemeente", others);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    assert_int_equal(share[0].index, to[0]);
}

static void
nobody_holds_more_than_the_window(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];
    const uint64_t end[COMMAND_CLASSES] = {UINT64_MAX, UINT64_MAX};

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    push(&politie, HARNESS_WINDOW + 3);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), HARNESS_WINDOW);
    uint64_t last = share[HARNESS_WINDOW - 1].index;
    struct harness_share first = share[0];
    harness_resume(h, &gemeente, "gemeente", end);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 0);
    harness_answer(&gemeente, &first, 1, ANSWER_TAKEN);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    assert_true(share[0].index > last);
    assert_int_equal(gemeente.from[1], last);
}

/* A share that is left out for its duties would be passed over for ever by a
 * client that learns of them later. */
static void
no_cursor_goes_past_a_share_that_was_left_out(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[SHARES];
    uint64_t before;

    assert_int_equal(harness_agreement(h, 7,
                         "oblige retain at most 365 days and no onward and log",
                         "oblige log"),
        0);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_ask(h, &gemeente, "gemeente");
    harness_hello(&gemeente, COMMAND_MODE_RECEIVE, COMMAND_DUTY_LOG);
    harness_credit(&gemeente, 10);
    push(&politie, 1);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    before = gemeente.to[1];
    assert_int_equal(before, share[0].index);
    assert_int_equal(harness_code(&politie, &harness_p6), 0);
    push(&politie, 1);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 1);
    assert_int_equal(gemeente.to[1], before);
    harness_resume(h, &gemeente, "gemeente", gemeente.to);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 2);
    assert_int_equal(gemeente.from[1], before);
}

/* The answer was not stored, so its share is open, but was not counted. */
static void
what_a_failed_batch_counted_comes_anew(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, again;
    struct harness_share share[SHARES];
    struct command c;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    push(&politie, 2);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, SHARES), 2);
    harness_ask(h, &again, "gemeente");
    memcpy(again.cursor, gemeente.to, sizeof again.cursor);
    harness_hello(&again, COMMAND_MODE_RECEIVE, HARNESS_ALL_DUTIES);
    assert_true(harness_take(&again, COMMAND_WELCOME, &c));
    h->fail_next = true;
    harness_credit(&again, HARNESS_WINDOW);
    assert_int_equal(harness_shares(&again, share, SHARES), 2);
}

static void
who_does_not_receive_holds_nothing(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    push(&politie, 1);
    harness_ask(h, &gemeente, "gemeente");
    gemeente.cursor[1] = h->core->ledger.size;
    harness_hello(&gemeente, HARNESS_SEND, HARNESS_ALL_DUTIES);
    harness_batch(h);
    for (size_t i = 0; i < h->core->peers.n; i++)
        assert_int_equal(h->core->peers.list[i]->open, 0);
}

#define with_harness(f)                                                        \
    cmocka_unit_test_setup_teardown(f, harness_new, harness_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        with_harness(what_it_holds_does_not_come_again),
        with_harness(what_it_holds_counts_toward_the_window),
        with_harness(what_it_does_not_hold_comes_after_a_time_without_progress),
        with_harness(one_that_it_does_not_hold_comes_though_others_get_through),
        with_harness(a_cursor_beyond_the_end_holds_nothing_up),
        with_harness(a_cursor_on_somebody_elses_share_is_harmless),
        with_harness(urgent_shares_have_a_cursor_of_their_own),
        with_harness(nobody_holds_more_than_the_window),
        with_harness(no_cursor_goes_past_a_share_that_was_left_out),
        with_harness(what_a_failed_batch_counted_comes_anew),
        with_harness(who_does_not_receive_holds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
