/* SPDX-License-Identifier: EUPL-1.2
 *
 * Hashes, signatures and boxes: published vectors where the bytes are a
 * standard's, and that nothing made for one use passes for another. */
#include "seal.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

struct keys {
    struct sign_secret *sign;
    struct sign_public sign_pk;
    struct dh_secret *dh;
    struct dh_public dh_pk;
};

static struct keys keys;

static int
set_up(void **state)
{
    (void)state;
    uint8_t seed[KEY_SEED];
    if (key_init() != DHK_OK)
        return -1;
    memset(seed, 5, sizeof seed);
    if (key_sign_from_seed(&keys.sign, &keys.sign_pk, seed) != DHK_OK)
        return -1;
    return key_dh_from_seed(&keys.dh, &keys.dh_pk, seed) == DHK_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    key_sign_destroy(&keys.sign);
    key_dh_destroy(&keys.dh);
    return 0;
}

static void
from_hex(uint8_t *out, size_t n, const char *hex)
{
    assert_int_equal(bytes_unhex(out, n, slice_str(hex)), DHK_OK);
}

static void
assert_hex(const uint8_t *p, size_t n, const char *hex)
{
    uint8_t want[64];
    from_hex(want, n, hex);
    assert_memory_equal(p, want, n);
}

static void
plain_hashes_are_those_of_fips_180(void **state)
{
    (void)state;
    uint8_t out[64];
    seal_sha256(out, slice_str("abc"));
    assert_hex(out, 32,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    seal_sha256(out, slice_of(NULL, 0));
    assert_hex(out, 32,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    seal_sha512(out, slice_str("abc"));
    assert_hex(out, 64,
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

/* Values by another implementation of BLAKE2b, over the bytes of seal.h. */
static void
labelled_hashes_prefix_every_part_with_its_length(void **state)
{
    (void)state;
    uint8_t out[SEAL_HASH];
    uint8_t key[SEAL_KEY];
    struct slice parts[] = {
        slice_str("one"), slice_of(NULL, 0), slice_str("three")};
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    seal_hash(out, "label", parts, 3);
    assert_hex(out, 32,
        "409e94ff9c96e8c40bd86f0c20dcd2e27b176457d86e71059e16ab173a8a1671");
    seal_keyed_hash(out, key, "label", parts, 3);
    assert_hex(out, 32,
        "b7edcdc6047c47ddeb2aec5b042adacdcf4ee810bb021a45a6d8f479bcdd2b57");
    seal_hash(out, "label", NULL, 0);
    assert_hex(out, 32,
        "da284e58e6c514e6cf5662eff55a50abac7d422c02c18e7cd96bcb18b65aa145");
}

static void
labels_and_boundaries_make_other_hashes(void **state)
{
    (void)state;
    uint8_t a[SEAL_HASH];
    uint8_t b[SEAL_HASH];
    struct slice one[] = {slice_str("ab"), slice_str("c")};
    struct slice two[] = {slice_str("a"), slice_str("bc")};
    struct slice whole[] = {slice_str("abc")};
    seal_hash(a, "x", one, 2);
    seal_hash(b, "x", two, 2);
    assert_memory_not_equal(a, b, sizeof a);
    seal_hash(b, "x", whole, 1);
    assert_memory_not_equal(a, b, sizeof a);
    seal_hash(b, "y", one, 2);
    assert_memory_not_equal(a, b, sizeof a);
    seal_hash(a, "xa", NULL, 0);
    seal_hash(b, "x", (struct slice[]){slice_str("a")}, 1);
    assert_memory_not_equal(a, b, sizeof a);
}

static void
raw_signatures_are_those_of_rfc_8032(void **state)
{
    (void)state;
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    uint8_t seed[KEY_SEED];
    uint8_t sig[KEY_SIGNATURE];
    from_hex(seed, sizeof seed,
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    seal_sign_raw(sig, slice_of(NULL, 0), sk);
    assert_hex(sig, 64,
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    assert_int_equal(seal_verify_raw(sig, slice_of(NULL, 0), &pk), DHK_OK);
    key_sign_destroy(&sk);
    from_hex(seed, sizeof seed,
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    seal_sign_raw(sig, slice_str("\x72"), sk);
    assert_hex(sig, 64,
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    key_sign_destroy(&sk);
}

static void
a_labelled_signature_is_over_the_prefixed_parts(void **state)
{
    (void)state;
    static const char text[] = "\0\0\0\5label\0\0\0\3one\0\0\0\0";
    struct slice parts[] = {slice_str("one"), slice_of(NULL, 0)};
    uint8_t sig[KEY_SIGNATURE];
    uint8_t raw[KEY_SIGNATURE];
    seal_sign(sig, "label", parts, 2, keys.sign);
    seal_sign_raw(raw, slice_of(text, sizeof text - 1), keys.sign);
    assert_memory_equal(sig, raw, sizeof sig);
    assert_int_equal(
        seal_verify(sig, "label", parts, 2, &keys.sign_pk), DHK_OK);
}

static void
a_signature_fits_its_label_parts_and_key_only(void **state)
{
    (void)state;
    struct slice parts[] = {slice_str("ab"), slice_str("c")};
    struct slice moved[] = {slice_str("a"), slice_str("bc")};
    struct sign_public other = keys.sign_pk;
    uint8_t sig[KEY_SIGNATURE];
    seal_sign(sig, "label", parts, 2, keys.sign);
    assert_int_equal(
        seal_verify(sig, "labem", parts, 2, &keys.sign_pk), DHK_AUTH);
    assert_int_equal(
        seal_verify(sig, "label", moved, 2, &keys.sign_pk), DHK_AUTH);
    assert_int_equal(
        seal_verify(sig, "label", parts, 1, &keys.sign_pk), DHK_AUTH);
    other.b[0] ^= 1;
    assert_int_equal(seal_verify(sig, "label", parts, 2, &other), DHK_AUTH);
    for (size_t bit = 0; bit < 8 * sizeof sig; bit++) {
        sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(
            seal_verify(sig, "label", parts, 2, &keys.sign_pk), DHK_AUTH);
        sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

static void
a_text_too_long_to_sign_is_not_verified(void **state)
{
    (void)state;
    static const uint8_t text[SEAL_SIGN_MAX];
    uint8_t sig[KEY_SIGNATURE];
    struct slice part = slice_of(text, SEAL_SIGN_MAX - 9);
    seal_sign(sig, "x", &part, 1, keys.sign);
    assert_int_equal(seal_verify(sig, "x", &part, 1, &keys.sign_pk), DHK_OK);
    part.n++;
    assert_int_equal(seal_verify(sig, "x", &part, 1, &keys.sign_pk), DHK_LIMIT);
}

/* S + L signs the same where S is not checked to be below L. */
static void
a_signature_cannot_be_given_another_form(void **state)
{
    (void)state;
    uint8_t sig[KEY_SIGNATURE];
    uint8_t order[32];
    unsigned carry = 0;
    from_hex(order, sizeof order,
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    seal_sign_raw(sig, slice_str("text"), keys.sign);
    for (size_t i = 0; i < sizeof order; i++) {
        carry += (unsigned)sig[32 + i] + order[i];
        sig[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(
        seal_verify_raw(sig, slice_str("text"), &keys.sign_pk), DHK_AUTH);
}

/* With the neutral element as key and R, and S = 0, every text "verifies"
 * where keys of small order are let through. */
static void
a_key_of_small_order_verifies_nothing(void **state)
{
    (void)state;
    uint8_t sig[KEY_SIGNATURE] = {1};
    struct sign_public neutral = {.b = {1}};
    assert_int_equal(
        seal_verify_raw(sig, slice_str("text"), &neutral), DHK_AUTH);
}

static void
key_agreement_is_that_of_rfc_7748(void **state)
{
    (void)state;
    uint8_t seed[KEY_SEED];
    uint8_t out[SEAL_KEY];
    struct dh_secret *sk = NULL;
    struct dh_public pk;
    from_hex(seed, sizeof seed,
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
    assert_int_equal(key_dh_from_seed(&sk, &pk, seed), DHK_OK);
    from_hex(pk.b, sizeof pk.b,
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
    assert_int_equal(seal_dh(out, sk, &pk), DHK_OK);
    assert_hex(out, 32,
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    key_dh_destroy(&sk);
}

static void
points_that_give_zero_are_refused(void **state)
{
    (void)state;
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
    static const uint8_t zero[SEAL_KEY];
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        uint8_t out[SEAL_KEY] = {9};
        struct dh_public pk;
        from_hex(pk.b, sizeof pk.b, points[i]);
        assert_int_equal(seal_dh(out, keys.dh, &pk), DHK_AUTH);
        assert_memory_equal(out, zero, sizeof zero);
    }
}

/* draft-irtf-cfrg-xchacha, A.3.1 */
static void
boxes_are_xchacha20_poly1305(void **state)
{
    (void)state;
    static const char text[] = "Ladies and Gentlemen of the class of '99: If I "
                               "could offer you only one tip for the future, "
                               "sunscreen would be it.";
    uint8_t box[24 + sizeof text - 1 + SEAL_TAG];
    uint8_t key[SEAL_KEY];
    uint8_t aad[12];
    uint8_t out[sizeof text];
    for (unsigned i = 0; i < 24; i++)
        box[i] = (uint8_t)(0x40 + i);
    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(0x80 + i);
    from_hex(aad, sizeof aad, "50515253c0c1c2c3c4c5c6c7");
    from_hex(box + 24, sizeof box - 24,
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
        "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
        "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
        "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780a"
        "cf49");
    assert_int_equal(seal_unlocked(out, slice_of(box, sizeof box),
                         slice_of(aad, sizeof aad), key),
        DHK_OK);
    assert_memory_equal(out, text, sizeof text - 1);
}

static void
a_box_opens_only_unaltered(void **state)
{
    (void)state;
    static const uint8_t key[SEAL_KEY] = {1};
    static const uint8_t other[SEAL_KEY] = {2};
    struct slice aad = slice_str("aad");
    uint8_t box[4 + SEAL_TAG];
    uint8_t out[4];
    seal_box(box, slice_str("text"), aad, key);
    struct slice all = slice_of(box, sizeof box);
    assert_int_equal(seal_unbox(out, all, aad, key), DHK_OK);
    assert_memory_equal(out, "text", 4);
    assert_int_equal(seal_unbox(out, all, aad, other), DHK_AUTH);
    assert_int_equal(seal_unbox(out, all, slice_str("aae"), key), DHK_AUTH);
    for (size_t n = 0; n < sizeof box; n++)
        assert_int_equal(seal_unbox(out, slice_of(box, n), aad, key), DHK_AUTH);
    for (size_t bit = 0; bit < 8 * sizeof box; bit++) {
        box[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(seal_unbox(out, all, aad, key), DHK_AUTH);
        box[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

static void
an_empty_text_can_be_boxed(void **state)
{
    (void)state;
    static const uint8_t key[SEAL_KEY] = {1};
    struct slice none = slice_of(NULL, 0);
    uint8_t box[SEAL_TAG];
    uint8_t out[1];
    seal_box(box, none, none, key);
    assert_int_equal(
        seal_unbox(out, slice_of(box, sizeof box), none, key), DHK_OK);
    box[0] ^= 1;
    assert_int_equal(
        seal_unbox(out, slice_of(box, sizeof box), none, key), DHK_AUTH);
}

static void
locking_twice_gives_other_bytes(void **state)
{
    struct key_pool pool = {.left = 0};
    (void)state;
    static const uint8_t key[SEAL_KEY] = {1};
    struct slice aad = slice_str("aad");
    uint8_t a[4 + SEAL_LOCKED_EXTRA];
    uint8_t b[4 + SEAL_LOCKED_EXTRA];
    uint8_t out[4];
    seal_locked(a, slice_str("text"), aad, key, &pool);
    seal_locked(b, slice_str("text"), aad, key, &pool);
    assert_memory_not_equal(a + 24, b + 24, sizeof a - 24);
    assert_int_equal(
        seal_unlocked(out, slice_of(a, sizeof a), aad, key), DHK_OK);
    assert_memory_equal(out, "text", 4);
    for (size_t n = 0; n < sizeof a; n++)
        assert_int_equal(
            seal_unlocked(out, slice_of(a, n), aad, key), DHK_AUTH);
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        a[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(
            seal_unlocked(out, slice_of(a, sizeof a), aad, key), DHK_AUTH);
        a[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

/* RFC 8439, 2.5.2 */
static void
a_sum_is_poly1305(void **state)
{
    uint8_t key[SEAL_KEY], sum[SEAL_SUM];

    (void)state;
    from_hex(key, sizeof key,
        "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b");
    seal_sum(sum, key, slice_str("Cryptographic Forum Research Group"));
    assert_hex(sum, sizeof sum, "a8061dc1305136c6c22b8baf0c0127a9");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_hashes_are_those_of_fips_180),
        cmocka_unit_test(labelled_hashes_prefix_every_part_with_its_length),
        cmocka_unit_test(labels_and_boundaries_make_other_hashes),
        cmocka_unit_test(raw_signatures_are_those_of_rfc_8032),
        cmocka_unit_test(a_labelled_signature_is_over_the_prefixed_parts),
        cmocka_unit_test(a_signature_fits_its_label_parts_and_key_only),
        cmocka_unit_test(a_text_too_long_to_sign_is_not_verified),
        cmocka_unit_test(a_signature_cannot_be_given_another_form),
        cmocka_unit_test(a_key_of_small_order_verifies_nothing),
        cmocka_unit_test(key_agreement_is_that_of_rfc_7748),
        cmocka_unit_test(points_that_give_zero_are_refused),
        cmocka_unit_test(boxes_are_xchacha20_poly1305),
        cmocka_unit_test(a_box_opens_only_unaltered),
        cmocka_unit_test(an_empty_text_can_be_boxed),
        cmocka_unit_test(locking_twice_gives_other_bytes),
        cmocka_unit_test(a_sum_is_poly1305),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
