/* SPDX-License-Identifier: EUPL-1.2
 *
 * A partner's own revocations: what is issued comes back and verifies with
 * the identity key that made it, and nothing else does. */
#include "revocation.h"
#include "wiretest.h"

static struct sign_secret *sk;
static struct sign_public pk;

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {11};
    (void)state;
    wiretest_deterministic(11);
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
    uint8_t mem[LIMIT_REVOCATION];
    struct revocation r, b;
    struct diag diag = {NULL, 0};
    struct sink made;
    enum dhk_err rc = revocation_decode(&r, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(r.origin.n, 0);
        return rc;
    }
    sink_init(&made, mem, sizeof mem);
    assert_int_equal(revocation_issue(&made, &r, sk), DHK_OK);
    assert_int_equal(revocation_decode(&b, sink_done(&made), NULL), DHK_OK);
    assert_true(slice_equal(r.body, b.body));
    pack_array(out, 2);
    pack_bin(out, r.body);
    pack_bin(out, slice_of(r.signature, sizeof r.signature));
    return out->err;
}

static enum dhk_err
verified(struct sink *out, struct slice in)
{
    struct revocation r;
    enum dhk_err rc = revocation_decode(&r, in, NULL);
    if (rc == DHK_OK)
        rc = revocation_verify(&r, &pk);
    return rc == DHK_OK ? again(out, in) : rc;
}

static struct revocation
sample(void)
{
    struct revocation r = {.origin = slice_str("ledger.example/1"),
        .partner = slice_str("gemeente"),
        .made = 1772000000};
    memset(r.card, 5, sizeof r.card);
    return r;
}

static struct slice
issue(uint8_t *mem, const struct revocation *r)
{
    struct sink out;
    sink_init(&out, mem, LIMIT_REVOCATION);
    assert_int_equal(revocation_issue(&out, r, sk), DHK_OK);
    return sink_done(&out);
}

static void
revocations_equal_their_golden_files(void **state)
{
    uint8_t mem[LIMIT_REVOCATION];
    char origin[LIMIT_ORIGIN], name[LIMIT_NAME];
    struct revocation r = sample();
    (void)state;
    wiretest_keep("accept", "revocation", "card", issue(mem, &r));
    /* the longest that there is */
    memset(origin, 'o', sizeof origin);
    memset(name, 'n', sizeof name);
    r.origin = slice_of(origin, sizeof origin);
    r.partner = slice_of(name, sizeof name);
    r.made = INT64_C(253402300799);
    wiretest_keep("accept", "revocation", "longest", issue(mem, &r));
    wiretest_folder("accept", "revocation", verified);
}

static void
members_come_back(void **state)
{
    uint8_t mem[LIMIT_REVOCATION];
    struct revocation got, r = sample();
    (void)state;
    assert_int_equal(revocation_decode(&got, issue(mem, &r), NULL), DHK_OK);
    assert_int_equal(revocation_verify(&got, &pk), DHK_OK);
    assert_true(slice_equal(got.origin, r.origin));
    assert_true(slice_equal(got.partner, r.partner));
    assert_memory_equal(got.card, r.card, CARD_ID);
    assert_int_equal(got.made, r.made);
}

static void
every_truncation_and_every_flipped_bit_is_refused(void **state)
{
    uint8_t mem[LIMIT_REVOCATION];
    struct revocation r = sample();
    (void)state;
    struct slice in = issue(mem, &r);
    wiretest_all(again, in);
    assert_int_equal(wiretest_flips(verified, in), 0);
}

static void
another_identity_does_not_verify(void **state)
{
    uint8_t mem[LIMIT_REVOCATION];
    struct sign_secret *other = NULL;
    struct sign_public other_pk;
    struct revocation got, r = sample();
    (void)state;
    assert_int_equal(key_sign_new(&other, &other_pk), DHK_OK);
    key_sign_destroy(&other);
    assert_int_equal(revocation_decode(&got, issue(mem, &r), NULL), DHK_OK);
    assert_int_equal(revocation_verify(&got, &other_pk), DHK_AUTH);
}

/* What a careless program could sign with a real identity. */
struct forged {
    const char *name; /* of the vector */
    uint64_t fields, version;
    const char *origin, *partner;
    size_t card_n;
    uint64_t made;
    const char *label;
    bool trailing;
    enum dhk_err expected;
};

static struct slice
forge(uint8_t *mem, const struct forged *how)
{
    uint8_t body_mem[LIMIT_REVOCATION], sig[KEY_SIGNATURE];
    static const uint8_t card[CARD_ID + 1] = {5};
    struct sink body, out;
    sink_init(&body, body_mem, sizeof body_mem);
    pack_array(&body, how->fields);
    pack_uint(&body, how->version);
    pack_cstr(&body, how->origin);
    pack_bin(&body, slice_of(card, how->card_n));
    pack_cstr(&body, how->partner);
    if (how->fields > 4)
        pack_uint(&body, how->made);
    if (how->fields > 5 || how->trailing)
        pack_nil(&body);
    struct slice signed_part = sink_done(&body);
    seal_sign(sig, how->label, &signed_part, 1, sk);
    sink_init(&out, mem, LIMIT_REVOCATION);
    pack_array(&out, 2);
    pack_bin(&out, signed_part);
    pack_bin(&out, slice_of(sig, sizeof sig));
    return sink_done(&out);
}

static void
signed_nonsense_is_refused(void **state)
{
    static const char own[] = "driehoek/v1/card-revocation";
    static const struct forged cases[] = {
        {"version-0", 5, 0, "o", "om", 32, 9, own, false, DHK_VERSION},
        {"four-elements", 4, 1, "o", "om", 32, 9, own, false, DHK_FORMAT},
        {"six-elements", 6, 1, "o", "om", 32, 9, own, false, DHK_FORMAT},
        {"trailing-in-body", 5, 1, "o", "om", 32, 9, own, true, DHK_FORMAT},
        {"no-origin", 5, 1, "", "om", 32, 9, own, false, DHK_FORMAT},
        {"origin-with-space", 5, 1, "o o", "om", 32, 9, own, false, DHK_FORMAT},
        {"card-of-31-bytes", 5, 1, "o", "om", 31, 9, own, false, DHK_FORMAT},
        {"card-of-33-bytes", 5, 1, "o", "om", 33, 9, own, false, DHK_FORMAT},
        {"no-partner", 5, 1, "o", "", 32, 9, own, false, DHK_FORMAT},
        {"name-upper-case", 5, 1, "o", "Om", 32, 9, own, false, DHK_FORMAT},
        {"made-too-late", 5, 1, "o", "om", 32, UINT64_C(253402300800), own,
            false, DHK_LIMIT},
        {"other-label", 5, 1, "o", "om", 32, 9, "driehoek/v1/card", false,
            DHK_AUTH},
    };
    uint8_t mem[LIMIT_REVOCATION];
    struct revocation r = sample();
    struct forged good = cases[0];
    (void)state;
    wiretest_keep_common("revocation", issue(mem, &r), 4);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice in = forge(mem, &cases[i]);
        wiretest_keep("reject", "revocation", cases[i].name, in);
        enum dhk_err rc = revocation_decode(&r, in, NULL);
        if (rc == DHK_OK)
            rc = revocation_verify(&r, &pk);
        if (rc != cases[i].expected)
            fail_msg("%s: %d", cases[i].name, rc);
    }
    wiretest_folder("reject", "revocation", verified);
    good.version = 1; /* nothing else is wrong with the forger's */
    assert_true(wiretest_is_same(verified, forge(mem, &good)));
}

static void
nonsense_is_not_issued(void **state)
{
    uint8_t mem[LIMIT_REVOCATION];
    struct sink out;
    struct revocation r = sample();
    (void)state;
    sink_init(&out, mem, sizeof mem);
    r.origin = slice_str("two words");
    assert_int_equal(revocation_issue(&out, &r, sk), DHK_FORMAT);
    r = sample();
    r.partner = slice_of(NULL, 0);
    assert_int_equal(revocation_issue(&out, &r, sk), DHK_FORMAT);
    r = sample();
    r.made = -1;
    assert_int_equal(revocation_issue(&out, &r, sk), DHK_FORMAT);
    assert_int_equal(out.n, 0);
    r.made = 0;
    sink_init(&out, mem, 100);
    assert_int_equal(revocation_issue(&out, &r, sk), DHK_LIMIT);
}

static void
a_file_gives_the_same_bytes(void **state)
{
    uint8_t mem[LIMIT_REVOCATION], text[REVOCATION_FILE_MAX];
    uint8_t decoded[REVOCATION_FILE_MAX];
    struct revocation r = sample();
    struct slice got;
    struct diag diag = {NULL, 0};
    struct sink out;
    (void)state;
    struct slice bytes = issue(mem, &r);
    sink_init(&out, text, sizeof text);
    assert_int_equal(revocation_file_encode(&out, bytes), DHK_OK);
    struct slice file = sink_done(&out);
    assert_true(revocation_is_file(file));
    assert_false(revocation_is_file(slice_str("driehoek-revocation\n")));
    assert_false(revocation_is_file(slice_str("-----BEGIN DRIEHOEK CARD")));
    assert_int_equal(revocation_file_decode(&got, decoded, file, NULL), DHK_OK);
    assert_true(slice_equal(got, bytes));
    /* all but the final newline counts */
    for (size_t n = 0; n + 1 < file.n; n++)
        assert_int_not_equal(
            revocation_file_decode(&got, decoded, slice_of(text, n), &diag),
            DHK_OK);
    assert_non_null(diag.what);
    sink_init(&out, text, sizeof text);
    assert_int_equal(
        revocation_file_encode(&out, slice_of(mem, bytes.n - 1)), DHK_FORMAT);
}

static void
every_flipped_bit_of_a_file_is_refused(void **state)
{
    uint8_t mem[LIMIT_REVOCATION], text[REVOCATION_FILE_MAX];
    uint8_t decoded[REVOCATION_FILE_MAX], again_mem[LIMIT_REVOCATION];
    struct revocation r = sample();
    struct slice got;
    struct sink out, ignored;
    (void)state;
    sink_init(&out, text, sizeof text);
    assert_int_equal(revocation_file_encode(&out, issue(mem, &r)), DHK_OK);
    for (size_t i = 0; i < out.n * 8; i++) {
        sink_init(&ignored, again_mem, sizeof again_mem);
        text[i / 8] ^= (uint8_t)(1 << i % 8);
        bool accepted = revocation_file_decode(&got, decoded,
                            slice_of(text, out.n), NULL) == DHK_OK &&
                        verified(&ignored, got) == DHK_OK;
        assert_false(accepted);
        text[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(revocations_equal_their_golden_files),
        cmocka_unit_test(members_come_back),
        cmocka_unit_test(every_truncation_and_every_flipped_bit_is_refused),
        cmocka_unit_test(another_identity_does_not_verify),
        cmocka_unit_test(signed_nonsense_is_refused),
        cmocka_unit_test(nonsense_is_not_issued),
        cmocka_unit_test(a_file_gives_the_same_bytes),
        cmocka_unit_test(every_flipped_bit_of_a_file_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
