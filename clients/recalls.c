/* SPDX-License-Identifier: EUPL-1.2 */
#include "recalls.h"

#include "cards.h"
#include "fetch.h"
#include "heads.h"
#include "outbox.h"
#include "outcomes.h"
#include "session.h"
#include "told.h"
#include "trust.h"

#include "merkle.h"
#include "receipt.h"

#include <stdlib.h>
#include <string.h>

enum { REQUEST_MS = 2000 };

static enum dhk_err
local(struct dhk_problem *problem, enum dhk_err rc)
{
    return rc == DHK_OK
               ? rc
               : problem_set(problem, rc, "outbox: %s", dhk_strerror(rc));
}

/* --- what the ledger says --- */

const char *
recalls_check(const struct dhk_node *node, const struct recalls_entry *x,
    struct withdrawal *said)
{
    const struct entry_withdrawn *e = &x->e->u.withdrawn;
    const struct card *card;

    if (withdrawal_from_body(said, e->body, e->signature, NULL) != DHK_OK)
        return "its statement is malformed";
    card = memcmp(said->card, node->card.id, sizeof said->card) == 0
               ? &node->card
               : cards_by_id(node->cards, said->card);
    if (!slice_equal(e->sender, slice_str(node->name)) || card == NULL ||
        strcmp(card->partner, node->name) != 0)
        return "this partner did not withdraw it";
    if (!slice_equal(
            said->origin, slice_str(trust_roster(node->trust)->origin)))
        return "it is for another ledger";
    if (withdrawal_verify(said, &card->sign) != DHK_OK)
        return "this partner's signature";
    return NULL;
}

/* The place of SHARE in R, new when need be; NULL: no room. */
static struct recall_share *
place(struct recall *r, uint64_t share)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->share[i].share == share)
            return &r->share[i];
    }
    return r->n == LIMIT_PARTIES ? NULL : &r->share[r->n++];
}

enum dhk_err
recalls_note(struct store_txn *t, uint64_t number,
    const struct recalls_entry *x, const struct withdrawal *said)
{
    const struct entry_withdrawn *e = &x->e->u.withdrawn;
    struct recall r;
    struct recall_share *s;
    enum dhk_err rc = recall_get(t, number, &r);

    if (rc == DHK_NOTFOUND) /* another machine of this partner did it */
        r = (struct recall){.state = RECALL_DONE};
    else if (rc != DHK_OK)
        return rc;
    s = place(&r, e->share);
    if (s == NULL)
        return DHK_LIMIT;
    if (s->index >= x->index)
        return DHK_OK;       /* known, or newer than this */
    r.reason = said->reason; /* the first statement counts, whoever's */
    r.is_correction = said->is_correction;
    memcpy(r.replaced_by, said->replacement, sizeof r.replaced_by);
    *s = (struct recall_share){
        .share = e->share, .index = x->index, .notice = e->notice};
    merkle_leaf(s->leaf, x->bytes);
    if (r.state == RECALL_VOID)
        recall_give_up(&r);
    rc = recall_put(t, number, &r);
    return rc == DHK_OK ? outbox_put_share(t, x->index, number) : rc;
}

enum dhk_err
recalls_answer(struct store_txn *t, uint64_t number, uint64_t index,
    const struct answer *a)
{
    struct recall r;
    enum dhk_err rc = recall_get(t, number, &r);

    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    for (size_t i = 0; i < r.n; i++) {
        struct recall_share *s = &r.share[i];
        for (size_t k = 0; s->index == index && k < a->items_n; k++) {
            if (memcmp(a->item[k].entry_hash, s->leaf, sizeof s->leaf) == 0 &&
                answer_is_of_notice(a->item[k].outcome))
                s->outcome = a->item[k].outcome;
        }
    }
    return recall_put(t, number, &r);
}

/* --- sending --- */

struct sending {
    struct dhk_node *node;
    struct dhk_problem *problem;
    uint64_t number;
    struct recall recall;
    struct record record, other; /* the signal, and the one in its place */
    bool heard;                  /* what became of signals, just now */
};

enum ready { READY_WAIT = 0, READY_ASK, READY_YES, READY_NEVER };

static enum ready
of_state(enum dhk_state state)
{
    if (state == DHK_WAITING)
        return READY_WAIT;
    return state == DHK_ACCEPTED || state == DHK_DONE ? READY_YES : READY_NEVER;
}

/* Whether all that the statement names stands on the ledger, and the signal in
 * the other's place did not go back: what the broker told of that comes beside
 * the receipt. */
static enum dhk_err
look(struct sending *s, struct store_txn *t, enum ready *ready)
{
    enum dhk_err rc = outbox_get(t, s->number, &s->record);

    *ready = of_state(s->record.state);
    if (rc != DHK_OK || s->recall.replacement == 0 || *ready != READY_YES)
        return rc;
    rc = outbox_get(t, s->recall.replacement, &s->other);
    *ready = of_state(s->other.state);
    if (s->recall.statement_n > 0 || *ready != READY_YES)
        return rc;
    if (recall_is_lost(&s->other))
        *ready = READY_NEVER;
    else if (!s->heard)
        *ready = READY_ASK;
    return rc;
}

/* Signs it, unless it is signed with the card of this session already: the
 * broker wants the same bytes, and a valid card. */
static enum dhk_err
sign(struct sending *s)
{
    const struct dhk_node *node = s->node;
    struct recall *r = &s->recall;
    struct withdrawal w = {
        .origin = slice_str(trust_roster(node->trust)->origin),
        .accepted = s->record.index,
        .reason = r->reason,
        .is_correction = r->replacement != 0,
        .made = session_now(node)};
    struct withdrawal before;
    struct sink out;

    if (r->statement_n > 0 &&
        withdrawal_decode(
            &before, slice_of(r->statement, r->statement_n), NULL) == DHK_OK &&
        memcmp(before.card, node->card.id, sizeof before.card) == 0)
        return DHK_OK;
    memcpy(w.card, node->card.id, sizeof w.card);
    memcpy(w.signal, s->record.id, sizeof w.signal);
    if (w.is_correction) {
        memcpy(w.replacement, s->other.id, sizeof w.replacement);
        w.replacement_accepted = s->other.index;
    }
    key_random(w.nonce, sizeof w.nonce);
    sink_init(&out, r->statement, sizeof r->statement);
    enum dhk_err rc = withdrawal_issue(&out, &w, node->secret.sign);
    r->statement_n = out.n;
    return rc;
}

/* What may be sent is signed and durable before it is. */
static enum dhk_err
prepare_now(struct sending *s, enum ready *ready)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = outbox_begin(&t, s->node->outbox, true);

    if (rc == DHK_OK)
        rc = look(s, t, ready);
    if (rc == DHK_OK && *ready == READY_YES)
        rc = sign(s);
    if (rc == DHK_OK && *ready == READY_NEVER)
        recall_give_up(&s->recall);
    if (rc == DHK_OK && *ready >= READY_YES)
        rc = recall_put(t, s->number, &s->recall);
    if (rc == DHK_OK && *ready >= READY_YES)
        return local(s->problem, outbox_commit_now(s->node->outbox, &t));
    store_abort(&t);
    return local(s->problem, rc);
}

static enum dhk_err
prepare(struct sending *s, enum ready *ready)
{
    enum dhk_err rc = prepare_now(s, ready);

    if (rc != DHK_OK || *ready != READY_ASK ||
        !session_is_ready(s->node->session))
        return rc;
    rc = told_all(s->node, REQUEST_MS, s->problem);
    s->heard = rc == DHK_OK;
    return rc == DHK_OK ? prepare_now(s, ready) : rc;
}

static enum dhk_err
contradiction(struct sending *s, const char *why)
{
    return problem_set(s->problem, DHK_AUTH,
        "the broker's receipt for the withdrawal of signal %llu contradicts "
        "it: %s",
        (unsigned long long)s->number, why);
}

/* Entry I of R, which must be about a share of the signal. */
static enum dhk_err
apply_entry(
    struct sending *s, struct store_txn *t, const struct receipt *r, size_t i)
{
    struct entry *e = malloc(sizeof *e);
    struct recalls_entry x = {e, r->index[i], r->entry[i]};
    struct withdrawal said;
    const char *why = NULL;
    enum dhk_err rc = DHK_NOMEM;

    if (e == NULL)
        return rc;
    rc = entry_decode(e, r->entry[i], NULL);
    if (rc != DHK_OK ||
        (e->kind != ENTRY_WITHDRAWN && e->kind != ENTRY_CORRECTED))
        why = "an entry of another kind";
    if (why == NULL)
        why = recalls_check(s->node, &x, &said);
    if (why == NULL &&
        memcmp(said.signal, s->record.id, sizeof said.signal) != 0)
        why = "it is about another signal";
    rc = why == NULL ? outcomes_withdrawn(s->node, t, s->number, &x) : DHK_AUTH;
    if (rc == DHK_AUTH)
        rc = contradiction(
            s, why != NULL ? why : "it differs from what was sent");
    free(e);
    return rc;
}

/* Every share must have its entry. */
static bool
has_all(const struct sending *s, const struct recall *r)
{
    for (size_t i = 0; i < s->record.recipients_n; i++) {
        uint64_t index = s->record.recipient[i].index;
        if (index != 0 && recall_share(r, index) == NULL)
            return false;
    }
    return true;
}

static enum dhk_err
apply(struct sending *s, struct store_txn *t, const struct receipt *r)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < r->n; i++)
        rc = apply_entry(s, t, r, i);
    if (rc == DHK_OK)
        rc = recall_get(t, s->number, &s->recall);
    if (rc == DHK_OK && !has_all(s, &s->recall))
        return contradiction(s, "a share is left out");
    if (rc != DHK_OK)
        return rc;
    s->recall.state = RECALL_DONE;
    if (s->recall.replacement != 0 && !s->recall.is_correction)
        node_report(s->node,
            "signal %llu had been withdrawn before without another in its "
            "place",
            (unsigned long long)s->number);
    return recall_put(t, s->number, &s->recall);
}

/* The cards of this partner that the entries name, should it be others. */
static enum dhk_err
fetch_signers(struct sending *s, const struct receipt *r)
{
    struct entry *e = malloc(sizeof *e);
    struct withdrawal said;
    enum dhk_err rc = e == NULL ? DHK_NOMEM : DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < r->n; i++) {
        const struct entry_withdrawn *w = &e->u.withdrawn;
        if (entry_decode(e, r->entry[i], NULL) != DHK_OK ||
            (e->kind != ENTRY_WITHDRAWN && e->kind != ENTRY_CORRECTED) ||
            withdrawal_from_body(&said, w->body, w->signature, NULL) !=
                DHK_OK ||
            memcmp(said.card, s->node->card.id, sizeof said.card) == 0)
            continue;
        rc = fetch_signer(s->node, said.card, REQUEST_MS);
    }
    free(e);
    return rc;
}

static enum dhk_err
take_receipt(struct sending *s, struct slice bytes)
{
    struct store_txn *t = NULL;
    struct receipt *r = NULL;
    enum dhk_err rc = receipt_decode(&r, bytes, NULL);

    if (rc == DHK_OK)
        rc = receipt_verify(r, trust_log(s->node->trust), NULL);
    if (rc != DHK_OK)
        rc = contradiction(s, "it does not verify");
    if (rc == DHK_OK)
        rc = heads_saw(s->node->heads, r->note, s->problem);
    if (rc == DHK_OK)
        rc = fetch_signers(s, r);
    if (rc == DHK_OK)
        rc = local(s->problem, outbox_begin(&t, s->node->outbox, true));
    if (rc == DHK_OK)
        rc = apply(s, t, r);
    if (rc == DHK_OK)
        rc = local(s->problem, outbox_commit_now(s->node->outbox, &t));
    else
        store_abort(&t);
    if (rc == DHK_AUTH)
        heads_evidence(s->node->heads, "receipt", bytes);
    receipt_destroy(&r);
    return rc;
}

static enum dhk_err
send_one(struct sending *s)
{
    struct command reply,
        c = {.type = COMMAND_WITHDRAW,
            .bytes = slice_of(s->recall.statement, s->recall.statement_n)};
    uint8_t *copy;
    enum dhk_err rc =
        session_request(s->node->session, &c, &reply, REQUEST_MS, s->problem);

    if (rc != DHK_OK)
        return rc;
    if (reply.type != COMMAND_RECEIPT)
        return contradiction(s, "it is no receipt");
    copy = malloc(reply.bytes.n + 1); /* messages do not last */
    if (copy == NULL)
        return problem_set(s->problem, DHK_NOMEM, "out of memory");
    if (reply.bytes.n > 0)
        memcpy(copy, reply.bytes.p, reply.bytes.n);
    rc = take_receipt(s, slice_of(copy, reply.bytes.n));
    free(copy);
    return rc;
}

static enum dhk_err
next_waiting(struct sending *s)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = outbox_begin(&t, s->node->outbox, false);

    do {
        if (rc == DHK_OK)
            rc = recall_next(t, s->number, &s->number, &s->recall);
    } while (rc == DHK_OK && s->recall.state != RECALL_WAITING);
    store_abort(&t);
    return rc;
}

enum dhk_err
recalls_send(
    struct dhk_node *node, size_t *waiting, struct dhk_problem *problem)
{
    struct sending *s = calloc(1, sizeof *s);
    enum ready ready = READY_WAIT;
    enum dhk_err rc = DHK_NOMEM, next = DHK_OK;

    *waiting = 0;
    if (s == NULL)
        return problem_set(problem, rc, "out of memory");
    s->node = node;
    s->problem = problem;
    rc = DHK_OK;
    while (rc == DHK_OK && (next = next_waiting(s)) == DHK_OK) {
        rc = prepare(s, &ready);
        *waiting += ready != READY_NEVER ? 1 : 0;
        if (rc != DHK_OK || ready != READY_YES)
            continue;
        if (session_is_ready(node->session))
            rc = send_one(s);
        if (s->recall.state == RECALL_DONE)
            --*waiting;
    }
    if (rc == DHK_OK && next != DHK_NOTFOUND)
        rc = local(problem, next);
    free(s);
    return rc;
}
