/* SPDX-License-Identifier: EUPL-1.2
 *
 * A third party's card, and what is sealed to it: only its key opens it, only
 * for its case, unaltered, and before the admission has ended. */
#include "guest.h"
#include "wiretest.h"

#define ok(call) assert_int_equal((call), DHK_OK)

enum { MADE = 1767225600, UNTIL = MADE + 30 * 86400 };
static const char said[] =
    "{\"type\":\"extract\",\"fields\":{\"betrokkene\":\"J\"}}";

static struct dh_secret *sk;
static struct guest_card card;
static uint8_t card_mem[64], extract_mem[4096], file_mem[GUEST_CARD_FILE_MAX];
static struct slice card_bytes, extract_bytes;

static struct guest_extract
plan(void)
{
    return (struct guest_extract){.origin = slice_str("ledger.example/1"),
        .desk = slice_str("derdenloket"),
        .until = UNTIL,
        .made = MADE,
        .share = 41,
        .handed = 57};
}

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {21};
    struct guest_extract x = plan();
    struct sink s;

    (void)state;
    wiretest_deterministic(21);
    ok(key_init());
    ok(key_dh_from_seed(&sk, &card.seal, seed));
    memset(card.case_handle, 0xc5, sizeof card.case_handle);
    sink_init(&s, card_mem, sizeof card_mem);
    ok(guest_card_encode(&s, &card));
    card_bytes = sink_done(&s);
    sink_init(&s, extract_mem, sizeof extract_mem);
    ok(guest_seal(&s, &x, &card, slice_str(said)));
    extract_bytes = sink_done(&s);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    key_dh_destroy(&sk);
    return 0;
}

static enum dhk_err
card_again(struct sink *out, struct slice in)
{
    struct guest_card a, b;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = guest_card_decode(&a, in, &diag);

    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        return rc;
    }
    b = a;
    memset(b.id, 0, sizeof b.id);
    rc = guest_card_encode(out, &b);
    assert_memory_equal(a.id, b.id, sizeof a.id);
    return rc;
}

/* The head from what was read of it. */
static enum dhk_err
extract_again(struct sink *out, struct slice in)
{
    struct guest_extract x;
    struct diag diag = {NULL, 0};
    uint8_t mem[GUEST_HEAD_MAX];
    struct sink s;
    enum dhk_err rc = guest_decode(&x, in, &diag);

    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(x.head.n, 0);
        return rc;
    }
    sink_init(&s, mem, sizeof mem);
    pack_array(&s, 10);
    pack_uint(&s, 1);
    pack_str(&s, x.origin);
    pack_str(&s, x.desk);
    pack_bin(&s, slice_of(x.card, sizeof x.card));
    pack_bin(&s, slice_of(x.case_handle, sizeof x.case_handle));
    pack_uint(&s, (uint64_t)x.until);
    pack_uint(&s, x.share);
    pack_uint(&s, x.handed);
    pack_uint(&s, (uint64_t)x.made);
    pack_bin(&s, slice_of(x.ephemeral.b, KEY_BYTES));
    assert_true(slice_equal(sink_done(&s), x.head));
    pack_array(out, 2);
    pack_bin(out, x.head);
    pack_bin(out, x.box);
    return out->err;
}

static enum dhk_err
open_(struct slice bytes, const struct guest_card *own, int64_t now)
{
    static uint8_t mem[GUEST_BOX_MAX];
    struct guest_extract x;
    struct slice text;
    enum dhk_err rc = guest_decode(&x, bytes, NULL);

    memset(mem, 0x55, sizeof mem);
    if (rc != DHK_OK)
        return rc;
    rc = guest_open(&text, mem, &x, own, sk, now);
    if (rc == DHK_OK) {
        assert_true(slice_equal(text, slice_str(said)));
    } else { /* nothing of it is left behind */
        assert_int_equal(text.n, 0);
        for (size_t i = 0; i < x.box.n; i++)
            assert_int_equal(mem[i], 0);
    }
    return rc;
}

static void
what_is_sealed_opens(void **state)
{
    struct guest_extract x;

    (void)state;
    ok(open_(extract_bytes, &card, MADE));
    ok(open_(extract_bytes, &card, UNTIL - 1));
    ok(guest_decode(&x, extract_bytes, NULL));
    assert_int_equal(x.until, UNTIL);
    assert_int_equal(x.share, 41);
    assert_int_equal(x.handed, 57);
    assert_true(slice_equal(x.desk, slice_str("derdenloket")));
    assert_memory_equal(x.card, card.id, GUEST_ID);
}

static void
it_is_closed_after_the_end(void **state)
{
    (void)state;
    assert_int_equal(open_(extract_bytes, &card, UNTIL), DHK_DENIED);
    assert_int_equal(open_(extract_bytes, &card, UNTIL + 1), DHK_DENIED);
}

static void
another_card_or_case_does_not_open_it(void **state)
{
    struct guest_card other = card;
    struct dh_secret *kept = sk;
    uint8_t mem[64];
    struct sink s;

    (void)state;
    other.case_handle[0] ^= 1;
    assert_int_equal(open_(extract_bytes, &other, MADE), DHK_AUTH);
    sink_init(
        &s, mem, sizeof mem); /* nor when that card has an id of its own */
    ok(guest_card_encode(&s, &other));
    assert_memory_not_equal(other.id, card.id, GUEST_ID);
    assert_int_equal(open_(extract_bytes, &other, MADE), DHK_AUTH);
    /* the right card and another key */
    ok(key_dh_new(&sk, &other.seal));
    assert_int_equal(open_(extract_bytes, &card, MADE), DHK_AUTH);
    key_dh_destroy(&sk);
    sk = kept;
}

/* Every bit counts, those of the date and the case among them. */
static void
an_altered_extract_does_not_open(void **state)
{
    static uint8_t mem[sizeof extract_mem];

    (void)state;
    memcpy(mem, extract_bytes.p, extract_bytes.n);
    for (size_t i = 0; i < extract_bytes.n * 8; i++) {
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_int_not_equal(
            open_(slice_of(mem, extract_bytes.n), &card, MADE), DHK_OK);
        mem[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    ok(open_(slice_of(mem, extract_bytes.n), &card, MADE));
}

static void
no_two_extracts_are_alike(void **state)
{
    uint8_t mem[4096];
    struct guest_extract x = plan(), a, b;
    struct sink s;

    (void)state;
    sink_init(&s, mem, sizeof mem);
    ok(guest_seal(&s, &x, &card, slice_str(said)));
    ok(guest_decode(&a, extract_bytes, NULL));
    ok(guest_decode(&b, sink_done(&s), NULL));
    assert_memory_not_equal(&a.ephemeral, &b.ephemeral, KEY_BYTES);
    assert_false(slice_equal(a.box, b.box));
}

/* A length tells one of few. */
static void
lengths_are_padded(void **state)
{
    static uint8_t mem[GUEST_EXTRACT_MAX], text[LIMIT_EXTRACT_TEXT + 1],
        plain[GUEST_BOX_MAX];
    static const struct {
        size_t n, padded;
    } sizes[] = {{1, 1024}, {1024, 1024}, {1025, 2048}, {100000, 131072},
        {LIMIT_EXTRACT_TEXT, LIMIT_EXTRACT_TEXT}};
    struct guest_extract x = plan(), got;
    struct slice back;
    struct sink s;

    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        sink_init(&s, mem, sizeof mem);
        ok(guest_seal(&s, &x, &card, slice_of(text, sizes[i].n)));
        ok(guest_decode(&got, sink_done(&s), NULL));
        assert_int_equal(got.box.n, sizes[i].padded + SEAL_LOCKED_EXTRA);
        ok(guest_open(&back, plain, &got, &card, sk, MADE));
        assert_int_equal(back.n, sizes[i].n);
    }
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(
        guest_seal(&s, &x, &card, slice_of(text, sizeof text)), DHK_LIMIT);
    assert_int_equal(s.n, 0);
}

static void
what_nobody_could_read_is_not_sealed(void **state)
{
    uint8_t mem[4096];
    struct sink s;
    struct guest_card zero = card;
    struct guest_extract x = plan();

    (void)state;
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(guest_seal(&s, &x, &card, slice_str("")), DHK_FORMAT);
    assert_int_equal(
        guest_seal(&s, &x, &card, slice_of("a\0b", 3)), DHK_FORMAT);
    assert_int_equal(
        guest_seal(&s, &x, &card, slice_of("\xff", 1)), DHK_FORMAT);
    x.until = x.made;
    assert_int_equal(guest_seal(&s, &x, &card, slice_str("a")), DHK_FORMAT);
    x = plan();
    x.handed = x.share;
    assert_int_equal(guest_seal(&s, &x, &card, slice_str("a")), DHK_FORMAT);
    x = plan();
    x.desk = slice_str("Derdenloket");
    assert_int_equal(guest_seal(&s, &x, &card, slice_str("a")), DHK_FORMAT);
    x = plan();
    memset(&zero.seal, 0, sizeof zero.seal);
    assert_int_equal(guest_seal(&s, &x, &zero, slice_str("a")), DHK_AUTH);
    assert_int_equal(s.n, 0);
}

static void
a_card_is_a_file(void **state)
{
    struct guest_card got = card;
    struct sink s;

    (void)state;
    sink_init(&s, file_mem, sizeof file_mem);
    ok(guest_card_file_encode(&s, &got));
    vector_keep("accept/guest-card/card.txt", sink_done(&s));
    ok(guest_card_file_decode(&got, sink_done(&s), NULL));
    assert_memory_equal(&got, &card, sizeof got);
    file_mem[12] = 'X';
    assert_int_not_equal(
        guest_card_file_decode(&got, sink_done(&s), NULL), DHK_OK);
}

#define LITERAL(s) slice_of((s), sizeof(s) - 1)

/* X sealed, and kept for readers of other kinds to refuse. */
static void
keep_head(const char *name, struct slice from, struct slice to)
{
    uint8_t mem[4096];
    size_t n = from.n;

    must(n == to.n && extract_bytes.n <= sizeof mem);
    memcpy(mem, extract_bytes.p, extract_bytes.n);
    uint8_t *at = memmem(mem, extract_bytes.n, from.p, n);
    assert_non_null(at);
    must(at != NULL);
    memcpy(at, to.p, n);
    wiretest_keep(
        "reject", "guest-extract", name, slice_of(mem, extract_bytes.n));
}

static void
vectors_are_kept(void **state)
{
    uint8_t mem[4096];

    (void)state;
    wiretest_keep("accept", "guest-card", "card", card_bytes);
    vector_keep("accept/guest-card/id.bin", slice_of(card.id, sizeof card.id));
    wiretest_keep_common("guest-card", card_bytes, 1);
    wiretest_keep("accept", "guest-extract", "extract", extract_bytes);
    wiretest_keep_common("guest-extract", extract_bytes, 0);
    keep_head(
        "desk-upper-case", LITERAL("derdenloket"), LITERAL("Derdenloket"));
    keep_head("origin-with-a-space", LITERAL("ledger.example"),
        LITERAL("ledger example"));
    keep_head("ended-before-made", LITERAL("\xce\x69\x7d\x46\x00"),
        LITERAL("\xce\x60\x00\x00\x00"));
    keep_head("handed-before-shared", LITERAL("\x29\x39"), LITERAL("\x39\x39"));
    keep_head("version-2", LITERAL("\x9a\x01\xb0"), LITERAL("\x9a\x02\xb0"));
    memcpy(mem, extract_bytes.p, extract_bytes.n);
    /* a box that is one byte shorter */
    uint8_t *at = memmem(mem, extract_bytes.n, "\xc5\x04\x28", 3);
    assert_non_null(at);
    must(at != NULL);
    at[2] = 0x27;
    wiretest_keep("reject", "guest-extract", "not-padded",
        slice_of(mem, extract_bytes.n - 1));
}

static void
golden_files_are_read(void **state)
{
    (void)state;
    wiretest_folder("reject", "guest-card", card_again);
    wiretest_folder("reject", "guest-extract", extract_again);
    wiretest_accepts(card_again, card_bytes);
    wiretest_all(card_again, card_bytes);
    wiretest_all(extract_again, extract_bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_opens),
        cmocka_unit_test(it_is_closed_after_the_end),
        cmocka_unit_test(another_card_or_case_does_not_open_it),
        cmocka_unit_test(an_altered_extract_does_not_open),
        cmocka_unit_test(no_two_extracts_are_alike),
        cmocka_unit_test(lengths_are_padded),
        cmocka_unit_test(what_nobody_could_read_is_not_sealed),
        cmocka_unit_test(a_card_is_a_file),
        cmocka_unit_test(vectors_are_kept),
        cmocka_unit_test(golden_files_are_read),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
