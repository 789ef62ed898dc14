/* SPDX-License-Identifier: EUPL-1.2
 *
 * Statements about cases: what is issued comes back and verifies with the
 * card's key that made it, and nothing else does. */
#include "statement.h"
#include "wiretest.h"

static struct sign_secret *sk;
static struct sign_public pk;

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {13};
    (void)state;
    wiretest_deterministic(13);
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
    uint8_t mem[LIMIT_STATEMENT];
    struct statement s, b;
    struct diag diag = {NULL, 0};
    struct sink made;
    enum dhk_err rc = statement_decode(&s, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(s.origin.n, 0);
        return rc;
    }
    sink_init(&made, mem, sizeof mem);
    assert_int_equal(statement_issue(&made, &s, sk), DHK_OK);
    assert_int_equal(statement_decode(&b, sink_done(&made), NULL), DHK_OK);
    assert_true(slice_equal(s.body, b.body));
    pack_array(out, 2);
    pack_bin(out, s.body);
    pack_bin(out, slice_of(s.signature, sizeof s.signature));
    return out->err;
}

static enum dhk_err
verified(struct sink *out, struct slice in)
{
    struct statement s;
    enum dhk_err rc = statement_decode(&s, in, NULL);
    if (rc == DHK_OK)
        rc = statement_verify(&s, &pk);
    return rc == DHK_OK ? again(out, in) : rc;
}

static struct statement
sample(enum act what)
{
    struct statement s = {.origin = slice_str("ledger.example/1"),
        .what = what,
        .until = what == ACT_HOLD ? 1800000000 : 0,
        .made = 1772000000};
    memset(s.card, 5, sizeof s.card);
    memset(s.case_handle, 6, sizeof s.case_handle);
    return s;
}

static struct slice
issue(uint8_t *mem, const struct statement *s)
{
    struct sink out;
    sink_init(&out, mem, LIMIT_STATEMENT);
    assert_int_equal(statement_issue(&out, s, sk), DHK_OK);
    return sink_done(&out);
}

static void
statements_equal_their_golden_files(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    char origin[LIMIT_ORIGIN];
    struct statement s;
    (void)state;
    for (unsigned i = 1; i < ACT_MAX + 1; i++) {
        s = sample((enum act)i);
        wiretest_keep(
            "accept", "statement", act_name(s.what), issue(mem, &s));
    }
    /* the longest that there is */
    s = sample(ACT_HOLD);
    memset(origin, 'o', sizeof origin);
    s.origin = slice_of(origin, sizeof origin);
    s.until = INT64_C(253402300799);
    s.made = s.until - act_longest(ACT_HOLD);
    wiretest_keep("accept", "statement", "longest", issue(mem, &s));
    wiretest_folder("accept", "statement", verified);
}

static void
members_come_back(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct statement got, s = sample(ACT_HOLD);
    (void)state;
    assert_int_equal(statement_decode(&got, issue(mem, &s), NULL), DHK_OK);
    assert_int_equal(statement_verify(&got, &pk), DHK_OK);
    assert_true(slice_equal(got.origin, s.origin));
    assert_memory_equal(got.card, s.card, 32);
    assert_memory_equal(got.case_handle, s.case_handle, STATEMENT_CASE);
    assert_int_equal(got.what, ACT_HOLD);
    assert_int_equal(got.until, s.until);
    assert_int_equal(got.made, s.made);
}

static void
every_truncation_and_every_flipped_bit_is_refused(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    (void)state;
    for (unsigned i = 1; i < ACT_MAX + 1; i++) {
        struct statement s = sample((enum act)i);
        struct slice in = issue(mem, &s);
        wiretest_all(again, in);
        assert_int_equal(wiretest_flips(verified, in), 0);
    }
}

/* What a careless program could sign with a real card. */
struct forged {
    const char *name; /* of the vector */
    uint64_t fields, version;
    const char *origin;
    size_t case_n;
    uint64_t what, until, made;
    const char *label;
    enum dhk_err expected;
};

static struct slice
forge(uint8_t *mem, const struct forged *how)
{
    uint8_t body_mem[LIMIT_STATEMENT], sig[KEY_SIGNATURE];
    static const uint8_t card[32] = {5}, handle[32] = {6};
    struct sink body, out;
    sink_init(&body, body_mem, sizeof body_mem);
    pack_array(&body, how->fields);
    pack_uint(&body, how->version);
    pack_cstr(&body, how->origin);
    pack_bin(&body, slice_of(card, 32));
    pack_bin(&body, slice_of(handle, how->case_n));
    pack_uint(&body, how->what);
    pack_uint(&body, how->until);
    if (how->fields > 6)
        pack_uint(&body, how->made);
    if (how->fields > 7)
        pack_cstr(&body, "because");
    struct slice signed_part = sink_done(&body);
    seal_sign(sig, how->label, &signed_part, 1, sk);
    sink_init(&out, mem, LIMIT_STATEMENT);
    pack_array(&out, 2);
    pack_bin(&out, signed_part);
    pack_bin(&out, slice_of(sig, sizeof sig));
    return sink_done(&out);
}

static void
signed_nonsense_is_refused(void **state)
{
    static const char own[] = "driehoek/v1/statement";
    const uint64_t longest = (uint64_t)act_longest(ACT_HOLD);
    const struct forged cases[] = {
        {"version-0", 7, 0, "o", 16, 1, 0, 9, own, DHK_VERSION},
        {"six-elements", 6, 1, "o", 16, 1, 0, 9, own, DHK_FORMAT},
        {"free-text", 8, 1, "o", 16, 1, 0, 9, own, DHK_FORMAT},
        {"no-origin", 7, 1, "", 16, 1, 0, 9, own, DHK_FORMAT},
        {"case-of-32-bytes", 7, 1, "o", 32, 1, 0, 9, own, DHK_FORMAT},
        {"what-0", 7, 1, "o", 16, 0, 0, 9, own, DHK_FORMAT},
        {"what-4", 7, 1, "o", 16, 4, 0, 9, own, DHK_FORMAT},
        {"destroyed-until", 7, 1, "o", 16, 1, 10, 9, own, DHK_FORMAT},
        {"release-until", 7, 1, "o", 16, 3, 10, 9, own, DHK_FORMAT},
        {"hold-without-end", 7, 1, "o", 16, 2, 0, 9, own, DHK_FORMAT},
        {"hold-of-no-time", 7, 1, "o", 16, 2, 9, 9, own, DHK_FORMAT},
        {"hold-too-long", 7, 1, "o", 16, 2, 10 + longest, 9, own, DHK_LIMIT},
        {"time-too-late", 7, 1, "o", 16, 1, 0, 253402300800, own, DHK_LIMIT},
        {"other-label", 7, 1, "o", 16, 1, 0, 9, "driehoek/v1/answer", DHK_AUTH},
    };
    uint8_t mem[LIMIT_STATEMENT];
    struct statement s = sample(ACT_HOLD);
    struct forged good = cases[0];
    (void)state;
    wiretest_keep_common("statement", issue(mem, &s), 4);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice in = forge(mem, &cases[i]);
        wiretest_keep("reject", "statement", cases[i].name, in);
        enum dhk_err rc = statement_decode(&s, in, NULL);
        if (rc == DHK_OK)
            rc = statement_verify(&s, &pk);
        if (rc != cases[i].expected)
            fail_msg("%s: %d", cases[i].name, rc);
    }
    wiretest_folder("reject", "statement", verified);
    good.version = 1; /* nothing else is wrong with the forger's */
    assert_true(wiretest_is_same(verified, forge(mem, &good)));
    good.what = ACT_HOLD;
    good.until = 9 + longest;
    assert_true(wiretest_is_same(verified, forge(mem, &good)));
}

static void
nonsense_is_not_issued(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct sink out;
    struct statement s = sample(ACT_DESTROYED);
    (void)state;
    sink_init(&out, mem, sizeof mem);
    s.what = ACT_NONE;
    assert_int_equal(statement_issue(&out, &s, sk), DHK_FORMAT);
    s = sample(ACT_HOLD);
    s.until = 0;
    assert_int_equal(statement_issue(&out, &s, sk), DHK_FORMAT);
    s = sample(ACT_RELEASE);
    s.made = -1;
    assert_int_equal(statement_issue(&out, &s, sk), DHK_FORMAT);
    assert_int_equal(out.n, 0);
}

static void
another_card_does_not_verify(void **state)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct sign_secret *other = NULL;
    struct sign_public other_pk;
    struct statement got, s = sample(ACT_DESTROYED);
    (void)state;
    assert_int_equal(key_sign_new(&other, &other_pk), DHK_OK);
    key_sign_destroy(&other);
    assert_int_equal(statement_decode(&got, issue(mem, &s), NULL), DHK_OK);
    assert_int_equal(statement_verify(&got, &other_pk), DHK_AUTH);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_equal_their_golden_files),
        cmocka_unit_test(members_come_back),
        cmocka_unit_test(every_truncation_and_every_flipped_bit_is_refused),
        cmocka_unit_test(signed_nonsense_is_refused),
        cmocka_unit_test(nonsense_is_not_issued),
        cmocka_unit_test(another_card_does_not_verify),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
