/* SPDX-License-Identifier: EUPL-1.2
 *
 * What another partner signed, with a card that is not shown: the broker is not
 * told that it is kept, so that it tells it again. */
#include "evil_receipt.h"
#include "withheld.h"

#include "withdrawal.h"

static struct dhk_node *
gemeente(void)
{
    return broker.ring->partner[RING_GEMEENTE].node;
}

/* Gives ENTRY, with INDEX, in a message of TYPE. */
static void
say_entry(enum command_type type, uint64_t index, struct slice entry)
{
    const struct command c = {.type = type, .a = index};
    struct line_message *m =
        &broker.line.waiting[broker.line.end++ % LINE_WAITING];
    struct sink out;

    m->bytes = malloc(LIMIT_MESSAGE);
    assert_non_null(m->bytes);
    sink_init(&out, m->bytes, LIMIT_MESSAGE);
    ok(command_encode(&out, &c, &index, 1, &entry, 1));
    m->n = out.n;
}

static bool fails; /* the next commit */

enum dhk_err __real_store_commit(struct store_txn **t);
enum dhk_err __wrap_store_commit(struct store_txn **t);

enum dhk_err
__wrap_store_commit(struct store_txn **t)
{
    if (!fails)
        return __real_store_commit(t);
    fails = false;
    store_abort(t);
    return DHK_LIMIT;
}

/* What the sender is shown of gemeente's share. */
static const char *
shown(struct evil_receipt *e)
{
    const struct dhk_sent *s = NULL;
    size_t i = 0;

    ok(dhk_sent_next(e->node, 0, &s));
    while (strcmp(s->outcomes[i].partner, "gemeente") != 0)
        i++;
    return s->outcomes[i].outcome;
}

/* The receipt for what was sent last. */
static void
say_receipt(struct evil_receipt *e)
{
    const struct line_message *m = &broker.line.heard[broker.line.heard_n - 1];

    receipt_read(e, slice_of(m->bytes, m->n), broker.line.tree.size);
    line_receipt(&broker.line, m->number, e->index, e->entry, receipt_write(e));
}

/* A signal that has its receipt; the entry of gemeente's answer to it. */
static struct slice
accepted(struct evil_receipt *e, uint8_t mem[LIMIT_ENTRY])
{
    (void)receipt_push(e, "hoog");
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    say_receipt(e);
    ok(dhk_flush(e->node, 1000, NULL));
    return receipt_answer(e, mem, ANSWER_TAKEN, 0, RING_GEMEENTE);
}

/* The outbox was full: told again, it is kept and confirmed. */
static void
an_outcome_is_not_confirmed_when_it_was_not_kept(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY];
    struct slice entry = accepted(e, mem);

    say_entry(COMMAND_OUTCOMES, 200, entry);
    fails = true;
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_LIMIT);
    ok(dhk_flush(e->node, 0, NULL));
    assert_int_equal(broker.confirmed_n, 0);
    assert_string_equal(shown(e), "open");
    say_entry(COMMAND_OUTCOMES, 200, entry);
    ok(dhk_flush(e->node, 0, NULL));
    assert_int_equal(broker.confirmed_n, 1);
    assert_string_equal(shown(e), "taken");
}

static const struct answer_item taken = {.outcome = ANSWER_TAKEN};

static void
application_keeps(struct evil_receipt *e)
{
    dhk_disconnect(e->node);
    outbox_close(&e->node->outbox);
    e->node->application_keeps = true;
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
}

/* Where the application keeps the outbox, too: the broker tells the next
 * outcome only then, and those of other recipients are to come. */
static void
an_outcome_is_confirmed_at_once_while_others_are_open(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY];
    struct slice entry;

    application_keeps(e);
    entry = accepted(e, mem);
    say_entry(COMMAND_OUTCOMES, 200, entry);
    ok(dhk_flush(e->node, 0, NULL));
    assert_string_equal(shown(e), "taken");
    assert_int_equal(broker.confirmed_n, 1);
}

/* The broker has nothing to tell before that receipt, and its disk no other
 * work meanwhile: the last of the outcomes is confirmed behind it. */
static void
the_last_outcome_waits_for_a_receipt_that_is_to_come(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY], other[LIMIT_ENTRY];
    struct slice entry;

    application_keeps(e);
    entry = accepted(e, mem);
    say_entry(COMMAND_OUTCOMES, 200,
        receipt_answer_of(e, other, RING_OM, &taken, RING_OM));
    ok(dhk_flush(e->node, 0, NULL));
    assert_int_equal(broker.confirmed_n, 1); /* gemeente's is open */
    say_entry(COMMAND_OUTCOMES, 201, entry);
    ok(dhk_flush(e->node, 0, NULL));
    assert_string_equal(shown(e), "taken");
    assert_int_equal(broker.confirmed_n, 1);
    (void)receipt_push(e, "hoog");
    assert_int_equal(dhk_flush(e->node, 0, NULL), DHK_NOTFOUND);
    assert_int_equal(broker.confirmed_n, 1);
    say_receipt(e);
    ok(dhk_flush(e->node, 1000, NULL));
    assert_int_equal(broker.confirmed_n, 2);
}

/* When none is to come, it is confirmed when there is nothing else to do. */
static void
the_last_outcome_is_confirmed_when_nothing_is_to_come(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY], other[LIMIT_ENTRY];
    struct slice entry = accepted(e, mem);

    say_entry(COMMAND_OUTCOMES, 200,
        receipt_answer_of(e, other, RING_OM, &taken, RING_OM));
    say_entry(COMMAND_OUTCOMES, 201, entry);
    ok(dhk_flush(e->node, 0, NULL));
    assert_string_equal(shown(e), "taken");
    assert_false(outbox_is_synced(e->node->outbox));
    assert_int_equal(broker.confirmed_n, 0);
    ok(dhk_flush(e->node, 0, NULL));
    assert_true(outbox_is_synced(e->node->outbox));
    assert_int_equal(broker.confirmed_n, 1); /* of both */
}

static void
an_outcome_is_not_confirmed_while_its_signers_card_is_kept_back(void **state)
{
    struct evil_receipt *e = *state;
    uint8_t mem[LIMIT_ENTRY];
    struct slice entry = accepted(e, mem);

    cards_clear(e->node->cards);
    for (size_t i = 0; i < LIES; i++) {
        /* a wrong signature may be that of an earlier identity key */
        if (lies[i] == UNSIGNED)
            continue;
        broker.about_cards = lies[i];
        say_entry(COMMAND_OUTCOMES, 200, entry);
        ok(dhk_flush(e->node, 0, NULL));
        assert_int_equal(broker.confirmed_n, 0);
        assert_int_equal(broker.told_n, 1);
        assert_string_equal(shown(e), "open");
    }
    broker.about_cards = HONEST;
    ok(dhk_flush(e->node, 0, NULL)); /* a session again */
    say_entry(COMMAND_OUTCOMES, 200, entry);
    ok(dhk_flush(e->node, 0, NULL));
    assert_int_equal(broker.confirmed_n, 1);
    assert_int_equal(broker.told_n, 1);
    assert_string_equal(shown(e), "taken");
}

/* What the broker says of gemeente's share, which nobody signs. */
static struct slice
make_end(struct evil_receipt *e, uint8_t mem[LIMIT_ENTRY], enum entry_kind kind)
{
    struct entry *entry = calloc(1, sizeof *entry);
    uint64_t share;
    size_t place = 0;
    struct sink out;

    assert_non_null(entry);
    while (
        !slice_equal(e->share[place].u.share.recipient, slice_str("gemeente")))
        place++;
    share = e->first + 1 + place;
    entry->kind = kind;
    if (kind == ENTRY_EXPIRED) {
        entry->u.expired.index[0] = share;
        entry->u.expired.n = 1;
    } else {
        entry->u.returned.index = share;
        entry->u.returned.code = ENTRY_CODE_CHANGED_AGREEMENT;
    }
    sink_init(&out, mem, LIMIT_ENTRY);
    ok(entry_encode(&out, entry));
    free(entry);
    return sink_done(&out);
}

static void
check_end(struct evil_receipt *e, enum entry_kind kind, const char *word)
{
    uint8_t mem[LIMIT_ENTRY];
    struct slice end;

    (void)accepted(e, mem);
    end = make_end(e, mem, kind);
    say_entry(COMMAND_OUTCOMES, 200, end);
    ok(dhk_flush(e->node, 0, NULL));
    assert_string_equal(shown(e), "open");
    assert_int_equal(broker.confirmed_n, 0);
    assert_int_equal(broker.told_n, 1);
    line_enter(&broker.line, 200, end);
    ok(dhk_flush(e->node, 0, NULL));
    say_entry(COMMAND_OUTCOMES, 200, end);
    ok(dhk_flush(e->node, 0, NULL));
    assert_string_equal(shown(e), word);
    assert_int_equal(broker.confirmed_n, 1);
}

static void
a_share_has_not_expired_unless_the_ledger_says_so(void **state)
{
    check_end(*state, ENTRY_EXPIRED, "expired");
}

static void
a_share_is_not_returned_unless_the_ledger_says_so(void **state)
{
    check_end(*state, ENTRY_RETURNED, "changed-agreement");
}

static int
outcome_setup(void **state)
{
    int rc = receipt_new(state);
    struct evil_receipt *e = *state;

    withheld_begin(e->ring, e->node, RING_GEMEENTE);
    ok(dhk_connect(e->node, DHK_SEND, 1000, NULL));
    return rc;
}

static int
outcome_teardown(void **state)
{
    struct evil_receipt *e = *state;

    dhk_disconnect(e->node);
    withheld_end();
    return receipt_end(state);
}

/* Of a signal that politie withdrew, for gemeente. */
static struct slice
make_notice(uint8_t mem[LIMIT_ENTRY])
{
    struct withdrawal w = {.origin = slice_str(RING_ORIGIN),
        .accepted = 69,
        .reason = WITHDRAWAL_WRONG_PERSON,
        .made = 1790000000};
    struct entry *e = calloc(1, sizeof *e);
    uint8_t said[LIMIT_WITHDRAWAL];
    struct sink s;

    assert_non_null(e);
    memcpy(w.card, broker.ring->partner[RING_POLITIE].card.id, sizeof w.card);
    sink_init(&s, said, sizeof said);
    ok(withdrawal_issue(
        &s, &w, broker.ring->partner[RING_POLITIE].node->secret.sign));
    ok(withdrawal_decode(&w, sink_done(&s), NULL));
    e->kind = ENTRY_WITHDRAWN;
    e->u.withdrawn = (struct entry_withdrawn){.share = 70,
        .sender = slice_str("politie"),
        .recipient = slice_str("gemeente"),
        .notice = true,
        .body = w.body};
    memcpy(e->u.withdrawn.signature, w.signature, KEY_SIGNATURE);
    sink_init(&s, mem, LIMIT_ENTRY);
    ok(entry_encode(&s, e));
    free(e);
    return sink_done(&s);
}

static void
a_notice_is_not_noted_while_its_signers_card_is_kept_back(void **state)
{
    uint8_t mem[LIMIT_ENTRY];
    struct slice notice = make_notice(mem);
    const struct dhk_share *share = NULL;

    (void)state;
    broker.about_cards = NO_SUCH_THING;
    cards_clear(gemeente()->cards);
    for (size_t i = 0; i < 2; i++) {
        say_entry(COMMAND_NOTICES, 77, notice);
        assert_int_equal(
            dhk_receive(gemeente(), 0, &share, NULL), DHK_NOTFOUND);
        assert_int_equal(broker.noted_n, 0);
        assert_int_equal(broker.told_n, 1);
    }
    broker.about_cards = HONEST;
    say_entry(COMMAND_NOTICES, 77, notice);
    ok(dhk_receive(gemeente(), 0, &share, NULL));
    assert_string_equal(share->notice, "withdrawn");
    assert_int_equal(broker.noted_n, 1);
    dhk_release(gemeente(), &share);
}

static int
notice_setup(void **state)
{
    int rc = ring_new(state);
    struct ring *r = *state;

    withheld_begin(r, r->partner[RING_GEMEENTE].node, RING_POLITIE);
    ok(dhk_connect(gemeente(), DHK_RECEIVE, 1000, NULL));
    return rc;
}

static int
notice_teardown(void **state)
{
    dhk_disconnect(gemeente());
    withheld_end();
    return ring_end(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            an_outcome_is_not_confirmed_when_it_was_not_kept, outcome_setup,
            outcome_teardown),
        cmocka_unit_test_setup_teardown(
            an_outcome_is_confirmed_at_once_while_others_are_open,
            outcome_setup, outcome_teardown),
        cmocka_unit_test_setup_teardown(
            the_last_outcome_waits_for_a_receipt_that_is_to_come, outcome_setup,
            outcome_teardown),
        cmocka_unit_test_setup_teardown(
            the_last_outcome_is_confirmed_when_nothing_is_to_come,
            outcome_setup, outcome_teardown),
        cmocka_unit_test_setup_teardown(
            an_outcome_is_not_confirmed_while_its_signers_card_is_kept_back,
            outcome_setup, outcome_teardown),
        cmocka_unit_test_setup_teardown(
            a_share_has_not_expired_unless_the_ledger_says_so, outcome_setup,
            outcome_teardown),
        cmocka_unit_test_setup_teardown(
            a_share_is_not_returned_unless_the_ledger_says_so, outcome_setup,
            outcome_teardown),
        cmocka_unit_test_setup_teardown(
            a_notice_is_not_noted_while_its_signers_card_is_kept_back,
            notice_setup, notice_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
