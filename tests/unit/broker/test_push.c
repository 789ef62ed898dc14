/* SPDX-License-Identifier: EUPL-1.2
 *
 * What core accepts and what it refuses: every code of a signed refusal, the
 * errors that leave no entry, and what an evil partner might try. */
#include "harness.h"

enum { SEND = COMMAND_MODE_SEND | COMMAND_MODE_OUTCOMES };

/* fields of aanmelding-politie: 0 betrokkene .. 5 politiegegevens are shared,
 * 6 themagegevens never */
enum { P6_SHARED = 63, P6_NEVER = 64 };

static void
refused(void **state, const struct harness_signal *s, enum entry_code code)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", SEND);
    assert_int_equal(harness_code(&n, s), code);
    assert_int_equal(harness_count(h, ENTRY_SHARE), 0);
    assert_int_equal(
        harness_count(h, ENTRY_REFUSED), code == ENTRY_CODE_NONE ? 0 : 1);
}

/* --- signed refusals --- */

static void
an_older_agreement_is_stale(void **state)
{
    struct harness *h = *state;
    struct harness_signal s = harness_p5;
    uint8_t before[32];

    memcpy(before, h->agreement, 32);
    assert_int_equal(harness_agreement(h, 7, NULL, NULL), 0);
    s.agreement = before;
    refused(state, &s, ENTRY_CODE_STALE_AGREEMENT);
}

static void
nothing_is_accepted_without_an_agreement(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_revoke_text(h, h->agreement, 2), 0);
    refused(state, &harness_p5, ENTRY_CODE_NO_AGREEMENT);
}

static void
an_agreement_past_its_days_is_not_in_force(void **state)
{
    struct harness *h = *state;
    struct harness_signal s = harness_p5;
    uint64_t years = (uint64_t)1000 * 3600 * 24 * 365;

    assert_int_equal(
        harness_agreement(h, 7, "until 2036-01-01", "until 2026-12-01"), 0);
    s.named = true;
    for (int i = 0; i < 20; i++) { /* a day at a time, not a jump */
        h->wall += years / 365;
        h->mono += years / 365;
        core_tick(h->core);
        harness_batch(h);
    }
    refused(state, &s, ENTRY_CODE_NO_AGREEMENT);
}

static void
an_unknown_purpose_is_refused(void **state)
{
    struct harness_signal s = harness_p5;

    s.purpose = "nieuwsgierigheid";
    s.fields[0] = 15;
    refused(state, &s, ENTRY_CODE_VOCABULARY);
}

static void
an_unknown_kind_is_refused(void **state)
{
    struct harness_signal s = harness_p5;

    s.kind = "roddel";
    refused(state, &s, ENTRY_CODE_VOCABULARY);
}

static void
what_has_expired_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_signal s = harness_p5;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &n, "politie", SEND);
    s.expires = h->wall / 1000 + 10;
    harness_seal(&n, b, &s, 1);
    h->wall += 10000;
    h->mono += 10000;
    harness_push(&n, b);
    struct receipt *r = harness_receipt(&n);
    struct entry e;
    harness_entry(h, r->index[0], &e);
    assert_int_equal(e.kind, ENTRY_REFUSED);
    assert_int_equal(e.u.refused.code, ENTRY_CODE_EXPIRED);
    receipt_destroy(&r);
    free(b);
}

static void
what_expires_too_late_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_signal s = harness_p5;

    s.expires = h->wall / 1000 + (uint64_t)31 * 24 * 3600;
    refused(state, &s, ENTRY_CODE_EXPIRED);
}

static void
every_attribute_has_a_slot(void **state)
{
    struct harness_signal s = harness_p5;

    s.attributes_less = 1;
    s.fields[0] = 15;
    refused(state, &s, ENTRY_CODE_MANIFEST);
}

static void
a_recipient_whom_nothing_permits_is_refused(void **state)
{
    struct harness_signal s = harness_p5;

    s.to[1] = "om";
    s.fields[1] = 1;
    refused(state, &s, ENTRY_CODE_RECIPIENTS);
}

static void
only_a_forbidden_recipient_is_denied(void **state)
{
    struct harness_signal s = harness_p5;

    s.no = 2;
    s.fields[0] = 1;
    refused(state, &s, ENTRY_CODE_DENIED);
}

static void
wrapping_more_than_permitted_is_refused(void **state)
{
    struct harness_signal s = harness_p6;

    s.presence = P6_SHARED | P6_NEVER;
    s.fields[0] = P6_SHARED | P6_NEVER;
    refused(state, &s, ENTRY_CODE_OVERSHARED);
}

static void
wrapping_less_than_permitted_is_refused(void **state)
{
    struct harness_signal s = harness_p6;

    s.presence = P6_SHARED;
    s.fields[1] = 1;
    refused(state, &s, ENTRY_CODE_RECIPIENTS);
}

static void
leaving_out_a_permitted_recipient_is_refused(void **state)
{
    struct harness_signal s = harness_p6;

    s.to[1] = NULL;
    refused(state, &s, ENTRY_CODE_RECIPIENTS);
}

static void
a_signal_for_another_ledger_is_refused(void **state)
{
    struct harness_signal s = harness_p5;

    s.origin = "elders.example/ledger";
    refused(state, &s, ENTRY_CODE_ORIGIN);
}

static void
a_card_that_is_not_current_is_refused(void **state)
{
    struct harness *h = *state;
    struct harness_signal s = harness_p5;
    uint8_t before[32];

    memcpy(before, harness_find(h, "gemeente")->card.id, 32);
    h->wall += 1000;
    h->mono += 1000;
    assert_int_equal(harness_card(h, harness_find(h, "gemeente"), true), 0);
    s.recipient_card = before;
    refused(state, &s, ENTRY_CODE_RECIPIENT_CARD);
}

/* --- what is allowed --- */

static void
allowed(void **state, const struct harness_signal *s, size_t shares)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", SEND);
    assert_int_equal(harness_code(&n, s), ENTRY_CODE_NONE);
    assert_int_equal(harness_count(h, ENTRY_SHARE), shares);
}

static void
everybody_permitted_gets_a_share(void **state)
{
    allowed(state, &harness_p6, 2);
}

static void
a_sender_may_name_recipients(void **state)
{
    struct harness_signal s = harness_p6;

    s.to[1] = NULL;
    s.named = true;
    allowed(state, &s, 1);
}

static void
a_sender_may_exclude_a_recipient_with_a_code(void **state)
{
    struct harness_signal s = harness_p6;

    s.to[1] = NULL;
    s.exclusion = (struct manifest_exclusion){
        .partner = slice_str("om"), .code = MANIFEST_CODE_INVESTIGATION};
    allowed(state, &s, 1);
}

static void
a_sender_may_withhold_a_field_with_a_code(void **state)
{
    struct harness_signal s = harness_p6;

    s.exclusion =
        (struct manifest_exclusion){.fields = 1, .code = MANIFEST_CODE_SAFETY};
    s.fields[0] = s.fields[1] = 14;
    allowed(state, &s, 2);
}

static void
a_withheld_field_must_not_be_wrapped(void **state)
{
    struct harness_signal s = harness_p6;

    s.exclusion =
        (struct manifest_exclusion){.fields = 1, .code = MANIFEST_CODE_SAFETY};
    refused(state, &s, ENTRY_CODE_OVERSHARED);
}

/* --- once only --- */

static void
the_same_bytes_get_the_same_receipt(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &n, "politie", SEND);
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
    harness_connect(h, &n, "politie", SEND);
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
    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &n, "politie", SEND);
    harness_seal(&n, b, &harness_p5, 1);
    ok(bundle_decode(&d, b->bytes, &diag));
    ok(envelope_decode(e, d.envelope[0], &diag));
    size_t at = (size_t)(e->field[0].ciphertext.p - b->mem);
    b->mem[at] ^= 1;
    harness_push(&n, b);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_AUTH);
    assert_int_equal(h->core->ledger.size, size);
    b->mem[at] ^= 1;
    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &politie, "politie", SEND);
    harness_connect(h, &om, "om", SEND);
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

    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &n, "politie", SEND);
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
    harness_connect(h, &n, "politie", SEND);
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

    harness_connect(h, &n, "politie", SEND);
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

#define world(f) cmocka_unit_test_setup_teardown(f, harness_new, harness_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        world(an_older_agreement_is_stale),
        world(nothing_is_accepted_without_an_agreement),
        world(an_agreement_past_its_days_is_not_in_force),
        world(an_unknown_purpose_is_refused),
        world(an_unknown_kind_is_refused),
        world(what_has_expired_is_refused),
        world(what_expires_too_late_is_refused),
        world(every_attribute_has_a_slot),
        world(a_recipient_whom_nothing_permits_is_refused),
        world(only_a_forbidden_recipient_is_denied),
        world(wrapping_more_than_permitted_is_refused),
        world(wrapping_less_than_permitted_is_refused),
        world(leaving_out_a_permitted_recipient_is_refused),
        world(a_signal_for_another_ledger_is_refused),
        world(a_card_that_is_not_current_is_refused),
        world(everybody_permitted_gets_a_share),
        world(a_sender_may_name_recipients),
        world(a_sender_may_exclude_a_recipient_with_a_code),
        world(a_sender_may_withhold_a_field_with_a_code),
        world(a_withheld_field_must_not_be_wrapped),
        world(the_same_bytes_get_the_same_receipt),
        world(another_signal_with_a_used_number_is_evidence_once),
        world(a_refusal_is_final),
        world(one_bad_signal_does_not_spoil_the_bundle),
        world(several_reasons_in_one_bundle_are_told_apart),
        world(a_bundle_of_old_and_new_signals_is_an_error),
        world(nobody_signs_under_another_name),
        world(another_partners_bundle_is_not_taken),
        world(no_changed_byte_makes_a_share),
        world(a_changed_manifest_leaves_no_entry),
        world(a_changed_opening_leaves_no_entry),
        world(a_missing_attribute_leaves_no_entry),
        world(an_oversize_bundle_is_an_error),
        world(numbers_must_rise_within_a_bundle),
        world(a_clock_that_jumped_stops_acceptance),
        world(time_stands_by_the_monotonic_clock_after_a_jump),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
