/* SPDX-License-Identifier: EUPL-1.2
 *
 * What was taken stays taken: shares are handed out once, again after a crash,
 * never after a confirmation; counters are watched; answers are kept. */
#include "evil_delivery.h"

static struct dhk_node *
gemeente(struct evil_delivery *d)
{
    return d->ring->partner[RING_GEMEENTE].node;
}

static void
an_honest_share_is_handed_out(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *s = NULL;

    evil_deliver(d, &honest);
    evil_take(d);
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    assert_string_equal(s->sender, "politie");
    assert_string_equal(s->kind, "melding");
    assert_false(s->again);
    assert_int_equal(s->fields_n, 3);
    assert_string_equal(s->fields[0].name, "naam");
    assert_string_equal(s->fields[0].value, "Jan Jansen");
    assert_int_equal(s->attributes_n, 1);
    assert_string_equal(s->attributes[0].name, "ernst");
    assert_string_equal(s->attributes[0].value, "hoog");
    assert_string_equal(s->rules[0], "P1");
    assert_int_equal(s->retain_at_most, 30);
    assert_int_equal(s->retain_at_least, -1);
    assert_true(s->onward_limited && s->log);
    assert_null(s->onward[0]);
    assert_int_equal(s->missing, 0);
    ok(dhk_confirm(gemeente(d), &s));
    assert_null(s);
}

static void
the_same_share_again_is_not_handed_out_again(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *s = NULL, *second = NULL;
    struct inbox_item item;
    uint64_t number;

    evil_deliver(d, &honest);
    evil_take(d);
    evil_take(d); /* delivered twice before it is handed out */
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    evil_take(d); /* and while the application has it */
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_NONE);
    assert_int_not_equal(dhk_receive(gemeente(d), 0, &second, NULL), DHK_OK);
    ok(dhk_confirm(gemeente(d), &s));
    evil_take(d); /* and afterwards */
    assert_int_not_equal(dhk_receive(gemeente(d), 0, &second, NULL), DHK_OK);
}

/* Nothing but the node itself knows what its application said. */
static void
a_refusal_is_repeated_as_a_refusal(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *s = NULL;
    struct inbox_item item;
    struct store_txn *t = NULL;
    uint64_t number;

    evil_deliver(d, &honest);
    evil_take(d);
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    ok(dhk_refuse(gemeente(d), &s));
    assert_int_equal(
        evil_answer(d, &number, &item), ANSWER_REFUSED_BY_APPLICATION);
    /* the broker says that it has the answer, and delivers all the same */
    ok(inbox_begin(&t, gemeente(d)->inbox, true));
    ok(inbox_answered(t, number));
    ok(store_commit(&t));
    evil_take(d);
    assert_int_equal(
        evil_answer(d, &number, &item), ANSWER_REFUSED_BY_APPLICATION);
    assert_int_not_equal(dhk_receive(gemeente(d), 0, &s, NULL), DHK_OK);
}

/* The broker has committed what gemeente answered last. */
static void
is_committed(struct evil_delivery *d, enum answer_outcome outcome)
{
    struct store_txn *t = NULL;
    struct inbox_item item;
    uint64_t number;

    assert_int_equal(evil_answer(d, &number, &item), outcome);
    ok(inbox_begin(&t, gemeente(d)->inbox, true));
    ok(inbox_answered(t, number));
    ok(store_commit(&t));
}

/* One of the two somebody made up; the other one is the ledger's. */
static void
a_second_entry_for_one_share_is_answered_as_the_first(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *s = NULL, *second = NULL;
    uint8_t mem[LIMIT_ENTRY];
    struct slice first;
    struct inbox_item item;
    uint64_t number;

    for (int refused = 0; refused < 2; refused++) {
        enum answer_outcome said =
            refused ? ANSWER_REFUSED_BY_APPLICATION : ANSWER_TAKEN;

        evil_deliver(d, &honest);
        evil_take(d);
        first = slice_of(mem, d->share.entry.n);
        memcpy(mem, d->share.entry.p, first.n);
        evil_enter_again(d);
        evil_take(d); /* nothing is said for the application */
        assert_int_equal(evil_answer(d, &number, &item), ANSWER_NONE);
        assert_non_null(strstr(d->ring->reported, "another ledger entry"));
        ok(dhk_receive(gemeente(d), 0, &s, NULL));
        assert_int_not_equal(
            dhk_receive(gemeente(d), 0, &second, NULL), DHK_OK);
        ok(refused ? dhk_refuse(gemeente(d), &s)
                   : dhk_confirm(gemeente(d), &s));
        evil_take(d); /* nor before the first answer is known to be there */
        assert_int_equal(evil_answer(d, &number, &item), ANSWER_NONE);
        d->share.entry = first;
        is_committed(d, said);
        evil_enter_again(d);
        evil_take(d);
        is_committed(d, said);
        assert_int_not_equal(
            dhk_receive(gemeente(d), 0, &second, NULL), DHK_OK);
    }
}

static void
the_broker_is_answered_again_when_it_forgot(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *s = NULL;
    struct store_txn *t = NULL;
    struct inbox_item item;
    uint64_t number;

    evil_deliver(d, &honest);
    evil_take(d);
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    ok(dhk_confirm(gemeente(d), &s));
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_TAKEN);
    ok(inbox_begin(&t, gemeente(d)->inbox, true));
    ok(inbox_answered(t, number)); /* the broker has committed it */
    ok(store_commit(&t));
    evil_take(d);
    assert_int_not_equal(dhk_receive(gemeente(d), 0, &s, NULL), DHK_OK);
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_TAKEN);
}

static void
another_signal_with_a_used_counter_is_refused(void **state)
{
    struct evil_delivery *d = *state;
    struct inbox_item item;
    uint64_t number;
    const struct evil how = {.counter = 1};

    evil_takes_next(d); /* has counter 1 */
    evil_deliver(d, &how);
    evil_take(d);
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_REPLAYED);
    evil_takes_next(d);
}

static void
a_gap_is_seen_and_told(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil how = {.nth = 4};
    const struct dhk_share *s = NULL;
    struct inbox_item item;
    uint64_t number;

    evil_takes_next(d);
    evil_deliver(d, &how); /* 2 and 3 never came */
    evil_take(d);
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    assert_int_equal(s->missing, 2);
    ok(dhk_confirm(gemeente(d), &s));
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_TAKEN);
    assert_int_equal(item.detail, 2);
}

static void
unconfirmed_shares_come_again_after_a_crash(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *s = NULL;
    char id[65];

    evil_deliver(d, &honest);
    evil_take(d);
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    memcpy(id, s->id, sizeof id);
    inbox_close(&gemeente(d)->inbox); /* the process ends */
    ok(node_inbox(gemeente(d), NULL));
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    assert_string_equal(s->id, id);
    assert_true(s->again);
    ok(dhk_confirm(gemeente(d), &s));
    inbox_close(&gemeente(d)->inbox);
    ok(node_inbox(gemeente(d), NULL));
    assert_int_not_equal(dhk_receive(gemeente(d), 0, &s, NULL), DHK_OK);
}

static void
a_released_share_comes_again(void **state)
{
    struct evil_delivery *d = *state;
    struct inbox_item item;
    uint64_t number;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *s = NULL;

    evil_deliver(d, &honest);
    evil_take(d);
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    dhk_release(gemeente(d), &s);
    assert_null(s);
    ok(dhk_receive(gemeente(d), 0, &s, NULL));
    assert_true(s->again);
    ok(dhk_refuse(gemeente(d), &s));
    assert_int_equal(
        evil_answer(d, &number, &item), ANSWER_REFUSED_BY_APPLICATION);
}

static void
no_value_lies_open_in_the_inbox(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    char command[NODE_PATH + 64];

    evil_deliver(d, &honest);
    evil_take(d);
    (void)snprintf(command, sizeof command, "grep -rqa 'Jan Jansen' '%s'",
        gemeente(d)->dir);
    assert_int_not_equal(system(command), 0);
}

#define evil_test(f) cmocka_unit_test_setup_teardown(f, evil_new, evil_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        evil_test(an_honest_share_is_handed_out),
        evil_test(the_same_share_again_is_not_handed_out_again),
        evil_test(a_second_entry_for_one_share_is_answered_as_the_first),
        evil_test(the_broker_is_answered_again_when_it_forgot),
        evil_test(a_refusal_is_repeated_as_a_refusal),
        evil_test(another_signal_with_a_used_counter_is_refused),
        evil_test(a_gap_is_seen_and_told),
        evil_test(unconfirmed_shares_come_again_after_a_crash),
        evil_test(a_released_share_comes_again),
        evil_test(no_value_lies_open_in_the_inbox),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
