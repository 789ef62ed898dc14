/* SPDX-License-Identifier: EUPL-1.2
 *
 * What core accepts and what it refuses: every code of a signed refusal, the
 * errors that leave no entry, and what an evil partner might try. */
#include "harness.h"

/* fields of politiebericht: 0 betrokkene .. 5 politiegegevens are shared,
 * 6 themagegevens never */
enum { P6_SHARED = 63, P6_NEVER = 64 };

static void
refused(void **state, const struct harness_signal *s, enum entry_code code)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", HARNESS_SEND);
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

    harness_connect(h, &n, "politie", HARNESS_SEND);
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
without_the_individual_it_is_refused(void **state)
{
    struct harness_signal s = harness_p5;

    s.presence = 1 << 1 | 1 << 2 | 1 << 3; /* what rule P5 shares, but for it */
    s.fields[0] = s.presence;
    refused(state, &s, ENTRY_CODE_INCOMPLETE);
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

    harness_connect(h, &n, "politie", HARNESS_SEND);
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(an_older_agreement_is_stale),
        harness_test(nothing_is_accepted_without_an_agreement),
        harness_test(an_agreement_past_its_days_is_not_in_force),
        harness_test(an_unknown_purpose_is_refused),
        harness_test(an_unknown_kind_is_refused),
        harness_test(what_has_expired_is_refused),
        harness_test(what_expires_too_late_is_refused),
        harness_test(every_attribute_has_a_slot),
        harness_test(a_recipient_whom_nothing_permits_is_refused),
        harness_test(only_a_forbidden_recipient_is_denied),
        harness_test(without_the_individual_it_is_refused),
        harness_test(wrapping_more_than_permitted_is_refused),
        harness_test(wrapping_less_than_permitted_is_refused),
        harness_test(leaving_out_a_permitted_recipient_is_refused),
        harness_test(a_signal_for_another_ledger_is_refused),
        harness_test(a_card_that_is_not_current_is_refused),
        harness_test(everybody_permitted_gets_a_share),
        harness_test(a_sender_may_name_recipients),
        harness_test(a_sender_may_exclude_a_recipient_with_a_code),
        harness_test(a_sender_may_withhold_a_field_with_a_code),
        harness_test(a_withheld_field_must_not_be_wrapped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
