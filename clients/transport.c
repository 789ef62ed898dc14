/* SPDX-License-Identifier: EUPL-1.2
 *
 * The DEALER socket, and its monitor, which tells of connections made and
 * lost. */
#include "transport.h"

#include "curve.h"
#include "limits.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
    RECONNECT_MIN_MS = 100,
    RECONNECT_SPREAD_MS = 200,
    RECONNECT_DOUBLINGS = 4, /* up to 1.6 to 4.8 s */
    MONITOR_NAME = 64,
    EVENT_BYTES = 6,
};

/* libzmq initialises and ends the libraries beneath it with every first and
 * last context, without a lock: nodes in several threads take turns. */
static pthread_mutex_t context_turn = PTHREAD_MUTEX_INITIALIZER;

struct transport {
    void *ctx;
    void *socket;
    void *monitor; /* PAIR that hears of the socket's connections */
    zmq_msg_t msg; /* received last */
    bool has_msg;
    unsigned generation;
    bool connected;
    bool refused;
    bool broken; /* ended in the last handshake, without a reason */
};

static void *
new_context(void)
{
    void *ctx;

    must(pthread_mutex_lock(&context_turn) == 0);
    ctx = zmq_ctx_new();
    must(pthread_mutex_unlock(&context_turn) == 0);
    return ctx;
}

static void
end_context(void *ctx)
{
    must(pthread_mutex_lock(&context_turn) == 0);
    (void)zmq_ctx_term(ctx);
    must(pthread_mutex_unlock(&context_turn) == 0);
}

static bool
set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/* When the broker comes back, its nodes must not come all at once: each has
 * an interval of its own, also when it has doubled to its longest. libzmq adds
 * at most the first interval to each. */
static int
reconnect_interval(void)
{
    uint16_t random;

    key_random(&random, sizeof random);
    return RECONNECT_MIN_MS + random % RECONNECT_SPREAD_MS;
}

static bool
set_options(void *socket)
{
    int interval = reconnect_interval();

    return set_int(socket, ZMQ_LINGER, 0) &&
           set_int(socket, ZMQ_IMMEDIATE, 1) &&
           set_int(socket, ZMQ_SNDHWM, CURVE_HWM) &&
           set_int(socket, ZMQ_RCVHWM, CURVE_HWM) &&
           set_int(socket, ZMQ_HANDSHAKE_IVL, CURVE_HANDSHAKE_MS) &&
           set_int(socket, ZMQ_HEARTBEAT_IVL, CURVE_HEARTBEAT_MS) &&
           set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, CURVE_HEARTBEAT_TIMEOUT_MS) &&
           set_int(socket, ZMQ_TCP_MAXRT, CURVE_TCP_MAXRT_MS) &&
           set_int(socket, ZMQ_IPV6, 1) &&
           set_int(socket, ZMQ_RECONNECT_IVL, interval) &&
           set_int(
               socket, ZMQ_RECONNECT_IVL_MAX, interval << RECONNECT_DOUBLINGS);
}

static bool
set_curve(void *socket, const struct dh_public *broker,
    const struct dh_secret *own, const struct dh_public *own_pk)
{
    uint8_t scalar[KEY_SEED];
    int64_t max = CURVE_MAX_MESSAGE;
    bool ok;

    key_dh_scalar(own, scalar);
    ok = zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, broker->b, KEY_BYTES) ==
             0 &&
         zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, own_pk->b, KEY_BYTES) ==
             0 &&
         zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, scalar, KEY_SEED) == 0 &&
         zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max, sizeof max) == 0;
    key_wipe(scalar, sizeof scalar);
    return ok;
}

static bool
open_monitor(struct transport *t)
{
    char name[MONITOR_NAME];
    const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                       ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

    (void)snprintf(name, sizeof name, "inproc://monitor");
    if (zmq_socket_monitor(t->socket, name, events) != 0)
        return false;
    t->monitor = zmq_socket(t->ctx, ZMQ_PAIR);
    return t->monitor != NULL && set_int(t->monitor, ZMQ_LINGER, 0) &&
           zmq_connect(t->monitor, name) == 0;
}

enum dhk_err
transport_open(struct transport **out, const char *endpoint,
    const struct dh_public *broker, const struct dh_secret *own,
    const struct dh_public *own_pk)
{
    enum dhk_err rc = DHK_IO;
    struct transport *t = calloc(1, sizeof *t);

    *out = NULL;
    if (t == NULL)
        return DHK_NOMEM;
    t->ctx = new_context();
    if (t->ctx != NULL)
        t->socket = zmq_socket(t->ctx, ZMQ_DEALER);
    if (t->socket == NULL || !set_options(t->socket) ||
        !set_curve(t->socket, broker, own, own_pk) || !open_monitor(t))
        goto out;
    rc = DHK_FORMAT;
    if (zmq_connect(t->socket, endpoint) != 0)
        goto out;
    *out = t;
    t = NULL;
    rc = DHK_OK;
out:
    transport_close(&t);
    return rc;
}

void
transport_close(struct transport **t)
{
    struct transport *x = *t;

    if (x == NULL)
        return;
    if (x->has_msg)
        (void)zmq_msg_close(&x->msg);
    if (x->monitor != NULL) {
        (void)zmq_socket_monitor(x->socket, NULL, 0);
        (void)zmq_close(x->monitor);
    }
    if (x->socket != NULL)
        (void)zmq_close(x->socket);
    if (x->ctx != NULL)
        end_context(x->ctx);
    free(x);
    *t = NULL;
}

bool
transport_reconnect_ms(const struct transport *t, int *first, int *longest)
{
    size_t n = sizeof *first, m = sizeof *longest;

    return zmq_getsockopt(t->socket, ZMQ_RECONNECT_IVL, first, &n) == 0 &&
           zmq_getsockopt(t->socket, ZMQ_RECONNECT_IVL_MAX, longest, &m) == 0;
}

int
transport_fd(const struct transport *t)
{
    int fd = -1;
    size_t n = sizeof fd;

    if (zmq_getsockopt(t->socket, ZMQ_FD, &fd, &n) != 0)
        return -1;
    return fd;
}

bool
transport_has_input(struct transport *t)
{
    int events = 0;
    size_t n = sizeof events;

    return zmq_getsockopt(t->socket, ZMQ_EVENTS, &events, &n) == 0 &&
           (events & ZMQ_POLLIN) != 0;
}

static void
take_event(struct transport *t, uint16_t event)
{
    switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        t->generation++;
        t->connected = true;
        t->refused = t->broken = false;
        break;
    case ZMQ_EVENT_DISCONNECTED:
        t->connected = false;
        break;
    /* any connection that is lost so early; a refusal has a reason */
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        t->connected = false;
        t->broken = true;
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        t->connected = false;
        t->refused = true;
        break;
    default:
        break;
    }
}

/* Reads what the monitor has: per event a frame with its number and value,
 * and one with the endpoint. */
static void
read_monitor(struct transport *t)
{
    uint8_t frame[256];
    uint16_t event;
    int n, more;
    size_t size = sizeof more;

    while ((n = zmq_recv(t->monitor, frame, sizeof frame, ZMQ_DONTWAIT)) >= 0) {
        if (n < EVENT_BYTES)
            continue;
        memcpy(&event, frame, sizeof event);
        if (zmq_getsockopt(t->monitor, ZMQ_RCVMORE, &more, &size) == 0 && more)
            take_event(t, event);
    }
}

unsigned
transport_generation(struct transport *t)
{
    read_monitor(t);
    return t->generation;
}

bool
transport_is_connected(struct transport *t)
{
    read_monitor(t);
    return t->connected;
}

bool
transport_is_refused(struct transport *t)
{
    read_monitor(t);
    return t->refused;
}

bool
transport_is_broken(struct transport *t)
{
    read_monitor(t);
    return t->broken;
}

enum dhk_err
transport_send(struct transport *t, struct slice message, int timeout_ms)
{
    zmq_pollitem_t item = {t->socket, 0, ZMQ_POLLOUT, 0};

    if (message.n > LIMIT_MESSAGE)
        return DHK_LIMIT;
    if (zmq_send(t->socket, message.p, message.n, ZMQ_DONTWAIT) >= 0)
        return DHK_OK;
    if (errno != EAGAIN && errno != EINTR)
        return DHK_IO;
    if (timeout_ms > 0 && zmq_poll(&item, 1, timeout_ms) < 0 && errno != EINTR)
        return DHK_IO;
    if (zmq_send(t->socket, message.p, message.n, ZMQ_DONTWAIT) >= 0)
        return DHK_OK;
    return errno == EAGAIN || errno == EINTR ? DHK_NOTFOUND : DHK_IO;
}

/* One whole message of one frame; others are dropped as a whole. */
static enum dhk_err
receive_now(struct transport *t, struct slice *message)
{
    bool multipart;

    do {
        if (t->has_msg)
            (void)zmq_msg_close(&t->msg);
        t->has_msg = zmq_msg_init(&t->msg) == 0;
        if (!t->has_msg)
            return DHK_NOMEM;
        if (zmq_msg_recv(&t->msg, t->socket, ZMQ_DONTWAIT) < 0)
            return errno == EAGAIN || errno == EINTR ? DHK_NOTFOUND : DHK_IO;
        multipart = zmq_msg_more(&t->msg) != 0;
        while (zmq_msg_more(&t->msg) != 0) {
            if (zmq_msg_recv(&t->msg, t->socket, ZMQ_DONTWAIT) < 0)
                return DHK_IO;
        }
    } while (multipart);
    *message = slice_of(zmq_msg_data(&t->msg), zmq_msg_size(&t->msg));
    return DHK_OK;
}

enum dhk_err
transport_receive(struct transport *t, struct slice *message, int timeout_ms)
{
    zmq_pollitem_t items[2] = {
        {t->socket, 0, ZMQ_POLLIN, 0}, {t->monitor, 0, ZMQ_POLLIN, 0}};
    enum dhk_err rc = receive_now(t, message);

    if (rc != DHK_NOTFOUND || timeout_ms <= 0)
        return rc;
    if (zmq_poll(items, 2, timeout_ms) < 0 && errno != EINTR)
        return DHK_IO;
    read_monitor(t);
    return receive_now(t, message);
}
