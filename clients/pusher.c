/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signals into the outbox. */
#include "pusher.h"

#include "cases.h"
#include "clock.h"
#include "outbox.h"
#include "recalls.h"
#include "sealer.h"
#include "session.h"
#include "thread.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

/* While bundles are on their way, fewer than these wait for company: a
 * signature, a receipt and a verification are paid by the bundle. */
enum { FULL_ENOUGH = 16, DAY = 86400 };

struct pusher {
    struct dhk_node *node;
    struct store_txn *t;
    struct dhk_problem *problem;
    struct sealer *sealer; /* NULL: to the queue */
    bool begun;            /* a bundle */
    uint64_t bundle[OUTBOX_FLIGHTS];
    size_t bundles_n, room;
    struct record record;
};

/* Known before it is sealed, for the broker refuses more. */
static enum dhk_err
check_covert(const struct dhk_node *node, const struct dhk_signal *s,
    struct dhk_problem *problem)
{
    int64_t now = session_now(node);

    if (s->covert_until == 0)
        return DHK_OK;
    if (s->covert_until <= now)
        return problem_set(problem, DHK_FORMAT,
            "'covert_until' must be in the future; leave it out if nothing "
            "is covert");
    if (s->covert_until > now + (int64_t)(ENVELOPE_COVERT_MAX - DAY))
        return problem_set(problem, DHK_FORMAT,
            "'covert_until' may be at most five years from now");
    return DHK_OK;
}

/* A handle that means nothing here any more would tie the next person to what
 * others know under it. */
static enum dhk_err
check_case(const struct dhk_node *node, const struct dhk_signal *s,
    struct dhk_problem *problem)
{
    const char *handle = s->text[DHK_CASE];
    char when[21];
    int64_t at = handle == NULL ? 0 : cases_buried(node, handle, NULL);

    if (at == 0)
        return DHK_OK;
    clock_text(when, at);
    return problem_set(problem, DHK_DENIED,
        "this case was destroyed here on %.10s, and its handle is not used "
        "again: driehoek case new makes another",
        when);
}

/* Why nothing can be sent, and who can change that. */
static enum dhk_err
no_agreement(const struct dhk_node *node, struct dhk_problem *problem)
{
    if (trust_is_revoked(node->trust))
        return problem_set(problem, DHK_STATE,
            "the agreement was revoked by a signatory: nothing can be sent "
            "until the signatories put a new version in force");
    if (node->session != NULL)
        return problem_set(problem, DHK_STATE,
            "no agreement is in force at the broker: nothing can be sent until "
            "the signatories put one in force");
    return problem_set(problem, DHK_STATE,
        "no agreement is in force here: connect to the broker to fetch it");
}

enum dhk_err
pusher_preview(struct dhk_node *node, const struct dhk_signal *s, bool brief,
    struct preview **out, struct dhk_problem *problem)
{
    struct preview_question q = {
        .sender = node->name, .signal = s, .brief = brief};

    *out = NULL;
    if (node->trust == NULL)
        return problem_set(problem, DHK_STATE, "not joined to a broker");
    q.agreement = trust_agreement(node->trust);
    q.hash = trust_agreement_hash(node->trust);
    if (q.agreement == NULL)
        return no_agreement(node, problem);
    if (s->expires_at != 0 && s->expires_at <= session_now(node))
        return problem_set(problem, DHK_FORMAT,
            "'expires' must be in the future; it is past by the %s's clock",
            node->session != NULL ? "broker" : "machine");
    enum dhk_err rc = check_covert(node, s, problem);
    if (rc == DHK_OK)
        rc = check_case(node, s, problem);
    return rc == DHK_OK ? preview_make(out, &q, problem) : rc;
}

static enum dhk_err
outbox_problem(struct pusher *p, enum dhk_err rc)
{
    return rc == DHK_OK
               ? rc
               : problem_set(p->problem, rc, "outbox: %s", dhk_strerror(rc));
}

static void
fill(struct record *r, const struct dhk_node *node, const struct preview *v,
    const struct dhk_signal *s)
{
    const char *kind = v->wording.of->name;

    record_clear(r);
    r->state = DHK_WAITING;
    memcpy(r->kind, kind, strlen(kind) + 1);
    memcpy(r->case_handle, v->wording.case_handle, sizeof r->case_handle);
    memcpy(r->agreement, v->agreement, sizeof r->agreement);
    r->pushed = session_now(node);
    r->expires =
        s->expires_at != 0 ? s->expires_at : r->pushed + (int64_t)s->expires;
    sealer_promise(r->promise, v);
}

/* Ends the bundle that was begun, if any. */
static enum dhk_err
end_bundle(struct pusher *p)
{
    uint64_t bundle = 0;
    enum dhk_err rc = DHK_OK;

    if (p->begun)
        rc = sealer_end(p->sealer, p->node, p->t, &bundle);
    p->begun = false;
    if (rc == DHK_OK && bundle != 0)
        p->bundle[p->bundles_n++] = bundle;
    return rc;
}

/* DHK_DENIED, DHK_STATE: not sealed. */
static enum dhk_err
seal(struct pusher *p, const struct sealer_fresh *fresh)
{
    enum dhk_err rc = DHK_LIMIT;

    if (p->begun)
        rc = sealer_add(p->sealer, p->node, p->t, fresh);
    if (rc != DHK_LIMIT)
        return rc;
    rc = end_bundle(p);
    if (rc == DHK_OK && p->bundles_n == p->room)
        return DHK_DENIED;
    if (rc == DHK_OK)
        rc = sealer_begin(p->sealer, p->node, p->t);
    p->begun = rc == DHK_OK;
    if (rc == DHK_OK)
        rc = sealer_add(p->sealer, p->node, p->t, fresh);
    return rc == DHK_LIMIT ? DHK_DENIED : rc;
}

static enum dhk_err
queue(struct pusher *p, uint64_t number)
{
    enum dhk_err rc = outbox_put(p->t, number, &p->record);

    return rc == DHK_OK ? outbox_queue(p->t, number) : rc;
}

static enum dhk_err
push_one(struct pusher *p, const struct dhk_signal *s, uint64_t *number)
{
    struct preview *v = NULL;
    enum dhk_err rc = pusher_preview(p->node, s, true, &v, p->problem);

    if (rc != DHK_OK) {
        preview_destroy(&v);
        return rc;
    }
    must(v != NULL);
    fill(&p->record, p->node, v, s);
    rc = outbox_add(p->node->outbox, p->t, s, number);
    if (rc == DHK_OK)
        rc = thread_sent(p->t, *number, s);
    if (rc == DHK_OK && p->sealer != NULL) {
        struct sealer_fresh fresh = {*number, &p->record, v};

        rc = seal(p, &fresh);
    } else if (rc == DHK_OK) {
        rc = DHK_DENIED;
    }
    if (rc == DHK_DENIED || rc == DHK_STATE)
        rc = queue(p, *number);
    preview_destroy(&v);
    return outbox_problem(p, rc);
}

/* Whether to seal at once: the broker is there, nothing older is queued, and
 * there is room for what would be sealed. */
static bool
may_seal(struct pusher *p, size_t n)
{
    struct dhk_node *node = p->node;
    size_t flying = outbox_flying(node->outbox);
    uint64_t first;

    p->room = OUTBOX_FLIGHTS - flying;
    return node->session != NULL &&
           (session_modes(node->session) & DHK_SEND) != 0 &&
           session_is_ready(node->session) && p->room > 0 &&
           (flying == 0 || n >= FULL_ENOUGH) &&
           outbox_queued(p->t, 0, &first) == DHK_NOTFOUND;
}

static enum dhk_err
push_all(struct pusher *p, struct pusher_list *l)
{
    enum dhk_err rc = outbox_begin(&p->t, p->node->outbox, true);

    if (rc == DHK_OK && may_seal(p, l->n))
        rc = sealer_of(&p->sealer, p->node);
    for (size_t i = 0; rc == DHK_OK && i < l->n; i++) {
        l->failed = i;
        rc = push_one(p, l->signal[i], &l->number[i]);
    }
    if (rc == DHK_OK && l->wish != NULL) {
        struct recall wish = *l->wish;

        wish.replacement = l->number[0];
        rc = recalls_wish(p->t, l->corrects, &wish, p->problem);
    }
    if (rc == DHK_OK)
        rc = outbox_problem(p, end_bundle(p));
    if (rc != DHK_OK) {
        store_abort(&p->t);
        return rc;
    }
    rc = outbox_problem(p, outbox_commit(p->node->outbox, &p->t));
    for (size_t i = 0; rc == DHK_OK && i < p->bundles_n; i++)
        outbox_fly(p->node->outbox, p->bundle[i]);
    return rc;
}

enum dhk_err
pusher_push(
    struct dhk_node *node, struct pusher_list *l, struct dhk_problem *problem)
{
    struct pusher *p;
    enum dhk_err rc = node_outbox(node, problem);

    l->failed = 0;
    if (rc != DHK_OK)
        return rc;
    p = calloc(1, sizeof *p);
    if (p == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    p->node = node;
    p->problem = problem;
    rc = push_all(p, l);
    free(p);
    return rc;
}
