/* SPDX-License-Identifier: EUPL-1.2
 *
 * Confirmations: what is issued comes back and verifies with the card's key
 * that made it, and nothing else does. */
#include "confirmation.h"
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
    uint8_t mem[LIMIT_CONFIRMATION];
    struct confirmation c, b;
    struct diag diag = {NULL, 0};
    struct sink made;
    enum dhk_err rc = confirmation_decode(&c, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(c.origin.n, 0);
        return rc;
    }
    sink_init(&made, mem, sizeof mem);
    assert_int_equal(confirmation_issue(&made, &c, sk), DHK_OK);
    assert_int_equal(confirmation_decode(&b, sink_done(&made), NULL), DHK_OK);
    assert_true(slice_equal(c.body, b.body));
    pack_array(out, 2);
    pack_bin(out, c.body);
    pack_bin(out, slice_of(c.signature, sizeof c.signature));
    return out->err;
}

static enum dhk_err
verified(struct sink *out, struct slice in)
{
    struct confirmation c;
    enum dhk_err rc = confirmation_decode(&c, in, NULL);
    if (rc == DHK_OK)
        rc = confirmation_verify(&c, &pk);
    return rc == DHK_OK ? again(out, in) : rc;
}

static struct confirmation
sample(void)
{
    struct confirmation c = {
        .origin = slice_str("ledger.example/1"), .cursor = 70000};
    memset(c.card, 5, sizeof c.card);
    return c;
}

static struct slice
issue(uint8_t *mem, const struct confirmation *c)
{
    struct sink out;
    sink_init(&out, mem, LIMIT_CONFIRMATION);
    assert_int_equal(confirmation_issue(&out, c, sk), DHK_OK);
    return sink_done(&out);
}

static void
confirmations_equal_their_golden_files(void **state)
{
    uint8_t mem[LIMIT_CONFIRMATION];
    char origin[LIMIT_ORIGIN];
    struct confirmation c = sample();
    (void)state;
    wiretest_keep("accept", "confirmation", "confirmation", issue(mem, &c));
    /* the longest that there is */
    memset(origin, 'o', sizeof origin);
    c.origin = slice_of(origin, sizeof origin);
    c.cursor = INT64_MAX;
    wiretest_keep("accept", "confirmation", "longest", issue(mem, &c));
    wiretest_folder("accept", "confirmation", verified);
}

static void
members_come_back(void **state)
{
    uint8_t mem[LIMIT_CONFIRMATION];
    struct confirmation got, c = sample();
    (void)state;
    assert_int_equal(confirmation_decode(&got, issue(mem, &c), NULL), DHK_OK);
    assert_int_equal(confirmation_verify(&got, &pk), DHK_OK);
    assert_true(slice_equal(got.origin, c.origin));
    assert_memory_equal(got.card, c.card, 32);
    assert_int_equal(got.cursor, c.cursor);
}

static void
every_truncation_and_every_flipped_bit_is_refused(void **state)
{
    uint8_t mem[LIMIT_CONFIRMATION];
    struct confirmation c = sample();
    struct slice in = issue(mem, &c);
    (void)state;
    wiretest_all(again, in);
    assert_int_equal(wiretest_flips(verified, in), 0);
}

/* What a careless program could sign with a real card. */
struct forged {
    const char *name; /* of the vector */
    uint64_t fields, version;
    const char *origin;
    size_t card_n;
    uint64_t cursor;
    const char *label;
    enum dhk_err expected;
};

static struct slice
forge(uint8_t *mem, const struct forged *how)
{
    uint8_t body_mem[LIMIT_CONFIRMATION], sig[KEY_SIGNATURE];
    static const uint8_t card[33] = {5};
    struct sink body, out;
    sink_init(&body, body_mem, sizeof body_mem);
    pack_array(&body, how->fields);
    pack_uint(&body, how->version);
    pack_cstr(&body, how->origin);
    pack_bin(&body, slice_of(card, how->card_n));
    if (how->fields > 3)
        pack_uint(&body, how->cursor);
    if (how->fields > 4)
        pack_uint(&body, 1);
    struct slice signed_part = sink_done(&body);
    seal_sign(sig, how->label, &signed_part, 1, sk);
    sink_init(&out, mem, LIMIT_CONFIRMATION);
    pack_array(&out, 2);
    pack_bin(&out, signed_part);
    pack_bin(&out, slice_of(sig, sizeof sig));
    return sink_done(&out);
}

static void
signed_nonsense_is_refused(void **state)
{
    static const char own[] = "driehoek/v1/confirmation";
    static const struct forged cases[] = {
        {"version-0", 4, 0, "o", 32, 3, own, DHK_VERSION},
        {"three-elements", 3, 1, "o", 32, 3, own, DHK_FORMAT},
        {"five-elements", 5, 1, "o", 32, 3, own, DHK_FORMAT},
        {"no-origin", 4, 1, "", 32, 3, own, DHK_FORMAT},
        {"card-31-bytes", 4, 1, "o", 31, 3, own, DHK_FORMAT},
        {"card-33-bytes", 4, 1, "o", 33, 3, own, DHK_FORMAT},
        {"cursor-over-63-bits", 4, 1, "o", 32, UINT64_MAX, own, DHK_LIMIT},
        {"other-label", 4, 1, "o", 32, 3, "driehoek/v1/answer", DHK_AUTH},
    };
    uint8_t mem[LIMIT_CONFIRMATION];
    struct confirmation c = sample();
    struct forged good = cases[0];
    (void)state;
    wiretest_keep_common("confirmation", issue(mem, &c), 4);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice in = forge(mem, &cases[i]);
        wiretest_keep("reject", "confirmation", cases[i].name, in);
        enum dhk_err rc = confirmation_decode(&c, in, NULL);
        if (rc == DHK_OK)
            rc = confirmation_verify(&c, &pk);
        if (rc != cases[i].expected)
            fail_msg("%s: %d", cases[i].name, rc);
    }
    wiretest_folder("reject", "confirmation", verified);
    good.version = 1; /* nothing else is wrong with the forger's */
    assert_true(wiretest_is_same(verified, forge(mem, &good)));
}

static void
another_card_does_not_verify(void **state)
{
    uint8_t mem[LIMIT_CONFIRMATION];
    struct sign_secret *other = NULL;
    struct sign_public other_pk;
    struct confirmation got, c = sample();
    (void)state;
    assert_int_equal(key_sign_new(&other, &other_pk), DHK_OK);
    key_sign_destroy(&other);
    assert_int_equal(confirmation_decode(&got, issue(mem, &c), NULL), DHK_OK);
    assert_int_equal(confirmation_verify(&got, &other_pk), DHK_AUTH);
}

static void
nonsense_is_not_issued(void **state)
{
    uint8_t mem[LIMIT_CONFIRMATION];
    struct sink out;
    struct confirmation c = sample();
    (void)state;
    sink_init(&out, mem, sizeof mem);
    c.origin = slice_str("has space");
    assert_int_equal(confirmation_issue(&out, &c, sk), DHK_FORMAT);
    c = sample();
    c.cursor = UINT64_MAX;
    assert_int_equal(confirmation_issue(&out, &c, sk), DHK_FORMAT);
    assert_int_equal(out.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confirmations_equal_their_golden_files),
        cmocka_unit_test(members_come_back),
        cmocka_unit_test(every_truncation_and_every_flipped_bit_is_refused),
        cmocka_unit_test(signed_nonsense_is_refused),
        cmocka_unit_test(another_card_does_not_verify),
        cmocka_unit_test(nonsense_is_not_issued),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
