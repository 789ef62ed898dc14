/* SPDX-License-Identifier: EUPL-1.2
 *
 * Verifier keys of signed notes, and the names that they may have. */
#include "checkpoint.h"
#include "vector.h"

#define PETER "PeterNeumann+c74f20a3+"
/* all but the last character */
#define KEY "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T"
#define TESSERA_VKEY                                                           \
    "example.com/log/testdata+33d7b496+"                                       \
    "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

static struct checkpoint_vkey
vkey_of(const char *text)
{
    struct checkpoint_vkey vkey;
    assert_int_equal(checkpoint_vkey_parse(&vkey, slice_str(text)), DHK_OK);
    return vkey;
}

static void
published_verifier_keys_are_read_and_written(void **state)
{
    (void)state;
    static const char *const keys[] = {TESSERA_VKEY,
        "example.com/foo+530d903a+"
        "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "witness.example.org+b8a2cf20+"
        "BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char text[KEY_VKEY_MAX];
        struct checkpoint_vkey made, vkey = vkey_of(keys[i]);
        assert_int_equal(vkey.type, i == 3 ? 4 : 1);
        checkpoint_vkey_text(text, &vkey);
        assert_string_equal(text, keys[i]);
        checkpoint_vkey_make(&made, vkey.type, vkey.name, &vkey.pk);
        assert_int_equal(made.id, vkey.id);
    }
}

static void
malformed_verifier_keys_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "+", "++", "a+b",
        /* each differs from a good one in one place */
        "PeterNeumanm+c74f20a3+" KEY "W", "Peter Neumann+c74f20a3+" KEY "W",
        "PeterNeumann+C74F20A3+" KEY "W", "PeterNeumann+c74f20a4+" KEY "W",
        "PeterNeumann+c74f20a+" KEY "W", PETER KEY, PETER KEY "X",
        PETER KEY "W\n", PETER KEY "WAA==",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+/xpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+" KEY "W"};
    struct checkpoint_vkey vkey;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_not_equal(
            checkpoint_vkey_parse(&vkey, slice_str(bad[i])), DHK_OK);
}

static void
names_hold_no_space_and_no_plus(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a", "example.com/log", "caf\xc3\xa9", "\xe2\x80\x94", "~!@#"};
    static const char *const bad[] = {"", " ", "a b", "a+b", "a\tb", "a\n",
        "a\x7f", "a\xc2\xa0", "a\xc2\x85", "\xe2\x80\x8a", "x\xe3\x80\x80y",
        "\xe1\x9a\x80", "\xe2\x80\xa8", "\xff", "\xc0\x80"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(checkpoint_is_name(slice_str(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(checkpoint_is_name(slice_str(bad[i])));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_verifier_keys_are_read_and_written),
        cmocka_unit_test(malformed_verifier_keys_are_refused),
        cmocka_unit_test(names_hold_no_space_and_no_plus),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
