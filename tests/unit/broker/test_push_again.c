/* SPDX-License-Identifier: EUPL-1.2
 *
 * A number, an id and a bundle come once, however often they are pushed. */
#include "harness.h"

/* --- once only --- */

static void
the_same_bytes_get_the_same_receipt(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &n, "politie", HARNESS_SEND);
    const struct harness_signal two[] = {harness_p5, harness_p6};
    harness_seal(&n, b, two, 2);
    harness_push(&n, b);
    struct receipt *r = harness_receipt(&n);
    assert_int_equal(r->n, 4);
    uint64_t size = h->core->ledger.size;
    for (int i = 0; i < 3; i++) {
        harness_push(&n, b);
        struct receipt *again = harness_receipt(&n);
        assert_int_equal(again->n, r->n);
        assert_memory_equal(again->index, r->index, 4 * sizeof r->index[0]);
        receipt_destroy(&again);
    }
    assert_int_equal(h->core->ledger.size, size);
    receipt_destroy(&r);
    free(b);
}

static void
another_signal_with_a_used_number_is_evidence_once(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_signal s = harness_p5;
    struct harness_bundle *b = calloc(3, sizeof *b);

    harness_connect(h, &n, "politie", HARNESS_SEND);
    s.seq = 4;
    for (int i = 0; i < 3; i++)
        harness_seal(&n, &b[i], &s, 1);
    harness_push(&n, &b[0]);
    harness_push(&n, &b[1]);
    harness_push(&n, &b[1]);
    harness_push(&n, &b[0]);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 1);
    assert_int_equal(harness_count(h, ENTRY_REFUSED), 1);
    harness_push(&n, &b[2]);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_STATE);
    assert_int_equal(harness_count(h, ENTRY_REFUSED), 1);
    free(b);
}

static void
a_refusal_is_final(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_signal s = harness_p5;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &n, "politie", HARNESS_SEND);
    s.agreement = h->roster; /* some other hash */
    harness_seal(&n, b, &s, 1);
    for (int i = 0; i < 3; i++) {
        harness_push(&n, b);
        struct receipt *r = harness_receipt(&n);
        assert_non_null(r);
        receipt_destroy(&r);
    }
    assert_int_equal(harness_count(h, ENTRY_REFUSED), 1);
    free(b);
}

static void
one_bad_signal_does_not_spoil_the_bundle(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_signal s[3] = {harness_p5, harness_p5, harness_p6};
    struct entry e;

    s[1].purpose = "nieuwsgierigheid";
    s[1].fields[0] = 15;
    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, s, 3);
    harness_push(&n, b);
    struct receipt *r = harness_receipt(&n);
    assert_int_equal(r->n, 4);
    harness_entry(h, r->index[0], &e);
    assert_int_equal(e.kind, ENTRY_ACCEPTED);
    assert_int_equal(e.u.accepted.mark[0].code, 0);
    assert_int_equal(e.u.accepted.mark[1].code, ENTRY_CODE_VOCABULARY);
    assert_int_equal(e.u.accepted.mark[2].code, 0);
    receipt_destroy(&r);
    free(b);
}

static void
several_reasons_in_one_bundle_are_told_apart(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_signal s[2] = {harness_p5, harness_p5};
    struct entry e;

    s[0].purpose = "nieuwsgierigheid";
    s[0].fields[0] = 15;
    s[1].no = 2;
    s[1].fields[0] = 15;
    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, s, 2);
    harness_push(&n, b);
    struct receipt *r = harness_receipt(&n);
    assert_int_equal(r->n, 1);
    harness_entry(h, r->index[0], &e);
    assert_int_equal(e.kind, ENTRY_ACCEPTED);
    assert_int_equal(e.u.accepted.mark[0].code, ENTRY_CODE_VOCABULARY);
    assert_int_equal(e.u.accepted.mark[1].code, ENTRY_CODE_DENIED);
    assert_int_equal(harness_count(h, ENTRY_SHARE), 0);
    receipt_destroy(&r);
    free(b);
}

static void
a_bundle_of_old_and_new_signals_is_an_error(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(2, sizeof *b);
    struct slice envelope[2];
    struct diag diag;
    struct bundle one, two;
    uint8_t ids[64];
    struct sink out;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, &b[0], &harness_p5, 1);
    harness_seal(&n, &b[1], &harness_p5, 1);
    harness_push(&n, &b[0]);
    ok(bundle_decode(&one, b[0].bytes, &diag));
    ok(bundle_decode(&two, b[1].bytes, &diag));
    envelope[0] = one.envelope[0];
    envelope[1] = two.envelope[0];
    memcpy(ids, b[0].id[0], 32);
    memcpy(ids + 32, b[1].id[0], 32);
    uint8_t *mem = malloc(LIMIT_BUNDLE_BYTES);
    sink_init(&out, mem, LIMIT_BUNDLE_BYTES);
    ok(bundle_encode(
        &out, n.partner->card.id, envelope, 2, ids, n.partner->secret.sign));
    struct command c = {
        .type = COMMAND_PUSH, .number = 8, .bytes = sink_done(&out)};
    harness_send_command(&n, &c, NULL, 0);
    harness_batch(h);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_STATE);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 1);
    free(mem);
    free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(the_same_bytes_get_the_same_receipt),
        harness_test(another_signal_with_a_used_number_is_evidence_once),
        harness_test(a_refusal_is_final),
        harness_test(one_bad_signal_does_not_spoil_the_bundle),
        harness_test(several_reasons_in_one_bundle_are_told_apart),
        harness_test(a_bundle_of_old_and_new_signals_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
