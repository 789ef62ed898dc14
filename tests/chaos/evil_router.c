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
 *              for CONFIRM and NOTED, which nobody signs
 * and, from nodes to core only (for what a node refuses is not delivered),
 *   altered    a copy with one bit flipped comes first */
#include "command.h"
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
pass_altered(struct slice head, struct slice body)
{
    struct message m = {NULL, 0, 0, 0, 0};
    enum dhk_err rc;

    set(&m, head, body);
    m.bytes[head.n + random_below(body.n)] ^= (uint8_t)(1 << random_below(8));
    rc = pass_message(UP, &m);
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

/* That a node keeps outcomes or notices is not signed: in another's name it
 * makes core forget to tell that one again. Known, and not tried here. */
static bool
is_unsigned_word(struct slice body)
{
    enum { TYPE = 2 }; /* behind the array's head and the version */

    return body.n > TYPE &&
           (body.p[TYPE] == COMMAND_CONFIRM || body.p[TYPE] == COMMAND_NOTED);
}

static enum dhk_err
be_evil(enum way way, struct slice head, struct slice body)
{
    const struct message *old =
        &past[way][random_below(past_n[way] < PAST ? past_n[way] + 1 : PAST)];
    enum dhk_err rc = DHK_OK;

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
            rc = pass_altered(head, body);
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
