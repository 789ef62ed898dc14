/* SPDX-License-Identifier: EUPL-1.2
 *
 * A receipt arrives: verified, compared, stored. */
#include "landing.h"

#include "heads.h"
#include "outbox.h"
#include "outcomes.h"
#include "receipts.h"
#include "tally.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES_MAX = 3 }; /* times that a signal is sealed by itself */

struct landing { /* a receipt and what it is about */
    struct receipt *receipt;
    struct bundle bundle; /* as sent; must not move */
    struct receipts_sent sent;
    uint64_t number[LIMIT_BUNDLE];
    size_t n;
    struct record record[LIMIT_BUNDLE];
};

static enum dhk_err
load_landing(struct landing *l, const struct landing_job *job, uint64_t bundle)
{
    uint8_t ids[LIMIT_BUNDLE * ENVELOPE_ID];
    struct slice bytes;
    enum dhk_err rc = outbox_bundle(job->t, bundle, l->number, &l->n, &bytes);

    l->sent.statement = &l->bundle.statement;
    l->sent.sender = job->node->name;
    l->sent.n = l->n;
    for (size_t i = 0; rc == DHK_OK && i < l->n; i++) {
        l->sent.record[i] = &l->record[i];
        rc = outbox_get(job->t, l->number[i], &l->record[i]);
        memcpy(ids + i * ENVELOPE_ID, l->record[i].id, ENVELOPE_ID);
    }
    if (rc == DHK_OK)
        rc = bundle_split(&l->bundle, bytes, slice_of(ids, l->n * ENVELOPE_ID));
    return rc;
}

/* Refused for a reason that passes when it is sealed anew. */
static bool
may_seal_again(const struct record *r)
{
    return r->tries < TRIES_MAX && (r->why == ENTRY_CODE_STALE_AGREEMENT ||
                                       r->why == ENTRY_CODE_RECIPIENT_CARD);
}

/* The counters that a refused signal, or an unshared recipient, used up. */
static enum dhk_err
count_lost(struct dhk_node *node, struct store_txn *t, const struct record *r)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < r->recipients_n; i++) {
        const struct record_recipient *to = &r->recipient[i];
        static const uint8_t none[32];

        if (memcmp(to->card, none, sizeof none) != 0 &&
            (r->state == DHK_REFUSED || to->end == RECORD_UNSHARED))
            rc = tally_settle(
                t, record_card(r, node->card.id), to->partner, true);
    }
    return rc;
}

static enum dhk_err
store_landed(struct landing_job *job, uint64_t number, struct record *r)
{
    struct store_txn *t = job->t;
    enum dhk_err rc = count_lost(job->node, t, r);

    for (size_t i = 0; rc == DHK_OK && i < r->recipients_n; i++) {
        const struct record_recipient *to = &r->recipient[i];

        if (to->index != 0)
            rc = outbox_put_share(t, to->index, number);
        if (rc == DHK_OK && to->index != 0)
            rc = tally_share(t, to->partner, to->nth);
    }
    if (rc == DHK_OK && r->state == DHK_REFUSED && may_seal_again(r)) {
        r->state = DHK_WAITING;
        r->has_id = false;
        r->recipients_n = 0;
        job->stale = true;
        rc = outbox_queue(t, number);
    } else if (rc == DHK_OK) {
        rc = outbox_forget_content(t, number);
    }
    if (rc == DHK_OK)
        rc = outbox_put(t, number, r);
    for (size_t i = 0; rc == DHK_OK && i < r->recipients_n; i++) {
        if (r->recipient[i].index != 0)
            rc = outcomes_land(job->node, t, r->recipient[i].index);
    }
    return rc;
}

static enum dhk_err
store_proof(struct store_txn *t, uint64_t bundle, const struct receipt *r)
{
    enum { PROOF_MAX = 32 * 1024 };
    uint8_t *mem = malloc(PROOF_MAX);
    struct sink out;
    enum dhk_err rc = DHK_NOMEM;

    if (mem == NULL)
        return rc;
    sink_init(&out, mem, PROOF_MAX);
    rc = receipt_proof(&out, r, 0);
    if (rc == DHK_OK)
        rc = outbox_put_proof(t, bundle, sink_done(&out));
    free(mem);
    return rc;
}

static enum dhk_err
store_all(struct landing *l, struct landing_job *job, uint64_t bundle)
{
    enum dhk_err rc = store_proof(job->t, bundle, l->receipt);

    for (size_t i = 0; rc == DHK_OK && i < l->n; i++)
        rc = store_landed(job, l->number[i], &l->record[i]);
    return rc == DHK_OK ? outbox_drop_bundle(job->t, bundle) : rc;
}

static enum dhk_err
compare(struct landing *l, struct landing_job *job, struct slice bytes)
{
    struct checkpoint cp;
    enum dhk_err rc = receipt_decode(&l->receipt, bytes, NULL);

    if (rc == DHK_OK)
        rc = heads_read(job->node->heads, &cp, l->receipt->note, NULL);
    if (rc == DHK_OK)
        rc = receipt_verify_in(l->receipt, &cp, NULL);
    if (rc != DHK_OK)
        return problem_set(job->problem, DHK_AUTH,
            "a receipt of the broker does not verify: %s", dhk_strerror(rc));
    rc = heads_saw(job->node->heads, l->receipt->note, job->problem);
    if (rc == DHK_OK)
        rc = receipts_apply(l->receipt, &l->sent, job->problem);
    return rc;
}

enum dhk_err
landing_take(struct landing_job *job, uint64_t bundle, struct slice bytes)
{
    struct landing *l = malloc(sizeof *l);
    enum dhk_err rc, local = DHK_NOMEM;

    if (l == NULL)
        return problem_set(job->problem, local, "out of memory");
    l->receipt = NULL;
    local = load_landing(l, job, bundle);
    rc = local == DHK_OK ? compare(l, job, bytes) : local;
    if (rc == DHK_OK)
        rc = local = store_all(l, job, bundle);
    if (local != DHK_OK)
        (void)problem_set(
            job->problem, local, "outbox: %s", dhk_strerror(local));
    receipt_destroy(&l->receipt);
    free(l);
    return rc;
}
