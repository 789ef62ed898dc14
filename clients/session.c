/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages of one session: sending, replies by number, setting aside. What
 * fetched objects mean is in fetch.c. */
#include "session_inside.h"

#include "transport.h"
#include "trust.h"

#include "roster.h"

#include <stdlib.h>
#include <string.h>

enum { ASIDE_MAX = 1024, SEND_MS = 2000 };

void
session_drop_aside(struct session *s)
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
    session_drop_aside(*s);
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

int
session_time_left(const struct session *s, uint64_t until)
{
    uint64_t now = clock_monotonic_ms(s->clock);

    return now >= until ? 0 : (int)(until - now);
}

enum dhk_err
session_wait_reply(
    struct session *s, uint64_t number, struct command *reply, int timeout_ms)
{
    uint64_t until = clock_monotonic_ms(s->clock) +
                     (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    unsigned generation = transport_generation(s->transport);
    struct slice raw;
    enum dhk_err rc;

    for (;;) {
        int left = session_time_left(s, until);

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
        rc = session_wait_reply(s, number, reply, timeout_ms);
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
