/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is pushed is not lost, not sealed twice under one number, and not shared
 * otherwise than was shown. */
#include "evil_receipt.h"

#include "outcomes.h"

static struct record *
record_of(struct evil_receipt *e, uint64_t number)
{
    static struct record r;
    struct store_txn *t = NULL;

    ok(outbox_begin(&t, e->node->outbox, false));
    ok(outbox_get(t, number, &r));
    store_abort(&t);
    return &r;
}

static void
reopen(struct evil_receipt *e)
{
    outbox_close(&e->node->outbox);
    ok(node_outbox(e->node, NULL));
}

static void
what_was_pushed_is_there_after_a_crash(void **state)
{
    struct evil_receipt *e = *state;
    const struct dhk_sent *sent;
    char command[NODE_PATH + 64];

    assert_int_equal(receipt_push(e, "hoog"), 1);
    assert_int_equal(receipt_push(e, "middel"), 2);
    reopen(e);
    ok(dhk_sent_next(e->node, 0, &sent));
    assert_int_equal(sent->number, 1);
    assert_int_equal(sent->state, DHK_WAITING);
    assert_string_equal(sent->kind, "melding");
    assert_string_equal(sent->id, "");
    ok(dhk_sent_next(e->node, 1, &sent));
    assert_int_equal(dhk_sent_next(e->node, 2, &sent), DHK_NOTFOUND);
    (void)snprintf(
        command, sizeof command, "grep -rqa 'Jan Jansen' '%s'", e->node->dir);
    assert_int_not_equal(system(command), 0);
}

static void
many_are_pushed_together_or_not_at_all(void **state)
{
    struct evil_receipt *e = *state;
    struct dhk_signal *good = ring_signal("hoog"), *bad = ring_signal("laag");
    const struct dhk_signal *list[3] = {good, good, bad};
    const struct dhk_sent *sent;
    uint64_t numbers[3];
    size_t failed = 9;

    assert_int_equal(
        dhk_push_many(e->node, list, 3, numbers, &failed, NULL), DHK_DENIED);
    assert_int_equal(failed, 2);
    assert_int_equal(dhk_sent_next(e->node, 0, &sent), DHK_NOTFOUND);
    list[2] = good;
    ok(dhk_push_many(e->node, list, 3, numbers, &failed, NULL));
    assert_int_equal(numbers[2], numbers[0] + 2);
    dhk_signal_destroy(&good);
    dhk_signal_destroy(&bad);
}

static void
only_what_was_never_sealed_can_be_cancelled(void **state)
{
    struct evil_receipt *e = *state;

    (void)receipt_push(e, "hoog");
    (void)receipt_push(e, "hoog");
    ok(dhk_cancel(e->node, 1));
    assert_int_equal(dhk_cancel(e->node, 1), DHK_STATE);
    receipt_seal(e);
    assert_int_equal(e->n, 1);
    assert_int_equal(e->numbers[0], 2);
    assert_int_equal(dhk_cancel(e->node, 2), DHK_STATE);
    assert_int_equal(dhk_cancel(e->node, 3), DHK_NOTFOUND);
}

static void
sealed_bytes_and_their_numbers_come_together(void **state)
{
    struct evil_receipt *e = *state;
    struct store_txn *t = NULL;
    struct sealqueue_result r;
    uint8_t first[ENVELOPE_ID];

    (void)receipt_push(e, "hoog");
    ok(outbox_begin(&t, e->node->outbox, true));
    ok(sealqueue_bundle(&r, e->sealer, e->node, t, NULL));
    store_abort(&t); /* the process ends before the commit */
    receipt_seal(e);
    memcpy(first, e->bundle.statement.ids.p, sizeof first);
    assert_int_equal(record_of(e, 1)->seq, 1);
    reopen(e); /* and after it: the same bundle is there, to be sent */
    assert_int_equal(
        outbox_flights(e->node->outbox)[0].bundle, e->bundle_number);
    ok(outbox_begin(&t, e->node->outbox, true));
    ok(sealqueue_bundle(&r, e->sealer, e->node, t, NULL));
    assert_int_equal(r.bundle, 0); /* nothing is sealed again */
    store_abort(&t);
}

static void
numbers_grow_over_bundles(void **state)
{
    struct evil_receipt *e = *state;
    uint64_t last = 0, signals = 0;

    for (size_t i = 0; i < 100; i++)
        (void)receipt_push(e, "hoog");
    while (signals < 100) {
        receipt_seal(e);
        for (size_t i = 0; i < e->n; i++) {
            const struct record *r = record_of(e, e->numbers[i]);

            assert_true(r->seq > last);
            last = r->seq;
            assert_int_equal(e->numbers[i], ++signals);
        }
    }
}

static void
another_agreement_that_shares_alike_is_sealed(void **state)
{
    struct evil_receipt *e = *state;
    char text[RING_TEXT], hex[2 * SEAL_HASH + 1];

    (void)receipt_push(e, "hoog");
    bytes_hex(hex, trust_agreement_hash(e->node->trust), SEAL_HASH);
    ring_agreement(text, 2, hex, "# nothing else\n");
    ring_in_force(e->ring, text);
    receipt_seal(e);
    assert_int_equal(e->n, 1);
    assert_memory_equal(
        record_of(e, 1)->agreement, trust_agreement_hash(e->node->trust), 32);
}

static void
another_agreement_that_shares_otherwise_asks_for_a_review(void **state)
{
    struct evil_receipt *e = *state;
    struct store_txn *t = NULL;
    struct sealqueue_result r;
    char text[RING_TEXT], hex[2 * SEAL_HASH + 1];

    (void)receipt_push(e, "hoog");
    bytes_hex(hex, trust_agreement_hash(e->node->trust), SEAL_HASH);
    ring_agreement(text, 2, hex, "");
    memcpy(strstr(text, "share naam, adres, feiten"),
        "share naam, feiten       ", 25);
    ring_in_force(e->ring, text);
    ok(outbox_begin(&t, e->node->outbox, true));
    ok(sealqueue_bundle(&r, e->sealer, e->node, t, NULL));
    ok(store_commit(&t));
    assert_int_equal(r.bundle, 0);
    assert_int_equal(r.reviews, 1);
    assert_int_equal(record_of(e, 1)->state, DHK_REVIEW);
}

static void
without_a_card_of_any_recipient_it_waits(void **state)
{
    struct evil_receipt *e = *state;
    struct store_txn *t = NULL;
    struct sealqueue_result r;

    (void)receipt_push(e, "hoog");
    cards_renew(e->node->cards);
    ok(outbox_begin(&t, e->node->outbox, true));
    ok(sealqueue_bundle(&r, e->sealer, e->node, t, NULL));
    ok(store_commit(&t));
    assert_int_equal(r.bundle, 0);
    assert_int_equal(r.stuck, 1);
    assert_int_equal(record_of(e, 1)->state, DHK_WAITING);
}

static void
what_an_older_card_sealed_is_sent_by_that_card(void **state)
{
    struct evil_receipt *e = *state;
    struct enroll_card how = {.days = 1, .receives = true};
    struct dhk_node *again = NULL;
    struct card newer;
    uint8_t card[CARD_ID];
    char path[NODE_PATH], dir[512];

    assert_int_equal(outbox_card(e->node->outbox, card), DHK_NOTFOUND);
    (void)receipt_push(e, "hoog");
    receipt_seal(e);
    reopen(e);
    ok(outbox_card(e->node->outbox, card));
    assert_memory_equal(card, e->node->card.id, sizeof card);
    (void)ring_path(dir, e->ring, "politie");
    ok(enroll_card(&newer, path, dir, &how, NULL));
    ok(node_open(&again, dir, NULL, 0, NULL));
    assert_memory_equal(again->card.id, newer.id, sizeof newer.id);
    ok(node_use_card(again, card, NULL));
    assert_memory_equal(again->card.id, card, sizeof card);
    card[0] ^= 1;
    assert_int_equal(node_use_card(again, card, NULL), DHK_NOTFOUND);
    node_close(&again);
}

/* --- outcomes --- */

static void
apply_outcome(struct evil_receipt *e, struct slice entry)
{
    uint64_t index = 200;
    struct outcomes o = {.cursor = 200, .n = 1, .index = &index};
    struct store_txn *t = NULL;

    o.entry = &entry;
    ok(outbox_begin(&t, e->node->outbox, true));
    ok(outcomes_apply(e->node, t, &o));
    ok(store_commit(&t));
}

static const struct record_recipient *
gemeente_of(struct evil_receipt *e)
{
    const struct record *r = record_of(e, 1);
    size_t i = 0;

    while (i + 1 < r->recipients_n &&
           strcmp(r->recipient[i].partner, "gemeente") != 0)
        i++;
    assert_string_equal(r->recipient[i].partner, "gemeente");
    return &r->recipient[i];
}

static void
accept_one(struct evil_receipt *e)
{
    (void)receipt_push(e, "hoog");
    receipt_seal(e);
    ok(receipt_apply(e, NULL));
}

static void
a_signed_answer_ends_the_share(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY];

    accept_one(e);
    receipt_keep(e);
    assert_string_equal(record_end_name(gemeente_of(e)), "open");
    apply_outcome(e, receipt_answer(e, mem, ANSWER_TAKEN, 0, RING_GEMEENTE));
    assert_string_equal(record_end_name(gemeente_of(e)), "taken");
    assert_int_equal(record_of(e, 1)->alarms, 0);
}

static void
an_answer_that_the_recipient_did_not_sign_ends_nothing(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY];

    accept_one(e);
    receipt_keep(e);
    apply_outcome(e, receipt_answer(e, mem, ANSWER_TAKEN, 0, RING_OM));
    assert_string_equal(record_end_name(gemeente_of(e)), "open");
    assert_non_null(strstr(e->ring->reported, "signature"));
}

static void
an_answer_before_its_receipt_is_not_lost(void **state)
{
    struct evil_receipt *e = *state;
    struct store_txn *t = NULL;
    uint8_t mem[LIMIT_ENTRY];
    const struct record *r;

    accept_one(e);
    apply_outcome(e, receipt_answer(e, mem, ANSWER_TAKEN, 0, RING_GEMEENTE));
    receipt_keep(e); /* only now */
    ok(outbox_begin(&t, e->node->outbox, true));
    r = &e->record[0];
    for (size_t i = 0; i < r->recipients_n; i++)
        ok(outcomes_land(e->node, t, r->recipient[i].index));
    ok(store_commit(&t));
    assert_string_equal(record_end_name(gemeente_of(e)), "taken");
}

static void
a_gap_that_nothing_explains_is_an_alarm(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY];

    accept_one(e);
    receipt_keep(e);
    apply_outcome(e, receipt_answer(e, mem, ANSWER_TAKEN, 5, RING_GEMEENTE));
    assert_int_equal(record_of(e, 1)->alarms, 1);
    assert_non_null(strstr(e->ring->reported, "misses 5 shares"));
}

#define receipt_test(f)                                                        \
    cmocka_unit_test_setup_teardown(f, receipt_new, receipt_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        receipt_test(what_was_pushed_is_there_after_a_crash),
        receipt_test(many_are_pushed_together_or_not_at_all),
        receipt_test(only_what_was_never_sealed_can_be_cancelled),
        receipt_test(sealed_bytes_and_their_numbers_come_together),
        receipt_test(numbers_grow_over_bundles),
        receipt_test(another_agreement_that_shares_alike_is_sealed),
        receipt_test(another_agreement_that_shares_otherwise_asks_for_a_review),
        receipt_test(without_a_card_of_any_recipient_it_waits),
        receipt_test(what_an_older_card_sealed_is_sent_by_that_card),
        receipt_test(a_signed_answer_ends_the_share),
        receipt_test(an_answer_that_the_recipient_did_not_sign_ends_nothing),
        receipt_test(an_answer_before_its_receipt_is_not_lost),
        receipt_test(a_gap_that_nothing_explains_is_an_alarm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
