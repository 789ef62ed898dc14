/* SPDX-License-Identifier: EUPL-1.2 */
#include "withdrawtest.h"

struct signal
withdrawtest_push(struct harness_node *n, const struct harness_signal *what)
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

struct withdrawal
withdrawtest_said(const struct harness_node *n, const struct signal *s)
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
void
withdrawtest_send_as(
    struct harness_node *n, const struct withdrawal *w, const char *signer)
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

/* Entries of the receipt that comes back, of which TOLD are
 * withdrawtest_notices. */
size_t
withdrawtest_withdraw(
    struct harness_node *n, const struct withdrawal *w, size_t *told)
{
    struct entry e;
    struct diag diag;

    withdrawtest_send_as(n, w, n->partner->name);
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

/* The withdrawtest_notices of the next NOTICES to N, and its cursor. */
size_t
withdrawtest_notices(
    struct harness_node *n, struct harness_share *out, uint64_t *cursor)
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

bool
withdrawtest_is_empty(struct harness *h, enum table table)
{
    struct store_txn *t = NULL;
    struct slice key, value;

    ok(store_begin(&t, h->store, false));
    bool none = store_last(t, table, &key, &value) == DHK_NOTFOUND;
    store_abort(&t);
    return none;
}

bool
withdrawtest_anything_waits(struct harness *h)
{
    struct store_txn *t = NULL;
    struct mailbox_share s;

    ok(store_begin(&t, h->store, false));
    enum dhk_err rc = mailbox_walk(t, 0, &s);
    store_abort(&t);
    return rc != DHK_NOTFOUND;
}

/* What the OUTCOMES to N say, by kind of entry. */
size_t
withdrawtest_outcomes(struct harness_node *n, enum entry_kind kind)
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
