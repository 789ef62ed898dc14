/* SPDX-License-Identifier: EUPL-1.2
 *
 * What each type accepts and refuses; see test_pack_values.c for the rule that
 * one value has one encoding. */
#include "pack.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "limits.h"

enum { MEM = 4096 };

static uint8_t mem[MEM];
static struct sink sink;
static struct cursor in;

static void
start(void)
{
    sink_init(&sink, mem, sizeof mem);
}

static void
read_back(void)
{
    assert_int_equal(sink.err, DHK_OK);
    cursor_init(&in, sink_done(&sink));
}

/* Reads the bytes of HEX, e.g. "93 01", from now on. */
static void
read_hex(const char *hex)
{
    size_t n = 0;
    for (const char *p = hex; *p != '\0'; p += p[2] == ' ' ? 3 : 2) {
        assert_int_equal(bytes_unhex(&mem[n++], 1, slice_of(p, 2)), DHK_OK);
        if (p[2] == '\0')
            break;
    }
    cursor_init(&in, slice_of(mem, n));
}

static enum dhk_err
check_hex(const char *hex)
{
    read_hex(hex);
    return pack_check(in.left, NULL);
}

static void
trailing_bytes_are_refused(void **state)
{
    (void)state;
    struct diag diag = {.what = NULL};
    assert_int_equal(check_hex("c0 c0"), DHK_FORMAT);
    assert_int_equal(check_hex("91 01 01"), DHK_FORMAT);
    read_hex("91 01 01");
    assert_int_equal(pack_check(in.left, &diag), DHK_FORMAT);
    assert_string_equal(diag.what, "trailing bytes");
    assert_int_equal(diag.at, 2);
    assert_int_equal(pack_check(slice_of(NULL, 0), &diag), DHK_FORMAT);
}

static void
only_the_shortest_form_is_accepted(void **state)
{
    (void)state;
    static const char *const good[] = {"7f", "cc 80", "cc ff", "cd 01 00",
        "cd ff ff", "ce 00 01 00 00", "ce ff ff ff ff",
        "cf 00 00 00 01 00 00 00 00", "a0", "c4 00", "90"};
    static const char *const bad[] = {"cc 7f", "cc 00", "cd 00 ff", "cd 00 00",
        "ce 00 00 ff ff", "cf 00 00 00 00 ff ff ff ff", "d9 01 61", "d9 00",
        "da 00 01 61", "db 00 00 00 01 61", "c5 00 01 00", "c5 00 00",
        "c6 00 00 00 01 00", "dc 00 01 c0", "dc 00 00", "dd 00 00 00 01 c0"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(check_hex(good[i]), DHK_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(check_hex(bad[i]), DHK_FORMAT);
}

static void
each_form_begins_where_the_shorter_one_ends(void **state)
{
    (void)state;
    /* zeros after a head are text, binary and small integers alike */
    static uint8_t bytes[LIMIT_MESSAGE / 8];
    static const struct {
        size_t width;
        uint32_t least;
        uint8_t tag;
    } forms[] = {{1, 32, 0xd9}, {2, 256, 0xda}, {4, 65536, 0xdb},
        {2, 256, 0xc5}, {4, 65536, 0xc6}, {2, 16, 0xdc}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        for (uint32_t less = 0; less < 2; less++) {
            uint32_t n = forms[i].least - less;
            uint8_t length[4];
            memset(bytes, 0, 8);
            bytes[0] = forms[i].tag;
            bytes_put_u32(length, n);
            memcpy(bytes + 1, length + 4 - forms[i].width, forms[i].width);
            assert_int_equal(
                pack_check(slice_of(bytes, 1 + forms[i].width + n), NULL),
                less ? DHK_FORMAT : DHK_OK);
        }
}

static void
other_types_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"80", "81 01 01", "8f", "c1", "c7 00 01",
        "c8 00 00 01", "c9 00 00 00 00 01", "ca 00 00 00 00",
        "cb 00 00 00 00 00 00 00 00", "d0 01", "d0 ff", "d1 00 01",
        "d2 00 00 00 01", "d3 00 00 00 00 00 00 00 01", "d4 01 00",
        "d5 01 00 00", "d6 ff 00 00 00 00", "d7 ff 00 00 00 00 00 00 00 00",
        "de 00 00", "df 00 00 00 00", "e0", "ff", "91 80"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(check_hex(bad[i]), DHK_FORMAT);
        cursor_init(&in, in.left);
        assert_true(bad[i][0] == '9' || unpack_peek(&in) == PACK_NONE);
    }
}

static void
declared_counts_are_not_trusted(void **state)
{
    (void)state;
    static const char *const bad[] = {"dd ff ff ff ff", "dc ff ff c0 c0",
        "92 c0", "c6 ff ff ff ff 00", "db ff ff ff ff 61", "c4 02 00", "a2 61",
        "9f"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(check_hex(bad[i]), DHK_FORMAT);
}

static void
strings_must_be_utf8_both_ways(void **state)
{
    (void)state;
    assert_int_equal(check_hex("a1 ff"), DHK_FORMAT);
    assert_int_equal(check_hex("a3 ed a0 80"), DHK_FORMAT);
    assert_int_equal(check_hex("c4 01 ff"), DHK_OK);
    start();
    pack_str(&sink, slice_str("\xff"));
    assert_int_equal(sink.err, DHK_FORMAT);
    pack_nil(&sink);
    assert_int_equal(sink.n, 0);
}

static void
nesting_ends_at_its_limit(void **state)
{
    (void)state;
    uint8_t deep[LIMIT_DEPTH + 2];
    memset(deep, 0x91, sizeof deep);
    deep[LIMIT_DEPTH] = 0xc0;
    assert_int_equal(pack_check(slice_of(deep, LIMIT_DEPTH + 1), NULL), DHK_OK);
    deep[LIMIT_DEPTH] = 0x91;
    deep[LIMIT_DEPTH + 1] = 0xc0;
    assert_int_equal(
        pack_check(slice_of(deep, LIMIT_DEPTH + 2), NULL), DHK_LIMIT);
    deep[LIMIT_DEPTH] = 0x90;
    assert_int_equal(
        pack_check(slice_of(deep, LIMIT_DEPTH + 1), NULL), DHK_LIMIT);
}

static void
elements_end_at_their_limit(void **state)
{
    (void)state;
    static uint8_t many[LIMIT_ELEMENTS + 4];
    struct sink s;
    for (unsigned over = 0; over < 2; over++) {
        sink_init(&s, many, sizeof many);
        pack_array(&s, LIMIT_ELEMENTS + over);
        for (size_t i = 0; i < LIMIT_ELEMENTS + over; i++)
            pack_nil(&s);
        assert_int_equal(s.err, DHK_OK);
        assert_int_equal(
            pack_check(sink_done(&s), NULL), over ? DHK_LIMIT : DHK_OK);
    }
}

static void
typed_reads_refuse_other_types_and_stick(void **state)
{
    (void)state;
    start();
    pack_uint(&sink, 5);
    read_back();
    assert_int_equal(unpack_str(&in, 10).n, 0);
    assert_int_equal(in.err, DHK_FORMAT);
    assert_int_equal(unpack_uint(&in, 10), 0);
    read_back();
    assert_int_equal(unpack_array(&in, 10), 0);
    assert_int_equal(in.err, DHK_FORMAT);
    read_back();
    assert_int_equal(unpack_bin(&in, 10).n, 0);
    assert_int_equal(in.err, DHK_FORMAT);
    read_back();
    assert_false(unpack_bool(&in));
    assert_int_equal(in.err, DHK_FORMAT);
    read_back();
    assert_false(unpack_nil(&in));
    assert_int_equal(in.err, DHK_OK);
    assert_int_equal(unpack_uint(&in, 5), 5);
    assert_int_equal(cursor_end(&in), DHK_OK);
    assert_false(unpack_nil(&in));
    assert_int_equal(unpack_uint(&in, 5), 0);
    assert_int_equal(in.err, DHK_FORMAT);
}

static void
maxima_are_kept(void **state)
{
    (void)state;
    start();
    pack_uint(&sink, 6);
    read_back();
    assert_int_equal(unpack_uint(&in, 5), 0);
    assert_int_equal(in.err, DHK_LIMIT);
    start();
    pack_cstr(&sink, "abcdef");
    read_back();
    assert_int_equal(unpack_str(&in, 5).n, 0);
    assert_int_equal(in.err, DHK_LIMIT);
    read_back();
    assert_true(slice_equal(unpack_str(&in, 6), slice_str("abcdef")));
    start();
    pack_bin(&sink, slice_str("abcdef"));
    read_back();
    assert_int_equal(unpack_bin(&in, 5).n, 0);
    assert_int_equal(in.err, DHK_LIMIT);
    read_hex("92 c0 c0");
    assert_int_equal(unpack_array(&in, 1), 0);
    assert_int_equal(in.err, DHK_LIMIT);
    read_hex("92 c0 c0");
    unpack_array_of(&in, 3);
    assert_int_equal(in.err, DHK_FORMAT);
    read_hex("92 c0 c0");
    unpack_array_of(&in, 2);
    assert_int_equal(in.err, DHK_OK);
}

static void
fixed_bytes_are_zeroed_on_failure(void **state)
{
    (void)state;
    uint8_t out[4];
    static const uint8_t zero[4];
    static const char *const bad[] = {"c4 03 01 02 03", "c4 05 01 02 03 04 05",
        "c4 04 01 02 03", "a4 61 61 61 61", "04"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memset(out, 9, sizeof out);
        read_hex(bad[i]);
        unpack_fixed(&in, out, sizeof out);
        assert_int_equal(in.err, DHK_FORMAT);
        assert_memory_equal(out, zero, sizeof out);
    }
    read_hex("c4 04 01 02 03 04");
    unpack_fixed(&in, out, sizeof out);
    assert_int_equal(cursor_end(&in), DHK_OK);
    assert_int_equal(out[3], 4);
}

static void
names_are_checked(void **state)
{
    (void)state;
    start();
    pack_cstr(&sink, "a-name");
    pack_cstr(&sink, "No-Name");
    read_back();
    assert_true(slice_equal(unpack_name(&in), slice_str("a-name")));
    assert_int_equal(in.err, DHK_OK);
    assert_int_equal(unpack_name(&in).n, 0);
    assert_int_equal(in.err, DHK_FORMAT);
}

static void
a_raw_value_is_skipped_whole(void **state)
{
    (void)state;
    read_hex("93 91 90 a1 61 05 c3");
    struct slice raw = unpack_raw(&in);
    assert_int_equal(raw.n, 6);
    assert_ptr_equal(raw.p, mem);
    assert_true(unpack_bool(&in));
    assert_int_equal(cursor_end(&in), DHK_OK);
    read_hex("93 c0 c0");
    assert_null(unpack_raw(&in).p);
    assert_int_equal(in.err, DHK_FORMAT);
}

static void
a_bin_written_in_place_equals_one_that_is_copied(void **state)
{
    static const size_t lengths[] = {0, 1, 255, 256, 65535, 65536, 70000};
    static uint8_t text[70000], here[70016], there[70016];
    struct sink a, b;
    (void)state;
    memset(text, 0xab, sizeof text);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        sink_init(&a, here, sizeof here);
        sink_init(&b, there, sizeof there);
        pack_nil(&a);
        pack_nil(&b);
        size_t from = pack_bin_begin(&a);
        sink_put(&a, text, lengths[i]);
        pack_bin_end(&a, from);
        pack_bin(&b, slice_of(text, lengths[i]));
        assert_int_equal(a.err, DHK_OK);
        assert_true(slice_equal(sink_done(&a), sink_done(&b)));
        /* where the head needs more room than was kept free */
        sink_init(&a, here, lengths[i] + 3);
        from = pack_bin_begin(&a);
        sink_put(&a, text, lengths[i]);
        pack_bin_end(&a, from);
        assert_int_equal(a.err, lengths[i] < 65536 ? DHK_OK : DHK_LIMIT);
    }
}

static void
a_full_sink_stays_full(void **state)
{
    (void)state;
    sink_init(&sink, mem, 4);
    pack_cstr(&sink, "abcd");
    assert_int_equal(sink.err, DHK_LIMIT);
    pack_uint(&sink, 1);
    pack_array(&sink, 1);
    pack_bin(&sink, slice_str("a"));
    assert_int_equal(sink_done(&sink).n, 0);
    start();
    pack_bin(&sink, slice_of(mem, (size_t)UINT32_MAX + 1));
    assert_int_equal(sink.err, DHK_LIMIT);
    assert_int_equal(sink.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trailing_bytes_are_refused),
        cmocka_unit_test(only_the_shortest_form_is_accepted),
        cmocka_unit_test(each_form_begins_where_the_shorter_one_ends),
        cmocka_unit_test(other_types_are_refused),
        cmocka_unit_test(declared_counts_are_not_trusted),
        cmocka_unit_test(strings_must_be_utf8_both_ways),
        cmocka_unit_test(nesting_ends_at_its_limit),
        cmocka_unit_test(elements_end_at_their_limit),
        cmocka_unit_test(typed_reads_refuse_other_types_and_stick),
        cmocka_unit_test(maxima_are_kept),
        cmocka_unit_test(fixed_bytes_are_zeroed_on_failure),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(a_raw_value_is_skipped_whole),
        cmocka_unit_test(a_bin_written_in_place_equals_one_that_is_copied),
        cmocka_unit_test(a_full_sink_stays_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
