/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every setting is there for a known fault of libzmq 4.3.4 or a default that
 * does not fit. A setting that cannot be made stops the router. */
#include <errno.h>
#include <string.h>
#include <zmq.h>

#include "curve.h"
#include "router.h"

static bool
set_int(void *s, int option, int value)
{
    return zmq_setsockopt(s, option, &value, sizeof value) == 0;
}

/* Messages of one peer that wait here for core; TCP holds back the rest. */
enum { RECEIVE_HWM = 64 };

/* Who has gone without a word is found out by the kernel: libzmq looks at every
 * connection's timers whenever one of them is cancelled, and with heartbeats
 * each message cancels some. Nodes ask by heartbeats whether we are there. */
enum { KEEPALIVE_S = 10, KEEPALIVE_LOST = 3 };

static bool
set_common(void *s, int high_water)
{
    int64_t most = CURVE_MAX_MESSAGE;
    return zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &most, sizeof most) == 0 &&
           set_int(s, ZMQ_LINGER, 0) && set_int(s, ZMQ_SNDHWM, high_water) &&
           set_int(s, ZMQ_RCVHWM, RECEIVE_HWM) &&
           set_int(s, ZMQ_HANDSHAKE_IVL, CURVE_HANDSHAKE_MS) &&
           set_int(s, ZMQ_TCP_KEEPALIVE, 1) &&
           set_int(s, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_S) &&
           set_int(s, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_S) &&
           set_int(s, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_LOST) &&
           set_int(s, ZMQ_TCP_MAXRT, CURVE_TCP_MAXRT_MS) &&
           set_int(s, ZMQ_BACKLOG, CURVE_BACKLOG);
}

/* The domain, that it is enforced, and that both are so when read back: with
 * either of them missing libzmq asks nobody. */
static bool
set_domain(void *s)
{
    char domain[32] = "";
    int enforce = 1;
    size_t n = sizeof domain, m = sizeof enforce;
    if (zmq_setsockopt(s, ZMQ_ZAP_DOMAIN, CURVE_ZAP_DOMAIN,
            strlen(CURVE_ZAP_DOMAIN)) != 0 ||
        !set_int(s, CURVE_ZAP_ENFORCE_DOMAIN, 1))
        return false;
    enforce = 0;
    return zmq_getsockopt(s, ZMQ_ZAP_DOMAIN, domain, &n) == 0 &&
           strcmp(domain, CURVE_ZAP_DOMAIN) == 0 &&
           zmq_getsockopt(s, CURVE_ZAP_ENFORCE_DOMAIN, &enforce, &m) == 0 &&
           enforce == 1;
}

static bool
set_server_key(void *s, const struct dh_secret *sk)
{
    bool done = false;
    uint8_t *scalar = key_secret_new(KEY_SEED);
    if (scalar == NULL)
        return false;
    key_dh_scalar(sk, scalar);
    done = set_int(s, ZMQ_CURVE_SERVER, 1) &&
           zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, scalar, KEY_SEED) == 0;
    void *mem = scalar;
    key_secret_destroy(&mem);
    return done;
}

void *
router_socket_server(
    void *context, const struct dh_secret *sk, const struct config *cfg)
{
    int high_water = 2 * (int)cfg->window;
    bool six = strchr(cfg->endpoint, '[') != NULL;
    void *s = zmq_socket(context, ZMQ_ROUTER);
    if (s == NULL)
        return NULL;
    /* MANDATORY: a full pipe is an error, not silence. HANDOVER 0: a second
     * peer with the same id cannot take the first one's replies. */
    if (set_common(s, high_water) && set_domain(s) && set_server_key(s, sk) &&
        set_int(s, ZMQ_IPV6, six) && set_int(s, ZMQ_ROUTER_MANDATORY, 1) &&
        set_int(s, ZMQ_ROUTER_HANDOVER, 0))
        return s;
    (void)zmq_close(s);
    return NULL;
}

void *
router_socket_stranger(void *context, const struct dh_public *server)
{
    struct dh_secret *sk = NULL;
    struct dh_public pk;
    uint8_t scalar[KEY_SEED]; /* of a key that is worth nothing */
    bool done = false;
    if (key_dh_new(&sk, &pk) != DHK_OK)
        return NULL;
    key_dh_scalar(sk, scalar);
    key_dh_destroy(&sk);
    void *s = zmq_socket(context, ZMQ_DEALER);
    if (s == NULL)
        return NULL;
    done = set_common(s, 16) &&
           zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, server->b, KEY_BYTES) == 0 &&
           zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, pk.b, KEY_BYTES) == 0 &&
           zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, scalar, KEY_SEED) == 0 &&
           set_int(s, ZMQ_IPV6, 1);
    key_wipe(scalar, sizeof scalar);
    if (done)
        return s;
    (void)zmq_close(s);
    return NULL;
}

void *
router_socket_monitor(void *context, void *s, const char *address, int events)
{
    if (zmq_socket_monitor(s, address, events) != 0)
        return NULL;
    void *m = zmq_socket(context, ZMQ_PAIR);
    if (m == NULL)
        return NULL;
    if (set_int(m, ZMQ_LINGER, 0) && zmq_connect(m, address) == 0)
        return m;
    (void)zmq_close(m);
    return NULL;
}

enum dhk_err
router_socket_event(int *event, uint32_t *value, void *monitor)
{
    uint8_t first[6], address[ROUTER_ENDPOINT];
    uint16_t number = 0;
    *event = 0;
    *value = 0;
    int n = zmq_recv(monitor, first, sizeof first, ZMQ_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? DHK_NOTFOUND : DHK_IO;
    /* the second frame, an address, comes at once with the first */
    if (zmq_recv(monitor, address, sizeof address, 0) < 0)
        return DHK_IO;
    if (n != (int)sizeof first)
        return DHK_FORMAT;
    memcpy(&number, first, sizeof number);
    memcpy(value, first + sizeof number, sizeof *value);
    *event = number;
    return DHK_OK;
}

enum dhk_err
router_socket_bind(
    char out[ROUTER_ENDPOINT], uint16_t *port, void *s, const char *endpoint)
{
    size_t n = ROUTER_ENDPOINT;
    if (zmq_bind(s, endpoint) != 0 ||
        zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, out, &n) != 0)
        return DHK_IO;
    const char *colon = strrchr(out, ':');
    unsigned value = 0;
    for (const char *p = colon == NULL ? "" : colon + 1; *p >= '0' && *p <= '9';
         p++)
        value = value * 10 + (unsigned)(*p - '0');
    *port = (uint16_t)value;
    return DHK_OK;
}

void
router_socket_close(void **s)
{
    if (*s != NULL)
        (void)zmq_close(*s);
    *s = NULL;
}
