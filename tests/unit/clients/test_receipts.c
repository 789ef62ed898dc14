/* SPDX-License-Identifier: EUPL-1.2
 *
 * A receipt is compared with the preview, recipient by recipient: whatever is
 * more is a contradiction, whatever is less needs a reason. */
#include "evil_receipt.h"

static void
begin(struct evil_receipt *e)
{
    (void)receipt_push(e, "hoog");
    receipt_seal(e);
    assert_int_equal(e->shares_n, 2); /* gemeente, and om if known */
}

/* Place of PARTNER's share. */
static size_t
place_of(const struct evil_receipt *e, const char *partner)
{
    size_t i = 0;

    while (i + 1 < e->shares_n &&
           !slice_equal(e->share[i].u.share.recipient, slice_str(partner)))
        i++;
    assert_true(slice_equal(e->share[i].u.share.recipient, slice_str(partner)));
    return i;
}

static struct entry_share *
share_of(struct evil_receipt *e, const char *partner)
{
    return &e->share[place_of(e, partner)].u.share;
}

static void
drop_share(struct evil_receipt *e, const char *partner)
{
    if (place_of(e, partner) == 0)
        e->share[0] = e->share[1];
    e->shares_n = 1;
}

static void
contradicts(struct evil_receipt *e)
{
    struct dhk_problem problem = {""};

    assert_int_equal(receipt_apply(e, &problem), DHK_AUTH);
    assert_non_null(strstr(problem.text, "contradicts"));
}

static void
an_honest_receipt_is_accepted(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    ok(receipt_apply(e, NULL));
    assert_int_equal(e->record[0].state, DHK_ACCEPTED);
    assert_int_equal(e->record[0].index, 100);
    for (size_t i = 0; i < e->record[0].recipients_n; i++)
        assert_int_equal(e->record[0].recipient[i].end, RECORD_OPEN);
}

static void
a_field_more_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    share_of(e, "gemeente")->fields |= 8;
    share_of(e, "gemeente")->wrapped |= 8;
    contradicts(e);
}

static void
more_sealed_than_was_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    share_of(e, "gemeente")->wrapped |= 8;
    contradicts(e);
}

static void
a_recipient_more_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    e->share[e->shares_n++] = e->share[0];
    e->share[2].u.share.recipient = slice_str("school");
    contradicts(e);
}

static void
two_shares_for_one_recipient_are_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    e->share[e->shares_n++] = e->share[0];
    contradicts(e);
}

static void
a_share_for_another_card_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    share_of(e, "gemeente")->card[0] ^= 1;
    contradicts(e);
}

static void
a_field_less_without_a_reason_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    share_of(e, "gemeente")->fields = 1;
    contradicts(e);
}

static void
a_promised_recipient_without_a_share_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    drop_share(e, "gemeente");
    contradicts(e);
}

static void
what_depends_on_the_broker_may_be_less(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    drop_share(e, "om");
    ok(receipt_apply(e, NULL));
    assert_int_equal(e->record[0].state, DHK_ACCEPTED);
    for (size_t i = 0; i < e->record[0].recipients_n; i++) {
        const struct record_recipient *r = &e->record[0].recipient[i];

        assert_int_equal(r->end,
            strcmp(r->partner, "om") == 0 ? RECORD_UNSHARED : RECORD_OPEN);
    }
}

static void
another_signature_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    e->accepted.u.accepted.signature[3] ^= 1;
    contradicts(e);
}

static void
another_number_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    e->accepted.u.accepted.mark[0].seq++;
    contradicts(e);
}

static void
another_agreement_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    e->accepted.u.accepted.agreement[0] ^= 1;
    contradicts(e);
}

static void
another_case_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    share_of(e, "gemeente")->case_handle[0] ^= 1;
    contradicts(e);
}

static void
refuse(struct evil_receipt *e, enum entry_code code)
{
    struct entry_accepted a = e->accepted.u.accepted;
    struct entry_refused *x = &e->accepted.u.refused;

    e->accepted.kind = ENTRY_REFUSED;
    *x = (struct entry_refused){.sender = a.sender, .ids = a.ids};
    memcpy(x->card, a.card, sizeof x->card);
    memcpy(x->signature, a.signature, sizeof x->signature);
    x->code = code;
    x->seq[x->n++] = a.mark[0].seq;
    e->shares_n = 0;
}

static void
a_signed_refusal_is_final(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    refuse(e, ENTRY_CODE_DENIED);
    ok(receipt_apply(e, NULL));
    assert_int_equal(e->record[0].state, DHK_REFUSED);
    assert_int_equal(e->record[0].why, ENTRY_CODE_DENIED);
}

static void
a_refusal_of_another_bundle_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    refuse(e, ENTRY_CODE_DENIED);
    e->accepted.u.refused.signature[0] ^= 1;
    contradicts(e);
}

static void
an_entry_of_another_kind_is_a_contradiction(void **state)
{
    struct evil_receipt *e = *state;

    begin(e);
    e->accepted = e->share[0];
    contradicts(e);
}

#define receipt_test(f)                                                        \
    cmocka_unit_test_setup_teardown(f, receipt_new, receipt_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        receipt_test(an_honest_receipt_is_accepted),
        receipt_test(a_field_more_is_a_contradiction),
        receipt_test(more_sealed_than_was_is_a_contradiction),
        receipt_test(a_recipient_more_is_a_contradiction),
        receipt_test(two_shares_for_one_recipient_are_a_contradiction),
        receipt_test(a_share_for_another_card_is_a_contradiction),
        receipt_test(a_field_less_without_a_reason_is_a_contradiction),
        receipt_test(a_promised_recipient_without_a_share_is_a_contradiction),
        receipt_test(what_depends_on_the_broker_may_be_less),
        receipt_test(another_signature_is_a_contradiction),
        receipt_test(another_number_is_a_contradiction),
        receipt_test(another_agreement_is_a_contradiction),
        receipt_test(another_case_is_a_contradiction),
        receipt_test(a_signed_refusal_is_final),
        receipt_test(a_refusal_of_another_bundle_is_a_contradiction),
        receipt_test(an_entry_of_another_kind_is_a_contradiction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
