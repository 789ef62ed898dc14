/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker in memory, honest or not. */
#include "evil_delivery.h"

#include "delivering.h"
#include "held.h"
#include "merkle.h"
#include "pack.h"
#include "proving.h"
#include "store.h"

enum { PERMITTED = 7, FIELDS = 4, ATTRIBUTES = 3, OPENED = 1, DAY = 86400 };

static const struct ring_partner *
addressee(const struct evil_delivery *d, const struct evil *how)
{
    for (size_t i = 0; how->to != NULL && i < RING_PARTNERS; i++) {
        if (strcmp(ring_names[i], how->to) == 0)
            return &d->ring->partner[i];
    }
    return &d->ring->partner[RING_GEMEENTE];
}

static void
plan_recipient(struct sealing_plan *plan, const struct ring_partner *to,
    const struct evil *how, uint64_t counter)
{
    struct sealing_recipient *r = &plan->recipient[plan->recipients_n++];

    *r = (struct sealing_recipient){.partner = slice_str(to->card.partner),
        .seal = to->card.seal,
        .fields = how->wrapped == 0 ? PERMITTED : how->wrapped,
        .counter = counter};
    memcpy(r->card, to->card.id, sizeof r->card);
}

static void
seal_one(struct evil_delivery *d, const struct evil *how)
{
    static const uint8_t handle[ENVELOPE_CASE], actor[16];
    static const char *const values[FIELDS] = {
        "Jan Jansen", "Kade 1", "Riep op.", "Verborgen"};
    const struct ring_partner *from = &d->ring->partner[RING_POLITIE];
    struct sealing_key *key = NULL;
    uint8_t level[LIMIT_NAME + 2], stil[2];
    struct sealing_plan *plan = calloc(1, sizeof *plan);
    struct sink out, value;
    struct slice envelope;

    assert_non_null(plan);
    *plan = (struct sealing_plan){.sender = slice_str("politie"),
        .kind = slice_str("melding"),
        .purpose = slice_str("weging"),
        .ground = slice_str("wet"),
        .agreement = trust_agreement_hash(from->node->trust),
        .card = from->card.id,
        .case_handle = handle,
        .actor = actor,
        .created = (uint64_t)node_now(from->node),
        .expires = (uint64_t)node_now(from->node) + DAY,
        .seq = ++d->counter,
        .fields_n = FIELDS,
        .presence = (1U << FIELDS) - 1,
        .parties_n = 3,
        .attributes_n = ATTRIBUTES};
    plan->origin = slice_str(how->origin == NULL ? RING_ORIGIN : how->origin);
    for (size_t i = 0; i < FIELDS; i++)
        plan->value[i] = slice_str(values[i]);
    sink_init(&value, level, sizeof level);
    pack_cstr(&value, how->level == NULL ? "hoog" : how->level);
    plan->attribute[0] = sink_done(&value);
    sink_init(&value, stil, sizeof stil);
    pack_bool(&value, false);
    plan->attribute[2] = sink_done(&value);
    plan_recipient(plan, addressee(d, how), how,
        how->counter == 0 ? d->counter : how->counter);
    if (how->also_om)
        plan_recipient(plan, &d->ring->partner[RING_OM], how, d->counter);
    ok(sealing_key_new(&key));
    sink_init(&out, d->sealed, sizeof d->sealed);
    ok(sealing_envelope(&out, d->id, plan, key));
    sealing_key_destroy(&key);
    envelope = sink_done(&out);
    sink_init(&out, d->framed, sizeof d->framed);
    ok(bundle_encode(&out, from->card.id, &envelope, 1, d->id,
        d->ring->partner[how->other_signer ? RING_OM : RING_POLITIE]
            .node->secret.sign));
    ok(bundle_decode(&d->bundle, sink_done(&out), NULL));
    ok(envelope_decode(&d->envelope, d->bundle.envelope[0], NULL));
    free(plan);
}

/* The entry that an honest broker would write. */
static void
make_entry(struct evil_delivery *d, const struct evil *how)
{
    const struct envelope_header *h = &d->envelope.header;
    struct entry_share *e = &d->entry.u.share;
    const struct ring_partner *to = &d->ring->partner[RING_GEMEENTE];

    memset(&d->entry, 0, sizeof d->entry);
    d->entry.kind = ENTRY_SHARE;
    key_random(d->entry.random, sizeof d->entry.random);
    d->entry.time = (uint64_t)node_now(to->node) * 1000;
    if (how->old_card_time)
        d->entry.time = (uint64_t)(to->card.from - DAY) * 1000;
    *e = (struct entry_share){.accepted = d->index,
        .sender = h->sender,
        .recipient = slice_str("gemeente"),
        .kind = h->kind,
        .purpose = h->purpose,
        .ground = h->ground,
        .fields = PERMITTED,
        .wrapped = how->wrapped == 0 ? PERMITTED : how->wrapped,
        .expires = h->expires,
        .nth = how->nth == 0 ? d->nth + 1 : how->nth};
    d->nth = e->nth > d->nth ? e->nth : d->nth;
    e->before = e->nth > 1 ? d->index : 0;
    memcpy(e->id, h->id, sizeof e->id);
    memcpy(e->card, to->card.id, sizeof e->card);
    memcpy(e->case_handle, h->case_handle, sizeof e->case_handle);
    memcpy(e->agreement, h->agreement, sizeof e->agreement);
    e->rule[e->rules_n++] = slice_str("P1");
    e->duties.has_at_most = true;
    e->duties.at_most = 30;
    e->duties.onward_limited = true;
    e->duties.log = true;
}

static const struct evil_delivery *asked; /* whose core is asked */

static void
write_down(struct evil_delivery *d)
{
    size_t i = d->ledger_n++ % EVIL_LEDGER;

    merkle_leaf(d->ledger[i].leaf, d->share.entry);
    d->ledger[i].index = d->share.index;
}

/* Encodes entry, share and delivery. */
static void
frame(struct evil_delivery *d)
{
    struct sink out;

    if (d->share.entry.n == 0) {
        sink_init(&out, d->entry_mem, sizeof d->entry_mem);
        ok(entry_encode(&out, &d->entry));
        d->share.entry = sink_done(&out);
        write_down(d);
    }
    sink_init(&out, d->out, sizeof d->out);
    delivery_begin(&out, 1);
    delivery_group(&out, &d->bundle.statement, 1);
    size_t from = pack_bin_begin(&out);
    share_encode(&out, &d->share);
    pack_bin_end(&out, from);
    ok(out.err);
    d->delivery = sink_done(&out);
}

/* A statement that politie signed, over an id that is not this signal's. */
static void
sign_another(struct evil_delivery *d)
{
    const struct ring_partner *from = &d->ring->partner[RING_POLITIE];
    struct slice part[2];

    d->bundle.id_mem[0] ^= 1;
    part[0] = slice_of(from->card.id, CARD_ID);
    part[1] = slice_of(d->bundle.id_mem, ENVELOPE_ID);
    seal_sign(d->bundle.statement.signature, "driehoek/v1/bundle", part, 2,
        from->node->secret.sign);
    ok(bundle_verify(&d->bundle.statement, &from->card.sign));
}

void
evil_deliver(struct evil_delivery *d, const struct evil *how)
{
    const struct envelope_recipient *r = d->envelope.recipient;

    seal_one(d, how);
    d->index += 2;
    make_entry(d, how);
    /* their places are shuffled */
    if (!slice_equal(r->partner, slice_str(addressee(d, how)->card.partner)))
        r++;
    share_select(&d->share, &d->envelope, r, PERMITTED, OPENED);
    d->share.position = 0;
    d->share.index = d->index + 1;
    if (how->other_statement)
        sign_another(d);
    if (how->change != NULL)
        how->change(&d->share, &d->entry);
    frame(d);
}

void
evil_enter_again(struct evil_delivery *d)
{
    key_random(d->entry.random, sizeof d->entry.random);
    d->share.index++;
    d->share.entry.n = 0;
    frame(d);
}

enum dhk_err __wrap_fetch_inclusion(struct dhk_node *node,
    const uint8_t leaf[32], uint64_t index, int timeout_ms,
    struct dhk_problem *problem);

enum dhk_err
__wrap_fetch_inclusion(struct dhk_node *node, const uint8_t leaf[32],
    uint64_t index, int timeout_ms, struct dhk_problem *problem)
{
    (void)node;
    (void)timeout_ms;
    (void)problem;
    for (size_t i = 0; i < EVIL_LEDGER; i++) {
        if (memcmp(asked->ledger[i].leaf, leaf, MERKLE_HASH) == 0 &&
            asked->ledger[i].index == index)
            return DHK_OK;
    }
    return DHK_NOTFOUND;
}

void
evil_prove(struct evil_delivery *d)
{
    asked = d;
    ok(proving_ask(d->ring->partner[RING_GEMEENTE].node, NULL));
}

void
evil_fetch(struct evil_delivery *d)
{
    struct dhk_node *node = d->ring->partner[RING_GEMEENTE].node;

    asked = d;
    ok(node_inbox(node, NULL));
    held_begin(node->held);
    ok(delivering_fetch_cards(node, d->delivery, NULL));
}

void
evil_take_bytes(struct evil_delivery *d, struct slice bytes)
{
    struct dhk_node *node = d->ring->partner[RING_GEMEENTE].node;
    struct store_txn *t = NULL;

    ok(node_inbox(node, NULL));
    ok(inbox_begin(&t, node->inbox, true));
    ok(delivering_take(node, t, bytes));
    ok(inbox_commit(node->inbox, &t));
    evil_prove(d);
}

void
evil_take(struct evil_delivery *d)
{
    evil_take_bytes(d, d->delivery);
}

enum answer_outcome
evil_answer(struct evil_delivery *d, uint64_t *number, struct inbox_item *item)
{
    struct dhk_node *node = d->ring->partner[RING_GEMEENTE].node;
    struct store_txn *t = NULL;
    uint8_t leaf[MERKLE_HASH];
    enum answer_outcome found = ANSWER_NONE;

    merkle_leaf(leaf, d->share.entry);
    *number = 0;
    ok(inbox_begin(&t, node->inbox, false));
    while (
        found == ANSWER_NONE && inbox_next_answer(t, number, item) == DHK_OK) {
        if (memcmp(item->leaf, leaf, sizeof leaf) == 0)
            found = item->outcome;
    }
    store_abort(&t);
    return found;
}

void
evil_takes_next(struct evil_delivery *d)
{
    const struct evil honest = {.origin = NULL};
    struct dhk_node *node = d->ring->partner[RING_GEMEENTE].node;
    const struct dhk_share *share = NULL;

    evil_deliver(d, &honest);
    evil_take(d);
    ok(dhk_receive(node, 0, &share, NULL));
    assert_int_equal(share->index, d->share.index);
    ok(dhk_confirm(node, &share));
}

int
evil_new(void **state)
{
    struct evil_delivery *d = calloc(1, sizeof *d);
    void *ring = NULL;

    assert_non_null(d);
    (void)ring_new(&ring);
    d->ring = ring;
    *state = d;
    return 0;
}

int
evil_end(void **state)
{
    struct evil_delivery *d = *state;
    void *ring = d->ring;

    (void)ring_end(&ring);
    free(d);
    return 0;
}
