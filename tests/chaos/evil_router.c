/* SPDX-License-Identifier: EUPL-1.2
 *
 * An evil router: the broker's router, which holds the transport secret and so
 * speaks valid CURVE, with what it passes on wrapped by the linker. As long as
 * the file "evil-router" (a number, from which all chance comes) is in its
 * directory, whole messages, either way, are
 *   doubled    sent twice
 *   held       let pass by others, or for HOLD_MS
 *   replayed   one that passed before, of any connection, comes again
 *   misled     a copy goes to, or seems to come from, another connection; but
 *              for NOTED, which nobody signs and which lasts for one session
 * and, from nodes to core,
 *   altered    a copy with one bit flipped comes first
 * and, from core to nodes,
 *   kept back  instead of a card comes "not found", or the card with one bit
 *              flipped
 *   altered    of a delivery, too; or it comes in its place
 *   confirmed  instead of telling a sender of outcomes, core is told that it
 *              has them, signed with a key of the router's own */
#include "command.h"
#include "confirmation.h"
#include "process.h"
#include "seal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

enum way { UP, DOWN, WAYS };
enum { HELD = 16, PAST = 64, HOLD_MS = 40, LETS_PASS = 4, POLL_MS = 10 };

struct message {
    uint8_t *bytes; /* head, then body; NULL: none */
    size_t head, n;
    uint64_t due;
    unsigned passed; /* while it was held */
};

static struct message held[WAYS][HELD], past[WAYS][PAST];
static size_t past_n[WAYS];
static struct process_link *core;
static void *server;
static uint64_t chance;

enum dhk_err __real_process_send(struct process_link *l,
    enum process_record type, struct slice head, struct slice body);
enum dhk_err __wrap_process_send(struct process_link *l,
    enum process_record type, struct slice head, struct slice body);
int __real_zmq_send(void *s, const void *bytes, size_t n, int flags);
int __wrap_zmq_send(void *s, const void *bytes, size_t n, int flags);
int __real_zmq_poll(zmq_pollitem_t *items, int n, long timeout);
int __wrap_zmq_poll(zmq_pollitem_t *items, int n, long timeout);

static uint64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool
is_evil(void)
{
    char text[32] = "";
    FILE *f = fopen("evil-router", "re");

    if (f == NULL)
        return false;
    if (chance == 0 && fgets(text, sizeof text, f) != NULL)
        chance = strtoull(text, NULL, 10) * 2654435769U + 1;
    (void)fclose(f);
    return true;
}

static size_t
random_below(size_t n)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (size_t)(chance >> 16) % n;
}

static void
set(struct message *m, struct slice head, struct slice body)
{
    free(m->bytes);
    *m = (struct message){malloc(head.n + body.n + 1), head.n, head.n + body.n,
        now_ms() + HOLD_MS, 0};
    must(m->bytes != NULL);
    memcpy(m->bytes, head.p, head.n);
    if (body.n > 0)
        memcpy(m->bytes + head.n, body.p, body.n);
}

static enum dhk_err
pass(enum way way, struct slice head, struct slice body)
{
    if (way == UP)
        return __real_process_send(core, PROCESS_PEER_MESSAGE, head, body);
    /* who has gone since misses nothing that matters */
    if (__real_zmq_send(server, head.p, head.n, ZMQ_SNDMORE | ZMQ_DONTWAIT) >=
        0)
        (void)__real_zmq_send(server, body.p, body.n, ZMQ_DONTWAIT);
    return DHK_OK;
}

static enum dhk_err
pass_message(enum way way, const struct message *m)
{
    return pass(way, slice_of(m->bytes, m->head),
        slice_of(m->bytes + m->head, m->n - m->head));
}

static enum dhk_err
pass_altered(enum way way, struct slice head, struct slice body)
{
    struct message m = {NULL, 0, 0, 0, 0};
    enum dhk_err rc;

    set(&m, head, body);
    m.bytes[head.n + random_below(body.n)] ^= (uint8_t)(1 << random_below(8));
    rc = pass_message(way, &m);
    free(m.bytes);
    return rc;
}

/* What was held long enough; all of it when NO_MORE. */
static enum dhk_err
let_go(enum way way, bool no_more)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < HELD; i++) {
        struct message *m = &held[way][i];

        if (m->bytes == NULL ||
            (!no_more && now_ms() < m->due && m->passed < LETS_PASS))
            continue;
        rc = pass_message(way, m);
        free(m->bytes);
        m->bytes = NULL;
    }
    return rc;
}

static bool
hold(enum way way, struct slice head, struct slice body)
{
    for (size_t i = 0; i < HELD; i++) {
        if (held[way][i].bytes == NULL) {
            set(&held[way][i], head, body);
            return true;
        }
    }
    return false;
}

/* That a node keeps notices is not signed: in another's name it makes core
 * forget to tell that one again in its session. Not tried here. */
static bool
is_unsigned_word(struct slice body)
{
    enum { TYPE = 2 }; /* behind the array's head and the version */

    return body.n > TYPE && body.p[TYPE] == COMMAND_NOTED;
}

/* --- what senders said of themselves ----------------------------------- */

enum { SENDERS = 32, HEAD = 8 + KEY_BYTES };
static struct sender {
    uint8_t head[HEAD], card[32];
} sender[SENDERS];
static size_t senders_n;
static char origin[LIMIT_ORIGIN + 1];

static void
remember(struct slice head, struct slice body)
{
    struct sender *s = &sender[senders_n % SENDERS];
    struct command c;

    if (head.n != HEAD || command_decode(&c, body, NULL) != DHK_OK ||
        c.type != COMMAND_HELLO ||
        slice_to_str(c.hello.origin, origin, sizeof origin) != DHK_OK)
        return;
    memcpy(s->head, head.p, HEAD);
    memcpy(s->card, c.hello.card, sizeof s->card);
    senders_n++;
}

/* Whose connection ID is, as it said last. */
static const struct sender *
sender_at(struct slice id)
{
    for (size_t i = senders_n; i > 0 && i + SENDERS > senders_n; i--) {
        const struct sender *s = &sender[(i - 1) % SENDERS];

        if (id.n == 5 && bytes_get_u64(s->head) == bytes_get_u32(id.p + 1))
            return s;
    }
    return NULL;
}

/* It has the outcomes up to CURSOR, core is told, and does not get them. */
static enum dhk_err
confirm_for(const struct sender *s, uint64_t cursor)
{
    struct confirmation said = {.origin = slice_str(origin), .cursor = cursor};
    struct command c = {.type = COMMAND_CONFIRM, .number = 1};
    uint8_t mem[LIMIT_CONFIRMATION], message[2 * LIMIT_CONFIRMATION];
    struct sign_secret *own = NULL;
    struct sign_public pk;
    struct sink out;
    enum dhk_err rc = key_init();

    memcpy(said.card, s->card, sizeof said.card);
    sink_init(&out, mem, sizeof mem);
    if (rc == DHK_OK)
        rc = key_sign_new(&own, &pk);
    if (rc == DHK_OK)
        rc = confirmation_issue(&out, &said, own);
    key_sign_destroy(&own);
    c.bytes = sink_done(&out);
    sink_init(&out, message, sizeof message);
    if (rc == DHK_OK)
        rc = command_encode(&out, &c, NULL, 0, NULL, 0);
    return rc == DHK_OK ? pass(UP, slice_of(s->head, HEAD), sink_done(&out))
                        : rc;
}

/* Instead of the card in BODY, an answer to NUMBER. */
static enum dhk_err
keep_back(struct slice head, struct slice body, uint64_t number)
{
    enum { IN_CARD = 100 }; /* before the end, where its signature is */
    const struct command error = {.type = COMMAND_ERROR,
        .number = number,
        .error = COMMAND_ERROR_NOTFOUND};
    uint8_t mem[LIMIT_CARD + 64];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    if (random_below(2) == 0) {
        sink_slice(&out, body);
        if (out.err == DHK_OK && body.n > IN_CARD)
            mem[body.n - IN_CARD] ^= 1;
    } else if (command_encode(&out, &error, NULL, 0, NULL, 0) != DHK_OK) {
        return DHK_FORMAT;
    }
    return out.err == DHK_OK ? pass(DOWN, head, sink_done(&out)) : out.err;
}

/* What is tried with one kind of message from core; *DONE: it does not come
 * itself. */
static enum dhk_err
distort(struct slice head, struct slice body, bool *done)
{
    const struct sender *s = sender_at(head);
    struct command c;

    *done = false;
    if (command_decode(&c, body, NULL) != DHK_OK || random_below(3) == 0)
        return DHK_OK;
    if (c.type == COMMAND_OBJECT && c.what == COMMAND_GET_CARD) {
        *done = true;
        return keep_back(head, body, c.number);
    }
    if (c.type == COMMAND_OUTCOMES && s != NULL) {
        *done = true;
        return confirm_for(s, c.a);
    }
    if (c.type != COMMAND_DELIVER)
        return DHK_OK;
    *done = random_below(2) == 0;
    return pass_altered(DOWN, head, body);
}

static enum dhk_err
be_evil(enum way way, struct slice head, struct slice body)
{
    const struct message *old =
        &past[way][random_below(past_n[way] < PAST ? past_n[way] + 1 : PAST)];
    bool done = false;
    enum dhk_err rc = DHK_OK;

    if (way == DOWN)
        rc = distort(head, body, &done);
    if (rc != DHK_OK || done)
        return rc;
    switch (random_below(12)) {
    case 0:
    case 1:
        rc = pass(way, head, body);
        break;
    case 2:
    case 3:
    case 4:
        if (hold(way, head, body))
            return DHK_OK;
        break;
    case 5:
        if (old->bytes != NULL)
            rc = pass_message(way, old);
        break;
    case 6:
        if (old->bytes != NULL && !(way == UP && is_unsigned_word(body)))
            rc = pass(way, slice_of(old->bytes, old->head), body);
        break;
    case 7:
        if (way == UP && body.n > 0)
            rc = pass_altered(UP, head, body);
        break;
    default:
        break;
    }
    return rc == DHK_OK ? pass(way, head, body) : rc;
}

static enum dhk_err
carry(enum way way, struct slice head, struct slice body)
{
    enum dhk_err rc;

    if (way == UP)
        remember(head, body);
    if (!is_evil()) {
        rc = let_go(way, true);
        return rc == DHK_OK ? pass(way, head, body) : rc;
    }
    rc = be_evil(way, head, body);
    set(&past[way][past_n[way]++ % PAST], head, body);
    for (size_t i = 0; i < HELD; i++)
        held[way][i].passed++;
    return rc == DHK_OK ? let_go(way, false) : rc;
}

/* --- where the router's calls arrive --- */

enum dhk_err
__wrap_process_send(struct process_link *l, enum process_record type,
    struct slice head, struct slice body)
{
    if (type != PROCESS_PEER_MESSAGE)
        return __real_process_send(l, type, head, body);
    core = l;
    return carry(UP, head, body);
}

int
__wrap_zmq_send(void *s, const void *bytes, size_t n, int flags)
{
    static uint8_t id[8];
    static size_t id_n;

    if ((flags & ZMQ_DONTWAIT) == 0 || n > LIMIT_MESSAGE)
        return __real_zmq_send(s, bytes, n, flags);
    if ((flags & ZMQ_SNDMORE) != 0) { /* the peer's id: wait for the rest */
        server = s;
        id_n = n < sizeof id ? n : sizeof id;
        memcpy(id, bytes, id_n);
        return (int)n;
    }
    (void)carry(DOWN, slice_of(id, id_n), slice_of(bytes, n));
    return (int)n;
}

int
__wrap_zmq_poll(zmq_pollitem_t *items, int n, long timeout)
{
    if (core != NULL && let_go(UP, false) != DHK_OK) {
        errno = EIO;
        return -1;
    }
    if (server != NULL)
        (void)let_go(DOWN, false);
    return __real_zmq_poll(items, n, timeout < POLL_MS ? timeout : POLL_MS);
}
