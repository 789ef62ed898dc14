/* SPDX-License-Identifier: EUPL-1.2
 *
 * What became of own shares. */
#include "outcomes.h"

#include "awaited.h"
#include "cards.h"
#include "fetch.h"
#include "heads.h"
#include "session.h"
#include "tally.h"
#include "trust.h"

#include "answer.h"
#include "merkle.h"

#include <stdlib.h>
#include <string.h>

enum dhk_err
outcomes_copy(struct outcomes *out, const struct command *c)
{
    struct cursor list, indexes;
    struct slice copy;

    *out = (struct outcomes){.cursor = c->a, .n = c->list_n};
    if (c->list_n != c->indexes_n)
        return DHK_FORMAT;
    out->index = calloc(c->list_n + 1, sizeof *out->index);
    out->entry = calloc(c->list_n + 1, sizeof *out->entry);
    out->mem = malloc(c->list.n + 1);
    if (out->index == NULL || out->entry == NULL || out->mem == NULL) {
        outcomes_free(out);
        return DHK_NOMEM;
    }
    if (c->list.n > 0)
        memcpy(out->mem, c->list.p, c->list.n);
    copy = slice_of(out->mem, c->list.n);
    command_list(&list, copy);
    command_list(&indexes, c->indexes);
    for (size_t i = 0; i < out->n; i++) {
        out->entry[i] = command_list_next(&list);
        out->index[i] = command_index_next(&indexes);
    }
    return DHK_OK;
}

void
outcomes_free(struct outcomes *o)
{
    free(o->index);
    free(o->entry);
    free(o->mem);
    *o = (struct outcomes){0};
}

/* The card that signed what E says, decoded into A or W; NULL: none did. */
static const uint8_t *
card_of(const struct entry *e, struct answer *a, struct withdrawal *w)
{
    const struct entry_delivered *d = &e->u.delivered;
    const struct entry_withdrawn *x = &e->u.withdrawn;

    if (e->kind == ENTRY_DELIVERED &&
        answer_from_body(a, d->body, d->signature, NULL) == DHK_OK)
        return a->card;
    if ((e->kind == ENTRY_WITHDRAWN || e->kind == ENTRY_CORRECTED) &&
        withdrawal_from_body(w, x->body, x->signature, NULL) == DHK_OK)
        return w->card;
    return NULL;
}

enum dhk_err
outcomes_fetch_cards(
    struct dhk_node *node, const struct outcomes *o, int timeout_ms)
{
    struct entry *e = malloc(sizeof *e);
    struct answer *a = malloc(sizeof *a);
    struct withdrawal said;
    enum dhk_err rc = e == NULL || a == NULL ? DHK_NOMEM : DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < o->n; i++) {
        const uint8_t *card = NULL;
        if (entry_decode(e, o->entry[i], NULL) == DHK_OK)
            card = card_of(e, a, &said);
        if (card == NULL ||
            memcmp(card, node->card.id, sizeof node->card.id) == 0)
            continue;
        rc = fetch_signer(node, card, timeout_ms);
    }
    free(e);
    free(a);
    return rc;
}

/* The entry alone: whether a signed head has it. */
static enum dhk_err
prove(struct dhk_node *node, uint64_t index, struct slice entry, int timeout_ms)
{
    struct dhk_problem problem = {""};
    uint8_t leaf[MERKLE_HASH];

    merkle_leaf(leaf, entry);
    enum dhk_err rc = fetch_inclusion(node, leaf, index, timeout_ms, &problem);
    if (rc == DHK_OK || rc == DHK_NOMEM || rc == DHK_IO || rc == DHK_STATE)
        return rc;
    node_report(node,
        "the broker says that a share of this node has ended without an "
        "answer, and does not show that this is in the ledger (entry %llu): "
        "it is not believed, and asked for again: %s",
        (unsigned long long)index, problem.text);
    return DHK_NOTFOUND;
}

enum dhk_err
outcomes_prove(struct dhk_node *node, const struct outcomes *o, int timeout_ms)
{
    struct entry *e = malloc(sizeof *e);
    enum dhk_err rc = e == NULL ? DHK_NOMEM : DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < o->n; i++) {
        if (entry_decode(e, o->entry[i], NULL) == DHK_OK &&
            (e->kind == ENTRY_EXPIRED || e->kind == ENTRY_RETURNED))
            rc = prove(node, o->index[i], o->entry[i], timeout_ms);
    }
    free(e);
    return rc;
}

struct work {
    struct dhk_node *node;
    struct store_txn *t;
    uint64_t index;     /* of the entry in ENTRY */
    struct slice bytes; /* of that entry */
    struct entry entry;
    struct answer answer;
    struct record record;
};

static struct record_recipient *
find_share(struct record *r, uint64_t index)
{
    for (size_t i = 0; i < r->recipients_n; i++) {
        if (r->recipient[i].index == index)
            return &r->recipient[i];
    }
    return NULL;
}

/* The open share with ledger INDEX into W->record; NULL when it has its outcome
 * already, or its receipt is still on its way: then the entry is kept. */
static enum dhk_err
open_share(struct work *w, uint64_t index, uint64_t *number,
    struct record_recipient **to)
{
    enum dhk_err rc = outbox_get_share(w->t, index, number);

    *to = NULL;
    if (rc == DHK_NOTFOUND)
        return outbox_put_early(w->t, index, w->bytes);
    if (rc == DHK_OK)
        rc = outbox_get(w->t, *number, &w->record);
    if (rc != DHK_OK)
        return rc;
    *to = find_share(&w->record, index);
    if (*to != NULL && (*to)->end > RECORD_PENDING)
        *to = NULL;
    return DHK_OK;
}

/* Outcomes also come to another card than the one that sent. */
static const uint8_t *
card_of_record(const struct work *w)
{
    return record_card(&w->record, w->node->card.id);
}

static enum dhk_err
end_share(struct work *w, uint64_t number, struct record_recipient *to,
    enum record_end end, uint32_t code)
{
    bool taken = end == RECORD_ANSWERED && code == ANSWER_TAKEN;
    enum dhk_err rc;

    to->end = end;
    to->code = code;
    if (record_is_settled(&w->record) && w->record.state == DHK_ACCEPTED)
        w->record.state = DHK_DONE;
    rc = outbox_put(w->t, number, &w->record);
    if (rc == DHK_OK)
        rc = awaited_ended(w->t, w->record.from, to->index);
    if (rc == DHK_OK)
        rc = tally_settle(w->t, card_of_record(w), to->partner, !taken);
    return rc;
}

static void
doubt(struct work *w, const char *what)
{
    node_report(w->node,
        "ledger entry %llu about an own share does not hold: %s; it is kept "
        "as evidence",
        (unsigned long long)w->index, what);
    heads_evidence(w->node->heads, "outcome", w->bytes);
}

/* The recipient says that more of what the ledger has for it is missing than
 * this node knows to be on its way, or to have ended otherwise: its word and
 * the ledger's differ. */
static enum dhk_err
check_gap(struct work *w, const struct record_recipient *to, uint64_t missing)
{
    bool explains = true;
    enum dhk_err rc =
        missing == 0 ? DHK_OK
                     : tally_explains(w->t, to->partner, missing, &explains);

    if (rc != DHK_OK || explains)
        return rc;
    w->record.alarms++;
    node_report(w->node,
        "%s misses %llu shares that the ledger has of this node for it, more "
        "than are on their way, expired or went back",
        to->partner, (unsigned long long)missing);
    return DHK_OK;
}

static const struct answer_item *
item_of(const struct answer *a, const uint8_t leaf[32])
{
    for (size_t i = 0; i < a->items_n; i++) {
        if (memcmp(a->item[i].entry_hash, leaf, 32) == 0)
            return &a->item[i];
    }
    return NULL;
}

static enum dhk_err
apply_answer(struct work *w, uint64_t share)
{
    const struct answer *a = &w->answer;
    const struct entry_delivered *d = &w->entry.u.delivered;
    const struct answer_item *item;
    struct record_recipient *to;
    uint64_t number = 0;
    enum dhk_err rc = open_share(w, share, &number, &to);

    if (rc == DHK_OK && to == NULL && number != 0) {
        rc = recalls_answer(w->t, number, share, a);
        return rc == DHK_OK ? awaited_ended(w->t, w->record.from, share) : rc;
    }
    if (rc != DHK_OK || to == NULL)
        return rc;
    item = item_of(a, to->leaf);
    /* with whichever card of that partner: is_signed() saw to it */
    if (item == NULL || !slice_equal(slice_str(to->partner), d->recipient)) {
        doubt(w, "the answer is about another share");
        return DHK_OK;
    }
    rc =
        item->outcome == ANSWER_TAKEN ? check_gap(w, to, item->detail) : DHK_OK;
    return rc == DHK_OK ? end_share(w, number, to, RECORD_ANSWERED,
                              (uint32_t)item->outcome)
                        : rc;
}

/* Whether the answer in W->entry is signed by a card of the recipient. */
static bool
is_signed(struct work *w)
{
    const struct entry_delivered *d = &w->entry.u.delivered;
    const struct roster *r = trust_roster(w->node->trust);
    const struct card *card;

    if (answer_from_body(&w->answer, d->body, d->signature, NULL) != DHK_OK)
        return false;
    card = cards_by_id(w->node->cards, w->answer.card);
    return card != NULL &&
           slice_equal(slice_str(card->partner), d->recipient) &&
           slice_equal(w->answer.origin, slice_str(r->origin)) &&
           slice_equal(w->answer.sender, slice_str(w->node->name)) &&
           answer_verify(&w->answer, &card->sign) == DHK_OK;
}

static enum dhk_err
apply_end(struct work *w, uint64_t share, enum record_end end, uint32_t code)
{
    struct record_recipient *to;
    uint64_t number;
    enum dhk_err rc = open_share(w, share, &number, &to);

    return rc != DHK_OK || to == NULL ? rc
                                      : end_share(w, number, to, end, code);
}

/* Within W->record, which is that of signal NUMBER. */
static enum dhk_err
withdraw_share(struct work *w, uint64_t number, const struct withdrawal *said,
    const struct recalls_entry *x)
{
    const struct entry_withdrawn *e = &x->e->u.withdrawn;
    struct record_recipient *to = find_share(&w->record, e->share);
    enum dhk_err rc = DHK_OK;

    if (to == NULL || !slice_equal(slice_str(to->partner), e->recipient) ||
        memcmp(said->signal, w->record.id, sizeof said->signal) != 0 ||
        (to->end == RECORD_ANSWERED && !e->notice))
        return DHK_AUTH;
    if (to->end <= RECORD_PENDING && !e->notice)
        rc = end_share(w, number, to, RECORD_WITHDRAWN, 0);
    return rc == DHK_OK ? recalls_note(w->t, number, x, said) : rc;
}

enum dhk_err
outcomes_withdrawn(struct dhk_node *node, struct store_txn *t, uint64_t number,
    const struct recalls_entry *x)
{
    const struct entry_withdrawn *e = &x->e->u.withdrawn;
    struct withdrawal said;
    struct work *w = calloc(1, sizeof *w);
    enum dhk_err rc = DHK_NOMEM;

    if (w == NULL)
        return rc;
    w->node = node;
    w->t = t;
    rc = withdrawal_from_body(&said, e->body, e->signature, NULL);
    if (rc == DHK_OK)
        rc = outbox_get(t, number, &w->record);
    if (rc == DHK_OK)
        rc = withdraw_share(w, number, &said, x);
    free(w);
    return rc;
}

/* W->entry withdraws a share; what this node did not send it does not keep. */
static enum dhk_err
apply_withdrawn(struct work *w, uint64_t share)
{
    const struct recalls_entry x = {&w->entry, w->index, w->bytes};
    struct withdrawal said;
    uint64_t number;
    const char *why = recalls_check(w->node, &x, &said);
    enum dhk_err rc =
        why != NULL ? DHK_AUTH : outbox_get_share(w->t, share, &number);

    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = outcomes_withdrawn(w->node, w->t, number, &x);
    if (rc != DHK_AUTH)
        return rc;
    doubt(w, why != NULL ? why : "it differs from what was sent");
    return DHK_OK;
}

static bool
is_withdrawn(const struct entry *e)
{
    return e->kind == ENTRY_WITHDRAWN || e->kind == ENTRY_CORRECTED;
}

/* Once the entry itself is found good. */
static enum dhk_err
apply_good(struct work *w, uint64_t share)
{
    const struct entry *e = &w->entry;

    if (e->kind == ENTRY_DELIVERED)
        return apply_answer(w, share);
    if (is_withdrawn(e))
        return apply_withdrawn(w, share);
    if (e->kind == ENTRY_RETURNED)
        return apply_end(
            w, share, RECORD_RETURNED, (uint32_t)e->u.returned.code);
    return apply_end(w, share, RECORD_EXPIRED, 0);
}

const uint64_t *
outcomes_about(const struct entry *e, size_t *n)
{
    *n = 1;
    if (e->kind == ENTRY_RETURNED)
        return &e->u.returned.index;
    if (is_withdrawn(e))
        return &e->u.withdrawn.share;
    *n = e->kind == ENTRY_DELIVERED ? e->u.delivered.n
         : e->kind == ENTRY_EXPIRED ? e->u.expired.n
                                    : 0;
    return e->kind == ENTRY_DELIVERED ? e->u.delivered.index
                                      : e->u.expired.index;
}

static enum dhk_err
apply_entry(struct work *w)
{
    const struct entry *e = &w->entry;
    const uint64_t *share;
    size_t n = 0;
    enum dhk_err rc = DHK_OK;

    if (entry_decode(&w->entry, w->bytes, NULL) != DHK_OK) {
        doubt(w, "not of the form");
        return DHK_OK;
    }
    if (e->kind == ENTRY_DELIVERED && !is_signed(w)) {
        doubt(w, "the recipient's signature");
        return DHK_OK;
    }
    share = outcomes_about(e, &n);
    for (size_t i = 0; rc == DHK_OK && i < n; i++)
        rc = apply_good(w, share[i]);
    return rc;
}

enum dhk_err
outcomes_apply(
    struct dhk_node *node, struct store_txn *t, const struct outcomes *o)
{
    struct work *w = calloc(1, sizeof *w);
    enum dhk_err rc = DHK_OK;

    if (w == NULL)
        return DHK_NOMEM;
    w->node = node;
    w->t = t;
    for (size_t i = 0; rc == DHK_OK && i < o->n; i++) {
        w->index = o->index[i];
        w->bytes = o->entry[i];
        rc = apply_entry(w);
    }
    free(w);
    return rc;
}

enum dhk_err
outcomes_land(struct dhk_node *node, struct store_txn *t, uint64_t share)
{
    struct work *w;
    uint8_t mem[LIMIT_ENTRY];
    struct slice kept;
    enum dhk_err rc = outbox_get_early(t, share, &kept);

    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    w = calloc(1, sizeof *w);
    if (w == NULL || kept.n > sizeof mem) {
        free(w);
        return DHK_NOMEM;
    }
    memcpy(mem, kept.p, kept.n);
    w->node = node;
    w->t = t;
    w->index = share;
    w->bytes = slice_of(mem, kept.n);
    /* its signature was verified before it was kept */
    rc = entry_decode(&w->entry, w->bytes, NULL);
    if (rc == DHK_OK && w->entry.kind == ENTRY_DELIVERED)
        rc = answer_from_body(&w->answer, w->entry.u.delivered.body,
            w->entry.u.delivered.signature, NULL);
    if (rc == DHK_OK)
        rc = apply_good(w, share);
    if (rc == DHK_OK)
        rc = outbox_drop_early(t, share);
    free(w);
    return rc;
}
