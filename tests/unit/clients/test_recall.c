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

/* --- with a broker ----------------------------------------------------- */

static struct told {
    line_lie *honest;
    uint64_t index[RECEIPT_SHARES]; /* told before the next proof */
    struct slice entry[RECEIPT_SHARES];
    uint8_t mem[RECEIPT_SHARES][LIMIT_ENTRY];
    size_t n;
    size_t withdrawn; /* WITHDRAW that came */
} told;

static void
tell(struct line *l)
{
    const struct command c = {
        .type = COMMAND_OUTCOMES, .a = told.index[told.n - 1]};
    struct line_message *m = &l->waiting[l->end++ % LINE_WAITING];
    struct sink out;

    m->bytes = malloc(LIMIT_MESSAGE);
    assert_non_null(m->bytes);
    sink_init(&out, m->bytes, LIMIT_MESSAGE);
    ok(command_encode(&out, &c, told.index, told.n, told.entry, told.n));
    m->n = out.n;
    told.n = 0;
}

static bool
tells_late(struct line *l, const struct command *c)
{
    told.withdrawn += c->type == COMMAND_WITHDRAW ? 1 : 0;
    if (c->type == COMMAND_GET && c->what == COMMAND_GET_CONSISTENCY &&
        told.n > 0)
        tell(l);
    return told.honest(l, c);
}

/* The receipt for what was sent last. */
static void
say_receipt(struct evil_receipt *e)
{
    const struct line_message *m = &broker.line.heard[broker.line.heard_n - 1];

    receipt_read(e, slice_of(m->bytes, m->n), broker.line.tree.size);
    line_receipt(&broker.line, m->number, e->index, e->entry, receipt_write(e));
}

/* Share PLACE of that receipt went back: its recipient's mailbox is full. */
static void
return_share(struct evil_receipt *e, size_t place)
{
    struct entry *entry = calloc(1, sizeof *entry);
    uint64_t index = broker.line.tree.size;
    size_t n = told.n++;
    struct sink out;

    assert_non_null(entry);
    entry->kind = ENTRY_RETURNED;
    entry->u.returned.index = e->first + 1 + place;
    entry->u.returned.code = ENTRY_CODE_QUOTA;
    sink_init(&out, told.mem[n], LIMIT_ENTRY);
    ok(entry_encode(&out, entry));
    told.index[n] = index;
    told.entry[n] = sink_done(&out);
    line_enter(&broker.line, index, told.entry[n]);
    free(entry);
}

/* Signal 1 is accepted, and so is 2, to take its place; the first RETURNED of
 * its shares went back at once, of which the node has not heard yet. */
static void
accepted(struct evil_receipt *e, size_t returned)
{
    uint64_t number = 0;

    (void)receipt_push(e, "hoog");
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    say_receipt(e);
    ok(dhk_flush(e->node, 1000, NULL));
    correct(e, 1, &number);
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    say_receipt(e);
    assert_int_equal(e->shares_n, 2);
    for (size_t i = 0; i < returned; i++)
        return_share(e, i);
}

static void
when_every_mailbox_is_full_nothing_is_withdrawn(void **state)
{
    struct evil_receipt *e = *state;

    accepted(e, 2);
    ok(dhk_flush(e->node, 1000, NULL));
    assert_int_equal(told.n, 0);
    assert_int_equal(told.withdrawn, 0);
    assert_int_equal(kept(e, 1), RECALL_VOID);
    assert_string_equal(shown(e, 2)->outcomes[0].outcome, "quota");
    dhk_disconnect(e->node); /* so that what waits can be cancelled */
    is_free(e);
}

static void
when_one_mailbox_has_room_it_is_withdrawn(void **state)
{
    struct evil_receipt *e = *state;

    accepted(e, 1);
    assert_int_equal(dhk_flush(e->node, 1000, NULL), DHK_NOTFOUND);
    assert_int_equal(told.n, 0);
    assert_int_equal(told.withdrawn, 1);
    assert_string_equal(shown(e, 1)->withdrawn, "incorrect");
}

/* It is not known yet whether somebody has the new one. */
static void
without_an_answer_of_the_broker_nothing_is_withdrawn(void **state)
{
    struct evil_receipt *e = *state;

    accepted(e, 0);
    broker.busy = true;
    assert_int_equal(dhk_flush(e->node, 1000, NULL), DHK_NOTFOUND);
    assert_int_equal(told.withdrawn, 0);
    assert_true(shown(e, 1)->withdrawal_waits);
    broker.busy = false;
    assert_int_equal(dhk_flush(e->node, 1000, NULL), DHK_NOTFOUND);
    assert_int_equal(told.withdrawn, 1);
}

static int
broker_setup(void **state)
{
    int rc = receipt_new(state);
    struct evil_receipt *e = *state;

    withheld_begin(e->ring, e->node, RING_GEMEENTE);
    memset(&told, 0, sizeof told);
    told.honest = broker.line.lie;
    broker.line.lie = tells_late;
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    return rc;
}

static int
broker_teardown(void **state)
{
    struct evil_receipt *e = *state;

    dhk_disconnect(e->node);
    withheld_end();
    return receipt_end(state);
}

#define receipt_test(f)                                                        \
    cmocka_unit_test_setup_teardown(f, receipt_new, receipt_end)
#define broker_test(f)                                                         \
    cmocka_unit_test_setup_teardown(f, broker_setup, broker_teardown)

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
        broker_test(when_every_mailbox_is_full_nothing_is_withdrawn),
        broker_test(when_one_mailbox_has_room_it_is_withdrawn),
        broker_test(without_an_answer_of_the_broker_nothing_is_withdrawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
