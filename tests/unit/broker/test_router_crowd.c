/* SPDX-License-Identifier: EUPL-1.2
 *
 * The real driehoekd-router in a crowd: without descriptors, among strangers,
 * and when it asks itself whether its door is shut. */
#include "routertest.h"

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
    void *a = routertest_connected(f, &f->client[0]);
    routertest_say(a, "before");
    uint64_t peer = routertest_core_hears(f, &f->client[0], "before");
    assert_int_equal(prlimit(f->pid, RLIMIT_NOFILE, &few, NULL), 0);
    for (size_t i = 0; i < STRANGERS; i++)
        fd[i] = plain_connection(f);
    unsigned long before = ticks(f);
    struct pollfd quiet = {.fd = process_link_fd(f->core), .events = POLLIN};
    assert_int_equal(poll(&quiet, 1, MS), 0);
    unsigned long used = ticks(f) - before;
    assert_in_range(
        used, 0, (unsigned long)sysconf(_SC_CLK_TCK) * MS / 1000 / 4);
    routertest_say(a, "meanwhile"); /* in the same connection */
    assert_int_equal(
        routertest_core_hears(f, &f->client[0], "meanwhile"), peer);
    for (size_t i = 0; i < STRANGERS; i++)
        wait_closed(fd[i]);
    void *b = routertest_connected(f, &f->client[1]);
    routertest_say(b, "after");
    (void)routertest_core_hears(f, &f->client[1], "after");
}

static void
too_many_strangers_are_turned_away_at_once(void **state)
{
    struct fixture *f = *state;
    enum { STRANGERS = 2 * ADMISSION_KNOWN };
    int fd[STRANGERS];
    size_t closed = 0;
    void *a = routertest_connected(f, &f->client[0]);
    routertest_say(a, "before");
    uint64_t peer = routertest_core_hears(f, &f->client[0], "before");
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
    routertest_say(a, "meanwhile");
    assert_int_equal(
        routertest_core_hears(f, &f->client[0], "meanwhile"), peer);
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
    void *open = routertest_keep(f, zmq_socket(f->context, ZMQ_ROUTER));
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
    void *s = routertest_keep(f, router_socket_server(f->context, sk, &cfg));
    ok(router_socket_bind(endpoint, &port, s, "tcp://127.0.0.1:0"));
    assert_int_equal(probe(f, endpoint, NULL), ROUTER_PROBE_UNKNOWN);
    void *zap = routertest_keep(f, zap_bind(f->context));
    assert_int_equal(probe(f, endpoint, zap), ROUTER_PROBE_REFUSED);
    key_dh_destroy(&sk);
}

#define router_test(f)                                                         \
    cmocka_unit_test_setup_teardown(f, routertest_set_up, routertest_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        router_test(
            out_of_descriptors_it_hangs_up_on_newcomers_and_on_nobody_else),
        router_test(too_many_strangers_are_turned_away_at_once),
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
