/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of router have in common. */
#ifndef TESTS_UNIT_ROUTERTEST_H
#define TESTS_UNIT_ROUTERTEST_H

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

enum {
    ANY_END = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
              ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
              ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED,
};

void *routertest_keep(struct fixture *f, void *socket);
struct slice routertest_none(void);
void routertest_new_key(struct client_key *k);
/* The next record on L. */
struct slice routertest_next(struct process_link *l, enum process_record *type);
/* The same, which must be of TYPE. */
struct slice routertest_expect(
    struct process_link *l, enum process_record type);
/* The first N clients may connect. */
void routertest_allow(struct fixture *f, size_t n);
/* Starts a router on the pair that is there and waits until it is ready. */
void routertest_start(struct fixture *f, const char *endpoint);
int routertest_set_up(void **state);
int routertest_reap(struct fixture *f);
int routertest_tear_down(void **state);
void *routertest_new_socket(struct fixture *f, const struct client_key *k);
void *routertest_connected(struct fixture *f, const struct client_key *k);
void routertest_say(void *s, const char *text);
void routertest_hear(void *s, const char *want);
/* The next message that core gets must be TEXT of client K; its peer id. */
uint64_t routertest_core_hears(
    struct fixture *f, const struct client_key *k, const char *text);
void routertest_core_says(struct fixture *f, uint64_t peer, const char *text);
/* Waits for one of EVENTS on S, which connects now; the event. */
int routertest_outcome(struct fixture *f, void *s, int events);

#endif
