/* SPDX-License-Identifier: EUPL-1.2
 *
 * The connection to the broker over real CURVE sockets: the broker's end is a
 * ROUTER with the settings of the router and its handler, in this thread. */
#include "../broker/scratch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "gate.h"
#include "limits.h"
#include "router.h"
#include "transport.h"

enum { WAIT_MS = 10000, STEP_MS = 20, ROUTING_ID = 5 };

struct fixture {
    struct dh_secret *server_sk, *sk;
    struct dh_public server_pk, pk;
    void *context, *zap, *server;
    struct zap_table access;
    struct zap_counts counts;
    struct config cfg;
    char endpoint[ROUTER_ENDPOINT];
    uint8_t id[ROUTING_ID]; /* of whom the server heard last */
    struct transport *t;
};

/* The broker's end listens, with a context of its own: when that has ended, so
 * have its connections, and the port is free. */
static void
open_server(struct fixture *f, const char *endpoint)
{
    char copy[ROUTER_ENDPOINT];
    uint16_t port = 0;
    (void)snprintf(copy, sizeof copy, "%s", endpoint);
    f->context = zmq_ctx_new();
    f->zap = zap_bind(f->context);
    f->server = router_socket_server(f->context, f->server_sk, &f->cfg);
    assert_true(f->zap != NULL && f->server != NULL);
    ok(router_socket_bind(f->endpoint, &port, f->server, copy));
}

static void
close_server(struct fixture *f)
{
    router_socket_close(&f->server);
    router_socket_close(&f->zap);
    if (f->context != NULL)
        (void)zmq_ctx_term(f->context);
    f->context = NULL;
}

static int
set_up(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof f);
    ok(key_init());
    ok(key_dh_new(&f.server_sk, &f.server_pk));
    ok(key_dh_new(&f.sk, &f.pk));
    config_init(&f.cfg);
    ok(zap_table_set(&f.access, slice_of(f.pk.b, KEY_BYTES)));
    open_server(&f, "tcp://127.0.0.1:0");
    *state = &f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    transport_close(&f->t);
    assert_null(f->t);
    close_server(f);
    zap_table_clear(&f->access);
    key_dh_destroy(&f->server_sk);
    key_dh_destroy(&f->sk);
    return 0;
}

/* The broker's handler answers, and the client takes note of its connection. */
static void
turn(struct fixture *f)
{
    struct slice message;
    if (f->zap != NULL)
        ok(zap_serve(f->zap, &f->access, &f->counts));
    assert_int_equal(transport_receive(f->t, &message, STEP_MS), DHK_NOTFOUND);
}

static void
begin(struct fixture *f, const struct dh_public *server)
{
    ok(transport_open(&f->t, f->endpoint, server, f->sk, &f->pk));
    assert_true(transport_fd(f->t) >= 0);
    assert_int_equal(transport_generation(f->t), 0);
}

/* Until the client knows of its Nth connection. */
static void
connected(struct fixture *f, unsigned generation)
{
    for (int i = 0; i < WAIT_MS / STEP_MS; i++) {
        if (transport_generation(f->t) == generation &&
            transport_is_connected(f->t))
            return;
        turn(f);
    }
    fail_msg("no connection was made");
}

static void
server_hears(struct fixture *f, const char *text)
{
    char got[64] = "";
    zmq_pollitem_t item = {f->server, 0, ZMQ_POLLIN, 0};
    assert_int_equal(zmq_poll(&item, 1, WAIT_MS), 1);
    assert_int_equal(zmq_recv(f->server, f->id, ROUTING_ID, 0), ROUTING_ID);
    assert_int_equal(
        zmq_recv(f->server, got, sizeof got - 1, 0), (int)strlen(text));
    assert_string_equal(got, text);
}

static void
server_says(struct fixture *f, const char *text, int flags)
{
    assert_int_equal(
        zmq_send(f->server, f->id, ROUTING_ID, ZMQ_SNDMORE), ROUTING_ID);
    assert_int_equal(
        zmq_send(f->server, text, strlen(text), flags), (int)strlen(text));
}

static void
client_hears(struct fixture *f, const char *text)
{
    struct slice message;
    enum dhk_err rc = DHK_NOTFOUND;
    /* it returns early when it hears of its connection */
    for (int i = 0; rc == DHK_NOTFOUND && i < 10; i++)
        rc = transport_receive(f->t, &message, WAIT_MS);
    ok(rc);
    if (!slice_equal(message, slice_str(text)))
        fail_msg("not \"%s\" but %zu bytes", text, message.n);
}

static void
client_says(struct fixture *f, const char *text)
{
    ok(transport_send(f->t, slice_str(text), WAIT_MS));
}

static void
messages_go_both_ways(void **state)
{
    struct fixture *f = *state;
    struct slice message;
    begin(f, &f->server_pk);
    connected(f, 1);
    assert_false(transport_is_refused(f->t));
    client_says(f, "hello");
    server_hears(f, "hello");
    assert_int_equal(transport_receive(f->t, &message, 0), DHK_NOTFOUND);
    server_says(f, "well", 0);
    struct pollfd p = {.fd = transport_fd(f->t), .events = POLLIN};
    assert_int_equal(poll(&p, 1, WAIT_MS), 1);
    client_hears(f, "well");
    server_says(f, "one", 0);
    server_says(f, "two", 0);
    client_hears(f, "one");
    client_hears(f, "two");
}

static void
a_message_of_two_frames_is_dropped_as_a_whole(void **state)
{
    struct fixture *f = *state;
    begin(f, &f->server_pk);
    connected(f, 1);
    client_says(f, "hello");
    server_hears(f, "hello");
    server_says(f, "first half", ZMQ_SNDMORE);
    assert_int_equal(zmq_send(f->server, "second", 6, 0), 6);
    server_says(f, "whole", 0);
    client_hears(f, "whole");
}

static void
a_new_connection_counts_as_another(void **state)
{
    struct fixture *f = *state;
    char endpoint[ROUTER_ENDPOINT];
    begin(f, &f->server_pk);
    connected(f, 1);
    memcpy(endpoint, f->endpoint, sizeof endpoint);
    close_server(f);
    for (int i = 0; transport_is_connected(f->t) && i < WAIT_MS / STEP_MS; i++)
        turn(f);
    assert_false(transport_is_connected(f->t));
    /* soon nothing is sent into the void; libzmq tells of the loss a moment
     * before it gives the connection's queue up */
    enum dhk_err rc = DHK_OK;
    for (int i = 0; rc == DHK_OK && i < WAIT_MS / STEP_MS; i++) {
        rc = transport_send(f->t, slice_str("lost"), 0);
        turn(f);
    }
    assert_int_equal(rc, DHK_NOTFOUND);
    open_server(f, endpoint);
    connected(f, 2);
    client_says(f, "again");
    server_hears(f, "again");
}

static void
without_a_broker_nothing_is_sent_and_nothing_comes(void **state)
{
    struct fixture *f = *state;
    struct slice message;
    close_server(f);
    begin(f, &f->server_pk);
    assert_int_equal(transport_send(f->t, slice_str("x"), 0), DHK_NOTFOUND);
    assert_int_equal(transport_send(f->t, slice_str("x"), 20), DHK_NOTFOUND);
    assert_int_equal(transport_receive(f->t, &message, 0), DHK_NOTFOUND);
    assert_false(transport_is_connected(f->t));
}

static void
a_key_that_the_broker_turns_down_is_known_as_refused(void **state)
{
    struct fixture *f = *state;
    ok(zap_table_set(&f->access, slice_of(f->server_pk.b, KEY_BYTES)));
    begin(f, &f->server_pk);
    for (int i = 0; !transport_is_refused(f->t) && i < WAIT_MS / STEP_MS; i++)
        turn(f);
    assert_true(transport_is_refused(f->t));
    assert_false(transport_is_connected(f->t));
    assert_int_equal(transport_generation(f->t), 0);
    /* its operator adds the card; libzmq itself does not try again */
    ok(zap_table_set(&f->access, slice_of(f->pk.b, KEY_BYTES)));
    transport_close(&f->t);
    begin(f, &f->server_pk);
    connected(f, 1);
    assert_false(transport_is_refused(f->t));
}

static void
another_broker_than_the_expected_one_is_not_talked_to(void **state)
{
    struct fixture *f = *state;
    begin(f, &f->pk);
    /* it hears that the handshake failed, or only that it was cut off */
    for (int i = 0; i < WAIT_MS / STEP_MS && !transport_is_broken(f->t); i++)
        turn(f);
    assert_true(transport_is_broken(f->t));
    assert_false(transport_is_connected(f->t));
    assert_int_equal(transport_generation(f->t), 0);
    assert_int_equal(transport_send(f->t, slice_str("x"), 0), DHK_NOTFOUND);
    assert_int_equal(f->counts.allowed, 0);
}

/* A network, or what stands before the broker, cuts the connection in the
 * handshake: that says nothing about the key. */
static void
a_connection_that_is_lost_early_is_no_refusal(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_return_code(bind(listener, (struct sockaddr *)&at, n), errno);
    assert_return_code(listen(listener, 1), errno);
    assert_return_code(
        getsockname(listener, (struct sockaddr *)&at, &n), errno);
    (void)snprintf(f->endpoint, sizeof f->endpoint, "tcp://127.0.0.1:%u",
        (unsigned)ntohs(at.sin_port));
    begin(f, &f->server_pk);
    (void)close(accept(listener, NULL, NULL));
    (void)close(listener);
    for (int i = 0; i < WAIT_MS / STEP_MS && !transport_is_broken(f->t); i++)
        turn(f);
    assert_true(transport_is_broken(f->t));
    assert_false(transport_is_refused(f->t));
}

static void
limits_and_endpoints_are_checked(void **state)
{
    struct fixture *f = *state;
    static uint8_t big[LIMIT_MESSAGE + 1];
    struct transport *none = NULL;
    begin(f, &f->server_pk);
    connected(f, 1);
    assert_int_equal(
        transport_send(f->t, slice_of(big, sizeof big), 0), DHK_LIMIT);
    ok(transport_send(f->t, slice_of(big, LIMIT_MESSAGE), WAIT_MS));
    static const char *const endpoints[] = {
        "", "nonsense", "tcp://", "tcp://127.0.0.1", "udp://127.0.0.1:1"};
    for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
        assert_int_equal(
            transport_open(&none, endpoints[i], &f->server_pk, f->sk, &f->pk),
            DHK_FORMAT);
        assert_null(none);
    }
}

/* A thousand clients do not come back in step, neither at once nor after the
 * broker was away for long; and all of them within half a minute. */
static void
every_client_reconnects_in_a_rhythm_of_its_own(void **state)
{
    enum { CLIENTS = 8 };
    struct fixture *f = *state;
    struct transport *t = NULL;
    int first[CLIENTS], longest[CLIENTS], others = 0;

    for (int i = 0; i < CLIENTS; i++) {
        ok(transport_open(&t, f->endpoint, &f->server_pk, f->sk, &f->pk));
        assert_true(transport_reconnect_ms(t, &first[i], &longest[i]));
        assert_true(first[i] >= 100 && first[i] < 300);
        assert_true(longest[i] >= 1600 && longest[i] < 5000);
        others += first[i] != first[0] && longest[i] != longest[0];
        transport_close(&t);
    }
    assert_true(others > 0);
}

/* The broker's accept4() and close() are this process's, too. */
static int
open_gate(void **state)
{
    (void)state;
    return gate_open() == DHK_OK ? 0 : -1;
}

static int
shut_gate(void **state)
{
    (void)state;
    gate_close();
    return 0;
}

#define transport_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        transport_test(messages_go_both_ways),
        transport_test(a_message_of_two_frames_is_dropped_as_a_whole),
        transport_test(a_new_connection_counts_as_another),
        transport_test(without_a_broker_nothing_is_sent_and_nothing_comes),
        transport_test(a_key_that_the_broker_turns_down_is_known_as_refused),
        transport_test(another_broker_than_the_expected_one_is_not_talked_to),
        transport_test(a_connection_that_is_lost_early_is_no_refusal),
        transport_test(limits_and_endpoints_are_checked),
        transport_test(every_client_reconnects_in_a_rhythm_of_its_own),
    };
    return cmocka_run_group_tests(tests, open_gate, shut_gate);
}
