/* SPDX-License-Identifier: EUPL-1.2
 *
 * The operator's requests as bytes. */
#include "scratch.h"

#include "control.h"

static uint8_t mem[CONTROL_MAX + 64];

static struct slice
encode(const struct control_request *r)
{
    struct sink s;
    sink_init(&s, mem, sizeof mem);
    ok(control_encode(&s, r));
    return sink_done(&s);
}

static const struct control_request example = {.verb = CONTROL_AGREEMENT_ADD,
    .file = {{{NULL, 0}, {(const uint8_t *)"text", 4}},
        {{(const uint8_t *)"om", 2}, {(const uint8_t *)"sig", 3}},
        {{(const uint8_t *)"politie", 7}, {(const uint8_t *)"", 0}}},
    .files_n = 3};

static void
a_request_is_read_back(void **state)
{
    struct control_request r;
    (void)state;
    ok(control_decode(&r, encode(&example)));
    assert_int_equal(r.verb, example.verb);
    assert_int_equal(r.files_n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(slice_equal(r.file[i].name, example.file[i].name));
        assert_true(slice_equal(r.file[i].bytes, example.file[i].bytes));
    }
    struct control_request status = {.verb = CONTROL_STATUS};
    ok(control_decode(&r, encode(&status)));
    assert_int_equal(r.files_n, 0);
}

static void
every_truncation_and_a_trailing_byte_are_refused(void **state)
{
    struct control_request r;
    (void)state;
    struct slice whole = encode(&example);
    for (size_t i = 0; i < whole.n; i++)
        assert_int_not_equal(control_decode(&r, slice_of(whole.p, i)), DHK_OK);
    mem[whole.n] = 0;
    assert_int_equal(
        control_decode(&r, slice_of(whole.p, whole.n + 1)), DHK_FORMAT);
}

static void
a_flipped_bit_is_refused_or_read_as_what_it_says(void **state)
{
    static uint8_t flipped[256];
    (void)state;
    struct slice whole = encode(&example);
    assert_true(whole.n <= sizeof flipped);
    memcpy(flipped, whole.p, whole.n);
    for (size_t i = 0; i < whole.n * 8; i++) {
        struct control_request r;
        flipped[i / 8] ^= (uint8_t)(1U << (i % 8));
        struct slice in = slice_of(flipped, whole.n);
        if (control_decode(&r, in) == DHK_OK)
            assert_true(slice_equal(encode(&r), in));
        flipped[i / 8] ^= (uint8_t)(1U << (i % 8));
    }
}

static void
unknown_verbs_are_refused(void **state)
{
    struct control_request r;
    uint8_t bytes[3] = {0, 0, 0};
    (void)state;
    for (unsigned v = 0; v < 256; v++) {
        bytes[0] = (uint8_t)v;
        enum dhk_err rc = control_decode(&r, slice_of(bytes, 3));
        assert_int_equal(rc, v >= CONTROL_CARD_ADD && v <= CONTROL_HEALTH
                                 ? DHK_OK
                                 : DHK_VERSION);
    }
    struct sink s;
    struct control_request none = {.verb = CONTROL_NONE};
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(control_encode(&s, &none), DHK_FORMAT);
}

static void
files_over_the_limits_are_refused(void **state)
{
    static uint8_t big[LIMIT_TEXT + 1];
    struct control_request r, out;
    (void)state;
    r = example;
    r.file[0].bytes = slice_of(big, LIMIT_TEXT);
    r.file[1].bytes = slice_of(big, LIMIT_SSHSIG);
    ok(control_decode(&out, encode(&r)));
    r.file[0].bytes.n++;
    assert_int_equal(control_decode(&out, encode(&r)), DHK_LIMIT);
    r = example;
    r.file[1].bytes = slice_of(big, LIMIT_SSHSIG + 1);
    assert_int_equal(control_decode(&out, encode(&r)), DHK_LIMIT);
    uint8_t many[] = {CONTROL_STATUS, 0xff, 0xff};
    assert_int_equal(control_decode(&out, slice_of(many, 3)), DHK_LIMIT);
    uint8_t name[] = {CONTROL_STATUS, 0, 1, 0, LIMIT_NAME + 1};
    assert_int_equal(control_decode(&out, slice_of(name, 5)), DHK_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_back),
        cmocka_unit_test(every_truncation_and_a_trailing_byte_are_refused),
        cmocka_unit_test(a_flipped_bit_is_refused_or_read_as_what_it_says),
        cmocka_unit_test(unknown_verbs_are_refused),
        cmocka_unit_test(files_over_the_limits_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
