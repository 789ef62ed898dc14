/* SPDX-License-Identifier: EUPL-1.2
 *
 * How a session begins: challenge, hello, and what is in force. */
#include "session_inside.h"

#include "fetch.h"
#include "heads.h"
#include "restored.h"
#include "resume.h"
#include "transport.h"
#include "trust.h"
#include "witness.h"

#include "roster.h"

#include <string.h>

/* after so long it is first looked at whether a card was turned down */
enum { ADMITTED_MS = 250 };

static uint32_t
mode_bits(unsigned modes)
{
    return ((modes & DHK_SEND) != 0
                   ? (uint32_t)COMMAND_MODE_SEND | COMMAND_MODE_OUTCOMES
                   : 0) |
           ((modes & DHK_CASES) != 0 ? (uint32_t)COMMAND_MODE_SEND : 0) |
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
        rc = session_request(
            s, &c, challenge, session_time_left(s, until), problem);
    } while (rc == DHK_NOTFOUND && session_time_left(s, until) > 0);
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
        rc = session_wait_reply(s, s->number, welcome, timeout_ms);
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
    return hello(
        node, &challenge, welcome, session_time_left(s, until), problem);
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
    session_drop_aside(s);
    rc = fetch_in_force(node, &news, session_time_left(s, until), problem);
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
    rc = fetch_newest(node, session_time_left(node->session, until), problem);
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

enum dhk_err
session_admitted(struct dhk_node *node, int timeout_ms)
{
    int slice = ADMITTED_MS;
    enum dhk_err rc;

    do { /* each is a whole greeting: a slow line needs a longer one */
        slice = timeout_ms < slice ? timeout_ms : slice;
        rc = session_ready(node, slice, NULL);
        timeout_ms -= slice;
        slice *= 2;
    } while (rc == DHK_NOTFOUND && timeout_ms > 0);
    return rc;
}
