/* SPDX-License-Identifier: EUPL-1.2
 *
 * Taking deliveries and sending answers. */
#include "receiver.h"

#include "delivering.h"
#include "inbox.h"
#include "noticing.h"
#include "outcomes.h"
#include "session.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 512,      /* shares that may be open here */
    AT_ONCE = 16,      /* deliveries in one transaction */
    RESEND_MS = 10000, /* answers without ANSWERED */
    SLICE_MS = 1000,
    ANSWER_BYTES_MAX = 4096,
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

/* --- answers --- */

struct letter { /* one ANSWER message being written */
    struct inbox_item item[INBOX_BATCH];
    uint64_t first, last; /* their numbers */
    bool done[INBOX_BATCH];
    size_t n;
    struct slice answer[INBOX_BATCH];
    size_t answers_n;
    uint8_t mem[INBOX_BATCH][ANSWER_BYTES_MAX];
};

/* Signs one answer to the sender of item FROM, over as many of its items as
 * one may hold. */
static enum dhk_err
sign_answer(struct letter *l, size_t from, const struct dhk_node *node)
{
    struct answer a = {.origin = slice_str(trust_roster(node->trust)->origin),
        .sender = slice_str(l->item[from].sender)};
    struct sink out;
    enum dhk_err rc;

    memcpy(a.card, node->card.id, sizeof a.card);
    for (size_t i = from; i < l->n && a.items_n < LIMIT_ANSWER; i++) {
        const struct inbox_item *item = &l->item[i];
        struct answer_item *to = &a.item[a.items_n];

        if (l->done[i] || strcmp(item->sender, l->item[from].sender) != 0)
            continue;
        memcpy(to->entry_hash, item->leaf, sizeof to->entry_hash);
        to->outcome = item->outcome;
        to->detail = item->detail;
        a.items_n++;
        l->done[i] = true;
    }
    sink_init(&out, l->mem[l->answers_n], ANSWER_BYTES_MAX);
    rc = answer_issue(&out, &a, node->secret.sign);
    if (rc == DHK_OK)
        l->answer[l->answers_n++] = sink_done(&out);
    return rc;
}

/* Answers with numbers above AFTER, up to UNTIL, as many as one letter holds.
 */
static enum dhk_err
gather(struct letter *l, struct inbox *b, uint64_t after, uint64_t until)
{
    struct store_txn *t = NULL;
    uint64_t number = after;
    enum dhk_err rc = inbox_begin(&t, b, false);

    l->n = l->answers_n = 0;
    while (rc == DHK_OK && l->n < INBOX_BATCH) {
        rc = inbox_next_answer(t, &number, &l->item[l->n]);
        if (rc != DHK_OK || number > until)
            break;
        l->done[l->n] = false;
        if (l->n == 0)
            l->first = number;
        l->last = number;
        l->n++;
    }
    store_abort(&t);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
send_letter(struct letter *l, struct dhk_node *node, struct inbox_flight *f)
{
    struct command c = {.type = COMMAND_ANSWER};
    uint64_t before = f->request;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < l->n; i++) {
        if (!l->done[i])
            rc = sign_answer(l, i, node);
    }
    if (rc == DHK_OK)
        rc = session_send(
            node->session, &c, l->answer, l->answers_n, &f->request);
    if (rc == DHK_OK)
        f->sent_ms = now_ms(node);
    else
        f->request = before;
    return rc;
}

static struct inbox_flight *
free_flight(struct inbox_sending *s)
{
    for (size_t i = 0; i < INBOX_FLIGHTS; i++) {
        if (s->flight[i].request == 0)
            return &s->flight[i];
    }
    return NULL;
}

/* All answers go again. */
static void
forget_flights(struct dhk_node *node)
{
    struct inbox_sending *s = inbox_sending(node->inbox);

    memset(s->flight, 0, sizeof s->flight);
    s->cursor = 0;
}

/* After a lost connection. */
static void
begin_again_when_lost(struct dhk_node *node)
{
    if (inbox_sending(node->inbox)->epoch != session_epoch(node->session))
        forget_flights(node);
}

/* Sends letter F again, which got no answer for long. */
static enum dhk_err
send_again(struct receiver *r, struct letter *l, struct inbox_flight *f)
{
    enum dhk_err rc = gather(l, r->node->inbox, f->first - 1, f->last);

    return rc == DHK_OK && l->n > 0 ? send_letter(l, r->node, f) : rc;
}

static enum dhk_err
send_late(struct receiver *r, struct letter *l)
{
    struct inbox_sending *s = inbox_sending(r->node->inbox);
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < INBOX_FLIGHTS; i++) {
        struct inbox_flight *f = &s->flight[i];

        if (f->request != 0 && f->sent_ms + RESEND_MS < now_ms(r->node))
            rc = send_again(r, l, f);
    }
    return rc;
}

static enum dhk_err
send_fresh(struct receiver *r, struct letter *l)
{
    struct inbox *b = r->node->inbox;
    struct inbox_sending *s = inbox_sending(b);
    struct inbox_flight *f;
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && (f = free_flight(s)) != NULL) {
        rc = gather(l, b, s->cursor, UINT64_MAX);
        if (rc != DHK_OK || l->n == 0)
            break;
        f->first = l->first;
        f->last = l->last;
        rc = send_letter(l, r->node, f);
        if (rc == DHK_OK)
            s->cursor = f->last;
    }
    if (rc == DHK_OK)
        s->unsent = 0;
    return rc;
}

/* Sends what is not on its way, or has been for too long. */
static enum dhk_err
send_answers(struct receiver *r)
{
    struct letter *l = malloc(sizeof *l);
    enum dhk_err rc = l == NULL ? DHK_NOMEM : DHK_OK;

    begin_again_when_lost(r->node);
    if (rc == DHK_OK)
        rc = send_late(r, l);
    if (rc == DHK_OK)
        rc = send_fresh(r, l);
    free(l);
    /* a lost connection is made again by session_ready() */
    return rc == DHK_NOTFOUND ? DHK_OK : local(r, rc);
}

static enum dhk_err
take_answered(struct receiver *r, struct store_txn *t, const struct command *c)
{
    struct inbox_sending *s = inbox_sending(r->node->inbox);
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < INBOX_FLIGHTS; i++) {
        struct inbox_flight *f = &s->flight[i];

        if (f->request == 0 || f->request != c->number)
            continue;
        for (uint64_t n = f->first; rc == DHK_OK && n <= f->last; n++)
            rc = inbox_answered(t, n);
        *f = (struct inbox_flight){0, 0, 0, 0};
    }
    return rc;
}

/* --- the exchange --- */

/* The session is up, and the broker knows how many shares it may send. */
static enum dhk_err
ready(struct receiver *r)
{
    struct dhk_node *node = r->node;
    struct inbox_sending *s = inbox_sending(node->inbox);
    struct command c = {.type = COMMAND_CREDIT, .a = WINDOW};
    enum dhk_err rc = session_ready(node, time_left(r), r->problem);

    if (rc != DHK_OK)
        return rc;
    if (session_is_superseded(node->session))
        return problem_set(r->problem, DHK_STATE,
            "another process receives with this key card now");
    if (s->epoch == session_epoch(node->session))
        return DHK_OK;
    rc = session_send(node->session, &c, NULL, 0, NULL);
    if (rc != DHK_OK)
        return problem_set(r->problem, rc, "the connection was lost");
    begin_again_when_lost(node);
    s->epoch = session_epoch(node->session);
    return DHK_OK;
}

struct pile { /* deliveries that arrived together */
    uint8_t *bytes[AT_ONCE];
    size_t size[AT_ONCE];
    size_t n;
    struct outcomes notices; /* of one message; another comes again */
};

static enum dhk_err
pile_up(struct pile *p, struct slice delivery)
{
    p->bytes[p->n] = malloc(delivery.n + 1);
    if (p->bytes[p->n] == NULL)
        return DHK_NOMEM;
    if (delivery.n > 0)
        memcpy(p->bytes[p->n], delivery.p, delivery.n);
    p->size[p->n++] = delivery.n;
    return DHK_OK;
}

static enum dhk_err
take_message(struct receiver *r, struct store_txn **t, struct pile *p,
    const struct command *c)
{
    enum dhk_err rc = DHK_OK;

    if (c->type == COMMAND_DELIVER)
        return local(r, pile_up(p, c->bytes));
    if (c->type == COMMAND_NOTICES) {
        rc = p->notices.n > 0 ? DHK_OK : outcomes_copy(&p->notices, c);
        return rc == DHK_FORMAT ? DHK_OK : local(r, rc);
    }
    if (c->type == COMMAND_ANSWERED) {
        if (*t == NULL)
            rc = inbox_begin(t, r->node->inbox, true);
        if (rc == DHK_OK)
            rc = take_answered(r, *t, c);
        return local(r, rc);
    }
    if (c->type != COMMAND_ERROR || c->error == COMMAND_ERROR_BUSY)
        return DHK_OK;
    session_lost(r->node->session);
    if (c->error == COMMAND_ERROR_STATE)
        return DHK_OK;
    return session_error(c->error, r->problem);
}

/* All that has arrived, waiting at most TIMEOUT_MS for the first of it. */
static enum dhk_err
collect(
    struct receiver *r, struct store_txn **t, struct pile *p, int timeout_ms)
{
    struct command c;
    enum dhk_err rc = session_next(r->node->session, &c, timeout_ms);

    while (rc == DHK_OK) {
        rc = take_message(r, t, p, &c);
        if (rc != DHK_OK || p->n == AT_ONCE)
            return rc;
        rc = session_next(r->node->session, &c, 0);
    }
    return rc == DHK_NOTFOUND ? DHK_OK : local(r, rc);
}

/* What the deliveries and notices of P need. DHK_NOTFOUND: the connection was
 * lost meanwhile. */
static enum dhk_err
fetch_for(struct receiver *r, const struct pile *p)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < p->n; i++)
        rc = delivering_fetch_agreements(
            r->node, slice_of(p->bytes[i], p->size[i]), r->problem);
    for (size_t i = 0; rc == DHK_OK && i < p->n; i++)
        rc = delivering_fetch_cards(
            r->node, slice_of(p->bytes[i], p->size[i]), r->problem);
    if (rc == DHK_OK)
        rc = noticing_fetch_cards(r->node, &p->notices, SLICE_MS);
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

/* A machine's error leaves the inbox as it was: nothing was confirmed to the
 * broker, which delivers again. */
static enum dhk_err
take_all(struct receiver *r, int timeout_ms)
{
    struct store_txn *t = NULL;
    struct pile p = {.n = 0};
    enum dhk_err rc = collect(r, &t, &p, timeout_ms);

    if (rc == DHK_OK)
        rc = fetch_for(r, &p);
    /* a connection lost meanwhile: the broker delivers again */
    if (rc == DHK_NOTFOUND) {
        session_lost(r->node->session);
        outcomes_free(&p.notices);
        rc = DHK_OK;
    } else {
        if (rc == DHK_OK && t == NULL && p.n + p.notices.n > 0)
            rc = local(r, inbox_begin(&t, r->node->inbox, true));
        for (size_t i = 0; rc == DHK_OK && i < p.n; i++)
            rc = local(r,
                delivering_take(r->node, t, slice_of(p.bytes[i], p.size[i])));
        if (rc == DHK_OK && p.notices.n > 0)
            rc = local(r, noticing_take(r->node, t, &p.notices));
    }
    if (t != NULL && rc == DHK_OK)
        rc = local(r, store_commit(&t));
    else if (t != NULL)
        store_abort(&t);
    if (rc == DHK_OK)
        send_noted(r, &p);
    else /* what was answered in it is not known to be */
        forget_flights(r->node);
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
        rc = send_answers(r);
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
    if (rc == DHK_OK && is_eager(node)) {
        rc = exchange(&r, 0);
        if (rc == DHK_NOTFOUND)
            rc = DHK_OK;
    }
    while (rc == DHK_OK) {
        rc = inbox_next(node->inbox, out);
        if (rc != DHK_NOTFOUND)
            return local(&r, rc);
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

    for (size_t i = 0; rc == DHK_OK && i < n; i++)
        rc = inbox_settle(t, list[i]->arrival, outcome);
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
