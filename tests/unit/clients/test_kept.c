/* SPDX-License-Identifier: EUPL-1.2
 *
 * Outbox and inbox that the application keeps (struct dhk_options): what a
 * process that ends without a word may take with it, and what it may not. */
#include "evil_delivery.h"
#include "evil_receipt.h"

#include "tally.h"

#include <sys/wait.h>

/* Does WORK on STATE in a process of its own, which then is gone. */
static void
crash(void *state, void (*work)(void *state))
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        work(state);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static unsigned fail_at; /* the commit that fails; 0: none */

enum dhk_err __real_store_commit(struct store_txn **t);
enum dhk_err __wrap_store_commit(struct store_txn **t);

enum dhk_err
__wrap_store_commit(struct store_txn **t)
{
    if (fail_at == 0 || --fail_at > 0)
        return __real_store_commit(t);
    store_abort(t);
    return DHK_LIMIT;
}

/* --- outbox --- */

static void
push_and_seal(void *state)
{
    struct evil_receipt *e = state;

    e->node->application_keeps = true;
    must(receipt_push(e, "hoog") > 0);
    must(receipt_push(e, "hoog") > 0);
    receipt_seal(e);
    must(!outbox_is_synced(e->node->outbox));
}

static void
push_seal_and_sync(void *state)
{
    struct evil_receipt *e = state;

    push_and_seal(e);
    must(outbox_sync(e->node->outbox) == DHK_OK);
}

static void
push_and_close(void *state)
{
    struct evil_receipt *e = state;

    push_and_seal(e);
    outbox_close(&e->node->outbox);
}

/* The sequence number that signal NUMBER was sealed under. */
static uint64_t
sequence_of(struct evil_receipt *e, uint64_t number)
{
    struct store_txn *t = NULL;
    struct record r;

    ok(outbox_begin(&t, e->node->outbox, false));
    ok(outbox_get(t, number, &r));
    store_abort(&t);
    return r.seq;
}

/* What the tally of gemeente says. */
static struct tally
tally_of(struct evil_receipt *e)
{
    struct store_txn *t = NULL;
    struct tally tally;

    ok(outbox_begin(&t, e->node->outbox, false));
    ok(tally_get(t, e->node->card.id, "gemeente", &tally));
    store_abort(&t);
    return tally;
}

static void
a_crash_takes_signals_but_no_number_comes_twice(void **state)
{
    struct evil_receipt *e = *state;
    const struct dhk_sent *sent;

    outbox_close(&e->node->outbox);
    crash(e, push_and_seal);
    assert_int_equal(dhk_sent_next(e->node, 0, &sent), DHK_NOTFOUND);
    /* the two that are gone had 1 and 2 of everything */
    uint64_t number = receipt_push(e, "hoog");
    assert_true(number > 2);
    receipt_seal(e);
    assert_true(sequence_of(e, number) > 2);
    struct tally tally = tally_of(e);
    assert_true(tally.last > 2);
    /* and what the partner will miss is explained */
    assert_int_equal(tally.lost + tally.open, tally.last);
}

static void
what_was_synced_stays_and_the_numbers_after_it_are_skipped(void **state)
{
    struct evil_receipt *e = *state;
    const struct dhk_sent *sent;

    outbox_close(&e->node->outbox);
    crash(e, push_seal_and_sync);
    ok(dhk_sent_next(e->node, 0, &sent));
    assert_int_equal(sent->number, 1);
    ok(dhk_sent_next(e->node, 1, &sent));
    assert_int_equal(sent->number, 2);
    assert_int_equal(outbox_flying(e->node->outbox), 1);
    struct tally tally = tally_of(e);
    assert_int_equal(tally.open, 2);
    assert_int_equal(tally.last, tally.open + tally.lost);
    uint64_t third = receipt_push(e, "hoog");
    assert_true(third > 3);
    /* once: the next one finds nothing reserved */
    outbox_close(&e->node->outbox);
    assert_int_equal(receipt_push(e, "hoog"), third + 1);
}

static void
after_an_end_in_order_nothing_is_gone_or_skipped(void **state)
{
    struct evil_receipt *e = *state;
    const struct dhk_sent *sent;

    outbox_close(&e->node->outbox);
    crash(e, push_and_close);
    ok(dhk_sent_next(e->node, 1, &sent));
    assert_int_equal(sent->number, 2);
    assert_int_equal(receipt_push(e, "hoog"), 3);
    receipt_seal(e);
    assert_int_equal(sequence_of(e, 3), 3);
    assert_int_equal(tally_of(e).last, 3);
    assert_int_equal(tally_of(e).lost, 0);
}

static void
push_many_times(void *state)
{
    struct evil_receipt *e = state;

    e->node->application_keeps = true;
    for (int i = 0; i < 1500; i++)
        must(receipt_push(e, "hoog") == (uint64_t)i + 1);
}

static void
numbers_are_reserved_again_before_they_run_out(void **state)
{
    struct evil_receipt *e = *state;

    outbox_close(&e->node->outbox);
    crash(e, push_many_times);
    assert_true(receipt_push(e, "hoog") > 1500);
}

static void
push_after_a_failed_reservation(void *state)
{
    struct evil_receipt *e = state;
    struct dhk_signal *s = ring_signal("hoog");
    uint64_t number = 0;

    e->node->application_keeps = true;
    must(node_outbox(e->node, NULL) == DHK_OK);
    for (int i = 0; i < 1024; i++)
        must(receipt_push(e, "hoog") > 0);
    fail_at = 1; /* which would have reserved more */
    must(dhk_push(e->node, s, &number, NULL) == DHK_LIMIT);
    must(receipt_push(e, "hoog") == 1025);
}

static void
a_reservation_that_failed_is_made_again(void **state)
{
    struct evil_receipt *e = *state;

    outbox_close(&e->node->outbox);
    crash(e, push_after_a_failed_reservation);
    assert_true(receipt_push(e, "hoog") > 1025);
}

static void
opening_that_fails_forgets_no_crash(void **state)
{
    struct evil_receipt *e = *state;

    outbox_close(&e->node->outbox);
    crash(e, push_and_seal);
    e->node->application_keeps = true;
    fail_at = 1;
    assert_int_equal(node_outbox(e->node, NULL), DHK_LIMIT);
    assert_true(receipt_push(e, "hoog") > 2);
}

/* --- inbox --- */

static struct dhk_node *
gemeente(struct evil_delivery *d)
{
    return d->ring->partner[RING_GEMEENTE].node;
}

static void
take_and_confirm(void *state)
{
    struct evil_delivery *d = state;
    const struct dhk_share *s = NULL;

    gemeente(d)->application_keeps = true;
    evil_take(d);
    must(dhk_receive(gemeente(d), 0, &s, NULL) == DHK_OK);
    must(!s->again && s->missing == 0);
    must(dhk_confirm(gemeente(d), &s) == DHK_OK);
    must(!inbox_is_synced(gemeente(d)->inbox));
}

static void
take_and_close(void *state)
{
    struct evil_delivery *d = state;

    take_and_confirm(d);
    inbox_close(&gemeente(d)->inbox);
}

/* Delivers the NTH share; how many are said to be missing. */
static uint64_t
missing_at(struct evil_delivery *d, uint64_t nth)
{
    const struct evil how = {.nth = nth};
    const struct dhk_share *s = NULL;
    uint64_t missing;

    evil_deliver(d, &how);
    evil_take(d);
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    missing = s->missing;
    ok(dhk_confirm(gemeente(d), &s));
    return missing;
}

static void
a_confirmed_share_may_come_again_with_its_id(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *s = NULL;

    evil_deliver(d, &honest);
    inbox_close(&gemeente(d)->inbox);
    crash(d, take_and_confirm);
    evil_take(d); /* the broker has no answer */
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    assert_int_equal(s->index, d->share.index);
    ok(dhk_confirm(gemeente(d), &s));
}

static void
what_may_be_lost_is_not_missing_and_what_comes_later_is(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};

    evil_deliver(d, &honest);
    inbox_close(&gemeente(d)->inbox);
    crash(d, take_and_confirm);
    assert_int_equal(missing_at(d, 4), 0);
    assert_int_equal(missing_at(d, 7), 2);
}

static void
opening_an_inbox_that_fails_forgets_no_crash(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};

    evil_deliver(d, &honest);
    inbox_close(&gemeente(d)->inbox);
    crash(d, take_and_confirm);
    gemeente(d)->application_keeps = true;
    fail_at = 1;
    assert_int_equal(node_inbox(gemeente(d), NULL), DHK_LIMIT);
    assert_int_equal(missing_at(d, 4), 0);
}

static void
after_an_end_in_order_every_gap_counts(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};

    evil_deliver(d, &honest);
    inbox_close(&gemeente(d)->inbox);
    crash(d, take_and_close);
    evil_take(d);
    assert_int_equal(missing_at(d, 4), 2);
}

#define receipt_test(f)                                                        \
    cmocka_unit_test_setup_teardown(f, receipt_new, receipt_end)
#define delivery_test(f) cmocka_unit_test_setup_teardown(f, evil_new, evil_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        receipt_test(a_crash_takes_signals_but_no_number_comes_twice),
        receipt_test(
            what_was_synced_stays_and_the_numbers_after_it_are_skipped),
        receipt_test(after_an_end_in_order_nothing_is_gone_or_skipped),
        receipt_test(numbers_are_reserved_again_before_they_run_out),
        receipt_test(a_reservation_that_failed_is_made_again),
        receipt_test(opening_that_fails_forgets_no_crash),
        delivery_test(opening_an_inbox_that_fails_forgets_no_crash),
        delivery_test(a_confirmed_share_may_come_again_with_its_id),
        delivery_test(what_may_be_lost_is_not_missing_and_what_comes_later_is),
        delivery_test(after_an_end_in_order_every_gap_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
