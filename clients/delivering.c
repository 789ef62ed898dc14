/* SPDX-License-Identifier: EUPL-1.2
 *
 * One DELIVER message. */
#include "delivering.h"

#include "cards.h"
#include "fetch.h"
#include "held.h"
#include "proving.h"
#include "session.h"
#include "trust.h"

#include "delivery.h"

#include <stdlib.h>
#include <string.h>

enum { FETCH_MS = 5000 };
static const uint64_t detail_max = UINT32_MAX;

/* Once the line was silent, it is given less time in this round. */
static int
patience(const struct dhk_node *node)
{
    return held_is_silent(node->held) ? 0 : FETCH_MS;
}

/* What shares under object ID need was asked for, with RC. Nobody signs that
 * there is no such thing: those shares stay unanswered, and the others go on.
 * After silence the session begins anew, and all unanswered come again. */
static enum dhk_err
asked(struct dhk_node *node, const uint8_t id[HELD_ID], enum dhk_err rc)
{
    bool answered;

    if (rc == DHK_OK || rc == DHK_NOMEM || rc == DHK_IO)
        return rc;
    answered = !session_is_unanswered(node->session) &&
               session_is_ready(node->session);
    held_missing(node->held, id, answered);
    if (rc == DHK_AUTH || rc == DHK_DENIED)
        held_turn_down(node->held);
    if (!answered)
        session_lost(node->session);
    return DHK_OK;
}

static bool
has_agreement(const struct dhk_node *node, const uint8_t hash[32])
{
    return trust_agreement(node->trust) != NULL &&
           trust_agreement_by_hash(node->trust, hash) != NULL;
}

static enum dhk_err
prepare_agreement(
    struct dhk_node *node, const uint8_t hash[32], struct dhk_problem *problem)
{
    enum dhk_err rc;

    if (has_agreement(node, hash) || !held_may_ask(node->held, hash))
        return DHK_OK;
    /* most likely a new one is in force, and the news is on its way */
    session_refresh(node->session);
    rc = session_ready(node, patience(node), problem);
    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    if (rc == DHK_OK)
        rc = fetch_agreement(node, hash, patience(node), problem);
    if (rc == DHK_OK && !has_agreement(node, hash))
        rc = DHK_NOTFOUND; /* none is in force */
    return asked(node, hash, rc);
}

enum dhk_err
delivering_fetch_agreements(
    struct dhk_node *node, struct slice bytes, struct dhk_problem *problem)
{
    struct bundle_statement st;
    struct delivery d;
    uint8_t agreement[32];
    struct slice share;
    enum dhk_err rc = DHK_OK;

    if (delivery_decode(&d, bytes, NULL) != DHK_OK)
        return DHK_OK;
    while (rc == DHK_OK && delivery_group_next(&d, &st)) {
        while (rc == DHK_OK && delivery_share_next(&d, &share)) {
            if (inspect_read_agreement(agreement, share) == DHK_OK)
                rc = prepare_agreement(node, agreement, problem);
        }
    }
    return rc;
}

static enum dhk_err
prepare_card(struct dhk_node *node, const uint8_t id[CARD_ID],
    struct dhk_problem *problem)
{
    if (!held_may_ask(node->held, id))
        return DHK_OK;
    return asked(node, id, fetch_card(node, id, patience(node), problem));
}

/* Approvals are of a place in the ledger: that of a share that waited is asked
 * for, so that approvals of another one are not taken for its own. */
static enum dhk_err
prepare_place(
    struct dhk_node *node, struct slice share, struct dhk_problem *problem)
{
    struct inspect_label label;
    enum dhk_err rc;

    if (inspect_read_label(&label, share) != DHK_OK ||
        !held_may_ask(node->held, label.leaf))
        return DHK_OK;
    rc =
        fetch_inclusion(node, label.leaf, label.index, patience(node), problem);
    if (rc == DHK_STATE)
        return rc;
    if (rc == DHK_OK)
        proving_place(node->proving, label.leaf, label.index);
    return asked(node, label.leaf, rc);
}

/* What a share needs that waited for approvals. */
static enum dhk_err
prepare_release(
    struct dhk_node *node, struct slice share, struct dhk_problem *problem)
{
    uint8_t ids[LIMIT_APPROVALS][CARD_ID];
    struct inspect *x = NULL;
    enum dhk_err rc = inspect_new(&x);
    size_t n = rc == DHK_OK ? inspect_read_approvals(x, ids, share) : 0;

    for (size_t i = 0; rc == DHK_OK && i < n; i++)
        rc = prepare_card(node, ids[i], problem);
    if (rc == DHK_OK && n > 0)
        rc = prepare_place(node, share, problem);
    inspect_destroy(&x);
    return rc;
}

enum dhk_err
delivering_fetch_cards(
    struct dhk_node *node, struct slice bytes, struct dhk_problem *problem)
{
    struct bundle_statement st;
    struct delivery d;
    struct slice share;
    enum dhk_err rc = DHK_OK;

    if (delivery_decode(&d, bytes, NULL) != DHK_OK)
        return DHK_OK;
    while (rc == DHK_OK && delivery_group_next(&d, &st)) {
        rc = prepare_card(node, st.card, problem);
        while (rc == DHK_OK && delivery_share_next(&d, &share)) {
            if (inspect_may_be_released(share))
                rc = prepare_release(node, share, problem);
        }
    }
    return rc;
}

struct work {
    struct dhk_node *node;
    struct store_txn *t;
    struct inspect *x;
    struct inspect_context ctx;
    struct inspect_label label;
    uint8_t *mem; /* PARCEL_BYTES, once a share is kept */
};

/* Its card's partner; without a known card the name that the entry gives. */
static const char *
sender_of(const struct work *w, char mem[LIMIT_NAME + 1])
{
    struct entry *e;

    if (w->ctx.sender != NULL)
        return w->ctx.sender->partner;
    e = malloc(sizeof *e);
    mem[0] = '\0';
    if (e != NULL && w->x->share.entry.n > 0 &&
        entry_decode(e, w->x->share.entry, NULL) == DHK_OK &&
        e->kind == ENTRY_SHARE &&
        slice_to_str(e->u.share.sender, mem, LIMIT_NAME + 1) != DHK_OK)
        mem[0] = '\0';
    free(e);
    return mem;
}

/* It waits for a card or an agreement, under whose ID that is told once. */
static void
tell_lack(struct work *w, const uint8_t id[HELD_ID], const char *sender)
{
    if (held_tell(w->node->held, id))
        node_report(w->node,
            "a share from %s (ledger entry %llu), and any more like it, waits "
            "without an answer: %s (%02x%02x%02x%02x...)",
            sender, (unsigned long long)w->label.index, w->x->why, id[0], id[1],
            id[2], id[3]);
}

/* It is not what its sender and the broker's core made, as far as can be
 * told. */
static void
tell_altered(struct work *w, const char *sender, const char *why)
{
    const uint8_t *leaf = w->label.leaf;

    if (held_tell(w->node->held, leaf))
        node_report(w->node,
            "a share from %s (ledger entry %llu) waits without an answer, for "
            "it may have been altered on its way: %s (%02x%02x%02x%02x...)",
            sender, (unsigned long long)w->label.index, why, leaf[0], leaf[1],
            leaf[2], leaf[3]);
}

/* Nothing is kept: when it is delivered again, it is looked at again. */
static enum dhk_err
hold(struct work *w, const char *why)
{
    char mem[LIMIT_NAME + 1];
    const char *sender = sender_of(w, mem);

    if (sender[0] == '\0')
        sender = "an unknown sender";
    held_add(w->node->held, w->label.leaf);
    inbox_sending(w->node->inbox)->unfit++;
    if (w->x->lacks)
        tell_lack(w, w->x->lacked, sender);
    else
        tell_altered(w, sender, why);
    return DHK_OK;
}

/* What sender and core did: it is said once the entry is proved. */
static enum dhk_err
refuse(struct work *w, enum answer_outcome outcome, uint64_t detail,
    const char *why)
{
    struct proving_refusal r = {
        .item = {.outcome = outcome,
            .detail = detail < detail_max ? detail : detail_max},
        .index = w->label.index,
        .why = why};

    memcpy(r.item.leaf, w->label.leaf, sizeof r.item.leaf);
    memcpy(r.item.sender, w->ctx.sender->partner, sizeof r.item.sender);
    if (slice_equal(w->x->entry.u.share.sender, slice_str(r.item.sender)))
        r.nth = w->x->entry.u.share.nth;
    /* without room there it comes again, like what is not proved */
    if (!proving_add(w->node->proving, &r))
        held_add(w->node->held, w->label.leaf);
    inbox_sending(w->node->inbox)->unfit++;
    return DHK_OK;
}

static enum dhk_err
keep_share(struct work *w, const struct seen_mark *mark, uint64_t missing)
{
    struct inbox_item item = {
        .detail = missing < detail_max ? missing : detail_max};
    struct sink out;
    enum dhk_err rc;

    if (w->mem == NULL)
        w->mem = malloc(PARCEL_BYTES);
    if (w->mem == NULL)
        return DHK_NOMEM;
    memcpy(item.leaf, w->label.leaf, sizeof item.leaf);
    memcpy(item.sender, w->ctx.sender->partner, sizeof item.sender);
    sink_init(&out, w->mem, PARCEL_BYTES);
    parcel_encode(&out, w->x, &w->ctx, missing);
    rc = out.err;
    if (rc == DHK_OK)
        rc = inbox_add(w->node->inbox, w->t, &item, mark, sink_done(&out));
    key_wipe(w->mem, out.n);
    return rc;
}

/* The signal came before. While that is not answered, nothing is said of
 * another entry of it: whoever passed the first one on may have made that up,
 * and the ledger's is answered the same when it comes again. */
static enum dhk_err
answer_again(struct work *w, const struct seen_found *found)
{
    struct inbox_item again = {.outcome = found->before};
    bool waits = false;
    enum dhk_err rc = DHK_OK;

    if (memcmp(found->leaf, w->label.leaf, sizeof found->leaf) != 0)
        rc = inbox_knows(w->t, found->leaf, &waits);
    if (rc != DHK_OK)
        return rc;
    if (waits)
        return hold(w,
            "it is here with another ledger entry, which is not answered yet");
    memcpy(again.leaf, w->label.leaf, sizeof again.leaf);
    memcpy(again.sender, w->ctx.sender->partner, sizeof again.sender);
    return inbox_answer(w->t, &again);
}

/* A verified share: new, seen before, or a replay. */
static enum dhk_err
count_and_keep(struct work *w)
{
    struct seen_mark mark = {.counter = w->x->wrap.counter,
        .sender = slice_str(w->ctx.sender->partner),
        .nth = w->x->entry.u.share.nth};
    struct seen_found found;
    enum dhk_err rc;

    memcpy(mark.card, w->ctx.sender->id, sizeof mark.card);
    memcpy(mark.id, w->x->share.header.id, sizeof mark.id);
    memcpy(mark.leaf, w->label.leaf, sizeof mark.leaf);
    rc = seen_count(w->t, &mark, &found);
    if (rc != DHK_OK)
        return rc;
    switch (found.what) {
    case SEEN_FRESH:
        return keep_share(w, &mark, found.missing);
    case SEEN_AGAIN:
        return answer_again(w, &found);
    case SEEN_REPLAYED:
        break;
    }
    return refuse(
        w, ANSWER_REPLAYED, 0, "its counter came before, with another signal");
}

static enum dhk_err
take_share(
    struct work *w, const struct bundle_statement *st, struct slice share)
{
    bool known;
    enum dhk_err rc;

    if (inspect_read_label(&w->label, share) != DHK_OK) {
        node_report(w->node, "the broker delivered something that is no "
                             "share; it cannot be answered");
        inbox_sending(w->node->inbox)->unfit++;
        return DHK_OK;
    }
    rc = inbox_knows(w->t, w->label.leaf, &known);
    if (rc != DHK_OK || known)
        return rc;
    w->ctx.sender = cards_by_id(w->node->cards, st->card);
    w->ctx.agreement =
        trust_agreement_by_hash(w->node->trust, w->label.agreement);
    w->ctx.in_force = trust_agreement(w->node->trust);
    w->ctx.placed =
        proving_is_placed(w->node->proving, w->label.leaf, w->label.index);
    rc = inspect_share(w->x, &w->ctx, st, share);
    if (rc != DHK_OK)
        return rc;
    if (w->x->outcome == ANSWER_NONE)
        return hold(w, w->x->why);
    held_drop(w->node->held, w->label.leaf);
    if (w->x->outcome == ANSWER_TAKEN)
        return count_and_keep(w);
    return refuse(w, w->x->outcome, w->x->detail, w->x->why);
}

enum dhk_err
delivering_take(struct dhk_node *node, struct store_txn *t, struct slice bytes)
{
    struct work w = {.node = node, .t = t};
    struct bundle_statement st;
    struct delivery d;
    struct slice share;
    enum dhk_err rc;

    if (delivery_decode(&d, bytes, NULL) != DHK_OK) {
        node_report(node, "the broker delivered something malformed");
        inbox_sending(node->inbox)->unfit++;
        return DHK_OK;
    }
    w.ctx.origin = trust_roster(node->trust)->origin;
    w.ctx.name = node->name;
    w.ctx.card = &node->card;
    w.ctx.seal = node->secret.seal;
    w.ctx.cards = node->cards;
    rc = inspect_new(&w.x);
    while (rc == DHK_OK && delivery_group_next(&d, &st)) {
        while (rc == DHK_OK && delivery_share_next(&d, &share)) {
            rc = take_share(&w, &st, share);
            inbox_sending(node->inbox)->taken++;
        }
    }
    inspect_destroy(&w.x);
    free(w.mem);
    return rc;
}
