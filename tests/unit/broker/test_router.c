/* SPDX-License-Identifier: EUPL-1.2
 *
 * The real driehoekd-router between a stub of core and parent and real CURVE
 * sockets: whom it lets in, what it passes on, and what it does not. */
#include "routertest.h"

/* --- tests ------------------------------------------------------------ */

static void
known_keys_talk_both_ways_under_their_own_names(void **state)
{
    struct fixture *f = *state;
    void *a = routertest_connected(f, &f->client[0]),
         *b = routertest_connected(f, &f->client[1]);
    routertest_say(a, "from a");
    uint64_t peer_a = routertest_core_hears(f, &f->client[0], "from a");
    routertest_say(b, "from b");
    uint64_t peer_b = routertest_core_hears(f, &f->client[1], "from b");
    assert_int_not_equal(peer_a, peer_b);
    routertest_core_says(f, peer_b, "to b");
    routertest_core_says(f, peer_a, "to a");
    routertest_hear(a, "to a");
    routertest_hear(b, "to b");
    routertest_core_says(f, 12345, "to nobody"); /* who left */
    routertest_core_says(f, UINT64_MAX, "to nobody");
    routertest_core_says(f, peer_a, "still there");
    routertest_hear(a, "still there");
}

static void
an_unknown_key_is_refused_at_the_door(void **state)
{
    struct fixture *f = *state;
    void *s = routertest_new_socket(f, &f->client[2]);
    assert_int_equal(
        routertest_outcome(f, s, ANY_END), ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
}

static void
other_mechanisms_than_curve_are_refused(void **state)
{
    struct fixture *f = *state;
    void *null = routertest_new_socket(f, NULL),
         *plain = routertest_new_socket(f, NULL);
    assert_int_equal(
        zmq_setsockopt(plain, ZMQ_PLAIN_USERNAME, "politie", 7), 0);
    assert_int_equal(zmq_setsockopt(plain, ZMQ_PLAIN_PASSWORD, "x", 1), 0);
    assert_int_not_equal(
        routertest_outcome(f, null, ANY_END), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    assert_int_not_equal(
        routertest_outcome(f, plain, ANY_END), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    /* libzmq may have given the connection up altogether */
    (void)zmq_send(null, "let me in", 9, ZMQ_DONTWAIT);
    (void)zmq_send(plain, "let me in", 9, ZMQ_DONTWAIT);
    void *a = routertest_connected(f, &f->client[0]);
    routertest_say(a, "first");
    (void)routertest_core_hears(f, &f->client[0], "first");
}

static void
a_routing_id_of_ones_own_choice_has_no_effect(void **state)
{
    struct fixture *f = *state;
    void *squatter = routertest_new_socket(f, &f->client[1]);
    assert_int_equal(zmq_setsockopt(squatter, ZMQ_ROUTING_ID, "police", 6), 0);
    assert_int_equal(routertest_outcome(f, squatter, ANY_END),
        ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    routertest_say(squatter, "dropped");
    void *a = routertest_new_socket(f, &f->client[0]);
    assert_int_equal(zmq_setsockopt(a, ZMQ_ROUTING_ID, "police", 6), 0);
    assert_int_equal(zmq_connect(a, f->endpoint), 0);
    routertest_say(a, "dropped, too");
    void *honest = routertest_connected(f, &f->client[0]);
    routertest_say(honest, "heard");
    uint64_t peer = routertest_core_hears(f, &f->client[0], "heard");
    routertest_core_says(f, peer, "answer");
    routertest_hear(honest, "answer");
}

/* Core knows a peer by the four bytes that libzmq counts in its routing id, and
 * ends the session of a peer that comes with another key: whoever could get
 * the number of another would end that one's session, or get its mail. */
static void
nobody_gets_the_number_of_another_peer(void **state)
{
    struct fixture *f = *state;
    void *a = routertest_connected(f, &f->client[0]), *squatter = NULL;
    uint8_t id[6] = {0};
    char nothing[64];
    /* how it begins, and how long it is; libzmq makes five bytes from zero */
    static const uint8_t tries[][2] = {
        {1, 5}, {255, 5}, {0, 6}, {1, 6}, {0, 5}};
    routertest_say(a, "first");
    uint64_t peer = routertest_core_hears(f, &f->client[0], "first");
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        id[0] = tries[i][0];
        bytes_put_u32(id + 1, (uint32_t)peer);
        squatter = routertest_new_socket(f, &f->client[1]);
        assert_int_equal(
            zmq_setsockopt(squatter, ZMQ_ROUTING_ID, id, tries[i][1]), 0);
        assert_int_equal(routertest_outcome(f, squatter, ANY_END),
            ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
        routertest_say(squatter, "in the name of another");
        void *b = routertest_connected(f, &f->client[1]);
        routertest_say(b, "heard");
        assert_int_not_equal(
            routertest_core_hears(f, &f->client[1], "heard"), peer);
        routertest_core_says(f, peer, "for a");
        routertest_hear(a, "for a");
        assert_int_equal(
            zmq_recv(squatter, nothing, sizeof nothing, ZMQ_DONTWAIT), -1);
    }
}

static void
messages_of_another_form_are_dropped(void **state)
{
    struct fixture *f = *state;
    static char big[LIMIT_MESSAGE + 1];
    void *a = routertest_connected(f, &f->client[0]);
    memset(big, 'x', sizeof big);
    assert_int_equal(zmq_send(a, "one", 3, ZMQ_SNDMORE), 3);
    assert_int_equal(zmq_send(a, "two", 3, 0), 3);
    assert_int_equal(zmq_send(a, "", 0, 0), 0);
    assert_int_equal(zmq_send(a, big, sizeof big, 0), (int)sizeof big);
    routertest_say(a, "next");
    uint64_t peer = routertest_core_hears(f, &f->client[0], "next");
    assert_int_equal(zmq_send(a, big, LIMIT_MESSAGE, 0), LIMIT_MESSAGE);
    struct slice m = routertest_expect(f->core, PROCESS_PEER_MESSAGE);
    assert_int_equal(m.n, 8 + KEY_BYTES + LIMIT_MESSAGE);
    assert_int_equal(bytes_get_u64(m.p), peer);
}

static void
a_message_over_zeromqs_limit_ends_the_connection_only(void **state)
{
    struct fixture *f = *state;
    static char big[2 * LIMIT_MESSAGE];
    void *a = routertest_connected(f, &f->client[0]),
         *b = routertest_connected(f, &f->client[1]);
    routertest_say(b, "before");
    (void)routertest_core_hears(f, &f->client[1], "before");
    assert_int_equal(zmq_send(a, big, sizeof big, 0), (int)sizeof big);
    routertest_say(b, "after");
    (void)routertest_core_hears(f, &f->client[1], "after");
}

static void
a_revoked_key_is_cut_off_in_an_open_connection(void **state)
{
    struct fixture *f = *state;
    void *a = routertest_connected(f, &f->client[0]),
         *b = routertest_connected(f, &f->client[1]);
    routertest_say(b, "while allowed");
    uint64_t peer_b = routertest_core_hears(f, &f->client[1], "while allowed");
    routertest_allow(f, 1);
    /* core's records are in order: what comes back proves the table is new */
    routertest_core_says(f, peer_b, "you are out");
    routertest_hear(b, "you are out");
    routertest_say(b, "when revoked");
    routertest_say(a, "other");
    (void)routertest_core_hears(f, &f->client[0], "other");
    routertest_allow(f, 2);
    routertest_core_says(f, peer_b, "you are in");
    routertest_hear(b, "you are in");
    routertest_say(b, "when allowed again");
    (void)routertest_core_hears(f, &f->client[1], "when allowed again");
}

static void
a_killed_router_is_replaced_on_the_same_pair(void **state)
{
    struct fixture *f = *state;
    uint8_t generation[8];
    char endpoint[ROUTER_ENDPOINT];
    void *a = routertest_connected(f, &f->client[0]);
    routertest_say(a, "before");
    uint64_t old = routertest_core_hears(f, &f->client[0], "before");
    memcpy(generation, f->generation, 8);
    memcpy(endpoint, f->endpoint, sizeof endpoint);
    assert_int_equal(kill(f->pid, SIGKILL), 0);
    assert_int_equal(routertest_reap(f), SIGKILL);
    routertest_core_says(f, old, "into the void");
    routertest_start(f, endpoint);
    assert_string_equal(f->endpoint, endpoint);
    assert_memory_not_equal(generation, f->generation, 8);
    void *b = routertest_connected(f, &f->client[1]);
    routertest_say(b, "after");
    routertest_core_says(
        f, routertest_core_hears(f, &f->client[1], "after"), "well");
    routertest_hear(b, "well");
}

static void
a_core_that_does_not_read_makes_peers_wait_and_loses_nothing(void **state)
{
    struct fixture *f = *state;
    enum { N = 500 };
    static char text[20000];
    void *a = routertest_connected(f, &f->client[0]);
    for (int i = 0; i < N; i++) {
        (void)snprintf(text, sizeof text, "%d", i);
        assert_int_equal(zmq_send(a, text, sizeof text, 0), sizeof text);
    }
    for (int i = 0; i < N; i++) {
        struct slice m = routertest_expect(f->core, PROCESS_PEER_MESSAGE);
        assert_int_equal(m.n, 8 + KEY_BYTES + sizeof text);
        (void)snprintf(text, sizeof text, "%d", i);
        assert_memory_equal(m.p + 8 + KEY_BYTES, text, strlen(text) + 1);
        if (i % 100 == 0) /* and hears core meanwhile */
            routertest_core_says(f, bytes_get_u64(m.p), "go on");
    }
    for (int i = 0; i < N / 100; i++)
        routertest_hear(a, "go on");
}

/* Core must hear next that PEER's connection ended. */
static void
expect_gone(struct fixture *f, uint64_t peer)
{
    struct slice m = routertest_expect(f->core, PROCESS_PEER_GONE);
    assert_int_equal(m.n, 8);
    assert_int_equal(bytes_get_u64(m.p), peer);
}

/* Closes the socket that was opened last, when all that was said is sent. */
static void
hang_up(struct fixture *f)
{
    int forever = -1;
    void *s = f->socket[--f->sockets];
    (void)zmq_setsockopt(s, ZMQ_LINGER, &forever, sizeof forever);
    assert_int_equal(zmq_close(s), 0);
}

static void
core_hears_whose_connection_ended_and_of_no_other(void **state)
{
    struct fixture *f = *state;
    void *a = routertest_connected(f, &f->client[0]);
    routertest_say(a, "here");
    uint64_t stays = routertest_core_hears(f, &f->client[0], "here");
    /* the descriptor of each is that of the one before */
    for (int i = 0; i < 6; i++) {
        routertest_say(routertest_connected(f, &f->client[1]), "once");
        uint64_t peer = routertest_core_hears(f, &f->client[1], "once");
        hang_up(f);
        expect_gone(f, peer);
    }
    routertest_say(a, "still here");
    assert_int_equal(
        routertest_core_hears(f, &f->client[0], "still here"), stays);
}

/* Says more than core, which does not read, can be told. */
static void
say_until_nothing_moves(void *s)
{
    static char text[20000];
    zmq_pollitem_t item = {s, 0, ZMQ_POLLOUT, 0};
    while (zmq_poll(&item, 1, 500) == 1)
        assert_int_equal(
            zmq_send(s, text, sizeof text, ZMQ_DONTWAIT), (int)sizeof text);
}

static void
what_was_said_comes_before_the_end(void **state)
{
    struct fixture *f = *state;
    enum { N = 10 };
    void *a = routertest_connected(f, &f->client[0]);
    routertest_say(a, "first");
    (void)routertest_core_hears(f, &f->client[0], "first");
    void *b = routertest_connected(f, &f->client[1]);
    routertest_say(b, "second");
    uint64_t ends = routertest_core_hears(f, &f->client[1], "second");
    say_until_nothing_moves(a);
    for (int i = 0; i < N; i++)
        routertest_say(b, "last words");
    hang_up(f);
    /* who comes in later proves that the router's side has seen the end */
    void *c = routertest_new_socket(f, &f->client[1]);
    assert_int_equal(
        routertest_outcome(f, c, ANY_END), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    enum process_record type = PROCESS_NONE;
    struct slice m = routertest_next(f->core, &type);
    int said = 0;
    for (; type == PROCESS_PEER_MESSAGE; m = routertest_next(f->core, &type))
        said += bytes_get_u64(m.p) == ends;
    assert_int_equal(said, N);
    assert_int_equal(type, PROCESS_PEER_GONE);
    assert_int_equal(bytes_get_u64(m.p), ends);
}

static void
records_that_core_does_not_send_stop_the_router(void **state)
{
    struct fixture *f = *state;
    ok(process_send(
        f->core, PROCESS_SIGN, routertest_none(), routertest_none()));
    assert_int_equal(WEXITSTATUS(routertest_reap(f)), 1);
    routertest_start(f, "tcp://127.0.0.1:0");
}

#define router_test(f)                                                         \
    cmocka_unit_test_setup_teardown(f, routertest_set_up, routertest_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        router_test(known_keys_talk_both_ways_under_their_own_names),
        router_test(an_unknown_key_is_refused_at_the_door),
        router_test(other_mechanisms_than_curve_are_refused),
        router_test(a_routing_id_of_ones_own_choice_has_no_effect),
        router_test(nobody_gets_the_number_of_another_peer),
        router_test(messages_of_another_form_are_dropped),
        router_test(a_message_over_zeromqs_limit_ends_the_connection_only),
        router_test(a_revoked_key_is_cut_off_in_an_open_connection),
        router_test(a_killed_router_is_replaced_on_the_same_pair),
        router_test(
            a_core_that_does_not_read_makes_peers_wait_and_loses_nothing),
        router_test(core_hears_whose_connection_ended_and_of_no_other),
        router_test(what_was_said_comes_before_the_end),
        router_test(records_that_core_does_not_send_stop_the_router),
    };
    if (key_init() != DHK_OK)
        return 1;
    /* the probe brings it along, for this process's own listeners, too */
    if (gate_open() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
