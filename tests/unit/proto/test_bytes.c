/* SPDX-License-Identifier: EUPL-1.2
 *
 * Slices, reading, writing and the checks of text. */
#include "bytes.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "limits.h"

static struct slice
part(const char *s, size_t n)
{
    return slice_of(s, n);
}

static void
slices_compare_like_memcmp_and_then_by_length(void **state)
{
    (void)state;
    struct slice none = slice_of(NULL, 0);
    assert_true(slice_equal(none, slice_str("")));
    assert_true(slice_equal(slice_str("abc"), part("abcd", 3)));
    assert_false(slice_equal(slice_str("abc"), slice_str("abd")));
    assert_false(slice_equal(slice_str("abc"), slice_str("abcd")));
    assert_int_equal(slice_compare(none, none), 0);
    assert_true(slice_compare(none, slice_str("a")) < 0);
    assert_true(slice_compare(slice_str("b"), slice_str("ab")) > 0);
    assert_true(slice_compare(slice_str("ab"), slice_str("abc")) < 0);
    assert_true(slice_compare(slice_str("abc"), slice_str("ab")) > 0);
    assert_true(slice_compare(slice_str("\xff"), slice_str("a")) > 0);
}

static void
a_string_is_copied_only_when_it_fits_and_holds_no_nul(void **state)
{
    (void)state;
    char dst[4] = "zzz";
    assert_int_equal(slice_to_str(slice_str("abc"), dst, 4), DHK_OK);
    assert_string_equal(dst, "abc");
    assert_int_equal(slice_to_str(slice_str("abcd"), dst, 4), DHK_LIMIT);
    assert_string_equal(dst, "");
    assert_int_equal(slice_to_str(part("a\0b", 3), dst, 4), DHK_FORMAT);
    assert_string_equal(dst, "");
    dst[0] = 'z';
    assert_int_equal(slice_to_str(slice_of(NULL, 0), dst, 1), DHK_OK);
    assert_string_equal(dst, "");
}

static const uint8_t numbers[] = {
    1, 2, 3, 4, 5, 6, 7, 0xf8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};

static void
numbers_are_read_big_endian(void **state)
{
    (void)state;
    struct cursor c;
    cursor_init(&c, slice_of(numbers, sizeof numbers));
    assert_int_equal(cursor_u8(&c), 1);
    assert_int_equal(cursor_u16(&c), 0x0203);
    assert_int_equal(cursor_u32(&c), 0x04050607);
    assert_true(cursor_u64(&c) == 0xf8090a0b0c0d0e0f);
    assert_int_equal(cursor_at(&c), 15);
    struct slice rest = cursor_bytes(&c, 3);
    assert_ptr_equal(rest.p, numbers + 15);
    assert_int_equal(rest.n, 3);
    assert_int_equal(cursor_end(&c), DHK_OK);
}

static void
after_the_first_failure_reads_yield_nothing(void **state)
{
    (void)state;
    struct cursor c;
    struct diag diag = {.what = NULL};
    for (size_t n = 0; n < 8; n++) {
        cursor_init(&c, slice_of(numbers, n));
        assert_true(cursor_u64(&c) == 0);
        assert_int_equal(c.err, DHK_FORMAT);
        assert_int_equal(cursor_at(&c), 0);
        assert_int_equal(cursor_u8(&c), 0);
        assert_int_equal(cursor_u16(&c), 0);
        assert_int_equal(cursor_u32(&c), 0);
        assert_int_equal(cursor_bytes(&c, 0).n, 0);
        assert_int_equal(cursor_end(&c), DHK_FORMAT);
    }
    cursor_init(&c, slice_of(numbers, 8));
    (void)cursor_u16(&c);
    cursor_fail(&c, DHK_VERSION, "first");
    cursor_fail(&c, DHK_AUTH, "second");
    cursor_diag(&c, &diag);
    assert_int_equal(cursor_end(&c), DHK_VERSION);
    assert_string_equal(diag.what, "first");
    assert_int_equal(diag.at, 2);
    cursor_diag(&c, NULL);
}

static void
no_length_overflows_the_bounds_check(void **state)
{
    volatile size_t huge = SIZE_MAX; /* the compiler must not know */
    (void)state;
    struct cursor c;
    cursor_init(&c, slice_of(numbers, sizeof numbers));
    (void)cursor_u8(&c);
    assert_int_equal(cursor_bytes(&c, SIZE_MAX).n, 0);
    assert_int_equal(c.err, DHK_FORMAT);
    cursor_init(&c, slice_of(numbers, sizeof numbers));
    assert_null(cursor_bytes(&c, sizeof numbers + 1).p);
    uint8_t mem[4];
    struct sink s;
    sink_init(&s, mem, sizeof mem);
    sink_u8(&s, 1);
    sink_put(&s, numbers, huge);
    assert_int_equal(s.err, DHK_LIMIT);
    assert_int_equal(s.n, 1);
}

static void
trailing_bytes_are_refused(void **state)
{
    (void)state;
    struct cursor c;
    struct diag diag;
    cursor_init(&c, slice_of(numbers, 3));
    (void)cursor_u16(&c);
    assert_int_equal(cursor_end(&c), DHK_FORMAT);
    cursor_diag(&c, &diag);
    assert_string_equal(diag.what, "trailing bytes");
    assert_int_equal(diag.at, 2);
    cursor_init(&c, slice_of(NULL, 0));
    assert_int_equal(cursor_end(&c), DHK_OK);
    assert_int_equal(cursor_at(&c), 0);
}

static void
what_is_written_is_read_back(void **state)
{
    (void)state;
    uint8_t mem[18];
    struct sink s;
    sink_init(&s, mem, sizeof mem);
    sink_u8(&s, 1);
    sink_u16(&s, 0x0203);
    sink_u32(&s, 0x04050607);
    sink_u64(&s, 0xf8090a0b0c0d0e0f);
    sink_slice(&s, slice_of(numbers + 15, 3));
    sink_slice(&s, slice_of(NULL, 0));
    assert_int_equal(s.err, DHK_OK);
    assert_true(slice_equal(sink_done(&s), slice_of(numbers, sizeof numbers)));
}

static void
a_full_sink_writes_nothing_more_and_yields_nothing(void **state)
{
    (void)state;
    uint8_t mem[8] = {0};
    struct sink s;
    sink_init(&s, mem, 5);
    sink_u32(&s, 1);
    sink_u16(&s, 0xffff);
    assert_int_equal(s.err, DHK_LIMIT);
    sink_u8(&s, 0xff); /* would fit, but the error sticks */
    assert_int_equal(s.n, 4);
    assert_int_equal(mem[4], 0);
    assert_int_equal(sink_done(&s).n, 0);
}

static void
only_well_formed_utf8_is_utf8(void **state)
{
    (void)state;
    static const char *const good[] = {"", "abc", "\xc2\x80", "\xdf\xbf",
        "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "Fryslân \xe2\x80\x94"};
    static const char *const bad[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf",
        "\xc2", "\xc2\x61", "\xe0\x9f\xbf", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xe2\x80", "\xe2\x80\x61", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf0\x90\x80",
        "\xf0\x90\x80\x61", "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "ok\xff"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(bytes_is_utf8(slice_str(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(bytes_is_utf8(slice_str(bad[i])));
    assert_true(bytes_is_utf8(slice_of(NULL, 0)));
}

/* Every code point, encoded by the definition, and nothing else of 3 bytes. */
static void
utf8_of_three_bytes_is_exactly_what_encoding_gives(void **state)
{
    (void)state;
    static uint8_t known[1 << 16];
    for (unsigned cp = 0x800; cp < 0x10000; cp++)
        if (cp < 0xd800 || cp > 0xdfff)
            known[cp] = 1;
    for (unsigned v = 0; v < 1U << 16; v++) {
        /* lead nibble E with all values of the other 16 free bits but the
         * marks, which are tried in turn */
        for (unsigned marks = 0; marks < 16; marks++) {
            uint8_t b[3] = {(uint8_t)(0xe0 | v >> 12),
                (uint8_t)((marks & 3) << 6 | (v >> 6 & 63)),
                (uint8_t)((marks >> 2) << 6 | (v & 63))};
            bool want = marks == 10 && known[v] == 1;
            assert_true(bytes_is_utf8(slice_of(b, 3)) == want);
        }
    }
}

static void
names_follow_their_grammar(void **state)
{
    (void)state;
    char long_name[LIMIT_NAME + 2];
    static const char *const good[] = {"a", "om", "a1", "a-b", "a-1-c3"};
    static const char *const bad[] = {"", "1a", "-a", "a-", "a--b", "A", "aB",
        "a_b", "a b", "a.b", "\xc3\xab", "a\n"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(bytes_is_name(slice_str(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(bytes_is_name(slice_str(bad[i])));
    assert_false(bytes_is_name(part("a\0b", 3)));
    memset(long_name, 'a', sizeof long_name);
    assert_true(bytes_is_name(part(long_name, LIMIT_NAME)));
    assert_false(bytes_is_name(part(long_name, LIMIT_NAME + 1)));
}

static void
hex_is_lower_case_and_of_exact_length(void **state)
{
    (void)state;
    char text[9];
    uint8_t back[4] = {0};
    static const uint8_t bytes[] = {0x00, 0x9a, 0xff, 0x1e};
    bytes_hex(text, bytes, sizeof bytes);
    assert_string_equal(text, "009aff1e");
    assert_int_equal(bytes_unhex(back, 4, slice_str(text)), DHK_OK);
    assert_memory_equal(back, bytes, sizeof bytes);
    static const char *const bad[] = {"009aff1", "009aff1e0", "009aff1E",
        "009aff1g", "009aff1 ", "009aff1/", "009aff1:", "", "0x9aff1e"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(bytes_unhex(back, 4, slice_str(bad[i])), DHK_FORMAT);
    assert_int_equal(bytes_unhex(back, 0, slice_str("")), DHK_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_compare_like_memcmp_and_then_by_length),
        cmocka_unit_test(a_string_is_copied_only_when_it_fits_and_holds_no_nul),
        cmocka_unit_test(numbers_are_read_big_endian),
        cmocka_unit_test(after_the_first_failure_reads_yield_nothing),
        cmocka_unit_test(no_length_overflows_the_bounds_check),
        cmocka_unit_test(trailing_bytes_are_refused),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_full_sink_writes_nothing_more_and_yields_nothing),
        cmocka_unit_test(only_well_formed_utf8_is_utf8),
        cmocka_unit_test(utf8_of_three_bytes_is_exactly_what_encoding_gives),
        cmocka_unit_test(names_follow_their_grammar),
        cmocka_unit_test(hex_is_lower_case_and_of_exact_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
