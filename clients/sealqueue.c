/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sealing what is queued. */
#include "sealqueue.h"

#include "session.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

struct work {
    struct sealer *sealer;
    struct dhk_node *node;
    struct store_txn *t;
    struct sealqueue_result *out;
    struct record record;
};

/* Whether the agreement in force gives what was shown when it was pushed. */
static bool
keeps_promise(const struct record *r, const struct preview *p)
{
    uint8_t promise[32];

    sealer_promise(promise, p);
    return memcmp(promise, r->promise, sizeof promise) == 0;
}

/* Puts a signal up for review, or ends it when its time is over. */
static enum dhk_err
set_apart(struct work *w, uint64_t number, bool expired)
{
    struct record *r = &w->record;
    enum dhk_err rc;

    w->out->reviews++;
    r->state = expired ? DHK_REFUSED : DHK_REVIEW;
    r->why = expired ? ENTRY_CODE_EXPIRED : ENTRY_CODE_CHANGED_AGREEMENT;
    r->recipients_n = 0;
    rc = outbox_put(w->t, number, r);
    if (rc == DHK_OK)
        rc = outbox_forget_content(w->t, number);
    return rc == DHK_OK ? outbox_unqueue(w->t, number) : rc;
}

/* Seals what kept its promise; DHK_DENIED: did not, or cannot be sealed. */
static enum dhk_err
seal(struct work *w, uint64_t number)
{
    struct dhk_node *node = w->node;
    struct dhk_signal *signal = NULL;
    struct preview *p = NULL;
    struct preview_question q = {.agreement = trust_agreement(node->trust),
        .hash = trust_agreement_hash(node->trust),
        .sender = node->name,
        .brief = true};
    enum dhk_err rc = outbox_content(node->outbox, w->t, number, &signal);

    q.signal = signal;
    if (rc == DHK_OK &&
        (preview_make(&p, &q, NULL) != DHK_OK || !keeps_promise(&w->record, p)))
        rc = DHK_DENIED;
    if (rc == DHK_OK) {
        struct sealer_fresh fresh = {number, &w->record, p};

        rc = sealer_add(w->sealer, node, w->t, &fresh);
    }
    preview_destroy(&p);
    draft_destroy(&signal);
    return rc;
}

/* What becomes of the queued signal NUMBER; DHK_LIMIT: the bundle is full. */
static enum dhk_err
take(struct work *w, uint64_t number)
{
    enum dhk_err rc = outbox_get(w->t, number, &w->record);
    bool expired = rc == DHK_OK && w->record.expires <= session_now(w->node);

    if (rc == DHK_OK)
        rc = expired ? DHK_DENIED : seal(w, number);
    if (rc == DHK_OK) {
        w->out->n++;
        return outbox_unqueue(w->t, number);
    }
    if (rc == DHK_STATE) { /* stays */
        w->out->stuck++;
        return DHK_OK;
    }
    /* the others must not wait for it */
    return rc == DHK_DENIED ? set_apart(w, number, expired) : rc;
}

static enum dhk_err
take_all(struct work *w)
{
    uint64_t number = 0;
    enum dhk_err rc = sealer_begin(w->sealer, w->node, w->t);

    while (rc == DHK_OK) {
        rc = outbox_queued(w->t, number, &number);
        if (rc == DHK_OK)
            rc = take(w, number);
    }
    /* the queue is empty, or the bundle full */
    if (rc == DHK_NOTFOUND || rc == DHK_LIMIT)
        rc = sealer_end(w->sealer, w->node, w->t, &w->out->bundle);
    return rc;
}

enum dhk_err
sealqueue_bundle(struct sealqueue_result *out, struct sealer *s,
    struct dhk_node *node, struct store_txn *t, struct dhk_problem *problem)
{
    struct work *w;
    enum dhk_err rc;

    *out = (struct sealqueue_result){0, 0, 0, 0};
    if (trust_agreement(node->trust) == NULL)
        return problem_set(problem, DHK_STATE, "no agreement is in force");
    w = malloc(sizeof *w);
    if (w == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    w->sealer = s;
    w->node = node;
    w->t = t;
    w->out = out;
    rc = take_all(w);
    free(w);
    if (rc != DHK_OK)
        return problem_set(problem, rc, "sealing failed: %s", dhk_strerror(rc));
    return DHK_OK;
}
