/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signals that their sender withdraws or corrects: every share ends, who
 * answered it is told until it has answered that, and nobody else learns
 * anything. */
#include "harness.h"

#include "table.h"
#include "withdrawal.h"

enum { MAX = 8 };

struct signal { /* that was accepted */
    uint8_t id[32];
    uint64_t accepted;
};

static struct signal
push(struct harness_node *n, const struct harness_signal *what)
{
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct signal s;

    assert_non_null(b);
    harness_seal(n, b, what, 1);
    harness_push(n, b);
    struct receipt *r = harness_receipt(n);
    assert_non_null(r);
    memcpy(s.id, b->id[0], sizeof s.id);
    s.accepted = r->index[0];
    receipt_destroy(&r);
    free(b);
    return s;
}

static struct withdrawal
said(const struct harness_node *n, const struct signal *s)
{
    struct withdrawal w = {.origin = slice_str(HARNESS_ORIGIN),
        .accepted = s->accepted,
        .reason = WITHDRAWAL_INCORRECT,
        .made = 1772000000};

    memcpy(w.card, n->partner->card.id, sizeof w.card);
    memcpy(w.signal, s->id, sizeof w.signal);
    return w;
}

/* Over N's connection, signed by SIGNER. */
static void
send_as(struct harness_node *n, const struct withdrawal *w, const char *signer)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct command c = {.type = COMMAND_WITHDRAW, .number = 21};
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    ok(withdrawal_issue(&out, w, harness_find(n->h, signer)->secret.sign));
    c.bytes = sink_done(&out);
    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
}

/* Entries of the receipt that comes back, of which TOLD are notices. */
static size_t
withdraw(struct harness_node *n, const struct withdrawal *w, size_t *told)
{
    struct entry e;
    struct diag diag;

    send_as(n, w, n->partner->name);
    struct receipt *r = harness_receipt(n);
    assert_non_null(r);
    size_t count = r->n;
    *told = 0;
    for (size_t i = 0; i < count; i++) {
        ok(entry_decode(&e, r->entry[i], &diag));
        assert_int_equal(
            e.kind, w->is_correction ? ENTRY_CORRECTED : ENTRY_WITHDRAWN);
        *told += e.u.withdrawn.notice ? 1 : 0;
    }
    receipt_destroy(&r);
    return count;
}

/* The notices of the next NOTICES to N, and its cursor. */
static size_t
notices(struct harness_node *n, struct harness_share *out, uint64_t *cursor)
{
    struct command c;
    struct cursor list, indexes;
    struct entry e;
    struct diag diag;

    if (!harness_take(n, COMMAND_NOTICES, &c))
        return 0;
    command_list(&list, c.list);
    command_list(&indexes, c.indexes);
    assert_true(c.list_n <= MAX);
    for (size_t i = 0; i < c.list_n; i++) {
        struct slice bytes = command_list_next(&list);
        memset(&out[i], 0, sizeof out[i]);
        ok(entry_decode(&e, bytes, &diag));
        assert_true(e.u.withdrawn.notice);
        assert_true(
            slice_equal(e.u.withdrawn.recipient, slice_str(n->partner->name)));
        merkle_leaf(out[i].leaf, bytes);
        out[i].index = command_index_next(&indexes);
        ok(slice_to_str(
            e.u.withdrawn.sender, out[i].sender, sizeof out[i].sender));
    }
    *cursor = c.a;
    return c.list_n;
}

static bool
is_empty(struct harness *h, enum table table)
{
    struct store_txn *t = NULL;
    struct slice key, value;

    ok(store_begin(&t, h->store, false));
    bool none = store_last(t, table, &key, &value) == DHK_NOTFOUND;
    store_abort(&t);
    return none;
}

static bool
anything_waits(struct harness *h)
{
    struct store_txn *t = NULL;
    struct mailbox_share s;

    ok(store_begin(&t, h->store, false));
    enum dhk_err rc = mailbox_walk(t, 0, &s);
    store_abort(&t);
    return rc != DHK_NOTFOUND;
}

/* What the OUTCOMES to N say, by kind of entry. */
static size_t
outcomes(struct harness_node *n, enum entry_kind kind)
{
    struct command c;
    struct cursor list;
    struct entry e;
    struct diag diag;
    size_t found = 0;

    if (!harness_take(n, COMMAND_OUTCOMES, &c))
        return 0;
    command_list(&list, c.list);
    for (size_t i = 0; i < c.list_n; i++) {
        ok(entry_decode(&e, command_list_next(&list), &diag));
        found += e.kind == kind ? 1 : 0;
    }
    return found;
}

static void
what_waits_ends_and_nobody_is_told(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[MAX];
    uint64_t cursor;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = push(&politie, &harness_p6);
    struct withdrawal w = said(&politie, &s);
    assert_int_equal(withdraw(&politie, &w, &told), 2);
    assert_int_equal(told, 0);
    assert_int_equal(outcomes(&politie, ENTRY_WITHDRAWN), 2);
    assert_false(anything_waits(h));
    assert_true(is_empty(h, TABLE_BUNDLE));
    assert_true(is_empty(h, TABLE_NOTICE));
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_turn(h, 1500);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 0);
    assert_int_equal(notices(&gemeente, share, &cursor), 0);
}

static void
who_answered_is_told_and_answers(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente, om;
    struct harness_share share[MAX], notice[MAX];
    struct entry e;
    uint64_t cursor;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = push(&politie, &harness_p6);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 1);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = said(&politie, &s);
    assert_int_equal(withdraw(&politie, &w, &told), 2);
    assert_int_equal(told, 1);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    harness_forget(h);
    harness_answer(&gemeente, notice, 1, ANSWER_LOCKED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 2);
    harness_entry(h, h->core->ledger.size - 1, &e);
    assert_int_equal(e.kind, ENTRY_DELIVERED);
    assert_int_equal(e.u.delivered.index[0], notice[0].index);
    assert_true(is_empty(h, TABLE_NOTICE));
    assert_true(is_empty(h, TABLE_NOTICED));
    /* the withdrawals and the answer: nothing was confirmed yet */
    harness_turn(h, 1500);
    assert_int_equal(outcomes(&politie, ENTRY_DELIVERED), 2);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(notices(&gemeente, notice, &cursor), 0);
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&om, share, MAX), 0);
    assert_int_equal(notices(&om, notice, &cursor), 0);
}

static void
who_answers_late_is_told_then(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[MAX], notice[MAX];
    uint64_t cursor;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = push(&politie, &harness_p5);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 1);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = said(&politie, &s);
    assert_int_equal(withdraw(&politie, &w, &told), 1);
    assert_int_equal(told, 0);
    assert_int_equal(notices(&gemeente, notice, &cursor), 0);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    assert_int_equal(harness_count(h, ENTRY_WITHDRAWN), 2);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 0);
    /* the answer sent again changes nothing */
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_WITHDRAWN), 2);
    harness_answer(&gemeente, notice, 1, ANSWER_DELETED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
}

static void
an_expired_share_is_no_exception(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_signal soon = harness_p5;
    struct harness_share share[MAX], notice[MAX];
    uint64_t cursor;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    soon.expires = h->wall / 1000 + 2;
    struct signal first = push(&politie, &soon);
    struct signal second = push(&politie, &soon);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 2);
    harness_turn(h, 3000);
    assert_int_equal(harness_count(h, ENTRY_EXPIRED), 1);
    /* it answers the first before it is withdrawn, the second after */
    harness_answer(&gemeente, &share[0], 1, ANSWER_TAKEN);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = said(&politie, &first);
    assert_int_equal(withdraw(&politie, &w, &told), 1);
    assert_int_equal(told, 1);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    w = said(&politie, &second);
    assert_int_equal(withdraw(&politie, &w, &told), 1);
    assert_int_equal(told, 0);
    harness_answer(&gemeente, &share[1], 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_WITHDRAWN), 3);
}

static void
the_same_again_gets_the_same_receipt(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = push(&politie, &harness_p6);
    struct withdrawal w = said(&politie, &s);
    assert_int_equal(withdraw(&politie, &w, &told), 2);
    uint64_t size = h->core->ledger.size;
    assert_int_equal(withdraw(&politie, &w, &told), 2);
    w.reason = WITHDRAWAL_ORDERED; /* other words change nothing, either */
    assert_int_equal(withdraw(&politie, &w, &told), 2);
    harness_restart(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(withdraw(&politie, &w, &told), 2);
    assert_int_equal(h->core->ledger.size, size);
}

static void
only_its_sender_may(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, om;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = push(&politie, &harness_p6);
    uint64_t size = h->core->ledger.size;
    /* another partner learns no more than of a signal that is not there */
    harness_connect(h, &om, "om", HARNESS_SEND);
    struct withdrawal w = said(&om, &s);
    send_as(&om, &w, "om");
    assert_int_equal(harness_error(&om), COMMAND_ERROR_NOTFOUND);
    w.accepted = size + 100;
    send_as(&om, &w, "om");
    assert_int_equal(harness_error(&om), COMMAND_ERROR_NOTFOUND);
    w = said(&politie, &s);
    send_as(&om, &w, "politie"); /* a statement that it got hold of */
    assert_int_equal(harness_error(&om), COMMAND_ERROR_AUTH);
    harness_connect(h, &om, "om", HARNESS_SEND);
    w = said(&politie, &s);
    send_as(&om, &w, "om");
    assert_int_equal(harness_error(&om), COMMAND_ERROR_AUTH);
    /* nor the sender what is not signed, or for another ledger */
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    send_as(&politie, &w, "om");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_AUTH);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    w.origin = slice_str("another.example/ledger");
    send_as(&politie, &w, "politie");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_AUTH);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    w = said(&politie, &s);
    w.signal[0] ^= 1;
    send_as(&politie, &w, "politie");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_NOTFOUND);
    assert_int_equal(h->core->ledger.size, size);
}

static void
a_newer_card_of_the_sender_may(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = push(&politie, &harness_p5);
    uint8_t old[CARD_ID];
    memcpy(old, politie.partner->card.id, sizeof old);
    assert_int_equal(harness_card(h, politie.partner, true), 0);
    assert_int_equal(harness_revoke_card(h, old, 1), 0);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = said(&politie, &s);
    assert_int_equal(withdraw(&politie, &w, &told), 1);
    assert_int_equal(outcomes(&politie, ENTRY_WITHDRAWN), 1);
    memcpy(w.card, old, sizeof old); /* not the one that is revoked */
    send_as(&politie, &w, "politie");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_AUTH);
}

/* The share taken by gemeente, and withdrawn. */
static void
open_a_notice(struct harness *h, struct harness_node *gemeente)
{
    struct harness_node politie;
    struct harness_share share[MAX];
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal s = push(&politie, &harness_p5);
    harness_connect(h, gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(gemeente, share, MAX), 1);
    harness_answer(gemeente, share, 1, ANSWER_TAKEN);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct withdrawal w = said(&politie, &s);
    assert_int_equal(withdraw(&politie, &w, &told), 1);
    assert_int_equal(told, 1);
}

static void
a_notice_comes_until_it_is_noted_and_answered(void **state)
{
    struct harness *h = *state;
    struct harness_node gemeente;
    struct harness_share notice[MAX];
    uint64_t cursor = 0;

    open_a_notice(h, &gemeente);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    harness_turn(h, 500);
    assert_int_equal(notices(&gemeente, notice, &cursor), 0);
    harness_turn(h, 600);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    struct command noted = {
        .type = COMMAND_NOTED, .number = 5, .a = cursor + 100};
    harness_send_command(&gemeente, &noted, NULL, 0);
    harness_batch(h);
    harness_turn(h, 1500);
    assert_int_equal(notices(&gemeente, notice, &cursor), 0);
    /* noted is not answered: another session gets it, and after a restart */
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    harness_restart(h);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    harness_answer(&gemeente, notice, 1, ANSWER_USED);
    harness_restart(h);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(notices(&gemeente, notice, &cursor), 0);
}

static void
a_newer_card_of_the_recipient_is_told(void **state)
{
    struct harness *h = *state;
    struct harness_node gemeente;
    struct harness_share notice[MAX];
    uint8_t old[CARD_ID];
    uint64_t cursor;

    open_a_notice(h, &gemeente);
    memcpy(old, gemeente.partner->card.id, sizeof old);
    assert_int_equal(harness_card(h, gemeente.partner, true), 0);
    assert_int_equal(harness_revoke_card(h, old, 1), 0);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    harness_answer(&gemeente, notice, 1, ANSWER_DELETED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 2);
}

static void
an_answer_must_be_of_its_kind(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[MAX], notice[MAX];
    uint64_t cursor;

    open_a_notice(h, &gemeente);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    harness_answer(&gemeente, notice, 1, ANSWER_TAKEN);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    assert_false(is_empty(h, TABLE_NOTICE));
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    push(&politie, &harness_p5);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 1);
    harness_answer(&gemeente, share, 1, ANSWER_DELETED);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_MALFORMED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
}

static void
another_partner_cannot_answer(void **state)
{
    struct harness *h = *state;
    struct harness_node gemeente, om;
    struct harness_share notice[MAX];
    uint64_t cursor;

    open_a_notice(h, &gemeente);
    assert_int_equal(notices(&gemeente, notice, &cursor), 1);
    harness_connect(h, &om, "om", COMMAND_MODE_RECEIVE);
    harness_answer(&om, notice, 1, ANSWER_DELETED);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 1);
    assert_false(is_empty(h, TABLE_NOTICE));
}

static void
a_correction_names_a_signal_of_the_same_sender(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[MAX];
    size_t told;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    struct signal wrong = push(&politie, &harness_p5);
    struct signal right = push(&politie, &harness_p5);
    struct withdrawal w = said(&politie, &wrong);
    w.is_correction = true;
    memcpy(w.replacement, right.id, sizeof w.replacement);
    w.replacement_accepted = wrong.accepted;
    send_as(&politie, &w, "politie");
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_NOTFOUND);
    assert_int_equal(harness_count(h, ENTRY_CORRECTED), 0);
    w.replacement_accepted = right.accepted;
    assert_int_equal(withdraw(&politie, &w, &told), 1);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 1);
    assert_memory_equal(share[0].id, right.id, 32);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, harness_new, harness_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_waits_ends_and_nobody_is_told),
        TEST(who_answered_is_told_and_answers),
        TEST(who_answers_late_is_told_then),
        TEST(an_expired_share_is_no_exception),
        TEST(the_same_again_gets_the_same_receipt),
        TEST(only_its_sender_may),
        TEST(a_newer_card_of_the_sender_may),
        TEST(a_notice_comes_until_it_is_noted_and_answered),
        TEST(a_newer_card_of_the_recipient_is_told),
        TEST(an_answer_must_be_of_its_kind),
        TEST(another_partner_cannot_answer),
        TEST(a_correction_names_a_signal_of_the_same_sender),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
