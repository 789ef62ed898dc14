/* SPDX-License-Identifier: EUPL-1.2
 *
 * The real driehoekd-router between a stub of core and parent and real CURVE
 * sockets: whom it lets in, what it passes on, and what it does not. */
#include "scratch.h"

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <zmq.h>

#include "admission.h"
#include "gate.h"
#include "key.h"
#include "process.h"
#include "router.h"
#include "spawn.h"

enum { WAIT_MS = 10000, CLIENTS = 3 };

struct client_key {
    struct dh_public pk;
    uint8_t sk[KEY_SEED];
};

struct fixture {
    pid_t pid;
    struct process_link *parent, *core;
    int router_end; /* kept, as the daemon's parent keeps it */
    struct client_key server, client[CLIENTS];
    char endpoint[ROUTER_ENDPOINT];
    uint8_t generation[8];
    void *context;
    void *socket[32]; /* closed by tear_down(), also after a failure */
    size_t sockets;
    uint64_t probes;
};

static void *
keep(struct fixture *f, void *socket)
{
    assert_non_null(socket);
    assert_true(f->sockets < sizeof f->socket / sizeof f->socket[0]);
    f->socket[f->sockets++] = socket;
    return socket;
}

static struct slice
none(void)
{
    return slice_of(NULL, 0);
}

static void
new_key(struct client_key *k)
{
    struct dh_secret *sk = NULL;
    ok(key_dh_new(&sk, &k->pk));
    key_dh_scalar(sk, k->sk);
    key_dh_destroy(&sk);
}

/* The next record on L, which must be of TYPE. */
static struct slice
expect(struct process_link *l, enum process_record type)
{
    struct pollfd p = {.fd = process_link_fd(l), .events = POLLIN};
    enum process_record got = PROCESS_NONE;
    struct slice payload;
    enum dhk_err rc = DHK_NOTFOUND;
    while ((rc = process_receive(l, &got, &payload, false)) == DHK_NOTFOUND)
        if (poll(&p, 1, WAIT_MS) != 1)
            fail_msg("no record of type %d came", (int)type);
    ok(rc);
    assert_int_equal(got, type);
    return payload;
}

/* The first N clients may connect. */
static void
allow(struct fixture *f, size_t n)
{
    uint8_t keys[CLIENTS * KEY_BYTES];
    for (size_t i = 0; i < n; i++)
        memcpy(keys + i * KEY_BYTES, f->client[i].pk.b, KEY_BYTES);
    ok(process_send(
        f->core, PROCESS_ACCESS, none(), slice_of(keys, n * KEY_BYTES)));
}

/* Starts a router on the pair that is there and waits until it is ready. */
static void
start(struct fixture *f, const char *endpoint)
{
    int pair[2];
    char lines[512];
    struct spawn s = {.path = ROUTER, .out = -1, .fds_n = 2};
    ok(process_pair(pair));
    s.fd[0] = pair[1];
    s.fd[1] = f->router_end;
    ok(spawn_start(&f->pid, &s));
    (void)close(pair[1]);
    ok(process_link_new(&f->parent, pair[0], PROCESS_MAX_PARENT));
    int n = snprintf(lines, sizeof lines,
        "server/endpoint=%s\nledger/origin=x\nlog/level=error\n", endpoint);
    ok(process_send(
        f->parent, PROCESS_CONFIG, none(), slice_of(lines, (size_t)n)));
    ok(process_send(
        f->parent, PROCESS_SECRET, none(), slice_of(f->server.sk, KEY_SEED)));
    struct slice up = expect(f->core, PROCESS_ROUTER_UP);
    assert_int_equal(up.n, 8);
    memcpy(f->generation, up.p, 8);
    allow(f, 2);
    struct slice ready = expect(f->parent, PROCESS_READY);
    assert_true(ready.n > 2);
    ok(slice_to_str(
        slice_of(ready.p + 2, ready.n - 2), f->endpoint, sizeof f->endpoint));
}

static int
set_up(void **state)
{
    static struct fixture f;
    int pair[2];
    memset(&f, 0, sizeof f);
    new_key(&f.server);
    for (size_t i = 0; i < CLIENTS; i++)
        new_key(&f.client[i]);
    ok(process_pair(pair));
    f.router_end = pair[1];
    ok(process_link_new(&f.core, pair[0], PROCESS_MAX_ROUTER));
    f.context = zmq_ctx_new();
    start(&f, "tcp://127.0.0.1:0");
    *state = &f;
    return 0;
}

static int
reap(struct fixture *f)
{
    int status = 0;
    assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
    process_link_destroy(&f->parent);
    return status;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    ok(process_send(f->parent, PROCESS_STOP, none(), none()));
    assert_int_equal(reap(f), 0);
    process_link_destroy(&f->core);
    (void)close(f->router_end);
    while (f->sockets > 0)
        (void)zmq_close(f->socket[--f->sockets]);
    (void)zmq_ctx_term(f->context);
    return 0;
}

/* --- peers ------------------------------------------------------------ */

static void *
new_socket(struct fixture *f, const struct client_key *k)
{
    int zero = 0, wait = WAIT_MS;
    void *s = keep(f, zmq_socket(f->context, ZMQ_DEALER));
    (void)zmq_setsockopt(s, ZMQ_LINGER, &zero, sizeof zero);
    (void)zmq_setsockopt(s, ZMQ_RCVTIMEO, &wait, sizeof wait);
    if (k == NULL)
        return s;
    assert_int_equal(
        zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, f->server.pk.b, KEY_BYTES), 0);
    assert_int_equal(
        zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, k->pk.b, KEY_BYTES), 0);
    assert_int_equal(
        zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, k->sk, KEY_BYTES), 0);
    return s;
}

static void *
connected(struct fixture *f, const struct client_key *k)
{
    void *s = new_socket(f, k);
    assert_int_equal(zmq_connect(s, f->endpoint), 0);
    return s;
}

static void
say(void *s, const char *text)
{
    assert_int_equal(zmq_send(s, text, strlen(text), 0), (int)strlen(text));
}

static void
hear(void *s, const char *want)
{
    char text[64] = "";
    int n = zmq_recv(s, text, sizeof text - 1, 0);
    assert_int_equal(n, (int)strlen(want));
    assert_string_equal(text, want);
}

/* The next message that core gets must be TEXT of client K; its peer id. */
static uint64_t
core_hears(struct fixture *f, const struct client_key *k, const char *text)
{
    struct slice m = expect(f->core, PROCESS_PEER_MESSAGE);
    assert_true(m.n >= 8 + KEY_BYTES);
    assert_memory_equal(m.p + 8, k->pk.b, KEY_BYTES);
    struct slice body = slice_of(m.p + 8 + KEY_BYTES, m.n - 8 - KEY_BYTES);
    if (!slice_equal(body, slice_str(text)))
        fail_msg("not \"%s\" but %zu bytes", text, body.n);
    return bytes_get_u64(m.p);
}

static void
core_says(struct fixture *f, uint64_t peer, const char *text)
{
    uint8_t head[8];
    bytes_put_u64(head, peer);
    ok(process_send(f->core, PROCESS_SEND, slice_of(head, 8), slice_str(text)));
}

/* Waits for one of EVENTS on S, which connects now; the event. */
static int
outcome(struct fixture *f, void *s, int events)
{
    int event = 0;
    uint32_t value = 0;
    char address[32];
    (void)snprintf(address, sizeof address, "inproc://watch-%zu", f->sockets);
    void *m = keep(f, router_socket_monitor(f->context, s, address, events));
    assert_int_equal(zmq_connect(s, f->endpoint), 0);
    zmq_pollitem_t item = {m, 0, ZMQ_POLLIN, 0};
    assert_int_equal(zmq_poll(&item, 1, WAIT_MS), 1);
    ok(router_socket_event(&event, &value, m));
    return event;
}

enum {
    ANY_END = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
              ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
              ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED,
};

/* --- tests ------------------------------------------------------------ */

static void
known_keys_talk_both_ways_under_their_own_names(void **state)
{
    struct fixture *f = *state;
    void *a = connected(f, &f->client[0]), *b = connected(f, &f->client[1]);
    say(a, "from a");
    uint64_t peer_a = core_hears(f, &f->client[0], "from a");
    say(b, "from b");
    uint64_t peer_b = core_hears(f, &f->client[1], "from b");
    assert_int_not_equal(peer_a, peer_b);
    core_says(f, peer_b, "to b");
    core_says(f, peer_a, "to a");
    hear(a, "to a");
    hear(b, "to b");
    core_says(f, 12345, "to nobody"); /* who left */
    core_says(f, UINT64_MAX, "to nobody");
    core_says(f, peer_a, "still there");
    hear(a, "still there");
}

static void
an_unknown_key_is_refused_at_the_door(void **state)
{
    struct fixture *f = *state;
    void *s = new_socket(f, &f->client[2]);
    assert_int_equal(outcome(f, s, ANY_END), ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
}

static void
other_mechanisms_than_curve_are_refused(void **state)
{
    struct fixture *f = *state;
    void *null = new_socket(f, NULL), *plain = new_socket(f, NULL);
    assert_int_equal(
        zmq_setsockopt(plain, ZMQ_PLAIN_USERNAME, "politie", 7), 0);
    assert_int_equal(zmq_setsockopt(plain, ZMQ_PLAIN_PASSWORD, "x", 1), 0);
    assert_int_not_equal(
        outcome(f, null, ANY_END), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    assert_int_not_equal(
        outcome(f, plain, ANY_END), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    /* libzmq may have given the connection up altogether */
    (void)zmq_send(null, "let me in", 9, ZMQ_DONTWAIT);
    (void)zmq_send(plain, "let me in", 9, ZMQ_DONTWAIT);
    void *a = connected(f, &f->client[0]);
    say(a, "first");
    (void)core_hears(f, &f->client[0], "first");
}

static void
a_routing_id_of_ones_own_choice_has_no_effect(void **state)
{
    struct fixture *f = *state;
    void *squatter = new_socket(f, &f->client[1]);
    assert_int_equal(zmq_setsockopt(squatter, ZMQ_ROUTING_ID, "police", 6), 0);
    assert_int_equal(
        outcome(f, squatter, ANY_END), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    say(squatter, "dropped");
    void *a = new_socket(f, &f->client[0]);
    assert_int_equal(zmq_setsockopt(a, ZMQ_ROUTING_ID, "police", 6), 0);
    assert_int_equal(zmq_connect(a, f->endpoint), 0);
    say(a, "dropped, too");
    void *honest = connected(f, &f->client[0]);
    say(honest, "heard");
    uint64_t peer = core_hears(f, &f->client[0], "heard");
    core_says(f, peer, "answer");
    hear(honest, "answer");
}

/* Core knows a peer by the four bytes that libzmq counts in its routing id, and
 * ends the session of a peer that comes with another key: whoever could get
 * the number of another would end that one's session, or get its mail. */
static void
nobody_gets_the_number_of_another_peer(void **state)
{
    struct fixture *f = *state;
    void *a = connected(f, &f->client[0]), *squatter = NULL;
    uint8_t id[6] = {0};
    char nothing[64];
    /* how it begins, and how long it is; libzmq makes five bytes from zero */
    static const uint8_t tries[][2] = {
        {1, 5}, {255, 5}, {0, 6}, {1, 6}, {0, 5}};
    say(a, "first");
    uint64_t peer = core_hears(f, &f->client[0], "first");
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        id[0] = tries[i][0];
        bytes_put_u32(id + 1, (uint32_t)peer);
        squatter = new_socket(f, &f->client[1]);
        assert_int_equal(
            zmq_setsockopt(squatter, ZMQ_ROUTING_ID, id, tries[i][1]), 0);
        assert_int_equal(
            outcome(f, squatter, ANY_END), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
        say(squatter, "in the name of another");
        void *b = connected(f, &f->client[1]);
        say(b, "heard");
        assert_int_not_equal(core_hears(f, &f->client[1], "heard"), peer);
        core_says(f, peer, "for a");
        hear(a, "for a");
        assert_int_equal(
            zmq_recv(squatter, nothing, sizeof nothing, ZMQ_DONTWAIT), -1);
    }
}

static void
messages_of_another_form_are_dropped(void **state)
{
    struct fixture *f = *state;
    static char big[LIMIT_MESSAGE + 1];
    void *a = connected(f, &f->client[0]);
    memset(big, 'x', sizeof big);
    assert_int_equal(zmq_send(a, "one", 3, ZMQ_SNDMORE), 3);
    assert_int_equal(zmq_send(a, "two", 3, 0), 3);
    assert_int_equal(zmq_send(a, "", 0, 0), 0);
    assert_int_equal(zmq_send(a, big, sizeof big, 0), (int)sizeof big);
    say(a, "next");
    uint64_t peer = core_hears(f, &f->client[0], "next");
    assert_int_equal(zmq_send(a, big, LIMIT_MESSAGE, 0), LIMIT_MESSAGE);
    struct slice m = expect(f->core, PROCESS_PEER_MESSAGE);
    assert_int_equal(m.n, 8 + KEY_BYTES + LIMIT_MESSAGE);
    assert_int_equal(bytes_get_u64(m.p), peer);
}

static void
a_message_over_zeromqs_limit_ends_the_connection_only(void **state)
{
    struct fixture *f = *state;
    static char big[2 * LIMIT_MESSAGE];
    void *a = connected(f, &f->client[0]), *b = connected(f, &f->client[1]);
    say(b, "before");
    (void)core_hears(f, &f->client[1], "before");
    assert_int_equal(zmq_send(a, big, sizeof big, 0), (int)sizeof big);
    say(b, "after");
    (void)core_hears(f, &f->client[1], "after");
}

static void
a_revoked_key_is_cut_off_in_an_open_connection(void **state)
{
    struct fixture *f = *state;
    void *a = connected(f, &f->client[0]), *b = connected(f, &f->client[1]);
    say(b, "while allowed");
    uint64_t peer_b = core_hears(f, &f->client[1], "while allowed");
    allow(f, 1);
    /* core's records are in order: what comes back proves the table is new */
    core_says(f, peer_b, "you are out");
    hear(b, "you are out");
    say(b, "when revoked");
    say(a, "other");
    (void)core_hears(f, &f->client[0], "other");
    allow(f, 2);
    core_says(f, peer_b, "you are in");
    hear(b, "you are in");
    say(b, "when allowed again");
    (void)core_hears(f, &f->client[1], "when allowed again");
}

static void
a_killed_router_is_replaced_on_the_same_pair(void **state)
{
    struct fixture *f = *state;
    uint8_t generation[8];
    char endpoint[ROUTER_ENDPOINT];
    void *a = connected(f, &f->client[0]);
    say(a, "before");
    uint64_t old = core_hears(f, &f->client[0], "before");
    memcpy(generation, f->generation, 8);
    memcpy(endpoint, f->endpoint, sizeof endpoint);
    assert_int_equal(kill(f->pid, SIGKILL), 0);
    assert_int_equal(reap(f), SIGKILL);
    core_says(f, old, "into the void");
    start(f, endpoint);
    assert_string_equal(f->endpoint, endpoint);
    assert_memory_not_equal(generation, f->generation, 8);
    void *b = connected(f, &f->client[1]);
    say(b, "after");
    core_says(f, core_hears(f, &f->client[1], "after"), "well");
    hear(b, "well");
}

static void
a_core_that_does_not_read_makes_peers_wait_and_loses_nothing(void **state)
{
    struct fixture *f = *state;
    enum { N = 500 };
    static char text[20000];
    void *a = connected(f, &f->client[0]);
    for (int i = 0; i < N; i++) {
        (void)snprintf(text, sizeof text, "%d", i);
        assert_int_equal(zmq_send(a, text, sizeof text, 0), sizeof text);
    }
    for (int i = 0; i < N; i++) {
        struct slice m = expect(f->core, PROCESS_PEER_MESSAGE);
        assert_int_equal(m.n, 8 + KEY_BYTES + sizeof text);
        (void)snprintf(text, sizeof text, "%d", i);
        assert_memory_equal(m.p + 8 + KEY_BYTES, text, strlen(text) + 1);
        if (i % 100 == 0) /* and hears core meanwhile */
            core_says(f, bytes_get_u64(m.p), "go on");
    }
    for (int i = 0; i < N / 100; i++)
        hear(a, "go on");
}

static void
records_that_core_does_not_send_stop_the_router(void **state)
{
    struct fixture *f = *state;
    ok(process_send(f->core, PROCESS_SIGN, none(), none()));
    assert_int_equal(WEXITSTATUS(reap(f)), 1);
    start(f, "tcp://127.0.0.1:0");
}

/* Processor time of the router so far, in clock ticks. */
static unsigned long
ticks(const struct fixture *f)
{
    char path[64];
    unsigned long user = 0, system = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)f->pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file,
                         "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                         "%lu %lu",
                         &user, &system),
        2);
    (void)fclose(file);
    return user + system;
}

static int
plain_connection(const struct fixture *f)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port =
        htons((uint16_t)strtoul(strrchr(f->endpoint, ':') + 1, NULL, 10));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    /* who is hung up on may be so before this returns */
    (void)connect(fd, (const struct sockaddr *)&a, sizeof a);
    return fd;
}

/* Waits until the other side has closed FD. */
static void
wait_closed(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char bytes[128];
    do {
        assert_int_equal(poll(&p, 1, WAIT_MS), 1);
    } while (recv(fd, bytes, sizeof bytes, 0) > 0);
    (void)close(fd);
}

static void
out_of_descriptors_it_hangs_up_on_newcomers_and_on_nobody_else(void **state)
{
    struct fixture *f = *state;
    enum { STRANGERS = 60, MS = 2000 };
    struct rlimit few = {50, 50};
    int fd[STRANGERS];
    void *a = connected(f, &f->client[0]);
    say(a, "before");
    uint64_t peer = core_hears(f, &f->client[0], "before");
    assert_int_equal(prlimit(f->pid, RLIMIT_NOFILE, &few, NULL), 0);
    for (size_t i = 0; i < STRANGERS; i++)
        fd[i] = plain_connection(f);
    unsigned long before = ticks(f);
    struct pollfd quiet = {.fd = process_link_fd(f->core), .events = POLLIN};
    assert_int_equal(poll(&quiet, 1, MS), 0);
    unsigned long used = ticks(f) - before;
    assert_in_range(
        used, 0, (unsigned long)sysconf(_SC_CLK_TCK) * MS / 1000 / 4);
    say(a, "meanwhile"); /* in the same connection */
    assert_int_equal(core_hears(f, &f->client[0], "meanwhile"), peer);
    for (size_t i = 0; i < STRANGERS; i++)
        wait_closed(fd[i]);
    void *b = connected(f, &f->client[1]);
    say(b, "after");
    (void)core_hears(f, &f->client[1], "after");
}

static void
too_many_strangers_are_turned_away_at_once(void **state)
{
    struct fixture *f = *state;
    enum { STRANGERS = 2 * ADMISSION_KNOWN };
    int fd[STRANGERS];
    size_t closed = 0;
    void *a = connected(f, &f->client[0]);
    say(a, "before");
    uint64_t peer = core_hears(f, &f->client[0], "before");
    for (size_t i = 0; i < STRANGERS; i++)
        fd[i] = plain_connection(f);
    wait_closed(fd[STRANGERS - 1]);
    /* long before libzmq gives up the handshakes of those that came in */
    for (size_t i = 0; i + 1 < STRANGERS; i++) {
        struct pollfd p = {.fd = fd[i], .events = POLLIN};
        char byte;
        closed += poll(&p, 1, 0) == 1 &&
                  recv(fd[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
    }
    assert_in_range(closed, ADMISSION_KNOWN / 2, STRANGERS - 2);
    say(a, "meanwhile");
    assert_int_equal(core_hears(f, &f->client[0], "meanwhile"), peer);
    for (size_t i = 0; i + 1 < STRANGERS; i++)
        (void)close(fd[i]);
}

/* --- the probe -------------------------------------------------------- */

static enum router_probe_result
probe(struct fixture *f, const char *endpoint, void *zap)
{
    struct router_probe p = {.state = ROUTER_PROBE_IDLE, .number = f->probes++};
    struct zap_table nobody = {NULL, 0};
    struct zap_counts counts = {0, 0, 0};
    enum router_probe_result r = ROUTER_PROBE_NOTHING;
    ok(router_probe_start(&p, f->context, endpoint, &f->server.pk, 0));
    /* a clock of our own: 10 s pass in two */
    for (uint64_t now = 0; r == ROUTER_PROBE_NOTHING;) {
        zmq_pollitem_t item[2] = {
            {p.monitor, 0, ZMQ_POLLIN, 0}, {zap, 0, ZMQ_POLLIN, 0}};
        if (zmq_poll(item, zap == NULL ? 1 : 2, 10) == 0)
            now += 50;
        if (zap != NULL)
            ok(zap_serve(zap, &nobody, &counts));
        r = router_probe_look(&p, now);
    }
    assert_null(p.socket);
    return r;
}

static void
the_probe_tells_an_open_door_from_a_closed_one(void **state)
{
    struct fixture *f = *state;
    char endpoint[ROUTER_ENDPOINT];
    uint16_t port = 0;
    int one = 1;
    assert_int_equal(probe(f, f->endpoint, NULL), ROUTER_PROBE_REFUSED);
    /* a CURVE server without a handler: libzmq lets everybody in */
    void *open = keep(f, zmq_socket(f->context, ZMQ_ROUTER));
    assert_int_equal(
        zmq_setsockopt(open, ZMQ_CURVE_SERVER, &one, sizeof one), 0);
    assert_int_equal(
        zmq_setsockopt(open, ZMQ_CURVE_SECRETKEY, f->server.sk, KEY_SEED), 0);
    assert_int_equal(zmq_setsockopt(open, ZMQ_ZAP_DOMAIN, "driehoek", 8), 0);
    ok(router_socket_bind(endpoint, &port, open, "tcp://127.0.0.1:0"));
    assert_int_equal(probe(f, endpoint, NULL), ROUTER_PROBE_LET_IN);
}

static void
without_a_handler_our_own_settings_let_nobody_in(void **state)
{
    struct fixture *f = *state;
    char endpoint[ROUTER_ENDPOINT];
    uint16_t port = 0;
    struct config cfg;
    struct dh_secret *sk = NULL;
    struct dh_public pk;
    config_init(&cfg);
    ok(key_dh_from_seed(&sk, &pk, f->server.sk));
    void *s = keep(f, router_socket_server(f->context, sk, &cfg));
    ok(router_socket_bind(endpoint, &port, s, "tcp://127.0.0.1:0"));
    assert_int_equal(probe(f, endpoint, NULL), ROUTER_PROBE_UNKNOWN);
    void *zap = keep(f, zap_bind(f->context));
    assert_int_equal(probe(f, endpoint, zap), ROUTER_PROBE_REFUSED);
    key_dh_destroy(&sk);
}

#define router_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

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
        router_test(
            out_of_descriptors_it_hangs_up_on_newcomers_and_on_nobody_else),
        router_test(too_many_strangers_are_turned_away_at_once),
        router_test(records_that_core_does_not_send_stop_the_router),
        router_test(the_probe_tells_an_open_door_from_a_closed_one),
        router_test(without_a_handler_our_own_settings_let_nobody_in),
    };
    if (key_init() != DHK_OK)
        return 1;
    /* the probe brings it along, for this process's own listeners, too */
    if (gate_open() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
