/* SPDX-License-Identifier: EUPL-1.2
 *
 * A correction whose new signal goes to nobody leaves the old one as it is, and
 * free to be withdrawn or corrected. */
#include "evil_receipt.h"
#include "withheld.h"

#include "recall.h"

static const struct dhk_sent *
shown(struct evil_receipt *e, uint64_t number)
{
    const struct dhk_sent *s = NULL;

    ok(dhk_sent_next(e->node, number - 1, &s));
    assert_int_equal(s->number, number);
    return s;
}

static enum recall_state
kept(struct evil_receipt *e, uint64_t number)
{
    struct store_txn *t = NULL;
    struct recall r;

    ok(outbox_begin(&t, e->node->outbox, false));
    ok(recall_get(t, number, &r));
    store_abort(&t);
    return r.state;
}

static void
correct(struct evil_receipt *e, uint64_t number, uint64_t *replacement)
{
    struct dhk_signal *s = ring_signal("hoog");

    ok(dhk_correct(e->node, number, s, "incorrect", replacement, NULL));
    dhk_signal_destroy(&s);
}

/* Signal 1 is accepted, and its correction, 2, waits. */
static void
begin(struct evil_receipt *e)
{
    struct dhk_problem problem;
    uint64_t number = 0;

    (void)receipt_push(e, "hoog");
    receipt_seal(e);
    ok(receipt_apply(e, NULL));
    receipt_keep(e);
    correct(e, 1, &number);
    assert_int_equal(number, 2);
    assert_true(shown(e, 1)->withdrawal_waits);
    assert_int_equal(
        dhk_withdraw(e->node, 1, "wrong-person", &problem), DHK_EXISTS);
    assert_non_null(strstr(problem.text, "to be corrected by signal 2"));
    assert_null(strstr(problem.text, "withdrawn already"));
}

/* Nobody gets 2: 1 can be corrected and withdrawn as if 2 had never been. */
static void
is_free(struct evil_receipt *e)
{
    uint64_t number = 0;

    assert_null(shown(e, 1)->withdrawn);
    assert_false(shown(e, 1)->withdrawal_waits);
    assert_int_equal(shown(e, 1)->not_replaced_with, 2);
    correct(e, 1, &number);
    assert_int_equal(shown(e, 1)->replaced_with, number);
    ok(dhk_cancel(e->node, number));
    assert_int_equal(shown(e, 1)->not_replaced_with, number);
    ok(dhk_withdraw(e->node, 1, "wrong-person", NULL));
    assert_string_equal(shown(e, 1)->withdrawn, "wrong-person");
    assert_int_equal(shown(e, 1)->not_replaced_with, 0);
}

static void
a_cancelled_correction_is_taken_back(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    ok(dhk_cancel(e->node, 2));
    assert_int_equal(kept(e, 1), RECALL_VOID);
    is_free(e);
}

/* What is not sealed for it is set apart. */
static void
set_apart(struct evil_receipt *e, enum dhk_state state)
{
    struct store_txn *t = NULL;
    struct sealqueue_result r;

    ok(outbox_begin(&t, e->node->outbox, true));
    ok(sealqueue_bundle(&r, e->sealer, e->node, t, NULL));
    ok(store_commit(&t));
    assert_int_equal(r.reviews, 1);
    assert_int_equal(shown(e, 2)->state, state);
}

static void
a_correction_that_waits_for_review_is_taken_back(void **state)
{
    struct evil_receipt *e = *state;
    char text[RING_TEXT], hex[2 * SEAL_HASH + 1];

    begin(e);
    bytes_hex(hex, trust_agreement_hash(e->node->trust), SEAL_HASH);
    ring_agreement(text, 2, hex, "");
    memcpy(strstr(text, "share naam, adres, feiten"),
        "share naam, feiten       ", 25);
    ring_in_force(e->ring, text);
    set_apart(e, DHK_REVIEW);
    is_free(e);
}

static void
a_correction_that_expires_while_it_waits_is_taken_back(void **state)
{
    struct evil_receipt *e = *state;
    struct store_txn *t = NULL;

    begin(e);
    ok(outbox_begin(&t, e->node->outbox, true));
    ok(outbox_get(t, 2, &e->record[0]));
    e->record[0].expires = 1;
    ok(outbox_put(t, 2, &e->record[0]));
    ok(store_commit(&t));
    set_apart(e, DHK_REFUSED);
    is_free(e);
}

static void
a_correction_that_the_broker_refuses_is_taken_back(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    receipt_seal(e);
    e->accepted.u.accepted.mark[0].code = ENTRY_CODE_DENIED;
    e->shares_n = 0;
    ok(receipt_apply(e, NULL));
    receipt_keep(e);
    is_free(e);
}

/* What was signed may be on the ledger. */
static void
a_signed_correction_stays(void **state)
{
    struct evil_receipt *e = *state;
    struct store_txn *t = NULL;
    struct recall r;

    begin(e);
    ok(outbox_begin(&t, e->node->outbox, true));
    ok(recall_get(t, 1, &r));
    r.statement_n = 1;
    ok(recall_put(t, 1, &r));
    ok(recall_cancel(t, 2));
    ok(store_commit(&t));
    assert_int_equal(kept(e, 1), RECALL_WAITING);
    ok(dhk_cancel(e->node, 2));
    assert_true(shown(e, 1)->withdrawal_waits);
}

/* Another machine of this partner withdrew it meanwhile. */
static void
what_is_on_the_ledger_is_withdrawn_all_the_same(void **state)
{
    struct evil_receipt *e = *state;
    struct store_txn *t = NULL;
    struct recall r;

    begin(e);
    ok(outbox_begin(&t, e->node->outbox, true));
    ok(recall_get(t, 1, &r));
    r.share[r.n++] = (struct recall_share){.share = 101, .index = 300};
    ok(recall_put(t, 1, &r));
    ok(store_commit(&t));
    ok(dhk_cancel(e->node, 2));
    assert_int_equal(kept(e, 1), RECALL_DONE);
    assert_string_equal(shown(e, 1)->withdrawn, "incorrect");
    assert_int_equal(shown(e, 1)->replaced_with, 0);
    assert_int_equal(shown(e, 1)->not_replaced_with, 0);
}

#define receipt_test(f)                                                        \
    cmocka_unit_test_setup_teardown(f, receipt_new, receipt_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        receipt_test(a_cancelled_correction_is_taken_back),
        receipt_test(a_correction_that_waits_for_review_is_taken_back),
        receipt_test(a_correction_that_expires_while_it_waits_is_taken_back),
        receipt_test(a_correction_that_the_broker_refuses_is_taken_back),
        receipt_test(a_signed_correction_stays),
        receipt_test(what_is_on_the_ledger_is_withdrawn_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
