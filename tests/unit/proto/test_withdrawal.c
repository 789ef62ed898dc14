/* SPDX-License-Identifier: EUPL-1.2
 *
 * Withdrawals and corrections: what is issued comes back and verifies with
 * the card's key that made it, and nothing else does. */
#include "withdrawal.h"
#include "wiretest.h"

static struct sign_secret *sk;
static struct sign_public pk;

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {12};
    (void)state;
    wiretest_deterministic(12);
    assert_int_equal(key_init(), DHK_OK);
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    key_sign_destroy(&sk);
    return 0;
}

/* Encoded again, whoever signed it: the body must be the one form of what it
 * says. */
static enum dhk_err
again(struct sink *out, struct slice in)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct withdrawal w, b;
    struct diag diag = {NULL, 0};
    struct sink made;
    enum dhk_err rc = withdrawal_decode(&w, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(w.origin.n, 0);
        return rc;
    }
    sink_init(&made, mem, sizeof mem);
    assert_int_equal(withdrawal_issue(&made, &w, sk), DHK_OK);
    assert_int_equal(withdrawal_decode(&b, sink_done(&made), NULL), DHK_OK);
    assert_true(slice_equal(w.body, b.body));
    pack_array(out, 2);
    pack_bin(out, w.body);
    pack_bin(out, slice_of(w.signature, sizeof w.signature));
    return out->err;
}

static enum dhk_err
verified(struct sink *out, struct slice in)
{
    struct withdrawal w;
    enum dhk_err rc = withdrawal_decode(&w, in, NULL);
    if (rc == DHK_OK)
        rc = withdrawal_verify(&w, &pk);
    return rc == DHK_OK ? again(out, in) : rc;
}

static struct withdrawal
sample(bool correction)
{
    struct withdrawal w = {.origin = slice_str("ledger.example/1"),
        .accepted = 70000,
        .reason = WITHDRAWAL_WRONG_PERSON,
        .is_correction = correction,
        .made = 1772000000};
    memset(w.card, 5, sizeof w.card);
    memset(w.signal, 6, sizeof w.signal);
    memset(w.nonce, 7, sizeof w.nonce);
    if (correction) {
        memset(w.replacement, 8, sizeof w.replacement);
        w.replacement_accepted = 70009;
    }
    return w;
}

static struct slice
issue(uint8_t *mem, const struct withdrawal *w)
{
    struct sink out;
    sink_init(&out, mem, LIMIT_WITHDRAWAL);
    assert_int_equal(withdrawal_issue(&out, w, sk), DHK_OK);
    return sink_done(&out);
}

static void
withdrawals_equal_their_golden_files(void **state)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    char origin[LIMIT_ORIGIN];
    struct withdrawal w = sample(false);
    (void)state;
    wiretest_keep("accept", "withdrawal", "withdrawal", issue(mem, &w));
    w = sample(true);
    wiretest_keep("accept", "withdrawal", "correction", issue(mem, &w));
    /* the longest that there is */
    memset(origin, 'o', sizeof origin);
    w.origin = slice_of(origin, sizeof origin);
    w.accepted = w.replacement_accepted = INT64_MAX;
    w.made = INT64_C(253402300799);
    wiretest_keep("accept", "withdrawal", "longest", issue(mem, &w));
    wiretest_folder("accept", "withdrawal", verified);
}

static void
members_come_back(void **state)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct withdrawal got, w = sample(true);
    (void)state;
    assert_int_equal(withdrawal_decode(&got, issue(mem, &w), NULL), DHK_OK);
    assert_int_equal(withdrawal_verify(&got, &pk), DHK_OK);
    assert_true(slice_equal(got.origin, w.origin));
    assert_memory_equal(got.card, w.card, 32);
    assert_memory_equal(got.signal, w.signal, 32);
    assert_memory_equal(got.replacement, w.replacement, 32);
    assert_memory_equal(got.nonce, w.nonce, WITHDRAWAL_NONCE);
    assert_int_equal(got.accepted, w.accepted);
    assert_int_equal(got.replacement_accepted, w.replacement_accepted);
    assert_int_equal(got.reason, w.reason);
    assert_true(got.is_correction);
    assert_int_equal(got.made, w.made);
    w = sample(false);
    assert_int_equal(withdrawal_decode(&got, issue(mem, &w), NULL), DHK_OK);
    assert_false(got.is_correction);
}

static void
every_truncation_and_every_flipped_bit_is_refused(void **state)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct withdrawal w = sample(i == 1);
        struct slice in = issue(mem, &w);
        wiretest_all(again, in);
        assert_int_equal(wiretest_flips(verified, in), 0);
    }
}

/* What a careless program could sign with a real card. */
struct forged {
    const char *name; /* of the vector */
    uint64_t fields, version;
    const char *origin;
    uint64_t accepted, reason;
    size_t replaces; /* elements of the replacement; 0: nil */
    uint8_t replacement;
    size_t nonce_n;
    const char *label;
    enum dhk_err expected;
};

static struct slice
forge(uint8_t *mem, const struct forged *how)
{
    uint8_t body_mem[LIMIT_WITHDRAWAL], sig[KEY_SIGNATURE];
    static const uint8_t card[32] = {5}, signal[32] = {6}, nonce[17] = {7};
    uint8_t replacement[32] = {how->replacement};
    struct sink body, out;
    sink_init(&body, body_mem, sizeof body_mem);
    pack_array(&body, how->fields);
    pack_uint(&body, how->version);
    pack_cstr(&body, how->origin);
    pack_bin(&body, slice_of(card, 32));
    pack_bin(&body, slice_of(signal, 32));
    pack_uint(&body, how->accepted);
    pack_uint(&body, how->reason);
    if (how->replaces == 0)
        pack_nil(&body);
    else
        pack_array(&body, how->replaces);
    if (how->replaces > 0)
        pack_bin(&body, slice_of(replacement, 32));
    if (how->replaces > 1)
        pack_uint(&body, 9);
    pack_bin(&body, slice_of(nonce, how->nonce_n));
    if (how->fields > 8)
        pack_uint(&body, 1772000000);
    if (how->fields > 9)
        pack_cstr(&body, "because");
    struct slice signed_part = sink_done(&body);
    seal_sign(sig, how->label, &signed_part, 1, sk);
    sink_init(&out, mem, LIMIT_WITHDRAWAL);
    pack_array(&out, 2);
    pack_bin(&out, signed_part);
    pack_bin(&out, slice_of(sig, sizeof sig));
    return sink_done(&out);
}

static void
signed_nonsense_is_refused(void **state)
{
    static const char own[] = "driehoek/v1/withdrawal";
    static const struct forged cases[] = {
        {"version-0", 9, 0, "o", 3, 1, 0, 0, 16, own, DHK_VERSION},
        {"eight-elements", 8, 1, "o", 3, 1, 0, 0, 16, own, DHK_FORMAT},
        {"free-text", 10, 1, "o", 3, 1, 0, 0, 16, own, DHK_FORMAT},
        {"no-origin", 9, 1, "", 3, 1, 0, 0, 16, own, DHK_FORMAT},
        {"index-over-63-bits", 9, 1, "o", UINT64_MAX, 1, 0, 0, 16, own,
            DHK_LIMIT},
        {"reason-0", 9, 1, "o", 3, 0, 0, 0, 16, own, DHK_FORMAT},
        {"reason-8", 9, 1, "o", 3, 8, 0, 0, 16, own, DHK_FORMAT},
        {"replaces-itself", 9, 1, "o", 3, 1, 2, 6, 16, own, DHK_FORMAT},
        {"replacement-without-index", 9, 1, "o", 3, 1, 1, 8, 16, own,
            DHK_FORMAT},
        {"nonce-of-15-bytes", 9, 1, "o", 3, 1, 0, 0, 15, own, DHK_FORMAT},
        {"nonce-of-17-bytes", 9, 1, "o", 3, 1, 0, 0, 17, own, DHK_FORMAT},
        {"other-label", 9, 1, "o", 3, 1, 0, 0, 16, "driehoek/v1/answer",
            DHK_AUTH},
    };
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct withdrawal w = sample(false);
    struct forged good = cases[0];
    (void)state;
    wiretest_keep_common("withdrawal", issue(mem, &w), 4);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice in = forge(mem, &cases[i]);
        wiretest_keep("reject", "withdrawal", cases[i].name, in);
        enum dhk_err rc = withdrawal_decode(&w, in, NULL);
        if (rc == DHK_OK)
            rc = withdrawal_verify(&w, &pk);
        if (rc != cases[i].expected)
            fail_msg("%s: %d", cases[i].name, rc);
    }
    wiretest_folder("reject", "withdrawal", verified);
    good.version = 1; /* nothing else is wrong with the forger's */
    assert_true(wiretest_is_same(verified, forge(mem, &good)));
    good.replaces = 2;
    good.replacement = 8;
    assert_true(wiretest_is_same(verified, forge(mem, &good)));
}

static void
another_card_does_not_verify(void **state)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct sign_secret *other = NULL;
    struct sign_public other_pk;
    struct withdrawal got, w = sample(false);
    (void)state;
    assert_int_equal(key_sign_new(&other, &other_pk), DHK_OK);
    key_sign_destroy(&other);
    assert_int_equal(withdrawal_decode(&got, issue(mem, &w), NULL), DHK_OK);
    assert_int_equal(withdrawal_verify(&got, &other_pk), DHK_AUTH);
}

static void
nonsense_is_not_issued(void **state)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct sink out;
    struct withdrawal w = sample(false);
    (void)state;
    sink_init(&out, mem, sizeof mem);
    w.reason = WITHDRAWAL_NONE;
    assert_int_equal(withdrawal_issue(&out, &w, sk), DHK_FORMAT);
    w = sample(true);
    memcpy(w.replacement, w.signal, sizeof w.signal);
    assert_int_equal(withdrawal_issue(&out, &w, sk), DHK_FORMAT);
    w = sample(false);
    w.made = -1;
    assert_int_equal(withdrawal_issue(&out, &w, sk), DHK_FORMAT);
    assert_int_equal(out.n, 0);
}

static void
reasons_are_named_and_found(void **state)
{
    (void)state;
    for (unsigned i = 1; i < WITHDRAWAL_REASONS; i++) {
        const char *name = withdrawal_reason_name((enum withdrawal_reason)i);
        assert_int_equal(withdrawal_reason_of(slice_str(name)), i);
    }
    assert_int_equal(withdrawal_reason_of(slice_str("none")), WITHDRAWAL_NONE);
    assert_int_equal(withdrawal_reason_of(slice_str("")), WITHDRAWAL_NONE);
    assert_string_equal(
        withdrawal_reason_name((enum withdrawal_reason)99), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(withdrawals_equal_their_golden_files),
        cmocka_unit_test(members_come_back),
        cmocka_unit_test(every_truncation_and_every_flipped_bit_is_refused),
        cmocka_unit_test(signed_nonsense_is_refused),
        cmocka_unit_test(another_card_does_not_verify),
        cmocka_unit_test(nonsense_is_not_issued),
        cmocka_unit_test(reasons_are_named_and_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
