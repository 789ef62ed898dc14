/* SPDX-License-Identifier: EUPL-1.2
 *
 * Notes that were altered, forged, or made by a careless log. */
#include "notetest.h"

static void
every_truncation_and_flipped_bit_is_refused(void **state)
{
    struct fixture *f = *state;
    struct checkpoint got;
    struct diag diag = {NULL, 0};
    for (size_t n = 0; n < f->note.n; n++)
        assert_int_not_equal(
            checkpoint_open(&got, slice_of(f->mem, n), &f->vkey, &diag),
            DHK_OK);
    for (size_t i = 0; i < f->note.n * 8; i++) {
        diag.what = NULL;
        f->mem[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_int_not_equal(
            checkpoint_open(&got, f->note, &f->vkey, &diag), DHK_OK);
        assert_non_null(diag.what);
        f->mem[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    f->mem[f->note.n] = '\n';
    assert_int_not_equal(
        checkpoint_open(&got, slice_of(f->mem, f->note.n + 1), &f->vkey, NULL),
        DHK_OK);
}

/* A note of TEXT, signed by the fixture's key under NAME. */
static struct slice
sign_text(uint8_t mem[LIMIT_CHECKPOINT], const struct fixture *f,
    const char *name, const char *text)
{
    uint8_t raw[4 + KEY_SIGNATURE];
    char base64[128];
    struct checkpoint_vkey vkey;
    struct sink s;
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, name, &f->pk);
    bytes_put_u32(raw, vkey.id);
    seal_sign_raw(raw + 4, slice_str(text), f->sk);
    key_base64(base64, sizeof base64, raw, sizeof raw);
    sink_init(&s, mem, LIMIT_CHECKPOINT);
    sink_slice(&s, slice_str(text));
    sink_slice(&s, slice_str("\n" DASH));
    sink_slice(&s, slice_str(name));
    sink_slice(&s, slice_str(" "));
    sink_slice(&s, slice_str(base64));
    sink_slice(&s, slice_str("\n"));
    return sink_done(&s);
}

#define ROOT "paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU="
#define ORIGIN "ledger.example.org/1"

static void
signed_nonsense_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct checkpoint got;
    static const struct {
        const char *text;
        enum dhk_err expected;
    } cases[] = {
        {ORIGIN "\n42\n" ROOT "\n", DHK_OK},
        {ORIGIN "\n0\n" ROOT "\n", DHK_OK},
        {ORIGIN "\n9223372036854775807\n" ROOT "\n", DHK_OK},
        {ORIGIN "\n42\n" ROOT "\nextension of others\n", DHK_OK},
        {ORIGIN "\n9223372036854775808\n" ROOT "\n", DHK_FORMAT},
        {ORIGIN "\n18446744073709551658\n" ROOT "\n", DHK_FORMAT},
        {ORIGIN "\n042\n" ROOT "\n", DHK_FORMAT},
        {ORIGIN "\n00\n" ROOT "\n", DHK_FORMAT},
        {ORIGIN "\n+42\n" ROOT "\n", DHK_FORMAT},
        {ORIGIN "\n-42\n" ROOT "\n", DHK_FORMAT},
        {ORIGIN "\n42 \n" ROOT "\n", DHK_FORMAT},
        {ORIGIN "\n42\n" ROOT "\n\ttab\n", DHK_FORMAT},
        {ORIGIN "\n42\n" ROOT "\n\xff\n", DHK_FORMAT},
        {ORIGIN "\n\n" ROOT "\n", DHK_FORMAT},
        {ORIGIN "\n42\n" ROOT "\n\nx\n", DHK_FORMAT},
        {ORIGIN "\n42\n" ROOT "\n\n", DHK_FORMAT},
        {ORIGIN "\n42\n" ROOT "A\n", DHK_FORMAT},
        {ORIGIN "\n42\npaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaV=\n",
            DHK_FORMAT},
        {ORIGIN "\n42\npaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU\n",
            DHK_FORMAT},
        {ORIGIN "\n42\npaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpQ==\n",
            DHK_FORMAT},
        {ORIGIN "\n42\npaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWl\n",
            DHK_FORMAT},
        {ORIGIN "\n42\n", DHK_FORMAT},
        {ORIGIN "\n", DHK_FORMAT},
        {"\n42\n" ROOT "\n", DHK_FORMAT},
        {ORIGIN "\r\n42\n" ROOT "\n", DHK_FORMAT},
        {"ledger.example.org/2\n42\n" ROOT "\n", DHK_AUTH},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice note = sign_text(mem, f, ORIGIN, cases[i].text);
        enum dhk_err rc = checkpoint_open(&got, note, &f->vkey, NULL);
        if (rc != cases[i].expected)
            print_message("case %zu: %s", i, cases[i].text);
        assert_int_equal(rc, cases[i].expected);
    }
}

static void
a_signature_under_another_name_is_unknown(void **state)
{
    struct fixture *f = *state;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct checkpoint got;
    struct slice note =
        sign_text(mem, f, "ledger.example.org/2", ORIGIN "\n42\n" ROOT "\n");
    assert_int_equal(checkpoint_open(&got, note, &f->vkey, NULL), DHK_AUTH);
    assert_int_equal(checkpoint_open(&got, note, NULL, NULL), DHK_OK);
}

/* The fixture's note with LINES put behind it. */
static enum dhk_err
open_with(const struct fixture *f, const char *lines)
{
    uint8_t mem[2 * LIMIT_CHECKPOINT];
    struct checkpoint got;
    struct sink s;
    sink_init(&s, mem, sizeof mem);
    sink_slice(&s, f->note);
    sink_slice(&s, slice_str(lines));
    return checkpoint_open(&got, sink_done(&s), &f->vkey, NULL);
}

static void
unknown_lines_are_ignored_and_malformed_ones_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const good[] = {
        DASH "someone AAAAAAA=\n", DASH "caf\xc3\xa9.example AAAAAAAAAAAA\n",
        DASH ORIGIN " AAAAAAAAAAAA\n", /* same name, other id */
    };
    static const char *const bad[] = {DASH
        "someone AAAA\n",          /* no more than three bytes */
        DASH "someone AAAAAA==\n", /* an id without a signature */
        DASH "someone AAAAAAB=\n", DASH "someone AAAAAAA\n",
        DASH "someone  AAAAAAA=\n", DASH "someone AAAAAAA= \n",
        DASH "some+one AAAAAAA=\n", DASH " AAAAAAA=\n", DASH "someone\n",
        "\xe2\x80\x93 someone AAAAAAA=\n", "- someone AAAAAAA=\n",
        DASH "someone AAAAAAA=", DASH "someone AAAAAAA=\n\n", "x\n",
        DASH "someone AAAAAAA=\r\n"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(open_with(f, good[i]), DHK_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (open_with(f, bad[i]) != DHK_FORMAT)
            print_message("case %zu: %s\n", i, bad[i]);
        assert_int_equal(open_with(f, bad[i]), DHK_FORMAT);
    }
}

static void
a_bad_signature_of_the_known_key_refuses_beside_a_good_one(void **state)
{
    struct fixture *f = *state;
    uint8_t raw[4 + KEY_SIGNATURE + 1] = {0};
    char line[512], base64[128];
    bytes_put_u32(raw, f->vkey.id);
    for (size_t n = 4 + KEY_SIGNATURE - 1; n <= sizeof raw; n++) {
        key_base64(base64, sizeof base64, raw, n);
        (void)snprintf(line, sizeof line, DASH "%s %s\n", f->vkey.name, base64);
        assert_int_equal(open_with(f, line), DHK_AUTH);
    }
}

static void
many_signature_lines_are_read_within_the_limit(void **state)
{
    struct fixture *f = *state;
    static char lines[2 * LIMIT_CHECKPOINT];
    uint8_t raw[76] = {9};
    char base64[128];
    size_t at = 0;
    key_base64(base64, sizeof base64, raw, sizeof raw);
    for (unsigned i = 0; i < 40; i++)
        at += (size_t)snprintf(lines + at, sizeof lines - at,
            DASH "witness%u.example.org %s\n", i, base64);
    assert_int_equal(open_with(f, lines), DHK_OK);
    for (unsigned i = 0; i < 40; i++)
        at += (size_t)snprintf(lines + at, sizeof lines - at,
            DASH "witness%u.example.org %s\n", i, base64);
    assert_int_equal(open_with(f, lines), DHK_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_truncation_and_flipped_bit_is_refused),
        cmocka_unit_test(signed_nonsense_is_refused),
        cmocka_unit_test(a_signature_under_another_name_is_unknown),
        cmocka_unit_test(unknown_lines_are_ignored_and_malformed_ones_refused),
        cmocka_unit_test(
            a_bad_signature_of_the_known_key_refuses_beside_a_good_one),
        cmocka_unit_test(many_signature_lines_are_read_within_the_limit),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, notetest_set_up, notetest_tear_down);
}
