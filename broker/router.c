/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoekd-router: one thread of ours and one loop for the ZAP handler, the
 * peers, the probe and the links to core and parent. Frames go to core with
 * the key that ZeroMQ's handshake proved; core's messages go out. A message
 * that cannot be sent at once is dropped: core sends again on a timer. */
#include "router.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

#include "clock.h"
#include "curve.h"
#include "gate.h"
#include "surplus.h"

enum {
    ROUTING_ID = 5,
    TURN_MESSAGES = 64, /* taken from peers before the others get a turn */
    GONE_MS = 5000, /* how long whose connection ended may not have been heard
                       out yet */
    UNANSWERED_MAX = 3, /* probes */
    REPORT_MS = 60000,
    USER_ID = 2 * KEY_BYTES,
};

struct counts {
    uint64_t in, out;
    uint64_t foreign_id, bad_form, no_access, unsendable;
};

struct router {
    struct child child;
    struct process_link *core;
    void *context, *zap, *server;
    struct dh_secret *sk;
    struct dh_public pk;
    struct zap_table access;
    struct zap_counts zap_counts;
    struct counts counts;
    struct router_probe probe;
    char endpoint[ROUTER_ENDPOINT]; /* the real one */
    uint16_t port;
    bool has_access, bound, ready, stop;
    uint64_t reported_at;
    uint64_t heard_at; /* when nobody had anything more to say */
    struct surplus surplus;
};

static uint64_t
now_ms(void)
{
    return clock_monotonic_ms(clock_system());
}

/* --- core to peers ---------------------------------------------------- */

static void
send_to_peer(struct router *r, struct slice payload)
{
    struct cursor c;
    uint8_t id[ROUTING_ID] = {0};
    cursor_init(&c, payload);
    uint64_t peer = cursor_u64(&c);
    if (c.err != DHK_OK || peer > UINT32_MAX) {
        r->counts.unsendable++;
        return;
    }
    bytes_put_u32(id + 1, (uint32_t)peer);
    /* EHOSTUNREACH: it left; EAGAIN: it does not read */
    if (zmq_send(r->server, id, sizeof id, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0 ||
        zmq_send(r->server, c.left.p, c.left.n, ZMQ_DONTWAIT) < 0) {
        r->counts.unsendable++;
        return;
    }
    r->counts.out++;
}

static enum dhk_err
take_from_core(struct router *r)
{
    for (;;) {
        enum process_record type = PROCESS_NONE;
        struct slice payload;
        enum dhk_err rc = process_receive(r->core, &type, &payload, false);
        if (rc != DHK_OK)
            return rc == DHK_NOTFOUND ? DHK_OK : rc;
        if (type == PROCESS_SEND)
            send_to_peer(r, payload);
        else if (type == PROCESS_ACCESS)
            rc = zap_table_set(&r->access, payload);
        else if (type != PROCESS_DROP) /* nothing is kept of a peer */
            rc = DHK_FORMAT;
        if (rc != DHK_OK)
            return rc;
        r->has_access = r->has_access || type == PROCESS_ACCESS;
    }
}

/* --- peers to core ---------------------------------------------------- */

/* The key that the handshake of this message's connection proved, if it may
 * (still) connect: a revoked card's open connection ends here. */
static bool
is_admitted(const struct router *r, uint8_t key[KEY_BYTES], zmq_msg_t *body)
{
    const char *user = zmq_msg_gets(body, "User-Id");
    if (user == NULL || strlen(user) != USER_ID)
        return false;
    return bytes_unhex(key, KEY_BYTES, slice_str(user)) == DHK_OK &&
           zap_table_has(&r->access, key);
}

/* Reads what is left of a message that has too many frames. */
static void
skip_rest(void *socket)
{
    zmq_msg_t m;
    (void)zmq_msg_init(&m);
    while (zmq_msg_recv(&m, socket, 0) >= 0 && zmq_msg_more(&m) != 0)
        continue;
    (void)zmq_msg_close(&m);
}

/* Passes a message of two frames on, or counts why not. */
static enum dhk_err
pass_on(struct router *r, struct slice id, zmq_msg_t *body)
{
    uint8_t head[8 + KEY_BYTES] = {0};
    struct slice message = slice_of(zmq_msg_data(body), zmq_msg_size(body));
    /* ids that libzmq made begin with a zero byte; a peer that chose its own
     * wants to be taken for another, or to keep another out */
    if (id.n != ROUTING_ID || id.p[0] != 0) {
        r->counts.foreign_id++;
        return DHK_OK;
    }
    if (message.n == 0 || message.n > LIMIT_MESSAGE) {
        r->counts.bad_form++;
        return DHK_OK;
    }
    if (!is_admitted(r, head + 8, body)) {
        r->counts.no_access++;
        return DHK_OK;
    }
    uint32_t peer = bytes_get_u32(id.p + 1);
    gate_spoke(zmq_msg_get(body, ZMQ_SRCFD), peer);
    bytes_put_u64(head, peer);
    r->counts.in++;
    return process_send(
        r->core, PROCESS_PEER_MESSAGE, slice_of(head, sizeof head), message);
}

/* One message, or none after an interruption; DHK_NOTFOUND when none waits. */
static enum dhk_err
take_from_peer(struct router *r)
{
    zmq_msg_t id, body;
    enum dhk_err rc = DHK_NOTFOUND;
    (void)zmq_msg_init(&id);
    (void)zmq_msg_init(&body);
    if (zmq_msg_recv(&id, r->server, ZMQ_DONTWAIT) < 0) {
        rc = errno == EAGAIN ? DHK_NOTFOUND : errno == EINTR ? DHK_OK : DHK_IO;
        goto out;
    }
    rc = DHK_OK;
    if (zmq_msg_more(&id) == 0) {
        r->counts.bad_form++;
        goto out;
    }
    if (zmq_msg_recv(&body, r->server, 0) < 0) {
        rc = DHK_IO;
        goto out;
    }
    if (zmq_msg_more(&body) != 0) {
        skip_rest(r->server);
        r->counts.bad_form++;
        goto out;
    }
    rc = pass_on(r, slice_of(zmq_msg_data(&id), zmq_msg_size(&id)), &body);
out:
    (void)zmq_msg_close(&id);
    (void)zmq_msg_close(&body);
    return rc;
}

/* Tells core of the first N of those whose connection has ended. */
static enum dhk_err
tell_gone(struct router *r, size_t n)
{
    uint8_t head[8];
    uint32_t peer;
    enum dhk_err rc = DHK_OK;
    for (; rc == DHK_OK && n > 0 && process_link_has_room(r->core) &&
           gate_take_ended(&peer);
         n--) {
        bytes_put_u64(head, peer);
        rc = process_send(r->core, PROCESS_PEER_GONE,
            slice_of(head, sizeof head), slice_of(NULL, 0));
    }
    return rc;
}

static enum dhk_err
take_from_peers(struct router *r)
{
    /* what these said comes before their end */
    size_t gone = gate_ended();
    for (int i = 0; i < TURN_MESSAGES; i++) {
        if (!process_link_has_room(r->core))
            return DHK_OK;
        enum dhk_err rc = take_from_peer(r);
        if (rc == DHK_NOTFOUND) {
            r->heard_at = now_ms();
            return tell_gone(r, gone);
        }
        if (rc != DHK_OK)
            return rc;
    }
    /* what is lost when the others never fall silent is sent again */
    return gone > 0 && now_ms() - r->heard_at >= GONE_MS ? tell_gone(r, gone)
                                                         : DHK_OK;
}

/* --- the listener ----------------------------------------------------- */

static enum dhk_err
start_listening(struct router *r)
{
    const char *wanted = r->child.cfg.endpoint;
    enum dhk_err rc =
        router_socket_bind(r->endpoint, &r->port, r->server, wanted);
    if (rc != DHK_OK)
        log_event(&r->child.log, LOG_LEVEL_ERROR, "bind-failed",
            "endpoint=%s why=\"%s\"", wanted, zmq_strerror(errno));
    r->bound = rc == DHK_OK;
    return rc;
}

/* --- the probe -------------------------------------------------------- */

static enum dhk_err
tell_ready(struct router *r)
{
    uint8_t mem[ROUTER_ENDPOINT + 2];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    sink_u16(&out, r->port);
    sink_slice(&out, slice_str(r->endpoint));
    r->ready = true;
    log_event(
        &r->child.log, LOG_LEVEL_INFO, "listening", "endpoint=%s", r->endpoint);
    return child_ready(&r->child, sink_done(&out));
}

static enum dhk_err
look_at_probe(struct router *r)
{
    switch (router_probe_look(&r->probe, now_ms())) {
    case ROUTER_PROBE_NOTHING:
        return DHK_OK;
    case ROUTER_PROBE_REFUSED:
        if (!gate_saw()) {
            log_event(&r->child.log, LOG_LEVEL_ERROR, "gate-missing",
                "what=\"libzmq takes connections in another way\"");
            return DHK_STATE;
        }
        return r->ready ? DHK_OK : tell_ready(r);
    case ROUTER_PROBE_UNKNOWN:
        log_event(&r->child.log, LOG_LEVEL_WARN, "probe-unanswered",
            "in-a-row=%u", r->probe.unanswered);
        return r->ready && r->probe.unanswered < UNANSWERED_MAX ? DHK_OK
                                                                : DHK_STATE;
    case ROUTER_PROBE_LET_IN:
        log_event(&r->child.log, LOG_LEVEL_ERROR, "stranger-let-in",
            "what=\"access control does not work\"");
        return DHK_AUTH;
    }
    return DHK_STATE;
}

static void
report_counts(const struct router *r)
{
    struct gate_counts gate = gate_count();
    log_event(&r->child.log, LOG_LEVEL_INFO, "counts",
        "in=%llu out=%llu foreign-id=%llu bad-form=%llu no-access=%llu "
        "unsendable=%llu handshakes=%llu strangers=%llu connections=%llu "
        "turned-away=%llu no-room=%llu",
        (unsigned long long)r->counts.in, (unsigned long long)r->counts.out,
        (unsigned long long)r->counts.foreign_id,
        (unsigned long long)r->counts.bad_form,
        (unsigned long long)r->counts.no_access,
        (unsigned long long)r->counts.unsendable,
        (unsigned long long)r->zap_counts.allowed,
        (unsigned long long)r->zap_counts.refused,
        (unsigned long long)gate.admitted, (unsigned long long)gate.turned_away,
        (unsigned long long)gate.no_room);
}

/* Whatever is due by the clock. */
static enum dhk_err
take_time(struct router *r)
{
    uint64_t now = now_ms();
    if (!r->bound && r->has_access) {
        enum dhk_err rc = start_listening(r);
        if (rc != DHK_OK)
            return rc;
    }
    bool due =
        !r->ready || now - r->probe.started >= r->child.cfg.probe_s * 1000;
    if (r->bound && due && r->probe.state == ROUTER_PROBE_IDLE) {
        enum dhk_err rc =
            router_probe_start(&r->probe, r->context, r->endpoint, &r->pk, now);
        if (rc != DHK_OK)
            return rc;
    }
    if (now - r->reported_at >= REPORT_MS) {
        r->reported_at = now;
        report_counts(r);
    }
    return DHK_OK;
}

/* --- the loop --------------------------------------------------------- */

static enum dhk_err
turn(struct router *r)
{
    /* when core does not read, peers wait in their own buffers */
    bool room = process_link_has_room(r->core);
    zmq_pollitem_t items[] = {
        {NULL, PROCESS_FD_PARENT, ZMQ_POLLIN, 0},
        {NULL, PROCESS_FD_CORE, (short)(ZMQ_POLLIN | (room ? 0 : ZMQ_POLLOUT)),
            0},
        {r->zap, 0, ZMQ_POLLIN, 0},
        {r->server, 0, (short)(room ? ZMQ_POLLIN : 0), 0},
        {r->probe.monitor, 0, ZMQ_POLLIN, 0},
    };
    int n = r->probe.state == ROUTER_PROBE_RUNNING ? 5 : 4;
    long wait = !r->ready || !r->bound ? 50 : 500;
    int ready = zmq_poll(items, n, wait);
    if (ready < 0 && errno != EINTR)
        return DHK_IO;
    surplus_turn(&r->surplus, ready > 0, now_ms());
    enum dhk_err rc = child_parent(&r->child, &r->stop);
    /* who may connect, before anybody is asked about */
    if (rc == DHK_OK)
        rc = take_from_core(r);
    if (rc == DHK_OK)
        rc = zap_serve(r->zap, &r->access, &r->zap_counts);
    /* a message from a peer may have made us read what core sent */
    if (rc == DHK_OK)
        rc = take_from_peers(r);
    if (rc == DHK_OK)
        rc = take_from_core(r);
    if (rc == DHK_OK)
        rc = look_at_probe(r);
    return rc == DHK_OK ? take_time(r) : rc;
}

static void
raise_descriptors(void)
{
    struct rlimit lim;
    if (getrlimit(RLIMIT_NOFILE, &lim) != 0)
        return;
    lim.rlim_cur = lim.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &lim);
}

static enum dhk_err
begin(struct router *r)
{
    uint8_t generation[8];
    enum dhk_err rc = child_begin(&r->child, "router");
    if (rc != DHK_OK)
        return rc;
    void *seed = key_secret_new(KEY_SEED);
    rc = seed == NULL ? DHK_NOMEM : child_secret(&r->child, seed);
    if (rc == DHK_OK)
        rc = key_dh_from_seed(&r->sk, &r->pk, seed);
    key_secret_destroy(&seed);
    if (rc == DHK_OK)
        rc = process_link_new(&r->core, PROCESS_FD_CORE, PROCESS_MAX_ROUTER);
    if (rc != DHK_OK)
        return rc;
    process_link_drain(r->core);
    raise_descriptors();
    if ((rc = gate_open()) != DHK_OK)
        return rc;
    r->context = zmq_ctx_new();
    r->zap = r->context == NULL ? NULL : zap_bind(r->context);
    if (r->zap != NULL)
        r->server = router_socket_server(r->context, r->sk, &r->child.cfg);
    if (r->server == NULL)
        return DHK_IO;
    key_random(generation, sizeof generation);
    r->reported_at = now_ms();
    return process_send(r->core, PROCESS_ROUTER_UP,
        slice_of(generation, sizeof generation), slice_of(NULL, 0));
}

static void
end(struct router *r)
{
    router_probe_stop(&r->probe);
    router_socket_close(&r->server);
    router_socket_close(&r->zap);
    if (r->context != NULL)
        (void)zmq_ctx_term(r->context);
    gate_close();
    key_dh_destroy(&r->sk);
    zap_table_clear(&r->access);
    process_link_destroy(&r->core);
    child_end(&r->child);
}

int
main(void)
{
    static struct router r;
    enum dhk_err rc = begin(&r);
    while (rc == DHK_OK && !r.stop)
        rc = turn(&r);
    /* a core that ended first because all are to stop is no fault */
    if (rc == DHK_IO && r.core != NULL &&
        child_parent(&r.child, &r.stop) == DHK_OK && r.stop)
        rc = DHK_OK;
    if (rc != DHK_OK && r.child.parent != NULL)
        log_event(&r.child.log, LOG_LEVEL_ERROR, "router-stops", "why=\"%s\"",
            dhk_strerror(rc));
    end(&r);
    return rc == DHK_OK ? 0 : 1;
}
