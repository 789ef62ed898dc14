/* SPDX-License-Identifier: EUPL-1.2
 *
 * Parts of the process driehoekd-router: the only one with a socket. It holds
 * the CURVE key of the broker and no other secret, treats every byte from
 * peers as hostile, keeps nothing that matters, and knows neither policy nor
 * ledger. What it says of a peer's key is a second check only: core relies on
 * signatures. */
#ifndef BROKER_ROUTER_H
#define BROKER_ROUTER_H

#include "child.h"
#include "zap.h"

enum { ROUTER_ENDPOINT = 256 };

/* --- router_socket.c: the sockets and their settings --- */

/* A ROUTER socket with every setting but not yet bound; NULL on failure. */
void *router_socket_server(
    void *context, const struct dh_secret *sk, const struct config *cfg);
/* A DEALER with a fresh random key, for the probe. */
void *router_socket_stranger(void *context, const struct dh_public *server);
/* Socket on which the EVENTS of S are read; NULL on failure. */
void *router_socket_monitor(
    void *context, void *s, const char *address, int events);
/* The next event, its value and DHK_OK, or DHK_NOTFOUND. */
DHK_MUST_USE enum dhk_err router_socket_event(
    int *event, uint32_t *value, void *monitor);
/* Binds and tells the real endpoint and port. */
DHK_MUST_USE enum dhk_err router_socket_bind(
    char out[ROUTER_ENDPOINT], uint16_t *port, void *s, const char *endpoint);
void router_socket_close(void **s);

/* --- router_probe.c: whether strangers really stay out --- */

enum router_probe_state {
    ROUTER_PROBE_IDLE = 0,
    ROUTER_PROBE_RUNNING,
};
struct router_probe {
    enum router_probe_state state;
    void *socket, *monitor;
    uint64_t started; /* or, when idle, the last one ended; ms */
    uint64_t number;
    unsigned unanswered; /* probes in a row that learned nothing */
};
enum router_probe_result {
    ROUTER_PROBE_NOTHING = 0, /* none has ended */
    ROUTER_PROBE_REFUSED,     /* as it must be */
    ROUTER_PROBE_UNKNOWN,     /* no answer in time */
    ROUTER_PROBE_LET_IN,      /* stop everything */
};
DHK_MUST_USE enum dhk_err router_probe_start(struct router_probe *p,
    void *context, const char *endpoint, const struct dh_public *server,
    uint64_t now);
enum router_probe_result router_probe_look(
    struct router_probe *p, uint64_t now);
void router_probe_stop(struct router_probe *p);

#endif
