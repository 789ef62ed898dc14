/* SPDX-License-Identifier: EUPL-1.2
 *
 * What leaves core, and when: after the commit, after the signature. */
#include "harness.h"
#include "table.h"

/* --- commits and signatures --- */

static void
a_receipt_waits_for_the_signature_but_mail_does_not(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_share share[2];
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    h->keeper_waits = true;
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&politie, b);
    assert_int_equal(harness_shares(&gemeente, share, 2), 1);
    assert_null(harness_receipt(&politie));
    harness_sign(h);
    harness_batch(h);
    struct receipt *r = harness_receipt(&politie);
    assert_non_null(r);
    receipt_destroy(&r);
    free(b);
}

static void
an_unsigned_head_is_signed_after_a_restart(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    h->keeper_waits = true;
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&politie, b);
    h->keeper_waits = false;
    harness_restart(h);
    assert_int_equal(h->head.size, h->core->ledger.size);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push(&politie, b);
    struct receipt *r = harness_receipt(&politie);
    assert_non_null(r);
    receipt_destroy(&r);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 1);
    free(b);
}

static void
a_restart_at_every_commit_loses_nothing(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, gemeente;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_share share[2];
    struct command c;

    for (int round = 0; round < 5; round++) {
        harness_connect(h, &politie, "politie", HARNESS_SEND);
        harness_seal(&politie, b, &harness_p5, 1);
        harness_push(&politie, b);
        harness_restart(h);
        harness_connect(h, &politie, "politie", HARNESS_SEND);
        harness_push(&politie, b);
        struct receipt *r = harness_receipt(&politie);
        assert_non_null(r);
        receipt_destroy(&r);
        harness_restart(h);
        harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
        assert_int_equal(harness_shares(&gemeente, share, 2), 1);
        assert_memory_equal(share[0].id, b->id[0], 32);
        harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
        harness_restart(h);
        harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
        harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
        assert_true(harness_take(&gemeente, COMMAND_ANSWERED, &c));
        assert_int_equal(harness_shares(&gemeente, share, 2), 0);
        harness_restart(h);
        harness_connect(h, &politie, "politie", HARNESS_SEND);
        assert_true(harness_take(&politie, COMMAND_OUTCOMES, &c));
        assert_int_equal(c.list_n, 1);
        harness_confirm(&politie, c.a);
        harness_batch(h);
        harness_restart(h);
    }
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 5);
    assert_int_equal(harness_count(h, ENTRY_DELIVERED), 5);
    free(b);
}

static void
a_full_store_is_busy_and_goes_on(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_signal s[20];
    enum command_error e = COMMAND_ERROR_NONE;
    struct command c;

    for (int i = 0; i < 20; i++)
        s[i] = harness_p6;
    h->map_bytes = (size_t)1 << 20;
    harness_restart(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    for (int i = 0; i < 100 && e == COMMAND_ERROR_NONE; i++) {
        harness_seal(&politie, b, s, 20);
        harness_push(&politie, b);
        ok(h->last);
        e = harness_error(&politie);
    }
    assert_int_equal(e, COMMAND_ERROR_BUSY);
    /* reads go on; with room it goes on with the same bytes */
    struct command get = {
        .type = COMMAND_GET, .number = 5, .what = COMMAND_GET_AGREEMENT};
    harness_send_command(&politie, &get, NULL, 0);
    harness_batch(h);
    assert_true(harness_take(&politie, COMMAND_OBJECT, &c));
    h->map_bytes = (size_t)64 << 20;
    harness_restart(h);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push(&politie, b);
    struct receipt *r = harness_receipt(&politie);
    assert_non_null(r);
    receipt_destroy(&r);
    free(b);
}

/* What is too large for any store, so that the batch at hand is full. */
static void
fill_batch(struct harness *h)
{
    uint8_t *zeros = calloc(1, h->map_bytes);

    assert_non_null(zeros);
    core_tick(h->core); /* begins it */
    enum dhk_err rc = store_put(h->core->txn, TABLE_TEXT, slice_str("x"),
        slice_of(zeros, h->map_bytes));
    assert_int_equal(rc, DHK_LIMIT);
    core_fail(h->core, rc);
    free(zeros);
}

static void
a_signature_that_comes_in_a_full_batch_counts(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    h->keeper_waits = true;
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&politie, b);
    fill_batch(h);
    harness_sign(h);
    harness_batch(h);
    ok(h->last);
    struct receipt *r = harness_receipt(&politie);
    assert_non_null(r); /* though no further head is signed */
    receipt_destroy(&r);
    h->keeper_waits = false;
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&politie, b);
    ok(h->last);
    r = harness_receipt(&politie);
    assert_non_null(r);
    receipt_destroy(&r);
    free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(a_receipt_waits_for_the_signature_but_mail_does_not),
        harness_test(a_signature_that_comes_in_a_full_batch_counts),
        harness_test(an_unsigned_head_is_signed_after_a_restart),
        harness_test(a_restart_at_every_commit_loses_nothing),
        harness_test(a_full_store_is_busy_and_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
