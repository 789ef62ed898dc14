/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lists of heads: what comes back is what was written, a single checkpoint of
 * any log is read, and nothing else is. */
#include "../broker/scratch.h"

#include "headlist.h"
#include "../proto/vector.h"

#define ORIGIN "proef.example/ledger"

static struct sign_secret *sk, *witness;
static struct sign_public pk, witness_pk;

static int
set_up(void **state)
{
    static const uint8_t seed[2][KEY_SEED] = {{1}, {2}};

    (void)state;
    ok(key_init());
    ok(key_sign_from_seed(&sk, &pk, seed[0]));
    ok(key_sign_from_seed(&witness, &witness_pk, seed[1]));
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    key_sign_destroy(&sk);
    key_sign_destroy(&witness);
    return 0;
}

/* A note of SIZE entries in MEM, with COSIGNERS lines more. */
static struct slice
note(uint8_t mem[LIMIT_CHECKPOINT], uint64_t size, uint8_t root,
    size_t cosigners)
{
    struct checkpoint cp = {.origin = ORIGIN, .size = size};
    struct sink out;

    memset(cp.root, root, sizeof cp.root);
    sink_init(&out, mem, LIMIT_CHECKPOINT);
    ok(checkpoint_sign(&out, &cp, sk, &pk));
    for (size_t i = 0; i < cosigners; i++)
        ok(checkpoint_cosign(&out, &cp, "om", witness, &witness_pk, 1000 + i));
    return sink_done(&out);
}

static void
add(struct headlist *l, uint64_t size, uint8_t root, size_t cosigners)
{
    uint8_t mem[LIMIT_CHECKPOINT];

    ok(headlist_add(l, note(mem, size, root, cosigners)));
}

static struct slice
text_of(uint8_t *mem, const struct headlist *l)
{
    struct sink out;

    sink_init(&out, mem, HEADLIST_BYTES);
    headlist_put(&out, l);
    assert_int_equal(out.err, DHK_OK);
    assert_int_equal(out.n, headlist_size(l));
    return sink_done(&out);
}

static void
a_list_comes_back_as_it_was(void **state)
{
    static uint8_t mem[HEADLIST_BYTES], again[HEADLIST_BYTES];
    struct headlist l = {NULL, 0}, m = {NULL, 0};
    struct diag diag;

    (void)state;
    add(&l, 5, 1, 0);
    add(&l, 9, 2, 2);
    add(&l, 9, 3, 1); /* another root: both are kept */
    ok(headlist_parse(&m, text_of(mem, &l), &diag));
    assert_int_equal(m.n, 3);
    vector_keep("accept/headlist/three.txt", text_of(mem, &l));
    assert_false(m.list[0].cosigned);
    assert_true(m.list[1].cosigned);
    assert_true(slice_equal(text_of(again, &m), text_of(mem, &l)));
    assert_int_equal(headlist_find(&m, ORIGIN, 5)->cp.root[0], 1);
    assert_null(headlist_find(&m, ORIGIN, 6));
    assert_null(headlist_find(&m, "other.example", 5));
    headlist_done(&l);
    headlist_done(&m);
}

static void
of_one_head_the_note_with_more_signatures_is_kept(void **state)
{
    struct headlist l = {NULL, 0};

    (void)state;
    add(&l, 5, 1, 0);
    add(&l, 5, 1, 2);
    add(&l, 5, 1, 1);
    assert_int_equal(l.n, 1);
    assert_true(l.list[0].cosigned);
    headlist_done(&l);
}

static void
a_single_checkpoint_of_any_log_is_read(void **state)
{
    uint8_t mem[LIMIT_CHECKPOINT];
    struct headlist l = {NULL, 0};
    struct diag diag;

    (void)state;
    ok(headlist_parse(
        &l, vector_read("note/tessera-checkpoint.7", mem, sizeof mem), &diag));
    assert_int_equal(l.n, 1);
    assert_int_equal(l.list[0].cp.size, 7);
    headlist_done(&l);
}

/* Those that others signed are worth more, and the newest are kept. */
static void
a_long_history_is_thinned(void **state)
{
    struct headlist l = {NULL, 0};

    (void)state;
    for (uint64_t i = 1; i < 2 * HEADLIST_MAX - 1; i++)
        add(&l, i, 1, i % 2);
    assert_int_equal(l.n, HEADLIST_MAX);
    for (uint64_t i = 1; i < 2 * HEADLIST_MAX - 1; i += 2)
        assert_non_null(headlist_find(&l, ORIGIN, i));
    for (uint64_t i = 1; i <= 2 * HEADLIST_MAX; i++)
        add(&l, 10000 + i, 1, 1);
    assert_true(l.n <= HEADLIST_MAX);
    assert_non_null(headlist_find(&l, ORIGIN, 10000 + 2 * HEADLIST_MAX));
    headlist_done(&l);
}

/* What is wrong; the line of it. */
static const struct {
    const char *name, *text;
    size_t line;
} wrong[] = {
    {"empty", "", 1},
    {"blank-line", "\n", 1},
    {"first-line-alone", "driehoek-heads@v1\n", 1},
    {"no-heads", "driehoek-heads@v1\n\n", 1},
    {"version-2", "driehoek-heads@v2\n\n", 1},
    {"no-blank-line", "driehoek-heads@v1\nproef.example\n", 1},
    {"truncated", "driehoek-heads@v1\n\nproef.example\n1\n", 3},
    {"root-3-bytes",
        "proef.example\n1\nAAAA\n\n\xe2\x80\x94 proef.example AAAAAAAA\n", 1},
};

static void
what_is_no_list_is_refused(void **state)
{
    struct diag diag;
    char name[64];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct headlist l = {NULL, 0};
        assert_int_equal(
            headlist_parse(&l, slice_str(wrong[i].text), &diag), DHK_FORMAT);
        assert_int_equal(diag.at, wrong[i].line);
        (void)snprintf(
            name, sizeof name, "reject/headlist/%s.txt", wrong[i].name);
        vector_keep(name, slice_str(wrong[i].text));
        headlist_done(&l);
    }
}

static void
a_truncated_list_is_refused_or_shorter(void **state)
{
    static uint8_t mem[HEADLIST_BYTES];
    struct headlist l = {NULL, 0};
    struct slice text;
    struct diag diag;

    (void)state;
    add(&l, 5, 1, 0);
    add(&l, 9, 2, 2);
    text = text_of(mem, &l);
    for (size_t n = 0; n < text.n; n++) {
        struct headlist m = {NULL, 0};
        if (headlist_parse(&m, slice_of(text.p, n), &diag) == DHK_OK)
            assert_true(m.n <= 2);
        headlist_done(&m);
    }
    headlist_done(&l);
}

static void
too_many_are_refused(void **state)
{
    static uint8_t mem[2 * HEADLIST_BYTES];
    uint8_t one[LIMIT_CHECKPOINT];
    struct headlist l = {NULL, 0};
    struct diag diag;
    struct sink out;

    (void)state;
    sink_init(&out, mem, sizeof mem);
    for (uint64_t i = 0; i <= HEADLIST_MAX; i++) {
        if (i > 0)
            sink_u8(&out, '\n');
        sink_slice(&out, note(one, i + 1, 1, 0));
    }
    assert_int_equal(headlist_parse(&l, sink_done(&out), &diag), DHK_LIMIT);
    headlist_done(&l);
    memset(mem, 'a', sizeof mem);
    assert_int_equal(
        headlist_parse(&l, slice_of(mem, HEADLIST_BYTES + 1), &diag),
        DHK_LIMIT);
    headlist_done(&l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_comes_back_as_it_was),
        cmocka_unit_test(of_one_head_the_note_with_more_signatures_is_kept),
        cmocka_unit_test(a_single_checkpoint_of_any_log_is_read),
        cmocka_unit_test(a_long_history_is_thinned),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(a_truncated_list_is_refused_or_shorter),
        cmocka_unit_test(too_many_are_refused),
    };

    return cmocka_run_group_tests_name("headlist", tests, set_up, tear_down);
}
