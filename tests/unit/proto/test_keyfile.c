/* SPDX-License-Identifier: EUPL-1.2
 *
 * Secrets at rest. Argon2id is wrapped (-Wl,--wrap) by a quick hash of the
 * same inputs, for flipping every bit would take hours; one test uses it. */
#include "keyfile.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "key.h"
#include "seal.h"

static bool really;
static bool no_memory;
static unsigned derivations;

int __real_crypto_pwhash(unsigned char *out, unsigned long long outlen,
    const char *passwd, unsigned long long passwdlen, const unsigned char *salt,
    unsigned long long opslimit, size_t memlimit, int alg);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long outlen,
    const char *passwd, unsigned long long passwdlen, const unsigned char *salt,
    unsigned long long opslimit, size_t memlimit, int alg);

int
__wrap_crypto_pwhash(unsigned char *out, unsigned long long outlen,
    const char *passwd, unsigned long long passwdlen, const unsigned char *salt,
    unsigned long long opslimit, size_t memlimit, int alg)
{
    uint8_t cost[16];
    derivations++;
    if (no_memory)
        return -1;
    if (really)
        return __real_crypto_pwhash(
            out, outlen, passwd, passwdlen, salt, opslimit, memlimit, alg);
    bytes_put_u64(cost, opslimit);
    bytes_put_u64(cost + 8, memlimit);
    struct slice parts[] = {slice_of(passwd, (size_t)passwdlen),
        slice_of(salt, 16), slice_of(cost, sizeof cost)};
    assert_int_equal(outlen, SEAL_HASH);
    seal_hash(out, "quick", parts, 3);
    return 0;
}

static const struct keyfile card = {.purpose = "card", .name = "politie/pc-1"};
static const uint8_t secret_bytes[KEYFILE_SECRET_MAX] = "not so secret";

static uint8_t mem[2 * KEYFILE_MAX];
static struct keyfile_secret got;
static struct keyfile kf;

static struct slice
encode(const struct keyfile *head, size_t secret_n, const char *pass)
{
    struct sink out;
    sink_init(&out, mem, KEYFILE_MAX);
    assert_int_equal(keyfile_encode(&out, head,
                         slice_of(secret_bytes, secret_n), slice_str(pass)),
        DHK_OK);
    return sink_done(&out);
}

static enum dhk_err
decode(struct slice text, const char *pass)
{
    return keyfile_decode(&kf, &got, text, slice_str(pass), NULL);
}

/* TEXT with the first FROM in it as TO; over the old one. */
static struct slice
replace(struct slice text, const char *from, const char *to)
{
    static char copy[2 * KEYFILE_MAX];
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    char *at = strstr(copy, from);
    must(at != NULL);
    int n = snprintf((char *)mem, sizeof mem, "%.*s%s%s", (int)(at - copy),
        copy, to, at + strlen(from));
    return slice_of(mem, (size_t)n);
}

static void
secrets_come_back(void **state)
{
    (void)state;
    static const char *const passes[] = {
        "", "geheim", "with spaces and \xc3\xab"};
    for (size_t n = KEYFILE_SECRET_MIN; n <= KEYFILE_SECRET_MAX; n += 32)
        for (size_t i = 0; i < 3; i++) {
            struct slice text = encode(&card, n, passes[i]);
            assert_int_equal(keyfile_peek(&kf, text, NULL), DHK_OK);
            assert_int_equal(kf.wrapped, i > 0);
            assert_int_equal(decode(text, passes[i]), DHK_OK);
            assert_int_equal(kf.wrapped, i > 0);
            assert_string_equal(kf.purpose, "card");
            assert_string_equal(kf.name, "politie/pc-1");
            assert_int_equal(got.n, n);
            assert_memory_equal(got.b, secret_bytes, n);
        }
}

static void
the_text_is_as_documented(void **state)
{
    (void)state;
    static const char plain[] = "driehoek-key 1\npurpose card\n"
                                "name politie/pc-1\nwrap none\nsecret ";
    static const char wrapped[] =
        "driehoek-key 1\npurpose card\nname politie/pc-1\n"
        "wrap argon2id 3 262144 ";
    struct slice text = encode(&card, 32, "");
    assert_true(text.n > sizeof plain);
    assert_memory_equal(text.p, plain, sizeof plain - 1);
    text = encode(&card, 32, "geheim");
    assert_memory_equal(text.p, wrapped, sizeof wrapped - 1);
    assert_int_equal(text.p[text.n - 1], '\n');
}

static void
argon2id_itself_wraps(void **state)
{
    (void)state;
    struct slice text = encode(&card, 64, "quick");
    really = true;
    assert_int_equal(decode(text, "quick"), DHK_AUTH);
    text = encode(&card, 64, "geheim");
    assert_int_equal(decode(text, "geheim"), DHK_OK);
    assert_memory_equal(got.b, secret_bytes, 64);
    really = false;
}

static void
a_wrong_passphrase_is_refused_and_leaves_nothing(void **state)
{
    (void)state;
    static const struct keyfile_secret none;
    struct slice text = encode(&card, 64, "geheim");
    struct diag diag = {.what = NULL};
    static const char *const wrong[] = {"geheim ", "Geheim", "gehei", ""};
    for (size_t i = 0; i < 4; i++) {
        got.n = 3;
        got.b[0] = 1;
        assert_int_equal(
            keyfile_decode(&kf, &got, text, slice_str(wrong[i]), &diag),
            DHK_AUTH);
        assert_memory_equal(&got, &none, sizeof got);
        assert_int_equal(kf.purpose[0], 0);
        assert_non_null(diag.what);
    }
    derivations = 0;
    assert_int_equal(decode(text, ""), DHK_AUTH);
    assert_int_equal(derivations, 0);
}

static void
two_files_of_one_secret_share_no_salt_and_no_ciphertext(void **state)
{
    (void)state;
    char first[KEYFILE_MAX] = {0};
    struct slice text = encode(&card, 64, "geheim");
    memcpy(first, text.p, text.n);
    text = encode(&card, 64, "geheim");
    mem[text.n] = '\0';
    assert_string_not_equal(
        strstr(first, "secret "), strstr((const char *)mem, "secret "));
    *strstr(first, "secret ") = '\0';
    *strstr((char *)mem, "secret ") = '\0';
    assert_string_not_equal(first, (const char *)mem);
}

static void
a_secret_of_another_length_is_refused(void **state)
{
    (void)state;
    static const char *const passes[] = {"geheim", ""};
    uint8_t raw[KEYFILE_SECRET_MAX + 32] = {0};
    char body[256];
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 0; n <= sizeof raw; n++) {
            struct slice text = encode(&card, 64, passes[i]);
            size_t head =
                (size_t)(strstr((char *)mem, "secret ") - (char *)mem);
            struct sink out;
            key_base64(body, sizeof body, raw, n);
            sink_init(&out, mem + head, sizeof mem - head);
            sink_slice(&out, slice_str("secret "));
            sink_slice(&out, slice_str(body));
            sink_slice(&out, slice_str("\n"));
            text.n = head + out.n;
            bool may =
                n >= KEYFILE_SECRET_MIN + 16 && n <= KEYFILE_SECRET_MAX + 16;
            enum dhk_err rc = decode(text, passes[i]);
            assert_int_not_equal(rc, DHK_OK);
            assert_int_equal(rc == DHK_AUTH, may);
        }
}

static void
every_bit_flip_is_refused(void **state)
{
    (void)state;
    static const char *const passes[] = {"geheim", ""};
    for (size_t i = 0; i < 2; i++) {
        struct slice text = encode(&card, 128, passes[i]);
        for (size_t bit = 0; bit < 8 * text.n; bit++) {
            mem[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_int_not_equal(decode(text, passes[i]), DHK_OK);
            mem[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        assert_int_equal(decode(text, passes[i]), DHK_OK);
    }
}

static void
every_truncation_and_addition_is_refused(void **state)
{
    (void)state;
    static const char *const passes[] = {"geheim", ""};
    for (size_t i = 0; i < 2; i++) {
        struct slice text = encode(&card, 64, passes[i]);
        for (size_t n = 0; n < text.n; n++) {
            assert_int_not_equal(decode(slice_of(mem, n), passes[i]), DHK_OK);
            assert_int_not_equal(
                keyfile_peek(&kf, slice_of(mem, n), NULL), DHK_OK);
        }
        for (unsigned ch = 0; ch < 256; ch++) {
            mem[text.n] = (uint8_t)ch;
            assert_int_not_equal(
                decode(slice_of(mem, text.n + 1), passes[i]), DHK_OK);
        }
    }
    assert_int_not_equal(decode(slice_of(NULL, 0), ""), DHK_OK);
}

static void
other_spellings_of_the_head_are_refused(void **state)
{
    (void)state;
    static const char *const spellings[][2] = {{"card", "Card"},
        {"purpose card", "purpose  card"}, {"purpose card", "purpose card "},
        {"purpose card", "purpose "}, {"purpose card\n", ""},
        {"politie/pc-1", ""}, {"politie/pc-1", "a b"}, {"politie/pc-1", "a\tb"},
        {"politie/pc-1", "\xc3\xab"}, {"wrap none", "wrap None"},
        {"wrap none", "wrap none "}, {"\n", "\r\n"}, {"name ", "Name "},
        {"driehoek-key", "driehoek-kez"},
        {"purpose card\nname politie/pc-1", "name politie/pc-1\npurpose card"}};
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        struct slice text = encode(&card, 32, "");
        text = replace(text, spellings[i][0], spellings[i][1]);
        assert_int_not_equal(keyfile_peek(&kf, text, NULL), DHK_OK);
        assert_int_not_equal(decode(text, ""), DHK_OK);
    }
}

static void
costs_outside_the_bounds_are_refused_before_they_are_paid(void **state)
{
    (void)state;
    static const struct {
        const char *cost;
        enum dhk_err rc;
    } costs[] = {{"2 262144", DHK_LIMIT}, {"17 262144", DHK_LIMIT},
        {"3 262143", DHK_LIMIT}, {"3 1048577", DHK_LIMIT},
        {"0 262144", DHK_LIMIT}, {"03 262144", DHK_FORMAT},
        {"+3 262144", DHK_FORMAT}, {"3  262144", DHK_FORMAT},
        {"3 99999999", DHK_FORMAT}, {"3 18446744073709813760", DHK_FORMAT},
        {"-3 262144", DHK_FORMAT}, {"3 26214x", DHK_FORMAT}};
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
        struct slice text = encode(&card, 32, "geheim");
        text = replace(text, "3 262144", costs[i].cost);
        derivations = 0;
        assert_int_equal(decode(text, "geheim"), costs[i].rc);
        assert_int_equal(derivations, 0);
    }
    /* within them, but not what was signed for */
    struct slice text = encode(&card, 32, "geheim");
    text = replace(text, "3 262144", "4 262144");
    assert_int_equal(decode(text, "geheim"), DHK_AUTH);
    assert_int_equal(derivations, 2);
}

static void
other_versions_are_named_as_such(void **state)
{
    (void)state;
    struct slice text = encode(&card, 32, "geheim");
    text = replace(text, "driehoek-key 1", "driehoek-key 2");
    assert_int_equal(decode(text, "geheim"), DHK_VERSION);
    text = encode(&card, 32, "geheim");
    text = replace(text, "argon2id", "argon2i");
    assert_int_equal(decode(text, "geheim"), DHK_VERSION);
}

static void
a_wrapped_file_is_not_taken_for_a_plain_one(void **state)
{
    (void)state;
    struct slice text = encode(&card, 32, "geheim");
    const char *line = strstr((const char *)mem, "wrap ");
    char wrap[128];
    (void)snprintf(wrap, sizeof wrap, "%.*s", (int)strcspn(line, "\n"), line);
    text = replace(text, wrap, "wrap none");
    assert_int_equal(decode(text, "geheim"), DHK_AUTH);
}

static void
what_cannot_be_read_is_not_written(void **state)
{
    (void)state;
    struct keyfile bad[4] = {card, card, card, card};
    struct sink out;
    (void)snprintf(bad[0].purpose, sizeof bad[0].purpose, "A");
    bad[1].name[0] = '\0';
    (void)snprintf(bad[2].name, sizeof bad[2].name, "a b");
    memset(bad[3].purpose, 'a', sizeof bad[3].purpose);
    for (size_t i = 0; i < 4; i++) {
        sink_init(&out, mem, sizeof mem);
        assert_int_equal(keyfile_encode(&out, &bad[i],
                             slice_of(secret_bytes, 32), slice_str("")),
            DHK_FORMAT);
    }
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(
        keyfile_encode(&out, &card, slice_of(secret_bytes, 31), slice_str("")),
        DHK_FORMAT);
    assert_int_equal(
        keyfile_encode(&out, &card, slice_of(secret_bytes, 129), slice_str("")),
        DHK_FORMAT);
    sink_init(&out, mem, 40);
    assert_int_equal(
        keyfile_encode(&out, &card, slice_of(secret_bytes, 32), slice_str("")),
        DHK_LIMIT);
    sink_init(&out, mem, 120);
    assert_int_equal(
        keyfile_encode(&out, &card, slice_of(secret_bytes, 32), slice_str("")),
        DHK_LIMIT);
}

static void
the_longest_names_fit(void **state)
{
    (void)state;
    struct keyfile longest = {.wrapped = false};
    memset(longest.purpose, 'p', sizeof longest.purpose - 1);
    memset(longest.name, '~', sizeof longest.name - 1);
    struct slice text = encode(&longest, KEYFILE_SECRET_MAX, "geheim");
    assert_int_equal(decode(text, "geheim"), DHK_OK);
    assert_string_equal(kf.name, longest.name);
    assert_string_equal(kf.purpose, longest.purpose);
}

static void
want_of_memory_for_argon2id_is_reported(void **state)
{
    (void)state;
    struct slice text = encode(&card, 32, "geheim");
    struct sink out;
    uint8_t other[KEYFILE_MAX];
    sink_init(&out, other, sizeof other);
    no_memory = true;
    assert_int_equal(decode(text, "geheim"), DHK_NOMEM);
    assert_int_equal(keyfile_encode(&out, &card, slice_of(secret_bytes, 32),
                         slice_str("geheim")),
        DHK_NOMEM);
    no_memory = false;
}

static void
a_file_over_its_limit_is_refused(void **state)
{
    (void)state;
    struct slice text = encode(&card, 32, "");
    memset(mem + text.n, '\n', sizeof mem - text.n);
    assert_int_equal(decode(slice_of(mem, KEYFILE_MAX + 1), ""), DHK_LIMIT);
    assert_int_equal(decode(slice_of(mem, KEYFILE_MAX), ""), DHK_FORMAT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_come_back),
        cmocka_unit_test(the_text_is_as_documented),
        cmocka_unit_test(argon2id_itself_wraps),
        cmocka_unit_test(a_wrong_passphrase_is_refused_and_leaves_nothing),
        cmocka_unit_test(
            two_files_of_one_secret_share_no_salt_and_no_ciphertext),
        cmocka_unit_test(a_secret_of_another_length_is_refused),
        cmocka_unit_test(every_bit_flip_is_refused),
        cmocka_unit_test(every_truncation_and_addition_is_refused),
        cmocka_unit_test(other_spellings_of_the_head_are_refused),
        cmocka_unit_test(
            costs_outside_the_bounds_are_refused_before_they_are_paid),
        cmocka_unit_test(other_versions_are_named_as_such),
        cmocka_unit_test(a_wrapped_file_is_not_taken_for_a_plain_one),
        cmocka_unit_test(what_cannot_be_read_is_not_written),
        cmocka_unit_test(the_longest_names_fit),
        cmocka_unit_test(want_of_memory_for_argon2id_is_reported),
        cmocka_unit_test(a_file_over_its_limit_is_refused),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
