/* SPDX-License-Identifier: EUPL-1.2
 *
 * libzmq fails open in several ways, all of them silent. So the router knocks
 * at its own door with a key that nobody knows, before it says that it is
 * ready and again and again: whoever would let that key in lets anybody in. */
#include <stdio.h>
#include <zmq.h>

#include "router.h"

enum {
    PROBE_TIMEOUT_MS = 10000,
    EVENTS = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
             ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
             ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL,
};

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
    if (p->monitor != NULL && zmq_connect(p->socket, endpoint) == 0)
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
