/* SPDX-License-Identifier: EUPL-1.2
 *
 * Keys and their text forms. libsodium's memory and its subgroup check are
 * wrapped (-Wl,--wrap), so that their failure can be played. */
#include "key.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static bool no_memory;
static bool no_subgroup_check;

void *__real_sodium_malloc(size_t size);
void *__wrap_sodium_malloc(size_t size);
int __real_crypto_core_ed25519_is_valid_point(const unsigned char *p);
int __wrap_crypto_core_ed25519_is_valid_point(const unsigned char *p);

void *
__wrap_sodium_malloc(size_t size)
{
    return no_memory ? NULL : __real_sodium_malloc(size);
}

int
__wrap_crypto_core_ed25519_is_valid_point(const unsigned char *p)
{
    return no_subgroup_check ? 1 : __real_crypto_core_ed25519_is_valid_point(p);
}

static void
from_hex(uint8_t *out, size_t n, const char *hex)
{
    assert_int_equal(bytes_unhex(out, n, slice_str(hex)), DHK_OK);
}

static void
a_libsodium_without_the_subgroup_check_is_refused(void **state)
{
    (void)state;
    assert_int_equal(key_init(), DHK_OK);
    no_subgroup_check = true;
    assert_int_equal(key_init(), DHK_IO);
    no_subgroup_check = false;
}

static void
signing_keys_are_those_of_rfc_8032(void **state)
{
    (void)state;
    uint8_t seed[KEY_SEED];
    uint8_t want[KEY_BYTES];
    uint8_t back[KEY_SEED];
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    from_hex(seed, sizeof seed,
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    from_hex(want, sizeof want,
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    assert_memory_equal(pk.b, want, sizeof want);
    key_sign_seed(sk, back);
    assert_memory_equal(back, seed, sizeof seed);
    key_sign_destroy(&sk);
    assert_null(sk);
    key_sign_destroy(&sk);
    key_sign_destroy(NULL);
}

static void
agreement_keys_are_those_of_rfc_7748(void **state)
{
    (void)state;
    uint8_t seed[KEY_SEED];
    uint8_t want[KEY_BYTES];
    uint8_t back[KEY_SEED];
    struct dh_secret *sk = NULL;
    struct dh_public pk;
    from_hex(seed, sizeof seed,
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    from_hex(want, sizeof want,
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    assert_int_equal(key_dh_from_seed(&sk, &pk, seed), DHK_OK);
    assert_memory_equal(pk.b, want, sizeof want);
    key_dh_scalar(sk, back);
    assert_memory_equal(back, seed, sizeof seed);
    key_dh_destroy(&sk);
    assert_null(sk);
    key_dh_destroy(&sk);
    key_dh_destroy(NULL);
}

static void
new_keys_differ(void **state)
{
    (void)state;
    struct sign_secret *a = NULL;
    struct sign_secret *b = NULL;
    struct sign_public pa;
    struct sign_public pb;
    struct dh_secret *c = NULL;
    struct dh_secret *d = NULL;
    struct dh_public pc;
    struct dh_public pd;
    assert_int_equal(key_sign_new(&a, &pa), DHK_OK);
    assert_int_equal(key_sign_new(&b, &pb), DHK_OK);
    assert_false(key_equal(pa.b, pb.b, KEY_BYTES));
    assert_int_equal(key_dh_new(&c, &pc), DHK_OK);
    assert_int_equal(key_dh_new(&d, &pd), DHK_OK);
    assert_false(key_equal(pc.b, pd.b, KEY_BYTES));
    key_sign_destroy(&a);
    key_sign_destroy(&b);
    key_dh_destroy(&c);
    key_dh_destroy(&d);
}

static void
want_of_memory_is_reported(void **state)
{
    (void)state;
    struct sign_secret *sign = NULL;
    struct sign_public sign_pk;
    struct dh_secret *dh = NULL;
    struct dh_public dh_pk;
    no_memory = true;
    assert_int_equal(key_sign_new(&sign, &sign_pk), DHK_NOMEM);
    assert_null(sign);
    assert_int_equal(key_dh_new(&dh, &dh_pk), DHK_NOMEM);
    assert_null(dh);
    assert_null(key_secret_new(10));
    no_memory = false;
}

static void
secrets_begin_as_zero(void **state)
{
    (void)state;
    static const uint8_t zero[100];
    void *p = key_secret_new(sizeof zero);
    assert_non_null(p);
    assert_true(key_equal(p, zero, sizeof zero));
    memset(p, 1, sizeof zero);
    assert_false(key_equal(p, zero, sizeof zero));
    key_wipe(p, sizeof zero);
    assert_true(key_equal(p, zero, sizeof zero));
    key_secret_destroy(&p);
    assert_null(p);
    key_secret_destroy(&p);
    key_secret_destroy(NULL);
}

static void
base64_is_that_of_rfc_4648(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {
        "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        char text[9];
        uint8_t back[6];
        size_t n = 99;
        key_base64(text, sizeof text, plain[i], strlen(plain[i]));
        assert_string_equal(text, coded[i]);
        assert_int_equal(
            key_unbase64(back, sizeof back, &n, slice_str(coded[i])), DHK_OK);
        assert_true(slice_equal(slice_of(back, n), slice_str(plain[i])));
    }
}

static void
base64_has_one_form_only(void **state)
{
    (void)state;
    static const char *const bad[] = {"Zg",
        "Zg=", "Zg===", "Zh==", "Zm9=", "Zg==\n",
        "\nZg==", "Z g==", "Zg= =", "Zg==Zg==", "=", "====", "Z",
        "Z===", "Zm9vY", "-_8=", "Zm9v=", "Zm9v====", "Zm9\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t back[16];
        size_t n = 99;
        assert_int_equal(
            key_unbase64(back, sizeof back, &n, slice_str(bad[i])), DHK_FORMAT);
        assert_int_equal(n, 0);
    }
}

static void
each_of_the_64_letters_stands_for_itself_only(void **state)
{
    (void)state;
    for (size_t at = 0; at < 4; at++) {
        size_t letters = 0;
        for (unsigned ch = 0; ch < 256; ch++) {
            uint8_t text[4] = {'A', 'A', 'A', 'A'};
            uint8_t back[3];
            char again[5];
            size_t n = 0;
            text[at] = (uint8_t)ch;
            if (key_unbase64(back, sizeof back, &n, slice_of(text, 4)) !=
                DHK_OK)
                continue;
            key_base64(again, sizeof again, back, n);
            assert_memory_equal(again, text, sizeof text);
            letters++;
        }
        /* the last may be padding too */
        assert_int_equal(letters, at == 3 ? 65 : 64);
    }
}

static void
base64_longer_than_its_place_is_refused(void **state)
{
    (void)state;
    uint8_t back[4] = {0};
    size_t n = 99;
    assert_int_equal(
        key_unbase64(back, 3, &n, slice_str("Zm9vYg==")), DHK_LIMIT);
    assert_int_equal(n, 0);
    assert_int_equal(back[3], 0);
    assert_int_equal(key_unbase64(back, 4, &n, slice_str("Zm9vYg==")), DHK_OK);
    assert_int_equal(n, 4);
}

static void
random_bytes_are_not_constant(void **state)
{
    (void)state;
    uint8_t a[32];
    uint8_t b[32];
    key_random(a, sizeof a);
    key_random(b, sizeof b);
    assert_false(key_equal(a, b, sizeof a));
    assert_true(key_equal(a, a, sizeof a));
    b[31] = a[31] ^ 1;
    memcpy(b, a, 31);
    assert_false(key_equal(a, b, sizeof a));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_libsodium_without_the_subgroup_check_is_refused),
        cmocka_unit_test(signing_keys_are_those_of_rfc_8032),
        cmocka_unit_test(agreement_keys_are_those_of_rfc_7748),
        cmocka_unit_test(new_keys_differ),
        cmocka_unit_test(want_of_memory_is_reported),
        cmocka_unit_test(secrets_begin_as_zero),
        cmocka_unit_test(base64_is_that_of_rfc_4648),
        cmocka_unit_test(base64_has_one_form_only),
        cmocka_unit_test(each_of_the_64_letters_stands_for_itself_only),
        cmocka_unit_test(base64_longer_than_its_place_is_refused),
        cmocka_unit_test(random_bytes_are_not_constant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
