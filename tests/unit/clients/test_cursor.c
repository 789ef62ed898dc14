/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a recipient says in its hello that it holds: never more than what is
 * durably in its inbox, or answered. */
#include "evil_delivery.h"
#include "fake_line.h"
#include "pack.h"
#include "resume.h"

#include <sys/wait.h>

static struct line line;
static bool fails; /* the next commit */

enum dhk_err __real_store_commit_late(struct store_txn **t);
enum dhk_err __wrap_store_commit_late(struct store_txn **t);

static unsigned synced;
static bool sync_fails; /* the next one */

enum dhk_err __real_store_sync(struct store *s);
enum dhk_err __wrap_store_sync(struct store *s);

enum dhk_err
__wrap_store_sync(struct store *s)
{
    synced++;
    if (!sync_fails)
        return __real_store_sync(s);
    sync_fails = false;
    return DHK_IO;
}

enum dhk_err
__wrap_store_commit_late(struct store_txn **t)
{
    if (!fails)
        return __real_store_commit_late(t);
    fails = false;
    store_abort(t);
    return DHK_IO;
}

static int
recipient_new(void **state)
{
    int rc = evil_new(state);
    struct evil_delivery *d = *state;

    line_begin(&line, d->ring);
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

static struct dhk_node *
gemeente(struct evil_delivery *d)
{
    return d->ring->partner[RING_GEMEENTE].node;
}

/* What it says in the hello of a new connection. */
static void
says(struct evil_delivery *d, uint64_t urgent, uint64_t others)
{
    dhk_disconnect(gemeente(d));
    line.cursor[0] = line.cursor[1] = 99;
    ok(dhk_connect(gemeente(d), DHK_RECEIVE, 1000, NULL));
    assert_int_equal(line.cursor[0], urgent);
    assert_int_equal(line.cursor[1], others);
}

/* BYTES come, as all others from FROM to TO. */
static void
bring(struct slice bytes, uint64_t from, uint64_t to)
{
    struct command c = {.type = COMMAND_DELIVER,
        .bytes = bytes,
        .from = {0, from},
        .to = {0, to}};

    line_say(&line, &c);
}

/* The same with an honest share, which is handed out and held. */
static void
bring_one(struct evil_delivery *d, uint64_t from, uint64_t to)
{
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *share = NULL;

    evil_deliver(d, &honest);
    bring(d->delivery, from, to);
    ok(dhk_receive(gemeente(d), 0, &share, NULL));
    assert_int_equal(share->index, d->share.index);
}

static void
what_is_kept_is_said_and_no_more(void **state)
{
    struct evil_delivery *d = *state;

    says(d, 0, 0);
    bring_one(d, 0, 10);
    says(d, 0, 10);
    bring_one(d, 10, 12);
    says(d, 0, 12);
    /* another process on the same inbox */
    dhk_disconnect(gemeente(d));
    inbox_close(&gemeente(d)->inbox);
    says(d, 0, 12);
}

static void
a_message_that_was_lost_is_not_passed_over(void **state)
{
    struct evil_delivery *d = *state;
    const struct dhk_share *share = NULL;

    says(d, 0, 0);
    bring_one(d, 0, 10);
    bring_one(d, 11, 20); /* from 10 to 11 was in one before */
    says(d, 0, 10);
    /* all comes again, and more than is here already */
    bring(d->delivery, 0, 20);
    assert_int_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_NOTFOUND);
    says(d, 0, 20);
}

/* By a router, say: DELIVER is not signed. */
static void
what_was_made_up_does_not_stay(void **state)
{
    struct evil_delivery *d = *state;
    const struct dhk_share *share = NULL;

    says(d, 0, 0);
    bring_one(d, 0, UINT64_MAX);
    says(d, 0, UINT64_MAX);
    bring_one(d, 12, 12); /* urgent ones, say: nothing of this class */
    says(d, 0, UINT64_MAX);
    bring_one(d, 12, 15);
    says(d, 0, 15);
    bring(d->delivery, 0, 10); /* anew, and the rest of it is lost */
    assert_int_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_NOTFOUND);
    says(d, 0, 10);
}

static void
each_class_has_its_own(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *share = NULL;
    struct command c = {.type = COMMAND_DELIVER, .from = {5, 0}, .to = {9, 7}};

    says(d, 0, 0);
    evil_deliver(d, &honest);
    c.bytes = d->delivery;
    line_say(&line, &c);
    ok(dhk_receive(gemeente(d), 0, &share, NULL));
    says(d, 0, 7);
    c.from[0] = 0;
    line_say(&line, &c);
    assert_int_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_NOTFOUND);
    says(d, 9, 7);
    c.from[1] = 8;
    c.to[0] = 11;
    c.to[1] = 12;
    line_say(&line, &c);
    assert_int_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_NOTFOUND);
    says(d, 11, 7);
}

/* Its proof comes after the message was taken: what is open then comes again
 * with the next session, which goes on from there. */
static void
what_is_refused_is_answered_and_not_yet_said(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil how = {.level = "laag"};
    const struct dhk_share *share = NULL;
    struct inbox_item item;
    uint64_t number;

    says(d, 0, 0);
    d->index = line.tree.size;
    evil_deliver(d, &how);
    line_enter(&line, d->share.index, d->share.entry);
    bring(d->delivery, 0, 10);
    assert_int_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_NOTFOUND);
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_OVERSHARED);
    says(d, 0, 0);
    bring_one(d, 0, 20);
    says(d, 0, 20);
}

/* It is neither stored nor answered; the next message joins on to nothing. */
static void
holds_nothing_of(struct evil_delivery *d, struct slice bytes)
{
    const struct dhk_share *share = NULL;

    says(d, 0, 0);
    bring(bytes, 0, 10);
    assert_int_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_NOTFOUND);
    bring_one(d, 10, 20);
    says(d, 0, 0);
}

static void
what_is_malformed_is_not_held(void **state)
{
    holds_nothing_of(*state, slice_str("no delivery"));
}

static void
what_is_no_share_is_not_held(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    static uint8_t mem[1024];
    struct sink out;

    evil_deliver(d, &honest);
    sink_init(&out, mem, sizeof mem);
    delivery_begin(&out, 1);
    delivery_group(&out, &d->bundle.statement, 1);
    pack_bin(&out, slice_str("no share"));
    ok(out.err);
    holds_nothing_of(d, sink_done(&out));
}

static struct evil_delivery *unknown;

static void
of_nobody(struct share *s, struct entry *e)
{
    (void)e;
    s->entry = slice_str("no entry");
    memset(unknown->bundle.statement.card, 0, CARD_ID);
}

static bool
knows_no_card(struct line *l, const struct command *c)
{
    struct command error = {.type = COMMAND_ERROR,
        .number = c->number,
        .error = COMMAND_ERROR_NOTFOUND};

    if (c->type != COMMAND_GET || c->what != COMMAND_GET_CARD)
        return false;
    line_say(l, &error);
    return true;
}

static void
what_nobody_can_be_answered_for_is_not_held(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil how = {.change = of_nobody};
    static uint8_t mem[EVIL_BYTES];

    unknown = d;
    line.lie = knows_no_card;
    evil_deliver(d, &how);
    memcpy(mem, d->delivery.p, d->delivery.n);
    holds_nothing_of(d, slice_of(mem, d->delivery.n));
    assert_non_null(strstr(d->ring->reported, "unknown sender"));
}

static void
what_could_not_be_stored_is_not_said(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *share = NULL;

    says(d, 0, 0);
    evil_deliver(d, &honest);
    bring(d->delivery, 0, 10);
    fails = true;
    assert_int_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_IO);
    assert_false(fails);
    says(d, 0, 0);
}

/* A share is handed out before the disk was waited for, and counts as here when
 * it was. */
static void
what_is_said_is_durable(void **state)
{
    struct evil_delivery *d = *state;

    says(d, 0, 0);
    synced = 0;
    bring_one(d, 0, 10);
    assert_int_equal(synced, 0);
    assert_false(inbox_is_synced(gemeente(d)->inbox));
    says(d, 0, 10);
    assert_int_equal(synced, 1);
    assert_true(inbox_is_synced(gemeente(d)->inbox));
}

/* A share that was answered comes again: the same answer goes out again, when
 * the disk has it, and not before. */
static void
what_is_answered_is_durable(void **state)
{
    struct evil_delivery *d = *state;
    struct dhk_node *node = gemeente(d);
    const struct evil honest = {.origin = NULL};
    const struct dhk_share *share = NULL;
    struct command answered = {.type = COMMAND_ANSWERED};

    says(d, 0, 0);
    evil_deliver(d, &honest);
    bring(d->delivery, 0, 10);
    ok(dhk_receive(node, 0, &share, NULL));
    ok(dhk_confirm(node, &share));
    assert_int_equal(dhk_receive(node, 0, &share, NULL), DHK_NOTFOUND);
    assert_int_equal(line.heard_n, 1);
    answered.number = line.heard[0].number;
    line_say(&line, &answered);
    bring(d->delivery, 0, 20);
    assert_int_equal(dhk_receive(node, 0, &share, NULL), DHK_NOTFOUND);
    assert_false(inbox_is_synced(node->inbox));
    sync_fails = true;
    assert_int_equal(dhk_receive(node, 0, &share, NULL), DHK_IO);
    assert_int_equal(line.heard_n, 1);
    assert_false(sync_fails);
    assert_int_equal(dhk_receive(node, 0, &share, NULL), DHK_NOTFOUND);
    assert_true(inbox_is_synced(node->inbox));
    assert_int_equal(line.heard_n, 2);
    assert_int_equal(line.heard[1].type, COMMAND_ANSWER);
}

static void
each_own_card_has_its_own(void **state)
{
    struct evil_delivery *d = *state;
    struct dhk_node *node = gemeente(d);
    uint64_t cursor[COMMAND_CLASSES];

    says(d, 0, 0);
    bring_one(d, 0, 10);
    resume_get(node, cursor);
    assert_int_equal(cursor[1], 10);
    node->card.id[0] ^= 1;
    resume_get(node, cursor);
    node->card.id[0] ^= 1;
    assert_int_equal(cursor[1], 0);
}

static void
who_does_not_receive_says_nothing(void **state)
{
    struct evil_delivery *d = *state;

    says(d, 0, 0);
    bring_one(d, 0, 10);
    dhk_disconnect(gemeente(d));
    ok(dhk_connect(gemeente(d), DHK_QUERY, 1000, NULL));
    assert_int_equal(line.cursor[1], 0);
    says(d, 0, 10);
}

/* --- an inbox that the application keeps --- */

static void
take(struct evil_delivery *d)
{
    gemeente(d)->application_keeps = true;
    says(d, 0, 0);
    bring_one(d, 0, 10);
    says(d, 0, 10);
}

/* Does that in a process of its own, which is gone then, and with CLOSED has
 * closed its inbox before. */
static void
take_elsewhere(struct evil_delivery *d, bool closed)
{
    int status = 0;
    pid_t pid;

    inbox_close(&gemeente(d)->inbox);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        take(d);
        must(inbox_sync(gemeente(d)->inbox) == DHK_OK);
        if (closed)
            inbox_close(&gemeente(d)->inbox);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
after_an_end_in_order_it_is_said(void **state)
{
    take_elsewhere(*state, true);
    says(*state, 0, 10);
}

static void
after_a_crash_nothing_is_said(void **state)
{
    take_elsewhere(*state, false);
    says(*state, 0, 0);
}

#define recipient_test(f)                                                      \
    cmocka_unit_test_setup_teardown(f, recipient_new, recipient_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        recipient_test(what_is_kept_is_said_and_no_more),
        recipient_test(a_message_that_was_lost_is_not_passed_over),
        recipient_test(what_was_made_up_does_not_stay),
        recipient_test(each_class_has_its_own),
        recipient_test(what_is_refused_is_answered_and_not_yet_said),
        recipient_test(what_is_malformed_is_not_held),
        recipient_test(what_is_no_share_is_not_held),
        recipient_test(what_nobody_can_be_answered_for_is_not_held),
        recipient_test(what_could_not_be_stored_is_not_said),
        recipient_test(what_is_said_is_durable),
        recipient_test(what_is_answered_is_durable),
        recipient_test(each_own_card_has_its_own),
        recipient_test(who_does_not_receive_says_nothing),
        recipient_test(after_an_end_in_order_it_is_said),
        recipient_test(after_a_crash_nothing_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
