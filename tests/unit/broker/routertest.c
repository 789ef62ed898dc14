/* SPDX-License-Identifier: EUPL-1.2 */
#include "routertest.h"

void *
routertest_keep(struct fixture *f, void *socket)
{
    assert_non_null(socket);
    assert_true(f->sockets < sizeof f->socket / sizeof f->socket[0]);
    f->socket[f->sockets++] = socket;
    return socket;
}

struct slice
routertest_none(void)
{
    return slice_of(NULL, 0);
}

void
routertest_new_key(struct client_key *k)
{
    struct dh_secret *sk = NULL;
    ok(key_dh_new(&sk, &k->pk));
    key_dh_scalar(sk, k->sk);
    key_dh_destroy(&sk);
}

struct slice
routertest_next(struct process_link *l, enum process_record *type)
{
    struct pollfd p = {.fd = process_link_fd(l), .events = POLLIN};
    struct slice payload;
    enum dhk_err rc = DHK_NOTFOUND;
    while ((rc = process_receive(l, type, &payload, false)) == DHK_NOTFOUND)
        if (poll(&p, 1, WAIT_MS) != 1)
            fail_msg("no record came");
    ok(rc);
    return payload;
}

struct slice
routertest_expect(struct process_link *l, enum process_record type)
{
    enum process_record got = PROCESS_NONE;
    struct slice payload = routertest_next(l, &got);
    assert_int_equal(got, type);
    return payload;
}

/* The first N clients may connect. */
void
routertest_allow(struct fixture *f, size_t n)
{
    uint8_t keys[CLIENTS * KEY_BYTES];
    for (size_t i = 0; i < n; i++)
        memcpy(keys + i * KEY_BYTES, f->client[i].pk.b, KEY_BYTES);
    ok(process_send(f->core, PROCESS_ACCESS, routertest_none(),
        slice_of(keys, n * KEY_BYTES)));
}

/* Starts a router on the pair that is there and waits until it is ready. */
void
routertest_start(struct fixture *f, const char *endpoint)
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
    ok(process_send(f->parent, PROCESS_CONFIG, routertest_none(),
        slice_of(lines, (size_t)n)));
    ok(process_send(f->parent, PROCESS_SECRET, routertest_none(),
        slice_of(f->server.sk, KEY_SEED)));
    struct slice up = routertest_expect(f->core, PROCESS_ROUTER_UP);
    assert_int_equal(up.n, 8);
    memcpy(f->generation, up.p, 8);
    routertest_allow(f, 2);
    struct slice ready = routertest_expect(f->parent, PROCESS_READY);
    assert_true(ready.n > 2);
    ok(slice_to_str(
        slice_of(ready.p + 2, ready.n - 2), f->endpoint, sizeof f->endpoint));
}

int
routertest_set_up(void **state)
{
    static struct fixture f;
    int pair[2];
    memset(&f, 0, sizeof f);
    routertest_new_key(&f.server);
    for (size_t i = 0; i < CLIENTS; i++)
        routertest_new_key(&f.client[i]);
    ok(process_pair(pair));
    f.router_end = pair[1];
    ok(process_link_new(&f.core, pair[0], PROCESS_MAX_ROUTER));
    f.context = zmq_ctx_new();
    routertest_start(&f, "tcp://127.0.0.1:0");
    *state = &f;
    return 0;
}

int
routertest_reap(struct fixture *f)
{
    int status = 0;
    assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
    process_link_destroy(&f->parent);
    return status;
}

int
routertest_tear_down(void **state)
{
    struct fixture *f = *state;
    ok(process_send(
        f->parent, PROCESS_STOP, routertest_none(), routertest_none()));
    assert_int_equal(routertest_reap(f), 0);
    process_link_destroy(&f->core);
    (void)close(f->router_end);
    while (f->sockets > 0)
        (void)zmq_close(f->socket[--f->sockets]);
    (void)zmq_ctx_term(f->context);
    return 0;
}

/* --- peers ------------------------------------------------------------ */

void *
routertest_new_socket(struct fixture *f, const struct client_key *k)
{
    int zero = 0, wait = WAIT_MS;
    void *s = routertest_keep(f, zmq_socket(f->context, ZMQ_DEALER));
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

void *
routertest_connected(struct fixture *f, const struct client_key *k)
{
    void *s = routertest_new_socket(f, k);
    assert_int_equal(zmq_connect(s, f->endpoint), 0);
    return s;
}

void
routertest_say(void *s, const char *text)
{
    assert_int_equal(zmq_send(s, text, strlen(text), 0), (int)strlen(text));
}

void
routertest_hear(void *s, const char *want)
{
    char text[64] = "";
    int n = zmq_recv(s, text, sizeof text - 1, 0);
    assert_int_equal(n, (int)strlen(want));
    assert_string_equal(text, want);
}

/* The next message that core gets must be TEXT of client K; its peer id. */
uint64_t
routertest_core_hears(
    struct fixture *f, const struct client_key *k, const char *text)
{
    struct slice m = routertest_expect(f->core, PROCESS_PEER_MESSAGE);
    assert_true(m.n >= 8 + KEY_BYTES);
    assert_memory_equal(m.p + 8, k->pk.b, KEY_BYTES);
    struct slice body = slice_of(m.p + 8 + KEY_BYTES, m.n - 8 - KEY_BYTES);
    if (!slice_equal(body, slice_str(text)))
        fail_msg("not \"%s\" but %zu bytes", text, body.n);
    return bytes_get_u64(m.p);
}

void
routertest_core_says(struct fixture *f, uint64_t peer, const char *text)
{
    uint8_t head[8];
    bytes_put_u64(head, peer);
    ok(process_send(f->core, PROCESS_SEND, slice_of(head, 8), slice_str(text)));
}

/* Waits for one of EVENTS on S, which connects now; the event. */
int
routertest_outcome(struct fixture *f, void *s, int events)
{
    int event = 0;
    uint32_t value = 0;
    char address[32];
    (void)snprintf(address, sizeof address, "inproc://watch-%zu", f->sockets);
    void *m = routertest_keep(
        f, router_socket_monitor(f->context, s, address, events));
    assert_int_equal(zmq_connect(s, f->endpoint), 0);
    zmq_pollitem_t item = {m, 0, ZMQ_POLLIN, 0};
    assert_int_equal(zmq_poll(&item, 1, WAIT_MS), 1);
    ok(router_socket_event(&event, &value, m));
    return event;
}
