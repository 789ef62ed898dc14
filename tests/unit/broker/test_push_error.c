/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is wrong with a bundle and is nobody's to sign for: an ERROR, no entry.
 */
#include "harness.h"

/* --- no entry at all --- */

/* Changed by whoever had it on the way: the sender's number is not used up. */
static void
a_changed_opening_leaves_no_entry(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct bundle d;
    struct envelope *e = calloc(1, sizeof *e);
    struct diag diag;
    uint64_t size = h->core->ledger.size;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, &harness_p5, 1);
    ok(bundle_decode(&d, b->bytes, &diag));
    ok(envelope_decode(e, d.envelope[0], &diag));
    size_t at = (size_t)(e->field[0].ciphertext.p - b->mem);
    b->mem[at] ^= 1;
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    assert_int_equal(h->core->ledger.size, size);
    b->mem[at] ^= 1;
    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_push(&n, b);
    struct receipt *r = harness_receipt(&n);
    assert_non_null(r);
    assert_int_equal(harness_count(h, ENTRY_SHARE), 1);
    receipt_destroy(&r);
    free(e);
    free(b);
}

static void
a_missing_attribute_leaves_no_entry(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_signal s = harness_p5;
    struct harness_bundle *b = calloc(1, sizeof *b);
    uint64_t size = h->core->ledger.size;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    s.skip_attribute = true;
    harness_seal(&n, b, &s, 1);
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    assert_int_equal(h->core->ledger.size, size);
    free(b);
}

static void
nobody_signs_under_another_name(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_signal s = harness_p5;
    struct harness_bundle *b = calloc(1, sizeof *b);
    uint64_t size = h->core->ledger.size;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    s.sender = "om";
    harness_seal(&n, b, &s, 1);
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    assert_int_equal(h->core->ledger.size, size);
    free(b);
}

static void
another_partners_bundle_is_not_taken(void **state)
{
    struct harness *h = *state;
    struct harness_node politie, om;
    struct harness_bundle *b = calloc(1, sizeof *b);
    uint64_t size = h->core->ledger.size;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_connect(h, &om, "om", HARNESS_SEND);
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&om, b);
    assert_int_equal(harness_error(&om), COMMAND_ERROR_AUTH);
    assert_int_equal(h->core->ledger.size, size);
    free(b);
}

/* Whatever byte is changed on the way: no share comes of it, and nobody who
 * sends it can make the true one be refused with a share lost. */
static void
no_changed_byte_makes_a_share(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, &harness_p5, 1);
    for (size_t i = 0; i < b->bytes.n; i += 3) {
        struct harness_node m;
        b->mem[i] ^= 0x10;
        harness_connect(h, &m, "politie", COMMAND_MODE_SEND);
        harness_push(&m, b);
        b->mem[i] ^= 0x10;
        assert_int_equal(harness_count(h, ENTRY_SHARE), 0);
        assert_int_equal(h->last, DHK_OK);
        harness_forget(h);
    }
    free(b);
}

/* What is read of the manifest is what the sender signed: else even its number
 * is not believed. */
static void
a_changed_manifest_leaves_no_entry(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct bundle d;
    struct envelope *e = calloc(1, sizeof *e);
    struct diag diag;
    uint64_t size = h->core->ledger.size;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, &harness_p5, 1);
    ok(bundle_decode(&d, b->bytes, &diag));
    ok(envelope_decode(e, d.envelope[0], &diag));
    b->mem[e->manifest.p - b->mem + 1] ^= 1; /* the sequence number */
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    assert_int_equal(h->core->ledger.size, size);
    free(e);
    free(b);
}

static void
an_oversize_bundle_is_an_error(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    uint8_t *mem = calloc(1, LIMIT_BUNDLE_BYTES + 1);
    struct command c = {.type = COMMAND_PUSH,
        .number = 3,
        .bytes = slice_of(mem, LIMIT_BUNDLE_BYTES + 1)};

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_send_command(&n, &c, NULL, 0);
    harness_batch(h);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_LIMIT);
    free(mem);
}

static void
numbers_must_rise_within_a_bundle(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_signal s[2] = {harness_p5, harness_p5};
    struct harness_bundle *b = calloc(1, sizeof *b);

    s[0].seq = 9;
    s[1].seq = 8;
    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, s, 2);
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_MALFORMED);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 0);
    free(b);
}

static void
a_clock_that_jumped_stops_acceptance(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_text clock = {.verb = CONTROL_CLOCK};

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, &harness_p5, 1);
    h->wall -= (uint64_t)6 * 60 * 1000;
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_CLOCK);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 0);
    assert_int_equal(harness_control(h, &clock), 0);
    assert_int_equal(harness_count(h, ENTRY_OPERATOR), 1);
    harness_push(&n, b);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 1);
    free(b);
}

static void
time_stands_by_the_monotonic_clock_after_a_jump(void **state)
{
    struct harness *h = *state;
    struct harness_text clock = {.verb = CONTROL_CLOCK};
    uint64_t right = h->wall;

    h->wall += (uint64_t)365 * 24 * 3600 * 1000;
    h->mono += 1000;
    core_tick(h->core);
    harness_batch(h);
    assert_true(h->core->clock_stopped);
    assert_int_equal(h->core->now, right + 1000);
    assert_int_equal(h->access_n, HARNESS_PARTNERS); /* no card expired */
    h->wall = right + 2000;
    h->mono += 1000;
    assert_int_equal(harness_control(h, &clock), 0);
    assert_int_equal(h->core->now, right + 2000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(nobody_signs_under_another_name),
        harness_test(another_partners_bundle_is_not_taken),
        harness_test(no_changed_byte_makes_a_share),
        harness_test(a_changed_manifest_leaves_no_entry),
        harness_test(a_changed_opening_leaves_no_entry),
        harness_test(a_missing_attribute_leaves_no_entry),
        harness_test(an_oversize_bundle_is_an_error),
        harness_test(numbers_must_rise_within_a_bundle),
        harness_test(a_clock_that_jumped_stops_acceptance),
        harness_test(time_stands_by_the_monotonic_clock_after_a_jump),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
