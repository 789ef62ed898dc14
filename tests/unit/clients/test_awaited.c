/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a card of before sent is looked after until its outcome is there, and
 * not longer; and counts as that card's. */
#include "evil_receipt.h"

#include "awaited.h"
#include "outcomes.h"
#include "tally.h"

static const uint8_t other[CARD_ID] = {7};

/* One signal of the present card, with its receipt; its shares are open. */
static void
accept_one(struct evil_receipt *e)
{
    (void)receipt_push(e, "hoog");
    receipt_seal(e);
    ok(receipt_apply(e, NULL));
    receipt_keep(e);
}

static void
apply_outcome(struct evil_receipt *e, struct slice entry)
{
    struct store_txn *t = NULL;
    uint64_t index = 900;
    struct outcomes o = {.n = 1, .index = &index, .entry = &entry};

    ok(outbox_begin(&t, e->node->outbox, true));
    ok(outcomes_apply(e->node, t, &o));
    ok(outbox_commit(e->node->outbox, &t));
}

/* How many cards are looked after; *FIRST of the last of them. */
static size_t
cards(struct evil_receipt *e, const uint8_t own[CARD_ID], uint64_t *first)
{
    struct awaited_card *list = calloc(NODE_CARDS_MAX, sizeof *list);
    size_t n;

    assert_non_null(list);
    ok(awaited_cards(e->node->outbox, list, &n, own));
    *first = n == 0 ? 0 : list[n - 1].first;
    if (n > 0)
        assert_memory_equal(
            list[n - 1].id, e->record[0].from, sizeof e->record[0].from);
    free(list);
    return n;
}

static struct tally
tally_of(struct evil_receipt *e, const uint8_t card[CARD_ID])
{
    struct store_txn *t = NULL;
    struct tally tally;

    ok(outbox_begin(&t, e->node->outbox, false));
    ok(tally_get(t, card, "gemeente", &tally));
    store_abort(&t);
    return tally;
}

static void
own_shares_are_no_other_cards(void **state)
{
    struct evil_receipt *e = *state;
    uint64_t first;

    accept_one(e);
    ok(awaited_begin(e->node->outbox, e->node->card.id));
    assert_int_equal(cards(e, e->node->card.id, &first), 0);
}

static void
an_open_share_is_awaited_until_its_outcome(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY], sender[CARD_ID];
    struct slice entry;
    uint64_t first;

    accept_one(e);
    memcpy(sender, e->node->card.id, sizeof sender);
    assert_memory_equal(e->record[0].from, sender, sizeof sender);
    entry = receipt_answer(e, mem, ANSWER_TAKEN, 0, RING_GEMEENTE);
    memcpy(e->node->card.id, other, sizeof other);
    ok(awaited_begin(e->node->outbox, other));
    assert_int_equal(cards(e, other, &first), 1);
    assert_int_not_equal(first, 0);
    ok(awaited_heard(e->node->outbox, sender)); /* some are open */
    assert_int_equal(cards(e, other, &first), 1);

    apply_outcome(e, entry);
    for (size_t i = 0; i < e->record[0].recipients_n; i++) {
        const struct record_recipient *to = &e->record[0].recipient[i];
        struct store_txn *t = NULL;
        if (strcmp(to->partner, "gemeente") == 0)
            continue; /* that was answered */
        ok(outbox_begin(&t, e->node->outbox, true));
        ok(awaited_ended(t, sender, to->index));
        ok(outbox_commit(e->node->outbox, &t));
    }
    /* until the broker knows, it may come again */
    assert_int_equal(cards(e, other, &first), 1);
    assert_int_equal(first, 0);
    ok(awaited_heard(e->node->outbox, sender));
    assert_int_equal(cards(e, other, &first), 0);
}

static void
an_outcome_counts_for_the_card_that_sent(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY], sender[CARD_ID];
    struct slice entry;

    accept_one(e);
    memcpy(sender, e->node->card.id, sizeof sender);
    entry =
        receipt_answer(e, mem, ANSWER_REFUSED_BY_APPLICATION, 0, RING_GEMEENTE);
    assert_int_equal(tally_of(e, sender).open, 1);
    memcpy(e->node->card.id, other, sizeof other);
    apply_outcome(e, entry);
    assert_int_equal(tally_of(e, sender).open, 0);
    assert_int_equal(tally_of(e, sender).lost, 1);
    assert_int_equal(tally_of(e, other).lost, 0);
}

/* As it was written before it kept the card: one member less. */
static void
a_record_of_before_is_read(void **state)
{
    struct evil_receipt *e = *state;
    enum { LAST = 2 + CARD_ID };
    uint8_t mem[RECORD_BYTES];
    struct record *r = calloc(1, sizeof *r);
    struct sink out;

    assert_non_null(r);
    accept_one(e);
    sink_init(&out, mem, sizeof mem);
    record_encode(&out, &e->record[0]);
    ok(out.err);
    ok(record_decode(r, sink_done(&out)));
    assert_memory_equal(r->from, e->node->card.id, CARD_ID);
    assert_int_equal(mem[2], 19); /* an array of so many */
    mem[2] = 18;
    assert_int_not_equal(record_decode(r, slice_of(mem, out.n - LAST)), DHK_OK);
    mem[3] = 1;
    ok(record_decode(r, slice_of(mem, out.n - LAST)));
    assert_int_equal(r->recipients_n, e->record[0].recipients_n);
    assert_ptr_equal(record_card(r, other), other);
    mem[2] = 19; /* neither */
    assert_int_not_equal(record_decode(r, sink_done(&out)), DHK_OK);
    free(r);
}

#define receipt_test(f)                                                        \
    cmocka_unit_test_setup_teardown(f, receipt_new, receipt_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        receipt_test(own_shares_are_no_other_cards),
        receipt_test(an_open_share_is_awaited_until_its_outcome),
        receipt_test(an_outcome_counts_for_the_card_that_sent),
        receipt_test(a_record_of_before_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
