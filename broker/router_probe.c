/* SPDX-License-Identifier: EUPL-1.2
 *
 * libzmq fails open in several ways, all of them silent. So the router knocks
 * at its own door with a key that nobody knows, before it says that it is
 * ready and again and again: whoever would let that key in lets anybody in. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "gate.h"
#include "router.h"

enum {
    PROBE_TIMEOUT_MS = 10000,
    EVENTS = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
             ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
             ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL,
};

/* A free port of HOST, without an address's brackets; 0 if there is none. */
static uint16_t
free_port(const char *host, size_t host_n)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    bool is_six = host[0] == '[';
    socklen_t n = is_six ? sizeof six : sizeof four;
    struct sockaddr *a = is_six ? (void *)&six : (void *)&four;
    if (is_six)
        host++, host_n -= 2;
    if (host_n >= sizeof text)
        return 0;
    memcpy(text, host, host_n);
    if (inet_pton(a->sa_family, text,
            is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr) != 1)
        return 0;
    int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    if (bind(fd, a, n) != 0 || getsockname(fd, a, &n) != 0)
        four.sin_port = six.sin6_port = 0;
    (void)close(fd);
    return ntohs(is_six ? six.sin6_port : four.sin_port);
}

/* Connects to ENDPOINT from a port that the gate knows as ours: a crowd of
 * strangers must not keep the probe out. */
static bool
connect_through(void *socket, const char *endpoint)
{
    static const char scheme[] = "tcp://";
    char both[2 * ROUTER_ENDPOINT + 8];
    const char *host = endpoint + strlen(scheme);
    const char *colon = strrchr(endpoint, ':');
    if (strncmp(endpoint, scheme, strlen(scheme)) != 0 || colon <= host)
        return false;
    int host_n = (int)(colon - host);
    uint16_t port = free_port(host, (size_t)host_n);
    (void)snprintf(both, sizeof both, "tcp://%.*s:%u;%s", host_n, host,
        (unsigned)port, host);
    gate_expect(port);
    return port != 0 && zmq_connect(socket, both) == 0;
}

enum dhk_err
router_probe_start(struct router_probe *p, void *context, const char *endpoint,
    const struct dh_public *server, uint64_t now)
{
    char address[64];
    must(p->state == ROUTER_PROBE_IDLE);
    (void)snprintf(address, sizeof address, "inproc://probe-%llu",
        (unsigned long long)p->number++);
    p->socket = router_socket_stranger(context, server);
    if (p->socket == NULL)
        return DHK_IO;
    p->monitor = router_socket_monitor(context, p->socket, address, EVENTS);
    p->state = ROUTER_PROBE_RUNNING;
    p->started = now;
    if (p->monitor != NULL && connect_through(p->socket, endpoint))
        return DHK_OK;
    router_probe_stop(p);
    return DHK_IO;
}

void
router_probe_stop(struct router_probe *p)
{
    if (p->socket != NULL)
        (void)zmq_socket_monitor(p->socket, NULL, 0);
    router_socket_close(&p->monitor);
    router_socket_close(&p->socket);
    p->state = ROUTER_PROBE_IDLE;
}

static enum router_probe_result
end(struct router_probe *p, enum router_probe_result r, uint64_t now)
{
    p->unanswered = r == ROUTER_PROBE_UNKNOWN ? p->unanswered + 1 : 0;
    p->started = now;
    router_probe_stop(p);
    return r;
}

enum router_probe_result
router_probe_look(struct router_probe *p, uint64_t now)
{
    int event = 0;
    uint32_t value = 0;
    if (p->state != ROUTER_PROBE_RUNNING)
        return ROUTER_PROBE_NOTHING;
    while (router_socket_event(&event, &value, p->monitor) == DHK_OK) {
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
            return end(p, ROUTER_PROBE_LET_IN, now);
        if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
            return end(p, ROUTER_PROBE_REFUSED, now);
        if (event == ZMQ_EVENT_MONITOR_STOPPED)
            break;
        /* another failure is none that ZAP made: libzmq tries again */
    }
    if (now - p->started >= PROBE_TIMEOUT_MS)
        return end(p, ROUTER_PROBE_UNKNOWN, now);
    return ROUTER_PROBE_NOTHING;
}
