/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages of one session: sending, replies by number, setting aside. What
 * fetched objects mean is in fetch.c. */
#include "session.h"

#include "fetch.h"
#include "heads.h"
#include "restored.h"
#include "resume.h"
#include "transport.h"
#include "trust.h"
#include "witness.h"

#include "roster.h"

#include <stdlib.h>
#include <string.h>

enum { ASIDE_MAX = 1024, SEND_MS = 2000 };

struct aside { /* a message for later */
    struct aside *next;
    size_t n;
    uint8_t bytes[];
};
struct session {
    struct transport *transport;
    const struct clock *clock;
    unsigned modes;
    unsigned generation; /* of the connection that the hello was said on */
    unsigned epoch;
    bool said_hello, superseded, news;
    bool unanswered; /* the last request */
    uint64_t mail;   /* shares that waited at the hello */
    uint64_t number;
    int64_t ahead_ms; /* the broker's clock minus ours */
    struct aside *first, *last, *current;
    size_t aside_n;
    uint8_t *out; /* LIMIT_MESSAGE bytes */
    uint8_t nonce[32];
};

static void
drop_aside(struct session *s)
{
    struct aside *next;

    for (struct aside *a = s->first; a != NULL; a = next) {
        next = a->next;
        free(a);
    }
    s->first = s->last = NULL;
    s->aside_n = 0;
}

enum dhk_err
session_open(struct dhk_node *node, unsigned modes, struct dhk_problem *problem)
{
    struct session *s = NULL;
    const struct roster *r;
    enum dhk_err rc;

    if (node->trust == NULL)
        return problem_set(problem, DHK_STATE, "not joined to a broker");
    if (!node->has_card || node->secret.curve == NULL)
        return problem_set(problem, DHK_STATE,
            "%s has no valid key card: run driehoek key card", node->dir);
    r = trust_roster(node->trust);
    s = calloc(1, sizeof *s);
    if (s != NULL)
        s->out = malloc(LIMIT_MESSAGE);
    if (s == NULL || s->out == NULL) {
        session_close(&s);
        return problem_set(problem, DHK_NOMEM, "out of memory");
    }
    s->clock = node->clock;
    s->modes = modes;
    rc = transport_open(&s->transport, node->endpoint, &r->curve_key,
        node->secret.curve, &node->card.curve);
    if (rc != DHK_OK) {
        session_close(&s);
        return problem_set(
            problem, rc, "endpoint %s: %s", node->endpoint, dhk_strerror(rc));
    }
    node->session = s;
    return DHK_OK;
}

void
session_close(struct session **s)
{
    if (*s == NULL)
        return;
    drop_aside(*s);
    free((*s)->current);
    free((*s)->out);
    transport_close(&(*s)->transport);
    free(*s);
    *s = NULL;
}

unsigned
session_modes(const struct session *s)
{
    return s->modes;
}

int
session_fd(const struct session *s)
{
    return transport_fd(s->transport);
}

unsigned
session_epoch(const struct session *s)
{
    return s->epoch;
}

uint64_t
session_mail(const struct session *s)
{
    return s->mail;
}

bool
session_is_superseded(const struct session *s)
{
    return s->superseded;
}

bool
session_is_ready(struct session *s)
{
    return s->said_hello && !s->news && transport_is_connected(s->transport) &&
           transport_generation(s->transport) == s->generation;
}

void
session_lost(struct session *s)
{
    s->said_hello = false;
}

void
session_refresh(struct session *s)
{
    s->news = true;
}

int64_t
session_now(const struct dhk_node *node)
{
    int64_t ahead = node->session == NULL ? 0 : node->session->ahead_ms;

    return ((int64_t)clock_wall_ms(node->clock) + ahead) / 1000;
}

/* --- messages --- */

static enum dhk_err
encode_and_send(struct session *s, const struct command *c,
    const struct slice *list, size_t list_n, int timeout_ms)
{
    struct sink out;
    enum dhk_err rc;

    sink_init(&out, s->out, LIMIT_MESSAGE);
    rc = command_encode(&out, c, NULL, 0, list, list_n);
    if (rc != DHK_OK)
        return rc;
    return transport_send(s->transport, sink_done(&out), timeout_ms);
}

enum dhk_err
session_send(struct session *s, struct command *c, const struct slice *list,
    size_t list_n, uint64_t *number)
{
    c->number = number != NULL && *number != 0 ? *number : ++s->number;
    if (number != NULL)
        *number = c->number;
    return encode_and_send(s, c, list, list_n, SEND_MS);
}

static enum dhk_err
set_aside(struct session *s, struct slice message)
{
    struct aside *a;

    if (s->aside_n >= ASIDE_MAX)
        return DHK_LIMIT;
    a = malloc(sizeof *a + message.n);
    if (a == NULL)
        return DHK_NOMEM;
    a->next = NULL;
    a->n = message.n;
    memcpy(a->bytes, message.p, message.n);
    if (s->last == NULL)
        s->first = a;
    else
        s->last->next = a;
    s->last = a;
    s->aside_n++;
    return DHK_OK;
}

/* What concerns the session itself; true when nobody else needs C. */
static bool
take_note(struct session *s, const struct command *c)
{
    if (c->type == COMMAND_NEWS)
        s->news = true;
    else if (c->type == COMMAND_SUPERSEDED)
        s->superseded = true;
    else
        return false;
    return true;
}

/* The next well-formed message from the broker. */
static enum dhk_err
receive(struct session *s, struct command *c, struct slice *raw, int timeout_ms)
{
    enum dhk_err rc;

    do {
        rc = transport_receive(s->transport, raw, timeout_ms);
        if (rc != DHK_OK)
            return rc;
    } while (command_decode(c, *raw, NULL) != DHK_OK || take_note(s, c));
    return DHK_OK;
}

static int
time_left(const struct session *s, uint64_t until)
{
    uint64_t now = clock_monotonic_ms(s->clock);

    return now >= until ? 0 : (int)(until - now);
}

static enum dhk_err
wait_reply(
    struct session *s, uint64_t number, struct command *reply, int timeout_ms)
{
    uint64_t until = clock_monotonic_ms(s->clock) +
                     (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    unsigned generation = transport_generation(s->transport);
    struct slice raw;
    enum dhk_err rc;

    for (;;) {
        int left = time_left(s, until);

        rc = receive(s, reply, &raw, left);
        if (rc == DHK_OK && reply->number == number)
            return rc;
        if (rc == DHK_OK)
            rc = set_aside(s, raw);
        if (rc != DHK_OK && rc != DHK_NOTFOUND)
            return rc;
        /* the answer to what was asked on a lost connection never comes */
        if (rc == DHK_NOTFOUND &&
            (left == 0 || generation != transport_generation(s->transport)))
            return rc;
    }
}

/* "Not now". */
static bool
is_later(const struct command *reply)
{
    return reply->type == COMMAND_ERROR &&
           (reply->error == COMMAND_ERROR_BUSY ||
               reply->error == COMMAND_ERROR_CLOCK ||
               reply->error == COMMAND_ERROR_STATE);
}

bool
session_is_unanswered(const struct session *s)
{
    return s->unanswered;
}

enum dhk_err
session_request(struct session *s, struct command *c, struct command *reply,
    int timeout_ms, struct dhk_problem *problem)
{
    uint64_t number = ++s->number;
    enum dhk_err rc;

    c->number = number;
    rc = encode_and_send(s, c, NULL, 0, timeout_ms);
    if (rc == DHK_OK)
        rc = wait_reply(s, number, reply, timeout_ms);
    s->unanswered = rc != DHK_OK || is_later(reply);
    if (rc == DHK_NOTFOUND)
        return problem_set(problem, rc, "the broker did not answer in time");
    if (rc != DHK_OK)
        return problem_set(problem, rc, "%s", dhk_strerror(rc));
    if (reply->type == COMMAND_ERROR) {
        if (reply->error == COMMAND_ERROR_STATE ||
            reply->error == COMMAND_ERROR_CARD)
            s->said_hello = false;
        return session_error(reply->error, problem);
    }
    return DHK_OK;
}

enum dhk_err
session_next(struct session *s, struct command *c, int timeout_ms)
{
    struct slice raw;

    free(s->current);
    s->current = NULL;
    while (s->first != NULL) {
        s->current = s->first;
        s->first = s->first->next;
        if (s->first == NULL)
            s->last = NULL;
        s->aside_n--;
        if (command_decode(
                c, slice_of(s->current->bytes, s->current->n), NULL) == DHK_OK)
            return DHK_OK;
        free(s->current);
        s->current = NULL;
    }
    return receive(s, c, &raw, timeout_ms);
}

bool
session_is_pending(struct session *s)
{
    return s->first != NULL || transport_has_input(s->transport);
}

/* --- hello --- */

static uint32_t
mode_bits(unsigned modes)
{
    return ((modes & DHK_SEND) != 0
                   ? (uint32_t)COMMAND_MODE_SEND | COMMAND_MODE_OUTCOMES
                   : 0) |
           ((modes & DHK_RECEIVE) != 0 ? (uint32_t)COMMAND_MODE_RECEIVE : 0) |
           ((modes & DHK_QUERY) != 0 ? (uint32_t)COMMAND_MODE_QUERY : 0);
}

/* A challenge, on whatever connection there is within the time. */
static enum dhk_err
ask(struct session *s, struct command *challenge, uint64_t until,
    struct dhk_problem *problem)
{
    struct command c = {.type = COMMAND_ASK};
    enum dhk_err rc;

    do {
        rc = session_request(s, &c, challenge, time_left(s, until), problem);
    } while (rc == DHK_NOTFOUND && time_left(s, until) > 0);
    if (rc == DHK_NOTFOUND && transport_is_refused(s->transport))
        return problem_set(problem, DHK_DENIED,
            "the broker turns this key card down: its operator has to add "
            "the card first, or it was revoked");
    if (rc == DHK_NOTFOUND && transport_is_broken(s->transport))
        return problem_set(problem, rc,
            "the connection ends before the broker is known: the network "
            "breaks it, or the roster names another CURVE key");
    if (rc == DHK_NOTFOUND)
        return problem_set(problem, rc, "the broker is not reachable");
    return rc;
}

/* Signs the challenge; *WELCOME says what is in force. */
static enum dhk_err
hello(struct dhk_node *node, const struct command *challenge,
    struct command *welcome, int timeout_ms, struct dhk_problem *problem)
{
    struct session *s = node->session;
    struct command_hello h = {.modes = mode_bits(s->modes),
        .duties = COMMAND_DUTY_RETAIN | COMMAND_DUTY_ONWARD |
                  COMMAND_DUTY_NOTIFY | COMMAND_DUTY_LOG};
    struct sink out;
    enum dhk_err rc;

    h.origin = slice_str(trust_roster(node->trust)->origin);
    memcpy(h.card, node->card.id, sizeof h.card);
    memcpy(h.nonce, challenge->nonce, sizeof h.nonce);
    memcpy(s->nonce, challenge->nonce, sizeof s->nonce);
    if ((s->modes & DHK_RECEIVE) != 0)
        resume_get(node, h.cursor);
    sink_init(&out, s->out, LIMIT_MESSAGE);
    rc = command_hello_issue(&out, ++s->number, &h, node->secret.sign);
    if (rc == DHK_OK)
        rc = transport_send(s->transport, sink_done(&out), timeout_ms);
    if (rc == DHK_OK)
        rc = wait_reply(s, s->number, welcome, timeout_ms);
    if (rc != DHK_OK)
        return problem_set(problem, rc, "no answer to hello: %s",
            rc == DHK_NOTFOUND ? "not in time" : dhk_strerror(rc));
    if (welcome->type == COMMAND_ERROR)
        return session_error(welcome->error, problem);
    if (welcome->type != COMMAND_WELCOME)
        return problem_set(problem, DHK_FORMAT, "no welcome after hello");
    return DHK_OK;
}

/* Asks and says hello; *WELCOME borrows until the next message. */
static enum dhk_err
introduce(struct dhk_node *node, struct command *welcome, uint64_t until,
    struct dhk_problem *problem)
{
    struct session *s = node->session;
    struct command challenge = {.type = COMMAND_NONE};
    struct slice origin = slice_str(trust_roster(node->trust)->origin);
    enum dhk_err rc = ask(s, &challenge, until, problem);

    if (rc != DHK_OK)
        return rc;
    if (challenge.type != COMMAND_CHALLENGE ||
        !slice_equal(challenge.origin, origin))
        return problem_set(problem, DHK_AUTH,
            "this broker keeps another ledger than the roster names");
    s->generation = transport_generation(s->transport);
    s->ahead_ms = (int64_t)challenge.a - (int64_t)clock_wall_ms(node->clock);
    return hello(node, &challenge, welcome, time_left(s, until), problem);
}

static enum dhk_err
greet(struct dhk_node *node, uint64_t until, struct dhk_problem *problem)
{
    struct session *s = node->session;
    struct command welcome = {.type = COMMAND_NONE};
    struct fetch_news news;
    enum dhk_err rc = introduce(node, &welcome, until, problem);

    if (rc == DHK_OK && welcome.flags != 0)
        rc = restored_greet(node, &welcome, introduce, until, problem);
    if (rc == DHK_OK && heads_is_stopped(node->heads))
        rc = heads_refuse(node->heads, problem); /* it is not closed, either */
    if (rc != DHK_OK)
        return rc;
    rc = fetch_news_of(&news, &welcome);
    if (rc != DHK_OK)
        return problem_set(problem, rc, "the broker's checkpoint is too long");
    s->said_hello = true;
    s->mail = welcome.b;
    s->superseded = s->news = false;
    s->epoch = ++node->hellos; /* never that of an earlier session */
    drop_aside(s);
    rc = fetch_in_force(node, &news, time_left(s, until), problem);
    if (rc == DHK_OK)
        rc = witness_connected(node, problem);
    if (rc != DHK_OK)
        s->said_hello = false;
    return rc;
}

/* NEWS came: what is in force is asked for as a whole. */
static enum dhk_err
renew(struct dhk_node *node, uint64_t until, struct dhk_problem *problem)
{
    enum dhk_err rc;

    node->session->news = false;
    rc = fetch_newest(node, time_left(node->session, until), problem);
    if (rc != DHK_OK)
        node->session->news = true;
    return rc;
}

enum dhk_err
session_ready(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    struct session *s = node->session;
    uint64_t until;

    if (s == NULL)
        return problem_set(problem, DHK_STATE, "not connected");
    until = clock_monotonic_ms(s->clock) +
            (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    if (!transport_is_connected(s->transport) ||
        transport_generation(s->transport) != s->generation ||
        heads_is_stopped(node->heads))
        s->said_hello = false;
    if (!s->said_hello)
        return greet(node, until, problem);
    if (s->news)
        return renew(node, until, problem);
    return DHK_OK;
}

uint64_t
session_count(struct session *s)
{
    return ++s->number;
}

const uint8_t *
session_nonce(const struct session *s)
{
    return s->nonce;
}
