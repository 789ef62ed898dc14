/* SPDX-License-Identifier: EUPL-1.2
 *
 * One connection after another: an answer counts for what was asked on the
 * same connection, and what was asked on an earlier one is asked again. The
 * numbers of requests mean nothing beyond their connection. */
#include "evil_delivery.h"
#include "evil_receipt.h"
#include "fake_line.h"

static struct line line;

/* --- the sender -------------------------------------------------------- */

static int
sender_new(void **state)
{
    int rc = receipt_new(state);
    struct evil_receipt *e = *state;

    line_begin(&line, e->ring);
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    return rc;
}

static int
sender_end(void **state)
{
    struct evil_receipt *e = *state;

    dhk_disconnect(e->node);
    line_end(&line);
    return receipt_end(state);
}

/* The broker accepts the bundle of PUSH and answers to NUMBER. */
static void
accept_it(
    struct evil_receipt *e, const struct line_message *push, uint64_t number)
{
    size_t n = 0;

    receipt_read(e, slice_of(push->bytes, push->n), line.tree.size);
    n = receipt_write(e);
    line_receipt(&line, number, e->index, e->entry, n);
}

static const struct dhk_sent *
sent(struct evil_receipt *e, uint64_t number)
{
    const struct dhk_sent *s = NULL;

    ok(dhk_sent_next(e->node, number - 1, &s));
    assert_int_equal(s->number, number);
    return s;
}

/* Signal NUMBER is accepted by the entry that its bundle's receipt has. */
static void
is_accepted(struct evil_receipt *e, uint64_t number, uint64_t index)
{
    const struct dhk_sent *s = sent(e, number);

    assert_int_equal(s->state, DHK_ACCEPTED);
    assert_int_equal(s->index, index);
}

static void
the_next_connection(struct evil_receipt *e)
{
    dhk_disconnect(e->node);
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
}

static void
push_and_send(struct evil_receipt *e)
{
    struct dhk_problem problem = {""};

    (void)receipt_push(e, "hoog");
    if (dhk_flush(e->node, 0, &problem) != DHK_NOTFOUND)
        fail_msg("%s", problem.text);
}

static void
a_bundle_without_a_receipt_goes_again_on_the_next_connection(void **state)
{
    struct evil_receipt *e = *state;

    push_and_send(e);
    assert_int_equal(line.heard_n, 1);
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    assert_int_equal(line.heard_n, 1); /* not yet, on this one */
    the_next_connection(e);
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    assert_int_equal(line.heard_n, 2);
    assert_int_equal(line.heard[1].n, line.heard[0].n);
    assert_memory_equal(
        line.heard[1].bytes, line.heard[0].bytes, line.heard[0].n);
    accept_it(e, &line.heard[1], line.heard[1].number);
    ok(dhk_flush(e->node, 1000, NULL));
    is_accepted(e, 1, 100);
}

/* The numbers of the second connection begin where those of the first did, so
 * that the second bundle gets the number that the first one had. */
static void
a_receipt_lands_on_the_bundle_of_its_own_connection(void **state)
{
    struct evil_receipt *e = *state;
    struct dhk_problem problem = {""};
    const struct line_message *other = NULL;

    push_and_send(e);
    the_next_connection(e);
    push_and_send(e);
    assert_int_equal(line.heard_n, 3);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(line.heard[i].connection, 2);
        if (line.heard[i].n != line.heard[0].n ||
            memcmp(line.heard[i].bytes, line.heard[0].bytes, line.heard[0].n) !=
                0)
            other = &line.heard[i];
    }
    assert_non_null(other);
    assert_int_not_equal(line.heard[1].number, line.heard[2].number);
    /* the second signal's bundle has its receipt first */
    accept_it(e, other, other->number);
    if (dhk_flush(e->node, 0, &problem) != DHK_NOTFOUND)
        fail_msg("%s", problem.text);
    is_accepted(e, 2, 100);
    assert_int_equal(sent(e, 1)->state, DHK_WAITING);
    const struct line_message *again =
        &line.heard[other == &line.heard[1] ? 2 : 1];
    uint64_t index = line.tree.size;
    accept_it(e, again, again->number);
    ok(dhk_flush(e->node, 1000, NULL));
    is_accepted(e, 1, index);
    is_accepted(e, 2, 100);
}

static void
a_receipt_for_an_earlier_connections_number_is_nobodys(void **state)
{
    struct evil_receipt *e = *state;

    push_and_send(e);
    line_break(&line); /* the transport makes another one by itself */
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    assert_int_equal(line.heard_n, 2);
    assert_int_not_equal(line.heard[0].number, line.heard[1].number);
    /* it answers what nobody asked on this connection */
    accept_it(e, &line.heard[0], line.heard[0].number);
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    assert_int_equal(sent(e, 1)->state, DHK_WAITING);
    accept_it(e, &line.heard[1], line.heard[1].number);
    ok(dhk_flush(e->node, 1000, NULL));
    assert_int_equal(sent(e, 1)->state, DHK_ACCEPTED);
}

/* libzmq gives up where it was turned down: only another socket gets in when
 * the operator has added the card. */
static void
who_was_turned_down_gets_in_when_the_card_was_added(void **state)
{
    struct evil_receipt *e = *state;

    dhk_disconnect(e->node);
    line.refuses = true;
    for (int i = 0; i < 2; i++)
        assert_int_equal(dhk_connect(e->node, DHK_SEND, 1, NULL), DHK_DENIED);
    line.refuses = false;
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
}

/* A broker that has forgotten the connection, or to which it is another one. */
static bool
forgets(struct line *l, const struct command *c)
{
    struct command error = {.type = COMMAND_ERROR,
        .number = c->number,
        .error = COMMAND_ERROR_STATE};

    if (c->type != COMMAND_GET)
        return false;
    line_say(l, &error);
    return true;
}

static void
a_forgotten_connection_is_a_reason_to_try_again(void **state)
{
    struct evil_receipt *e = *state;

    dhk_disconnect(e->node);
    line.lie = forgets;
    assert_int_equal(dhk_connect(e->node, DHK_SEND, 1000, NULL), DHK_NOTFOUND);
    line.lie = NULL;
    ok(dhk_flush(e->node, 1000, NULL));
}

/* --- the recipient ----------------------------------------------------- */

static int
recipient_new(void **state)
{
    int rc = evil_new(state);
    struct evil_delivery *d = *state;

    line_begin(&line, d->ring);
    ok(dhk_connect(
        d->ring->partner[RING_GEMEENTE].node, DHK_RECEIVE, 1000, NULL));
    return rc;
}

static int
recipient_end(void **state)
{
    struct evil_delivery *d = *state;

    dhk_disconnect(d->ring->partner[RING_GEMEENTE].node);
    line_end(&line);
    return evil_end(state);
}

/* A share arrives, is confirmed and answered; the answer's number. */
static uint64_t
take_and_answer(struct evil_delivery *d)
{
    const struct evil honest = {.origin = NULL};
    struct dhk_node *node = d->ring->partner[RING_GEMEENTE].node;
    struct command c = {.type = COMMAND_DELIVER};
    const struct dhk_share *share = NULL;

    evil_deliver(d, &honest);
    c.bytes = d->delivery;
    line_say(&line, &c);
    ok(dhk_receive(node, 0, &share, NULL));
    ok(dhk_confirm(node, &share));
    assert_int_equal(dhk_answers_flush(node, 0, NULL), DHK_NOTFOUND);
    return line.heard[line.heard_n - 1].number;
}

/* How many answers the node still keeps. */
static size_t
kept(struct evil_delivery *d)
{
    struct store_txn *t = NULL;
    struct inbox_item item;
    uint64_t number = 0;
    size_t n = 0;

    ok(inbox_begin(&t, d->ring->partner[RING_GEMEENTE].node->inbox, false));
    while (inbox_next_answer(t, &number, &item) == DHK_OK)
        n++;
    store_abort(&t);
    return n;
}

static void
answers_that_were_not_committed_go_again_with_the_next_connection(void **state)
{
    struct evil_delivery *d = *state;
    struct dhk_node *node = d->ring->partner[RING_GEMEENTE].node;
    struct command c = {.type = COMMAND_ANSWERED, .a = 1};

    (void)take_and_answer(d);
    assert_int_equal(kept(d), 1);
    dhk_disconnect(node);
    ok(dhk_connect(node, DHK_RECEIVE, 1000, NULL));
    c.number = take_and_answer(d); /* of the second share */
    assert_int_equal(line.heard_n, 3);
    assert_int_equal(line.heard[1].connection, 2);
    assert_int_equal(kept(d), 2);
    line_say(&line, &c);
    assert_int_equal(dhk_answers_flush(node, 0, NULL), DHK_NOTFOUND);
    assert_int_equal(kept(d), 1); /* the first one's */
    c.number = line.heard[1].number;
    line_say(&line, &c);
    ok(dhk_answers_flush(node, 1000, NULL));
    assert_int_equal(kept(d), 0);
}

/* The node asks for the cards, and a share comes first: both count. */
static void
what_comes_before_an_answer_is_kept_for_later(void **state)
{
    const struct evil honest = {.origin = NULL};
    struct evil_delivery *d = *state;
    struct dhk_node *node = d->ring->partner[RING_GEMEENTE].node;
    struct command c = {.type = COMMAND_DELIVER};
    const struct dhk_share *share = NULL;

    evil_deliver(d, &honest);
    c.bytes = d->delivery;
    line.early = &c;
    ok(dhk_connect(node, DHK_SEND | DHK_RECEIVE, 1000, NULL));
    line.early = NULL;
    ok(dhk_receive(node, 0, &share, NULL));
    assert_int_equal(share->index, d->share.index);
    ok(dhk_confirm(node, &share));
}

#define sender_test(f)                                                         \
    cmocka_unit_test_setup_teardown(f, sender_new, sender_end)
#define recipient_test(f)                                                      \
    cmocka_unit_test_setup_teardown(f, recipient_new, recipient_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        sender_test(
            a_bundle_without_a_receipt_goes_again_on_the_next_connection),
        sender_test(a_receipt_lands_on_the_bundle_of_its_own_connection),
        sender_test(a_receipt_for_an_earlier_connections_number_is_nobodys),
        sender_test(who_was_turned_down_gets_in_when_the_card_was_added),
        sender_test(a_forgotten_connection_is_a_reason_to_try_again),
        recipient_test(
            answers_that_were_not_committed_go_again_with_the_next_connection),
        recipient_test(what_comes_before_an_answer_is_kept_for_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
