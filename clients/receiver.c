/* SPDX-License-Identifier: EUPL-1.2
 *
 * Taking deliveries. */
#include "receiver.h"

#include "answering.h"
#include "cases.h"
#include "delivering.h"
#include "gaps.h"
#include "held.h"
#include "inbox.h"
#include "nextshare.h"
#include "noticing.h"
#include "outcomes.h"
#include "proving.h"
#include "resume.h"
#include "session.h"
#include "thread.h"
#include "witness.h"

#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 512, /* shares that may be open here */
    AT_ONCE = 16, /* deliveries in one transaction */
    SLICE_MS = 1000,
    QUIET_MS = 20, /* without a message, before what is not durable */
    REST_MS = 200,
    EAGER = 64, /* confirmed shares that are answered without being asked */
};

struct receiver {
    struct dhk_node *node;
    struct dhk_problem *problem;
    uint64_t until;
};

static uint64_t
now_ms(const struct dhk_node *node)
{
    return clock_monotonic_ms(node->clock);
}

static int
time_left(const struct receiver *r)
{
    uint64_t now = now_ms(r->node);

    return now >= r->until ? 0 : (int)(r->until - now);
}

static enum dhk_err
local(struct receiver *r, enum dhk_err rc)
{
    return rc == DHK_OK
               ? rc
               : problem_set(r->problem, rc, "inbox: %s", dhk_strerror(rc));
}

/* --- the exchange --- */

/* The session is up, and the broker knows how many shares it may send. */
static enum dhk_err
ready(struct receiver *r)
{
    struct dhk_node *node = r->node;
    struct inbox_sending *s = inbox_sending(node->inbox);
    struct command c = {.type = COMMAND_CREDIT};
    enum dhk_err rc = session_ready(node, time_left(r), r->problem);

    if (rc != DHK_OK)
        return rc;
    if (session_is_superseded(node->session))
        return problem_set(r->problem, DHK_STATE,
            "another process receives with this key card now");
    if (s->epoch != session_epoch(node->session))
        held_session(node->held);
    /* what stays unanswered must not keep back what lies behind it */
    c.a = WINDOW + held_count(node->held);
    if (s->epoch == session_epoch(node->session) && s->credit == c.a)
        return DHK_OK;
    rc = session_send(node->session, &c, NULL, 0, NULL);
    if (rc != DHK_OK)
        return problem_set(r->problem, rc, "the connection was lost");
    answering_begin(node);
    s->epoch = session_epoch(node->session);
    s->credit = c.a;
    return DHK_OK;
}

struct pile { /* deliveries that arrived together */
    uint8_t *bytes[AT_ONCE];
    size_t size[AT_ONCE];
    uint64_t from[AT_ONCE][COMMAND_CLASSES], to[AT_ONCE][COMMAND_CLASSES];
    size_t n;
    uint64_t answered[INBOX_FLIGHTS]; /* requests */
    size_t answered_n;
    struct outcomes notices; /* of one message; another comes again */
};

static enum dhk_err
pile_up(struct pile *p, const struct command *c)
{
    struct slice delivery = c->bytes;

    p->bytes[p->n] = malloc(delivery.n + 1);
    if (p->bytes[p->n] == NULL)
        return DHK_NOMEM;
    if (delivery.n > 0)
        memcpy(p->bytes[p->n], delivery.p, delivery.n);
    memcpy(p->from[p->n], c->from, sizeof c->from);
    memcpy(p->to[p->n], c->to, sizeof c->to);
    p->size[p->n++] = delivery.n;
    return DHK_OK;
}

static enum dhk_err
take_message(struct receiver *r, struct pile *p, const struct command *c)
{
    enum dhk_err rc = DHK_OK;

    if (c->type == COMMAND_DELIVER)
        return local(r, pile_up(p, c));
    if (c->type == COMMAND_NOTICES) {
        rc = p->notices.n > 0 ? DHK_OK : outcomes_copy(&p->notices, c);
        return rc == DHK_FORMAT ? DHK_OK : local(r, rc);
    }
    if (c->type == COMMAND_ANSWERED) {
        p->answered[p->answered_n++] = c->number;
        return DHK_OK;
    }
    if (c->type != COMMAND_ERROR || c->error == COMMAND_ERROR_BUSY)
        return DHK_OK;
    session_lost(r->node->session);
    if (c->error == COMMAND_ERROR_STATE)
        return DHK_OK;
    return session_error(c->error, r->problem);
}

/* What is not durable yet is, and now and then whoever looks at the inbox from
 * beside finds all. */
static enum dhk_err
rest(struct dhk_node *node)
{
    struct inbox_sending *s = inbox_sending(node->inbox);
    uint64_t now = now_ms(node);

    if (now < s->rested_ms + REST_MS)
        return inbox_sync(node->inbox);
    s->rested_ms = now;
    return inbox_rest(node->inbox);
}

/* The next message. When none comes for a while, there is time for that. */
static enum dhk_err
next_message(struct receiver *r, struct command *c, int timeout_ms)
{
    struct dhk_node *node = r->node;
    bool waits = timeout_ms >= QUIET_MS;
    enum dhk_err rc =
        session_next(node->session, c, waits ? QUIET_MS : timeout_ms);

    if (rc != DHK_NOTFOUND || !waits)
        return rc;
    rc = rest(node);
    return rc == DHK_OK ? session_next(node->session, c, timeout_ms - QUIET_MS)
                        : rc;
}

/* All that has arrived, waiting at most TIMEOUT_MS for the first of it. */
static enum dhk_err
collect(struct receiver *r, struct pile *p, int timeout_ms)
{
    struct command c;
    enum dhk_err rc = next_message(r, &c, timeout_ms);

    while (rc == DHK_OK) {
        rc = take_message(r, p, &c);
        if (rc != DHK_OK || p->n == AT_ONCE || p->answered_n == INBOX_FLIGHTS)
            return rc;
        rc = session_next(r->node->session, &c, 0);
    }
    return rc == DHK_NOTFOUND ? DHK_OK : local(r, rc);
}

/* What the deliveries and notices of P need. Notices whose cards are not shown
 * are left out, and not noted: they come again. */
static enum dhk_err
fetch_for(struct receiver *r, struct pile *p)
{
    enum dhk_err rc = DHK_OK;

    held_begin(r->node->held);

    for (size_t i = 0; rc == DHK_OK && i < p->n; i++)
        rc = delivering_fetch_agreements(
            r->node, slice_of(p->bytes[i], p->size[i]), r->problem);
    for (size_t i = 0; rc == DHK_OK && i < p->n; i++)
        rc = delivering_fetch_cards(
            r->node, slice_of(p->bytes[i], p->size[i]), r->problem);
    if (rc == DHK_OK)
        rc = noticing_fetch_cards(r->node, &p->notices, SLICE_MS);
    if (rc == DHK_NOTFOUND) {
        outcomes_free(&p->notices);
        rc = DHK_OK;
    }
    if (held_was_turned_down(r->node->held))
        session_refresh(r->node->session);
    return rc;
}

/* The notices are kept. Lost on the way: they come again, and are known. */
static void
send_noted(struct receiver *r, const struct pile *p)
{
    struct command c = {.type = COMMAND_NOTED, .a = p->notices.cursor};

    if (p->notices.n > 0 &&
        session_send(r->node->session, &c, NULL, 0, NULL) != DHK_OK)
        session_lost(r->node->session);
}

/* Delivery I of P. When all of it is kept or answered, it need not come again
 * after a reconnect. */
static enum dhk_err
take_delivery(
    struct receiver *r, struct store_txn *t, const struct pile *p, size_t i)
{
    struct dhk_node *node = r->node;
    uint64_t unfit = inbox_sending(node->inbox)->unfit;
    struct slice bytes = slice_of(p->bytes[i], p->size[i]);
    enum dhk_err rc = gaps_close(node, t, bytes, r->problem);

    if (rc == DHK_STATE)
        return rc;
    if (rc == DHK_OK)
        rc = delivering_take(node, t, bytes);
    if (rc == DHK_OK && inbox_sending(node->inbox)->unfit == unfit)
        rc = resume_note(t, node->card.id, p->from[i], p->to[i]);
    return local(r, rc);
}

/* Nothing of a round was committed: what was answered in it is not known to be,
 * and nothing is refused. */
static void
forget(struct dhk_node *node)
{
    answering_forget(node);
    proving_forget(node->proving);
}

/* A machine's error leaves the inbox as it was: nothing was confirmed to the
 * broker, which delivers again. */
static enum dhk_err
take_all(struct receiver *r, int timeout_ms)
{
    struct store_txn *t = NULL;
    struct pile p = {.n = 0};
    enum dhk_err rc = collect(r, &p, timeout_ms);

    if (rc == DHK_OK)
        rc = fetch_for(r, &p);
    if (rc == DHK_OK && p.n + p.answered_n + p.notices.n > 0)
        rc = local(r, inbox_begin(&t, r->node->inbox, true));
    for (size_t i = 0; rc == DHK_OK && i < p.answered_n; i++)
        rc = local(r, answering_take(r->node, t, p.answered[i]));
    for (size_t i = 0; rc == DHK_OK && i < p.n; i++)
        rc = take_delivery(r, t, &p, i);
    if (rc == DHK_OK && p.notices.n > 0)
        rc = local(r, noticing_take(r->node, t, &p.notices));
    if (t != NULL && rc == DHK_OK)
        rc = local(r, inbox_commit(r->node->inbox, &t));
    else if (t != NULL)
        store_abort(&t);
    if (rc == DHK_OK && p.notices.n > 0)
        rc = local(r, inbox_sync(r->node->inbox));
    if (rc == DHK_OK)
        send_noted(r, &p);
    if (rc == DHK_OK)
        rc = proving_ask(r->node, r->problem);
    else
        forget(r->node);
    outcomes_free(&p.notices);
    for (size_t i = 0; i < p.n; i++)
        free(p.bytes[i]);
    return rc;
}

/* Answers out, deliveries in. DHK_NOTFOUND: not connected. */
static enum dhk_err
exchange(struct receiver *r, int timeout_ms)
{
    enum dhk_err rc = ready(r);

    if (rc == DHK_OK)
        rc = witness_goes_on(r->node, r->problem);
    if (rc == DHK_OK)
        rc = local(r, answering_send(r->node));
    return rc == DHK_OK ? take_all(r, timeout_ms) : rc;
}

static enum dhk_err
begin(struct receiver *r, struct dhk_node *node, int timeout_ms,
    struct dhk_problem *problem)
{
    *r = (struct receiver){.node = node, .problem = problem};
    r->until = now_ms(node) + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    return node_inbox(node, problem);
}

static bool
is_connected_for_it(const struct dhk_node *node)
{
    return node->session != NULL &&
           (session_modes(node->session) & DHK_RECEIVE) != 0;
}

/* Whether many answers wait: the broker should not run dry meanwhile. */
static bool
is_eager(struct dhk_node *node)
{
    struct inbox_sending *s = inbox_sending(node->inbox);

    return is_connected_for_it(node) && s->unsent >= EAGER;
}

enum dhk_err
receiver_next(struct dhk_node *node, int timeout_ms, struct parcel **out,
    struct dhk_problem *problem)
{
    struct receiver r;
    bool waited = false;
    enum dhk_err rc = begin(&r, node, timeout_ms, problem);

    *out = NULL;
    if (rc == DHK_OK)
        rc = local(&r, nextshare_begin(node));
    if (rc == DHK_OK && is_eager(node)) {
        rc = exchange(&r, 0);
        if (rc == DHK_NOTFOUND)
            rc = DHK_OK;
    }
    while (rc == DHK_OK) {
        rc = nextshare_take(node, out, problem);
        if (rc != DHK_NOTFOUND)
            return rc;
        if (!is_connected_for_it(node))
            return problem_set(
                problem, DHK_STATE, "not connected for receiving");
        if (waited && time_left(&r) == 0)
            return problem_set(problem, DHK_NOTFOUND, "nothing has arrived");
        rc = exchange(&r, time_left(&r) < SLICE_MS ? time_left(&r) : SLICE_MS);
        waited = true;
    }
    return rc;
}

enum dhk_err
receiver_fetch(struct dhk_node *node, uint64_t shares, int quiet_ms,
    struct dhk_problem *problem)
{
    struct receiver r;
    struct inbox_sending *s;
    uint64_t before;
    enum dhk_err rc = begin(&r, node, quiet_ms, problem);

    if (rc != DHK_OK)
        return rc;
    s = inbox_sending(node->inbox);
    s->taken = 0;
    while (rc == DHK_OK && s->taken < shares && time_left(&r) > 0) {
        before = s->taken;
        rc = ready(&r);
        if (rc == DHK_OK)
            rc = take_all(&r, time_left(&r));
        if (s->taken != before)
            r.until = now_ms(node) + (uint64_t)quiet_ms;
    }
    return rc;
}

enum dhk_err
receiver_settle(struct dhk_node *node, struct parcel *const *list, size_t n,
    enum answer_outcome outcome)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = inbox_begin(&t, node->inbox, true);

    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        rc = inbox_settle(t, list[i]->arrival, outcome);
        if (rc == DHK_OK && outcome == ANSWER_TAKEN)
            rc = thread_taken(t, node, &list[i]->pub);
    }
    if (rc != DHK_OK) {
        store_abort(&t);
        return rc;
    }
    rc = store_commit(&t);
    if (rc != DHK_OK)
        return rc;
    inbox_sending(node->inbox)->unsent += n;
    for (size_t i = 0; i < n; i++) {
        struct parcel *p = list[i];

        if (outcome == ANSWER_TAKEN)
            cases_revive(node, p->pub.case_handle);
        inbox_drop(node->inbox, &p);
    }
    return DHK_OK;
}

/* Whether no answer is left, sent or not. */
static enum dhk_err
all_answered(struct inbox *b, bool *none)
{
    struct store_txn *t = NULL;
    struct inbox_item item;
    uint64_t number = 0;
    enum dhk_err rc = inbox_begin(&t, b, false);

    if (rc == DHK_OK)
        rc = inbox_next_answer(t, &number, &item);
    store_abort(&t);
    *none = rc == DHK_NOTFOUND;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
receiver_flush(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    struct receiver r;
    bool none = false;
    enum dhk_err rc = begin(&r, node, timeout_ms, problem);

    if (rc == DHK_OK && !is_connected_for_it(node))
        return problem_set(problem, DHK_STATE, "not connected for receiving");
    while (rc == DHK_OK) {
        rc = local(&r, all_answered(node->inbox, &none));
        if (rc != DHK_OK || none)
            return rc;
        rc = exchange(&r, time_left(&r) < SLICE_MS ? time_left(&r) : SLICE_MS);
        if (rc == DHK_OK && time_left(&r) == 0)
            rc = local(&r, all_answered(node->inbox, &none));
        if (rc == DHK_OK && time_left(&r) == 0)
            return none ? DHK_OK
                        : problem_set(problem, DHK_NOTFOUND,
                              "answers wait for the broker");
    }
    return rc;
}
