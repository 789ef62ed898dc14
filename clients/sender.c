/* SPDX-License-Identifier: EUPL-1.2
 *
 * Working off the outbox. */
#include "sender.h"

#include "fetch.h"
#include "heads.h"
#include "landing.h"
#include "outbox.h"
#include "recalls.h"
#include "sealer.h"
#include "sealqueue.h"
#include "session.h"
#include "tally.h"
#include "told.h"
#include "witness.h"

#include "pack.h"

#include <stdlib.h>
#include <string.h>

enum {
    RESEND_MS = 10000, /* without an answer */
    BUSY_MS = 200,     /* before a bundle that met a busy broker goes again */
    AT_ONCE = 256,     /* messages in one transaction */
    CONSISTENCY_MS = 1000, /* between demands when nobody waits */
    SLICE_MS = 1000,       /* longest wait for a message in one go */
    QUIET_MS = 20,         /* without a message, before what is not durable */
};

struct sender {
    struct dhk_node *node;
    struct dhk_problem *problem;
    uint64_t until;      /* monotonic */
    size_t queued_stuck; /* signals that nobody can receive now */
    size_t grounded;     /* signals sealed with another card */
    size_t recalls;      /* withdrawals without a receipt */
    bool recall_failed;  /* with a sentence that says why */
    bool refresh;        /* something is stale: ask what is in force */
    bool held;           /* no head counts: nothing is sent */
    bool landed;         /* a receipt came */
};

static uint64_t
now_ms(const struct sender *s)
{
    return clock_monotonic_ms(s->node->clock);
}

static int
time_left(const struct sender *s)
{
    uint64_t now = now_ms(s);

    return now >= s->until ? 0 : (int)(s->until - now);
}

/* --- sealing and sending --- */

/* The flight that request NUMBER pushed. */
static struct outbox_flight *
find_flight(struct sender *s, uint64_t number)
{
    struct outbox_flight *f = outbox_flights(s->node->outbox);

    for (size_t i = 0; i < OUTBOX_FLIGHTS; i++) {
        if (f[i].bundle != 0 && f[i].request == number)
            return &f[i];
    }
    return NULL;
}

/* Seals until nothing is queued or every place is taken; all in one
 * transaction, so that the disk is waited for once. */
static enum dhk_err
seal_all(struct sender *s)
{
    struct store_txn *t = NULL;
    struct sealer *sealer = NULL;
    struct sealqueue_result r = {0, 0, 0, 0};
    uint64_t fresh[OUTBOX_FLIGHTS], first;
    size_t n = 0, room = OUTBOX_FLIGHTS - outbox_flying(s->node->outbox);
    enum dhk_err rc = outbox_begin(&t, s->node->outbox, room > 0);

    s->queued_stuck = 0;
    if (rc != DHK_OK)
        return problem_set(s->problem, rc, "outbox: %s", dhk_strerror(rc));
    rc = outbox_queued(t, 0, &first);
    if (rc == DHK_OK)
        rc = sealer_of(&sealer, s->node);
    while (rc == DHK_OK && n < room) {
        rc = sealqueue_bundle(&r, sealer, s->node, t, s->problem);
        s->queued_stuck += r.stuck;
        if (rc != DHK_OK || r.bundle == 0)
            break;
        fresh[n++] = r.bundle;
    }
    if (rc == DHK_NOTFOUND || (rc == DHK_OK && n == 0 && r.reviews == 0)) {
        store_abort(&t);
        return DHK_OK;
    }
    if (rc != DHK_OK) {
        store_abort(&t);
        return rc;
    }
    rc = outbox_commit(s->node->outbox, &t);
    if (rc != DHK_OK)
        return problem_set(s->problem, rc, "outbox: %s", dhk_strerror(rc));
    for (size_t i = 0; i < n; i++)
        outbox_fly(s->node->outbox, fresh[i]);
    return DHK_OK;
}

/* Whether BUNDLE is signed with the card that this session is of. */
static bool
is_own_card(const struct sender *s, struct slice bundle)
{
    const struct card *own = &s->node->card;
    uint8_t card[CARD_ID];
    struct cursor c;

    cursor_init(&c, bundle);
    (void)unpack_array(&c, LIMIT_ELEMENTS);
    (void)unpack_uint(&c, UINT32_MAX);
    unpack_fixed(&c, card, sizeof card);
    return memcmp(card, own->id, sizeof card) == 0;
}

static enum dhk_err
send_flight(struct sender *s, struct store_txn *t, struct outbox_flight *f)
{
    uint64_t numbers[LIMIT_BUNDLE];
    size_t n;
    struct command c = {.type = COMMAND_PUSH};
    enum dhk_err rc = outbox_bundle(t, f->bundle, numbers, &n, &c.bytes);

    if (rc == DHK_OK && !is_own_card(s, c.bytes)) {
        /* stays in the store, for a session of its card */
        *f = (struct outbox_flight){0, 0, 0};
        s->grounded += n;
        return DHK_OK;
    }
    if (rc == DHK_OK)
        rc = session_send(s->node->session, &c, NULL, 0, &f->request);
    if (rc != DHK_OK)
        f->request = 0;
    f->sent_ms = now_ms(s);
    return rc;
}

/* Sends what was not sent yet, or too long ago. */
static enum dhk_err
send_all(struct sender *s)
{
    struct outbox_flight *f = outbox_flights(s->node->outbox);
    unsigned *epoch = outbox_epoch(s->node->outbox);
    struct store_txn *t = NULL;
    bool anew = *epoch != session_epoch(s->node->session);
    enum dhk_err rc = outbox_begin(&t, s->node->outbox, false);

    *epoch = session_epoch(s->node->session);
    /* numbers of an earlier session mean nothing in this one */
    for (size_t i = 0; anew && i < OUTBOX_FLIGHTS; i++)
        f[i] = (struct outbox_flight){f[i].bundle, 0, 0};
    for (size_t i = 0; rc == DHK_OK && i < OUTBOX_FLIGHTS; i++) {
        bool due = (f[i].request == 0 && f[i].sent_ms <= now_ms(s)) ||
                   (f[i].request != 0 && f[i].sent_ms + RESEND_MS <= now_ms(s));

        if (f[i].bundle != 0 && due)
            rc = send_flight(s, t, &f[i]);
    }
    store_abort(&t);
    /* a connection lost meanwhile is made again by session_ready() */
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        return DHK_OK;
    return problem_set(s->problem, rc, "sending: %s", dhk_strerror(rc));
}

/* --- receipts --- */

/* A contradiction is kept as evidence and ends the flush; the bundle stays, for
 * nobody knows what became of it. */
static enum dhk_err
take_receipt(struct sender *s, struct store_txn *t, const struct command *c)
{
    struct outbox_flight *f = find_flight(s, c->number);
    struct landing_job job = {s->node, t, s->problem, false};
    enum dhk_err rc;

    if (f == NULL)
        return DHK_OK; /* an answer that came twice */
    rc = landing_take(&job, f->bundle, c->bytes);
    s->refresh = s->refresh || job.stale;
    s->landed = s->landed || rc == DHK_OK;
    if (rc == DHK_OK)
        *f = (struct outbox_flight){0, 0, 0};
    else if (rc == DHK_AUTH)
        heads_evidence(s->node->heads, "receipt", c->bytes);
    return rc;
}

/* --- other messages --- */

static enum dhk_err
take_error(struct sender *s, const struct command *c)
{
    struct outbox_flight *f = find_flight(s, c->number);

    if (f == NULL && c->number != 0)
        return DHK_OK;
    if (f != NULL)
        *f = (struct outbox_flight){f->bundle, 0, now_ms(s) + BUSY_MS};
    if (c->error == COMMAND_ERROR_BUSY || c->error == COMMAND_ERROR_CLOCK)
        return DHK_OK;
    session_lost(s->node->session);
    if (c->error == COMMAND_ERROR_STATE)
        return DHK_OK;
    return session_error(c->error, s->problem);
}

static enum dhk_err
take(struct sender *s, struct store_txn *t, const struct command *c)
{
    if (c->type == COMMAND_RECEIPT)
        return take_receipt(s, t, c);
    if (c->type == COMMAND_OUTCOMES)
        return told_take(s->node, t, c, s->problem);
    if (c->type == COMMAND_ERROR)
        return take_error(s, c);
    return DHK_OK;
}

/* The next message. When none is there, time is left for what is not durable
 * yet: at once when the broker waits for it, to go on telling; but while it is
 * about to make a bundle durable, on what may be the same disk, not before its
 * receipt. */
static enum dhk_err
next_message(struct sender *s, struct command *c, int timeout_ms)
{
    struct dhk_node *node = s->node;
    enum dhk_err rc = session_next(node->session, c, 0);

    if (rc == DHK_NOTFOUND && timeout_ms > 0)
        sealer_prepare(node->sealer);
    if (rc == DHK_NOTFOUND &&
        (node->confirm == 0 || outbox_flying(node->outbox) > 0) &&
        !outbox_is_synced(node->outbox)) {
        rc = session_next(
            node->session, c, timeout_ms < QUIET_MS ? timeout_ms : QUIET_MS);
        if (timeout_ms < QUIET_MS)
            return rc;
        timeout_ms -= QUIET_MS;
    }
    if (rc != DHK_NOTFOUND)
        return rc;
    rc = outbox_sync(node->outbox);
    if (rc != DHK_OK)
        return rc;
    told_confirm(node);
    return session_next(node->session, c, timeout_ms);
}

/* The broker goes on telling outcomes once these are confirmed, which only what
 * is durable may be. When there are no more, that can wait for a quiet moment,
 * as receipts can: without one a bundle goes again, and gets the same. */
static enum dhk_err
commit_taken(struct sender *s, struct store_txn **t)
{
    bool more = false;
    enum dhk_err rc =
        s->node->confirm != 0 ? tally_any_open(*t, &more) : DHK_OK;

    if (rc != DHK_OK)
        store_abort(t);
    else if (more)
        rc = outbox_commit_now(s->node->outbox, t);
    else
        rc = outbox_commit_late(s->node->outbox, t);
    return rc;
}

/* Takes what has arrived, waiting at most TIMEOUT_MS for the first of it. */
static enum dhk_err
receive_all(struct sender *s, int timeout_ms)
{
    struct session *session = s->node->session;
    struct store_txn *t = NULL;
    struct command c;
    enum dhk_err rc = next_message(s, &c, timeout_ms);
    enum dhk_err taken = DHK_OK;

    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = outbox_begin(&t, s->node->outbox, true);
    for (size_t i = 0; rc == DHK_OK && i < AT_ONCE; i++) {
        taken = take(s, t, &c);
        if (taken != DHK_OK)
            break;
        rc = session_next(session, &c, 0);
    }
    if (t == NULL)
        return problem_set(s->problem, rc, "receiving: %s", dhk_strerror(rc));
    /* a contradiction changed nothing; what came before it still counts */
    if (taken == DHK_OK || taken == DHK_AUTH || taken == DHK_DENIED ||
        taken == DHK_STATE || taken == DHK_FORMAT) {
        rc = commit_taken(s, &t);
    } else {
        store_abort(&t);
        rc = taken;
    }
    if (rc != DHK_OK) {
        /* outcomes taken in it are not kept, and told again */
        s->node->confirm = 0;
        /* what is on its way is known to the store alone now */
        if (outbox_reload(s->node->outbox) != DHK_OK)
            outbox_close(&s->node->outbox);
        return problem_set(s->problem, rc, "outbox: %s", dhk_strerror(rc));
    }
    told_confirm(s->node);
    return taken;
}

/* --- the loop --- */

/* How long to wait for a message before looking after the rest. */
static int
wait_ms(struct sender *s)
{
    const struct outbox_flight *f = outbox_flights(s->node->outbox);
    int wait = time_left(s) < SLICE_MS ? time_left(s) : SLICE_MS;

    for (size_t i = 0; i < OUTBOX_FLIGHTS; i++) {
        if (f[i].bundle != 0 && f[i].request == 0 && wait > BUSY_MS)
            wait = BUSY_MS;
    }
    return wait;
}

/* Sends what waits, if a head of the ledger counts that is recent enough. */
static enum dhk_err
send_signals(struct sender *s)
{
    bool any = false;
    enum dhk_err rc = DHK_OK;

    s->held = false;
    if (!witness_is_fresh(s->node))
        rc = outbox_waits(s->node->outbox, &any);
    if (rc != DHK_OK)
        return problem_set(s->problem, rc, "outbox: %s", dhk_strerror(rc));
    if (any)
        rc = witness_ask(s->node, s->problem);
    if (rc != DHK_OK)
        return rc;
    s->held = any && witness_may_send(s->node, NULL) != DHK_OK;
    if (s->held)
        return DHK_OK;
    rc = seal_all(s);
    return rc == DHK_OK ? send_all(s) : rc;
}

/* One round; *DONE when nothing waits for a receipt. */
static enum dhk_err
work(struct sender *s, bool *done)
{
    enum dhk_err rc = session_ready(s->node, time_left(s), s->problem);

    if (rc == DHK_OK)
        rc = send_signals(s);
    if (rc != DHK_OK)
        return rc;
    *done = s->held || outbox_flying(s->node->outbox) == 0;
    rc = receive_all(s, *done ? 0 : wait_ms(s));
    if (s->refresh) {
        session_refresh(s->node->session);
        s->refresh = false;
        *done = false;
    }
    return rc;
}

/* That the ledger only grew is asked for once a second at most when called
 * without waiting; a contradiction is no worse a second later. */
static enum dhk_err
demand_consistency(struct sender *s, int timeout_ms)
{
    struct dhk_node *node = s->node;

    if (!session_is_ready(node->session) ||
        (timeout_ms <= 0 && now_ms(s) < node->consistency_ms))
        return DHK_OK;
    node->consistency_ms = now_ms(s) + CONSISTENCY_MS;
    return fetch_consistency(node, SLICE_MS, s->problem);
}

/* Withdrawals are few, and go one by one when all signals have theirs. */
static enum dhk_err
send_recalls(struct sender *s)
{
    enum dhk_err rc = recalls_send(s->node, &s->recalls, s->problem);

    s->recall_failed = rc == DHK_NOTFOUND;
    return rc;
}

static enum dhk_err
finish(struct sender *s, bool done)
{
    if (s->held)
        return witness_may_send(s->node, s->problem);
    if (!done)
        return problem_set(s->problem, DHK_NOTFOUND,
            "signals wait in the outbox for the broker's receipt");
    if (s->grounded > 0)
        return problem_set(s->problem, DHK_NOTFOUND,
            "%zu signals were sealed with another key card and wait for a "
            "connection with that",
            s->grounded);
    if (s->queued_stuck > 0)
        return problem_set(s->problem, DHK_NOTFOUND,
            "%zu signals wait in the outbox: no recipient of theirs has a "
            "valid key card now",
            s->queued_stuck);
    if (s->recall_failed)
        return DHK_NOTFOUND;
    if (s->recalls > 0)
        return problem_set(s->problem, DHK_NOTFOUND,
            "withdrawals wait in the outbox for the broker's receipt");
    return DHK_OK;
}

enum dhk_err
sender_flush(struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    struct sender s = {.node = node, .problem = problem};
    bool done = false;
    enum dhk_err rc = node_outbox(node, problem);

    if (rc != DHK_OK)
        return rc;
    if (node->session == NULL || (session_modes(node->session) & DHK_SEND) == 0)
        return problem_set(problem, DHK_STATE, "not connected for sending");
    s.until = now_ms(&s) + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    do {
        rc = work(&s, &done);
    } while (rc == DHK_OK && !done && time_left(&s) > 0);
    if (rc == DHK_OK && done)
        rc = send_recalls(&s);
    if (rc == DHK_OK)
        rc = demand_consistency(&s, timeout_ms);
    if (rc == DHK_OK)
        rc = witness_goes_on(node, problem);
    if (rc == DHK_OK && (timeout_ms > 0 || s.landed))
        rc = witness_ask(node, problem); /* what became of receipts */
    /* what came with that answer, or while sending, nobody would wake for */
    while ((rc == DHK_OK || rc == DHK_NOTFOUND) &&
           session_is_pending(node->session) && now_ms(&s) < s.until + SLICE_MS)
        rc = receive_all(&s, 0);
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        rc = finish(&s, done && (s.held || outbox_flying(node->outbox) == 0));
    return rc == DHK_OK ? outbox_rest(node->outbox, now_ms(&s)) : rc;
}
