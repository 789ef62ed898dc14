/* SPDX-License-Identifier: EUPL-1.2
 *
 * One value has one encoding: random values come back, random bytes are
 * refused or come back, and msgpack-c agrees about what is accepted. */
#include "pack.h"

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>
#include <msgpack.h>

#include "chance.h"
#include "limits.h"

enum { MEM = 4096 };

static uint8_t mem[MEM];
static struct sink sink;

/* Writes what it reads. */
static void
copy_value(struct cursor *c, struct sink *out)
{
    size_t n = 0;
    switch (unpack_peek(c)) {
    case PACK_UINT:
        pack_uint(out, unpack_uint(c, UINT64_MAX));
        break;
    case PACK_BOOL:
        pack_bool(out, unpack_bool(c));
        break;
    case PACK_NIL:
        assert_true(unpack_nil(c));
        pack_nil(out);
        break;
    case PACK_STR:
        pack_str(out, unpack_str(c, SIZE_MAX));
        break;
    case PACK_BIN:
        pack_bin(out, unpack_bin(c, SIZE_MAX));
        break;
    case PACK_ARRAY:
        n = unpack_array(c, LIMIT_ELEMENTS);
        pack_array(out, n);
        for (size_t i = 0; i < n; i++)
            copy_value(c, out);
        break;
    case PACK_NONE:
        cursor_fail(c, DHK_FORMAT, "no value");
        break;
    }
}

/* The same over what msgpack-c read. */
static void
copy_object(const msgpack_object *o, struct sink *out)
{
    switch (o->type) {
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        pack_uint(out, o->via.u64);
        break;
    case MSGPACK_OBJECT_BOOLEAN:
        pack_bool(out, o->via.boolean);
        break;
    case MSGPACK_OBJECT_NIL:
        pack_nil(out);
        break;
    case MSGPACK_OBJECT_STR:
        pack_str(out, slice_of(o->via.str.ptr, o->via.str.size));
        break;
    case MSGPACK_OBJECT_BIN:
        pack_bin(out, slice_of(o->via.bin.ptr, o->via.bin.size));
        break;
    case MSGPACK_OBJECT_ARRAY:
        pack_array(out, o->via.array.size);
        for (size_t i = 0; i < o->via.array.size; i++)
            copy_object(&o->via.array.ptr[i], out);
        break;
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64:
    case MSGPACK_OBJECT_MAP:
    case MSGPACK_OBJECT_EXT:
        fail_msg("a type that is not ours");
        break;
    }
}

static void
assert_msgpack_agrees(struct slice value)
{
    static uint8_t again[MEM];
    struct sink out;
    size_t used = 0;
    msgpack_unpacked result;
    sink_init(&out, again, sizeof again);
    msgpack_unpacked_init(&result);
    assert_int_equal(
        msgpack_unpack_next(&result, (const char *)value.p, value.n, &used),
        MSGPACK_UNPACK_SUCCESS);
    assert_int_equal(used, value.n);
    copy_object(&result.data, &out);
    msgpack_unpacked_destroy(&result);
    assert_true(slice_equal(sink_done(&out), value));
}

/* Accepted bytes must be what packing gives for what they mean. */
static bool
assert_accepted_is_canonical(struct slice bytes)
{
    static uint8_t again[MEM];
    struct sink out;
    struct cursor c;
    if (pack_check(bytes, NULL) != DHK_OK)
        return false;
    sink_init(&out, again, sizeof again);
    cursor_init(&c, bytes);
    copy_value(&c, &out);
    assert_int_equal(cursor_end(&c), DHK_OK);
    assert_true(slice_equal(sink_done(&out), bytes));
    assert_msgpack_agrees(bytes);
    return true;
}

static void
put_any(struct chance *c, struct sink *s, unsigned depth)
{
    static const uint8_t bytes[600] = "letters";
    uint64_t n = 0;
    switch (chance_below(c, depth > 0 ? 6 : 5)) {
    case 0:
        pack_uint(s, chance_u64(c) >> chance_below(c, 64));
        break;
    case 1:
        pack_bool(s, chance_below(c, 2) == 1);
        break;
    case 2:
        pack_nil(s);
        break;
    case 3: /* the bytes are letters and NULs: UTF-8 */
        pack_str(s, slice_of(bytes,
                        chance_below(c, chance_below(c, 3) == 0 ? 600 : 40)));
        break;
    case 4:
        pack_bin(s, slice_of(bytes,
                        chance_below(c, chance_below(c, 3) == 0 ? 600 : 40)));
        break;
    default:
        n = chance_below(c, chance_below(c, 6) == 0 ? 40 : 4);
        pack_array(s, n);
        for (uint64_t i = 0; i < n; i++)
            put_any(c, s, depth - 1);
        break;
    }
}

static void
random_values_come_back(void **state)
{
    (void)state;
    size_t accepted = 0;
    struct chance c = {.state = 7};
    for (unsigned i = 0; i < 20000; i++) {
        sink_init(&sink, mem, sizeof mem);
        put_any(&c, &sink, LIMIT_DEPTH);
        if (sink.err == DHK_OK) {
            assert_true(assert_accepted_is_canonical(sink_done(&sink)));
            accepted++;
        }
    }
    assert_true(accepted > 15000);
}

static void
random_bytes_are_refused_or_come_back(void **state)
{
    (void)state;
    size_t accepted = 0;
    struct chance c = {.state = 8};
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t bytes[12];
        size_t n = chance_below(&c, sizeof bytes + 1);
        for (size_t k = 0; k < n; k++)
            bytes[k] = (uint8_t)chance_u64(&c);
        if (n > 0 && chance_below(&c, 2) == 0)
            bytes[0] = (uint8_t)(0x90 + chance_below(&c, 6));
        accepted += assert_accepted_is_canonical(slice_of(bytes, n));
    }
    assert_true(accepted > 1000);
}

static void
every_truncation_and_flip_is_refused_or_another_value(void **state)
{
    (void)state;
    struct chance c = {.state = 9};
    for (unsigned i = 0; i < 60; i++) {
        sink_init(&sink, mem, sizeof mem);
        pack_array(&sink, 3);
        for (unsigned k = 0; k < 3; k++)
            put_any(&c, &sink, 2);
        if (sink.err != DHK_OK || sink.n > 1000)
            continue;
        struct slice all = sink_done(&sink);
        assert_int_equal(pack_check(all, NULL), DHK_OK);
        for (size_t n = 0; n < all.n; n++)
            assert_int_equal(pack_check(slice_of(all.p, n), NULL), DHK_FORMAT);
        for (size_t bit = 0; bit < 8 * all.n; bit++) {
            mem[bit / 8] ^= (uint8_t)(1U << bit % 8);
            (void)assert_accepted_is_canonical(all);
            mem[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_values_come_back),
        cmocka_unit_test(random_bytes_are_refused_or_come_back),
        cmocka_unit_test(every_truncation_and_flip_is_refused_or_another_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
