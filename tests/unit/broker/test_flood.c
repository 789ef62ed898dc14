/* SPDX-License-Identifier: EUPL-1.2
 *
 * Partners and operators who ask too much: others are served all the same. */
#include "harness.h"

#include "host/file.h"

static void
sessions_left_behind_end_but_not_who_listens(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, first, next;
    struct harness_share share;
    size_t ready = 0;

    harness_connect(h, &politie, "politie", COMMAND_MODE_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_pass(h, 10);
    harness_connect(h, &first, "gemeente", COMMAND_MODE_QUERY);
    for (int i = 0; i < 2 * PEER_CARD_MAX; i++) {
        harness_pass(h, 10);
        harness_connect(h, &next, "gemeente", COMMAND_MODE_QUERY);
    }
    for (size_t i = 0; i < h->core->peers.n; i++)
        ready += h->core->peers.list[i]->state == PEER_READY ? 1 : 0;
    assert_int_equal(ready, PEER_CARD_MAX + 1); /* and politie's */
    assert_int_equal(harness_error(&first), COMMAND_ERROR_STATE);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(harness_shares(&gemeente, &share, 1), 1);
}

static enum command_error
push_stale(struct harness_node *n, struct harness_bundle *b)
{
    static const uint8_t other[32] = {1};
    struct harness_signal s = harness_p5;

    s.agreement = other;
    harness_seal(n, b, &s, 1);
    harness_push(n, b);
    return harness_error(n);
}

static void
refusals_of_one_card_are_bounded_but_not_its_signals(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);
    size_t before;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 300; i++) {
        (void)push_stale(&politie, b);
        harness_forget(h);
    }
    before = harness_count(h, ENTRY_REFUSED);
    assert_int_equal(before, 256);
    assert_int_equal(push_stale(&politie, b), COMMAND_ERROR_BUSY);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    harness_pass(h, 1000); /* a quarter of a second for each */
    for (int i = 0; i < 10; i++)
        (void)push_stale(&politie, b);
    assert_int_equal(harness_count(h, ENTRY_REFUSED), before + 4);
    free(b);
}

/* Without ending the batch. */
static void
send_query(struct harness_node *n)
{
    uint8_t mem[1024];
    struct sink out;
    struct query q = {.origin = slice_str(HARNESS_ORIGIN),
        .number = ++n->queries,
        .purpose = QUERY_LAWFULNESS,
        .what = QUERY_LIST};

    memcpy(q.card, n->partner->card.id, CARD_ID);
    memcpy(q.nonce, n->nonce, sizeof q.nonce);
    sink_init(&out, mem, sizeof mem);
    ok(query_issue(&out, &q, n->partner->secret.sign));
    struct command c = {
        .type = COMMAND_QUERY, .number = 11, .bytes = sink_done(&out)};
    harness_send_command(n, &c, NULL, 0);
}

static void
a_session_waits_for_few_pages_at_once(void **state)
{
    struct harness *h = *state;
    struct harness_node toezicht;
    struct command c;

    harness_connect(h, &toezicht, "toezicht", COMMAND_MODE_QUERY);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < PEER_PAGES + 1; i++)
            send_query(&toezicht);
        harness_batch(h);
        for (int i = 0; i < PEER_PAGES; i++)
            assert_true(harness_take(&toezicht, COMMAND_PAGE, &c));
        assert_int_equal(harness_error(&toezicht), COMMAND_ERROR_BUSY);
        assert_false(harness_take(&toezicht, COMMAND_PAGE, &c));
    }
    assert_int_equal(harness_count(h, ENTRY_QUERIED), 3 * PEER_PAGES);
}

/* Reading a page takes longer than all pages of a batch may take. */
static uint64_t
slow_clock(void *ctx)
{
    struct harness *h = ctx;

    return h->mono += 60;
}

static void
pages_do_not_keep_everybody_waiting(void **state)
{
    struct harness *h = *state;
    struct harness_node toezicht;
    struct command c;
    size_t batches = 0, pages = 0;

    harness_connect(h, &toezicht, "toezicht", COMMAND_MODE_QUERY);
    for (int i = 0; i < PEER_PAGES; i++)
        send_query(&toezicht);
    h->keeper_waits = true;
    harness_batch(h);
    h->clock.monotonic_ms = slow_clock;
    harness_sign(h);
    while (pages < PEER_PAGES && batches < 10) {
        size_t now = 0;
        ok(core_batch_end(h->core));
        batches++;
        while (harness_take(&toezicht, COMMAND_PAGE, &c))
            now++;
        assert_true(now <= 2);
        pages += now;
        assert_true(pages == PEER_PAGES || core_is_busy(h->core));
    }
    assert_int_equal(pages, PEER_PAGES);
}

/* What nodes cannot fetch must not bind them. */
static void
a_text_that_no_message_holds_does_not_come_in_force(void **state)
{
    struct harness *h = *state;
    static uint8_t text[LIMIT_TEXT];
    uint8_t *file = NULL;
    size_t n = 0, at, end = LIMIT_TEXT - 100;

    assert_int_equal(harness_roster(h, 7), 0);
    ok(file_read(&file, &n, CONVENANT, LIMIT_TEXT));
    memcpy(text, file, n);
    for (at = n; at < end; at++)
        text[at] = at == n ? '#' : '-';
    text[at++] = '\n';
    file_free(&file, n);
    struct harness_text t = {.verb = CONTROL_AGREEMENT_ADD,
        .text = slice_of(text, at),
        .signers = 7,
        .namespace_ = "driehoek-convenant"};
    assert_int_equal(harness_control(h, &t), 4);
    assert_null(force_agreement(&h->core->force));
    /* the most that a message can hold does */
    text[end - 4000] = '\n';
    t.text.n = end - 4000 + 1;
    assert_int_equal(harness_control(h, &t), 0);
    struct harness_node n1;
    struct command c = {
        .type = COMMAND_GET, .number = 5, .what = COMMAND_GET_AGREEMENT};
    assert_int_equal(harness_card(h, &h->partner[0], true), 0);
    harness_connect(h, &n1, "politie", HARNESS_SEND);
    harness_send_command(&n1, &c, NULL, 0);
    harness_batch(h);
    assert_true(harness_take(&n1, COMMAND_OBJECT, &c));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(sessions_left_behind_end_but_not_who_listens),
        harness_test(refusals_of_one_card_are_bounded_but_not_its_signals),
        harness_test(a_session_waits_for_few_pages_at_once),
        harness_test(pages_do_not_keep_everybody_waiting),
        harness_test_empty(a_text_that_no_message_holds_does_not_come_in_force),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
