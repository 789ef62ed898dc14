/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker in memory that takes bundles. */
#include "evil_receipt.h"

#include "manifest.h"
#include "merkle.h"

enum { FIRST = 100 }; /* index of the first entry */

int
receipt_new(void **state)
{
    struct evil_receipt *e = calloc(1, sizeof *e);
    void *ring = NULL;

    assert_non_null(e);
    (void)ring_new(&ring);
    e->ring = ring;
    e->node = e->ring->partner[RING_POLITIE].node;
    ok(node_outbox(e->node, NULL));
    ok(sealer_of(&e->sealer, e->node));
    *state = e;
    return 0;
}

int
receipt_end(void **state)
{
    struct evil_receipt *e = *state;
    void *ring = e->ring;

    (void)ring_end(&ring);
    free(e);
    return 0;
}

uint64_t
receipt_push(struct evil_receipt *e, const char *level)
{
    struct dhk_signal *s = ring_signal(level);
    uint64_t number = 0;

    ok(dhk_push(e->node, s, &number, NULL));
    dhk_signal_destroy(&s);
    return number;
}

static void
add_share(struct evil_receipt *e, const struct envelope *v,
    const struct manifest_recipient *r, uint32_t position)
{
    const struct envelope_header *h = &v->header;
    struct entry *x = &e->share[e->shares_n++];
    struct entry_share *s = &x->u.share;

    assert_true(e->shares_n <= RECEIPT_SHARES);
    memset(x, 0, sizeof *x);
    x->kind = ENTRY_SHARE;
    x->time = 1795000000000;
    *s = (struct entry_share){.accepted = e->first,
        .position = position,
        .sender = h->sender,
        .recipient = r->partner,
        .kind = h->kind,
        .purpose = h->purpose,
        .ground = h->ground,
        .fields = r->fields,
        .wrapped = r->fields,
        .expires = h->expires,
        .nth = 1};
    memcpy(s->id, h->id, sizeof s->id);
    memcpy(s->card, r->card, sizeof s->card);
    memcpy(s->case_handle, h->case_handle, sizeof s->case_handle);
    memcpy(s->agreement, h->agreement, sizeof s->agreement);
}

/* The entries that an honest broker would write for the bundle. */
static void
make_entries(struct evil_receipt *e)
{
    struct entry_accepted *a = &e->accepted.u.accepted;
    struct envelope *v = malloc(sizeof *v);
    struct manifest *m = malloc(sizeof *m);

    assert_true(v != NULL && m != NULL);
    memset(&e->accepted, 0, sizeof e->accepted);
    e->accepted.kind = ENTRY_ACCEPTED;
    e->accepted.time = 1795000000000;
    a->sender = slice_str("politie");
    memcpy(a->card, e->bundle.statement.card, sizeof a->card);
    memcpy(a->agreement, trust_agreement_hash(e->node->trust), 32);
    a->ids = e->bundle.statement.ids;
    memcpy(a->signature, e->bundle.statement.signature, KEY_SIGNATURE);
    a->kind[a->kinds_n++] = slice_str("melding");
    e->shares_n = 0;
    for (size_t i = 0; i < e->bundle.n; i++) {
        ok(envelope_decode(v, e->bundle.envelope[i], NULL));
        ok(envelope_check(v));
        ok(manifest_decode(m, v->manifest, NULL));
        ok(manifest_match(m, v, NULL));
        a->mark[a->n++] =
            (struct entry_mark){.presence = m->presence, .seq = m->seq};
        for (size_t k = 0; k < m->recipients_n && i < 2; k++)
            add_share(e, v, &m->recipient[k], (uint32_t)i);
    }
    free(v);
    free(m);
}

void
receipt_read(struct evil_receipt *e, struct slice bundle, uint64_t first)
{
    e->first = first;
    ok(bundle_decode(&e->bundle, bundle, NULL));
    ok(bundle_verify(&e->bundle.statement, &e->node->card.sign));
    make_entries(e);
}

size_t
receipt_write(struct evil_receipt *e)
{
    struct sink out;

    for (size_t i = 0; i <= e->shares_n; i++) {
        sink_init(&out, e->mem[i], LIMIT_ENTRY);
        ok(entry_encode(&out, i == 0 ? &e->accepted : &e->share[i - 1]));
        e->index[i] = e->first + i;
        e->entry[i] = sink_done(&out);
    }
    return 1 + e->shares_n;
}

void
receipt_seal(struct evil_receipt *e)
{
    struct store_txn *t = NULL;
    struct sealqueue_result r;
    struct slice bytes;

    ok(outbox_begin(&t, e->node->outbox, true));
    ok(sealqueue_bundle(&r, e->sealer, e->node, t, NULL));
    assert_true(r.bundle != 0);
    ok(outbox_commit(e->node->outbox, &t));
    e->bundle_number = r.bundle;
    ok(outbox_begin(&t, e->node->outbox, false));
    ok(outbox_bundle(t, r.bundle, e->numbers, &e->n, &bytes));
    memcpy(e->bytes, bytes.p, bytes.n);
    bytes = slice_of(e->bytes, bytes.n);
    store_abort(&t);
    receipt_read(e, bytes, FIRST);
}

enum dhk_err
receipt_apply(struct evil_receipt *e, struct dhk_problem *problem)
{
    struct receipts_sent sent = {
        .statement = &e->bundle.statement, .sender = "politie", .n = e->n};
    struct receipt r = {.index = e->index, .entry = e->entry};
    struct store_txn *t = NULL;

    ok(outbox_begin(&t, e->node->outbox, false));
    for (size_t i = 0; i < e->n; i++) {
        ok(outbox_get(t, e->numbers[i], &e->record[i]));
        sent.record[i] = &e->record[i];
    }
    store_abort(&t);
    r.n = receipt_write(e);
    return receipts_apply(&r, &sent, problem);
}

void
receipt_keep(struct evil_receipt *e)
{
    struct store_txn *t = NULL;

    ok(outbox_begin(&t, e->node->outbox, true));
    for (size_t i = 0; i < e->n; i++) {
        const struct record *r = &e->record[i];

        for (size_t k = 0; k < r->recipients_n; k++) {
            if (r->recipient[k].index != 0)
                ok(outbox_put_share(t, r->recipient[k].index, e->numbers[i]));
        }
        ok(outbox_put(t, e->numbers[i], r));
    }
    ok(outbox_drop_bundle(t, e->bundle_number));
    ok(outbox_commit(e->node->outbox, &t));
}

struct slice
receipt_answer(struct evil_receipt *e, uint8_t mem[LIMIT_ENTRY],
    enum answer_outcome outcome, uint64_t detail, size_t signer)
{
    return receipt_answer_of(e, mem, RING_GEMEENTE,
        &(struct answer_item){.outcome = outcome, .detail = detail}, signer);
}

struct slice
receipt_answer_of(struct evil_receipt *e, uint8_t mem[LIMIT_ENTRY],
    size_t recipient, const struct answer_item *item, size_t signer)
{
    struct slice name = slice_str(ring_names[recipient]);
    struct answer a = {
        .origin = slice_str(RING_ORIGIN), .sender = slice_str("politie")};
    struct answer read;
    struct entry *x = calloc(1, sizeof *x);
    uint8_t body[LIMIT_ENTRY];
    struct sink out;
    struct slice entry;
    size_t place = 0;

    while (!slice_equal(e->share[place].u.share.recipient, name))
        place++;
    memcpy(a.card, e->ring->partner[recipient].card.id, sizeof a.card);
    a.item[0] = *item;
    merkle_leaf(a.item[0].entry_hash, e->entry[1 + place]);
    a.items_n = 1;
    sink_init(&out, body, sizeof body);
    ok(answer_issue(&out, &a, e->ring->partner[signer].node->secret.sign));
    ok(answer_decode(&read, sink_done(&out), NULL));
    x->kind = ENTRY_DELIVERED;
    x->time = 1795000000000;
    x->u.delivered.recipient = name;
    x->u.delivered.body = read.body;
    memcpy(x->u.delivered.signature, read.signature, KEY_SIGNATURE);
    x->u.delivered.index[0] = e->first + 1 + place;
    x->u.delivered.n = 1;
    sink_init(&out, mem, LIMIT_ENTRY);
    ok(entry_encode(&out, x));
    entry = sink_done(&out);
    free(x);
    return entry;
}
