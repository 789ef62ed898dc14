/* SPDX-License-Identifier: EUPL-1.2
 *
 * Somebody who does not keep to the protocol, at a broker's door:
 *   stranger NODE HOW [OTHER]
 * takes endpoint, server key and card keys from the node directory NODE and
 * ends with 0 when the broker treated it as it must. HOW:
 *   unknown   CURVE with a key that is on no card
 *   null      no security mechanism
 *   plain     the mechanism PLAIN
 *   server    CURVE, expecting another key of the broker
 *   routing   a valid card, and a routing id of its own choosing
 *   hello     a valid card's connection, a hello in the name of card OTHER
 *   frames    a valid card's connection, and frames that are no messages
 *   oversize  a valid card's connection, and a message beyond every limit */
#include "command.h"
#include "node.h"
#include "roster.h"
#include "transport.h"
#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { PATIENCE_MS = 8000, SILENCE_MS = 500, MONITORED = 0xffff };

struct stranger {
    struct dhk_node *node;
    void *ctx, *socket, *monitor;
    uint8_t scalar[KEY_SEED];
    struct dh_public pk, server;
};

static int
set(struct stranger *s, int option, const void *value, size_t n)
{
    return zmq_setsockopt(s->socket, option, value, n);
}

static int
set_int(struct stranger *s, int option, int value)
{
    return set(s, option, &value, sizeof value);
}

static int
set_curve(struct stranger *s)
{
    return set(s, ZMQ_CURVE_SERVERKEY, s->server.b, KEY_BYTES) |
           set(s, ZMQ_CURVE_PUBLICKEY, s->pk.b, KEY_BYTES) |
           set(s, ZMQ_CURVE_SECRETKEY, s->scalar, KEY_SEED);
}

static int
open_socket(struct stranger *s)
{
    s->ctx = zmq_ctx_new();
    s->socket = zmq_socket(s->ctx, ZMQ_DEALER);
    if (s->socket == NULL || set_int(s, ZMQ_LINGER, 0) != 0 ||
        set_int(s, ZMQ_SNDTIMEO, PATIENCE_MS) != 0 ||
        zmq_socket_monitor(s->socket, "inproc://watch", MONITORED) != 0)
        return -1;
    s->monitor = zmq_socket(s->ctx, ZMQ_PAIR);
    return zmq_connect(s->monitor, "inproc://watch");
}

static void
close_socket(struct stranger *s)
{
    (void)zmq_socket_monitor(s->socket, NULL, 0);
    (void)zmq_close(s->monitor);
    (void)zmq_close(s->socket);
    (void)zmq_ctx_term(s->ctx);
}

/* Waits for one of EVENTS on the socket; the event, or 0. */
static int
wait_event(struct stranger *s, int events)
{
    uint8_t frame[256];
    uint16_t event;

    for (;;) {
        zmq_pollitem_t item = {s->monitor, 0, ZMQ_POLLIN, 0};
        if (zmq_poll(&item, 1, PATIENCE_MS) <= 0)
            return 0;
        if (zmq_recv(s->monitor, frame, sizeof frame, 0) < 6)
            return 0;
        memcpy(&event, frame, sizeof event);
        (void)zmq_recv(s->monitor, frame, sizeof frame, 0);
        if ((event & events) != 0)
            return event;
    }
}

/* The type of the next message, or 0 when none comes for MS. */
static enum command_type
next(struct stranger *s, struct command *c, int ms)
{
    static uint8_t mem[LIMIT_MESSAGE];
    struct diag diag;
    zmq_pollitem_t item = {s->socket, 0, ZMQ_POLLIN, 0};
    int n;

    if (zmq_poll(&item, 1, ms) <= 0)
        return COMMAND_NONE;
    n = zmq_recv(s->socket, mem, sizeof mem, 0);
    if (n < 0 || (size_t)n > sizeof mem ||
        command_decode(c, slice_of(mem, (size_t)n), &diag) != DHK_OK)
        return COMMAND_NONE;
    return c->type;
}

static int
ask(struct stranger *s)
{
    struct command c = {.type = COMMAND_ASK, .number = 1};
    uint8_t mem[64];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    if (command_encode(&out, &c, NULL, 0, NULL, 0) != DHK_OK)
        return -1;
    return zmq_send(s->socket, mem, sink_done(&out).n, 0) < 0 ? -1 : 0;
}

static bool
says(bool right, const char *what)
{
    if (!right)
        (void)fprintf(stderr, "stranger: %s\n", what);
    return right;
}

/* --- who may not even shake hands ------------------------------------------
 */

static bool
is_turned_away(struct stranger *s)
{
    enum {
        FAILED = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                 ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                 ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED
    };
    struct command c;
    int event;

    if (zmq_connect(s->socket, s->node->endpoint) != 0 || ask(s) != 0)
        return says(false, "cannot connect");
    event = wait_event(s, FAILED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    return says(event != 0, "the broker keeps silent") &&
           says(event != ZMQ_EVENT_HANDSHAKE_SUCCEEDED, "let in") &&
           says(next(s, &c, SILENCE_MS) == COMMAND_NONE, "got a reply");
}

static bool
unknown(struct stranger *s)
{
    struct dh_secret *sk = NULL;

    if (key_dh_new(&sk, &s->pk) != DHK_OK)
        return false;
    key_dh_scalar(sk, s->scalar);
    key_dh_destroy(&sk);
    return set_curve(s) == 0 && is_turned_away(s);
}

static bool
plain(struct stranger *s)
{
    return set(s, ZMQ_PLAIN_USERNAME, s->node->name, strlen(s->node->name)) ==
               0 &&
           set(s, ZMQ_PLAIN_PASSWORD, "x", 1) == 0 && is_turned_away(s);
}

static bool
server(struct stranger *s)
{
    s->server = s->pk;
    return set_curve(s) == 0 && is_turned_away(s);
}

/* --- who has a card
 * ----------------------------------------------------------- */

static bool
enter(struct stranger *s)
{
    return set_curve(s) == 0 &&
           zmq_connect(s->socket, s->node->endpoint) == 0 &&
           says(
               wait_event(s, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0, "not let in");
}

/* The broker still talks to a connection that keeps to the protocol. */
static bool
is_answered(struct stranger *s)
{
    struct command c;

    close_socket(s);
    return open_socket(s) == 0 && enter(s) && ask(s) == 0 &&
           says(next(s, &c, PATIENCE_MS) == COMMAND_CHALLENGE,
               "no challenge any more");
}

static bool
routing(struct stranger *s)
{
    struct command c;

    if (set(s, ZMQ_ROUTING_ID, "gemeente", 8) != 0 || !enter(s))
        return false;
    return ask(s) == 0 &&
           says(next(s, &c, SILENCE_MS) == COMMAND_NONE,
               "a routing id of one's own is answered") &&
           is_answered(s);
}

static bool
hello(struct stranger *s, const char *other)
{
    uint8_t mem[1024];
    struct sink out;
    struct command c;
    struct command_hello h = {.modes = COMMAND_MODE_RECEIVE, .duties = 15};

    if (other == NULL ||
        bytes_unhex(h.card, sizeof h.card, slice_str(other)) != DHK_OK ||
        !enter(s) || ask(s) != 0 ||
        !says(next(s, &c, PATIENCE_MS) == COMMAND_CHALLENGE, "no challenge"))
        return false;
    memcpy(h.nonce, c.nonce, sizeof h.nonce);
    h.origin = c.origin;
    sink_init(&out, mem, sizeof mem);
    if (command_hello_issue(&out, 2, &h, s->node->secret.sign) != DHK_OK ||
        zmq_send(s->socket, mem, sink_done(&out).n, 0) < 0)
        return false;
    return says(next(s, &c, PATIENCE_MS) == COMMAND_ERROR, "no error") &&
           says(c.error == COMMAND_ERROR_AUTH || c.error == COMMAND_ERROR_CARD,
               "another error") &&
           says(next(s, &c, SILENCE_MS) == COMMAND_NONE, "more than an error");
}

/* Each is answered with an error, or not at all. */
static bool
frames(struct stranger *s)
{
    static const char *const odd[] = {"", "\x93\x01\x01", "\x93\x02\x01\x01",
        "\x93\x01\x01\x01 and more", "\xdd\xff\xff\xff\xff",
        "\x93\x01\xcc\x40\x01", "hello", "\x94\x01\x08\x01\xc0",
        "\x92\x01\x01"};
    uint8_t random[4096];
    struct command c;

    if (!enter(s))
        return false;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        if (zmq_send(s->socket, odd[i], strlen(odd[i]), 0) < 0)
            return says(false, "cannot send");
    }
    for (int i = 0; i < 64; i++) {
        key_random(random, sizeof random);
        if (zmq_send(s->socket, random, 1 + random[0] * 16U, 0) < 0 ||
            zmq_send(s->socket, random, 8, ZMQ_SNDMORE) < 0 ||
            zmq_send(s->socket, random, 8, ZMQ_SNDMORE) < 0 ||
            zmq_send(s->socket, random, 8, 0) < 0)
            return says(false, "cannot send");
    }
    for (enum command_type t; (t = next(s, &c, SILENCE_MS)) != COMMAND_NONE;) {
        if (!says(t == COMMAND_ERROR, "something else than an error"))
            return false;
    }
    return is_answered(s);
}

static bool
oversize(struct stranger *s)
{
    enum { HUGE_BYTES = 4 * 1024 * 1024 };
    uint8_t *mem = calloc(1, HUGE_BYTES);
    bool cut;

    if (mem == NULL || !enter(s))
        return false;
    cut = zmq_send(s->socket, mem, HUGE_BYTES, 0) >= 0 &&
          says(wait_event(s, ZMQ_EVENT_DISCONNECTED) != 0, "not cut off");
    free(mem);
    return cut && is_answered(s);
}

static bool
run(struct stranger *s, const char *how, const char *other)
{
    if (strcmp(how, "unknown") == 0)
        return unknown(s);
    if (strcmp(how, "null") == 0)
        return is_turned_away(s);
    if (strcmp(how, "plain") == 0)
        return plain(s);
    if (strcmp(how, "server") == 0)
        return server(s);
    if (strcmp(how, "routing") == 0)
        return routing(s);
    if (strcmp(how, "hello") == 0)
        return hello(s, other);
    if (strcmp(how, "frames") == 0)
        return frames(s);
    if (strcmp(how, "oversize") == 0)
        return oversize(s);
    return says(false, "how?");
}

int
main(int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct stranger s = {.node = NULL};
    bool right;

    if (argc < 3 || key_init() != DHK_OK)
        return 2;
    if (node_open(&s.node, argv[1], NULL, 0, &problem) != DHK_OK ||
        !s.node->has_card || trust_roster(s.node->trust) == NULL) {
        (void)fprintf(stderr, "stranger: %s\n", problem.text);
        return 2;
    }
    s.pk = s.node->card.curve;
    key_dh_scalar(s.node->secret.curve, s.scalar);
    s.server = trust_roster(s.node->trust)->curve_key;
    right = open_socket(&s) == 0 && run(&s, argv[2], argv[3]);
    close_socket(&s);
    node_close(&s.node);
    return right ? 0 : 1;
}
