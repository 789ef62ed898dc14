/* SPDX-License-Identifier: EUPL-1.2
 *
 * Multi-proofs, held against their definition written as recursion. */
#include "merkle.h"

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "chance.h"
#include "limits.h"
#include "tree.h"

enum { ALL_SUBSETS_OF = 10, WANTED_MAX = 64 };

static struct tree tree;

/* Wanted leaves with what proves them. */
struct set {
    uint64_t index[WANTED_MAX];
    uint8_t leaves[WANTED_MAX * MERKLE_HASH];
    uint8_t proof[TREE_PROOF];
    struct merkle_multi m;
    uint8_t root[MERKLE_HASH];
};

static void
set_init(struct set *s, uint64_t size)
{
    struct merkle_reader r = tree_reader(&tree);
    s->m = (struct merkle_multi){
        .size = size, .index = s->index, .leaves = s->leaves};
    assert_int_equal(merkle_root(s->root, size, &r), DHK_OK);
}

static void
set_add(struct set *s, uint64_t index)
{
    must(s->m.n < WANTED_MAX);
    memcpy(s->leaves + s->m.n * MERKLE_HASH, tree.leaf[index], MERKLE_HASH);
    s->index[s->m.n++] = index;
}

static void
set_prove(struct set *s)
{
    struct merkle_reader r = tree_reader(&tree);
    struct sink out;
    sink_init(&out, s->proof, sizeof s->proof);
    assert_int_equal(merkle_multi_prove(&out, &s->m, &r), DHK_OK);
    s->m.proof = sink_done(&out);
}

static bool
wanted_between(const struct set *s, uint64_t lo, uint64_t hi)
{
    for (size_t i = 0; i < s->m.n; i++)
        if (s->index[i] >= lo && s->index[i] < hi)
            return true;
    return false;
}

/* The definition of merkle.h, on leaves [lo, hi). */
static void
define(const struct set *s, uint64_t lo, uint64_t hi, struct sink *out)
{
    if (!wanted_between(s, lo, hi)) {
        tree_put_mth(&tree, lo, hi, out);
        return;
    }
    if (hi - lo == 1)
        return;
    uint64_t k = tree_split(hi - lo);
    define(s, lo, lo + k, out);
    define(s, lo + k, hi, out);
}

static void
check_paths(const struct set *s)
{
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    uint8_t mem_want[LIMIT_PROOF * MERKLE_HASH];
    for (size_t i = 0; i < s->m.n; i++) {
        struct sink out;
        struct sink want;
        sink_init(&out, mem, sizeof mem);
        sink_init(&want, mem_want, sizeof mem_want);
        tree_path(&tree, s->index[i], 0, s->m.size, &want);
        assert_int_equal(merkle_multi_path(&out, &s->m, i), DHK_OK);
        assert_true(slice_equal(sink_done(&out), sink_done(&want)));
    }
}

static void
check_set(struct set *s)
{
    uint8_t mem[TREE_PROOF];
    struct sink want;
    sink_init(&want, mem, sizeof mem);
    define(s, 0, s->m.size, &want);
    set_prove(s);
    assert_true(slice_equal(s->m.proof, sink_done(&want)));
    assert_int_equal(merkle_multi_verify(&s->m, s->root), DHK_OK);
    check_paths(s);
}

static void
every_set_of_leaves_of_a_small_tree_is_proved(void **state)
{
    (void)state;
    static struct set s;
    for (uint64_t size = 1; size <= ALL_SUBSETS_OF; size++)
        for (unsigned bits = 1; bits < 1U << size; bits++) {
            set_init(&s, size);
            for (unsigned i = 0; i < size; i++)
                if ((bits >> i & 1) != 0)
                    set_add(&s, i);
            check_set(&s);
        }
}

static void
sets_of_a_large_tree_are_proved(void **state)
{
    (void)state;
    static struct set s;
    struct chance c = {.state = 1};
    for (unsigned round = 0; round < 300; round++) {
        uint64_t size = 1 + chance_below(&c, TREE_LEAVES);
        set_init(&s, size);
        uint64_t at = chance_below(&c, size);
        while (at < size && s.m.n < WANTED_MAX) {
            set_add(&s, at);
            at += 1 + chance_below(&c, 1 + round % 50);
        }
        check_set(&s);
    }
}

static void
one_leaf_needs_its_inclusion_proof_in_another_order(void **state)
{
    (void)state;
    static struct set s;
    struct merkle_reader r = tree_reader(&tree);
    set_init(&s, 300);
    set_add(&s, 200);
    set_prove(&s);
    uint8_t mem[TREE_PROOF];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(merkle_inclusion_prove(&out, 200, 300, &r), DHK_OK);
    assert_int_equal(out.n, s.m.proof.n);
}

static void
a_run_of_leaves_costs_only_its_edges(void **state)
{
    (void)state;
    static struct set s;
    set_init(&s, 512);
    for (uint64_t i = 128; i < 192; i++)
        set_add(&s, i);
    set_prove(&s);
    assert_int_equal(s.m.proof.n, 3 * MERKLE_HASH);
}

static void
whatever_is_altered_is_refused(void **state)
{
    (void)state;
    static struct set s;
    set_init(&s, 77);
    set_add(&s, 3);
    set_add(&s, 4);
    set_add(&s, 40);
    set_add(&s, 76);
    set_prove(&s);
    for (size_t i = 0; i < s.m.proof.n; i++) {
        s.proof[i] ^= 1;
        assert_int_equal(merkle_multi_verify(&s.m, s.root), DHK_AUTH);
        s.proof[i] ^= 1;
    }
    for (size_t i = 0; i < s.m.n * MERKLE_HASH; i++) {
        s.leaves[i] ^= 0x80;
        assert_int_equal(merkle_multi_verify(&s.m, s.root), DHK_AUTH);
        s.leaves[i] ^= 0x80;
    }
    for (size_t i = 0; i < MERKLE_HASH; i++) {
        s.root[i] ^= 2;
        assert_int_equal(merkle_multi_verify(&s.m, s.root), DHK_AUTH);
        s.root[i] ^= 2;
    }
    assert_int_equal(merkle_multi_verify(&s.m, s.root), DHK_OK);
}

static void
a_proof_of_another_length_is_refused(void **state)
{
    (void)state;
    static struct set s;
    set_init(&s, 77);
    set_add(&s, 3);
    set_add(&s, 40);
    set_prove(&s);
    size_t right = s.m.proof.n;
    for (size_t n = 0; n < sizeof s.proof / 4; n++) {
        s.m.proof.n = n;
        assert_int_equal(merkle_multi_verify(&s.m, s.root),
            n == right ? DHK_OK : DHK_FORMAT);
    }
    s.m.proof.n = ((size_t)LIMIT_MULTIPROOF + 1) * MERKLE_HASH;
    assert_int_equal(merkle_multi_verify(&s.m, s.root), DHK_LIMIT);
}

static void
leaves_are_proved_at_their_own_place_only(void **state)
{
    (void)state;
    static struct set s;
    for (uint64_t other = 0; other < 40; other++) {
        set_init(&s, 77);
        set_add(&s, 5);
        set_add(&s, 40);
        set_prove(&s);
        s.index[0] = other;
        enum dhk_err rc = merkle_multi_verify(&s.m, s.root);
        assert_true((rc == DHK_OK) == (other == 5));
    }
}

static void
indexes_out_of_order_or_range_are_refused(void **state)
{
    (void)state;
    static struct set s;
    struct merkle_reader r = tree_reader(&tree);
    struct sink out;
    uint8_t mem[TREE_PROOF];
    static const uint64_t bad[][2] = {{5, 5}, {6, 5}, {5, 77}, {5, UINT64_MAX}};
    sink_init(&out, mem, sizeof mem);
    set_init(&s, 77);
    assert_int_equal(merkle_multi_verify(&s.m, s.root), DHK_FORMAT);
    assert_int_equal(merkle_multi_prove(&out, &s.m, &r), DHK_FORMAT);
    set_add(&s, 5);
    set_add(&s, 6);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memcpy(s.index, bad[i], sizeof bad[i]);
        assert_int_equal(merkle_multi_verify(&s.m, s.root), DHK_FORMAT);
        assert_int_equal(merkle_multi_prove(&out, &s.m, &r), DHK_FORMAT);
        assert_int_equal(merkle_multi_path(&out, &s.m, 0), DHK_FORMAT);
    }
    s.m.size = MERKLE_SIZE_MAX + 1;
    assert_int_equal(merkle_multi_verify(&s.m, s.root), DHK_LIMIT);
    s.m.size = 0;
    assert_int_equal(merkle_multi_verify(&s.m, s.root), DHK_FORMAT);
    assert_int_equal(out.n, 0);
}

static void
a_path_of_a_leaf_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    static struct set s;
    uint8_t mem[TREE_PROOF];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    set_init(&s, 77);
    set_add(&s, 5);
    set_prove(&s);
    assert_int_equal(merkle_multi_path(&out, &s.m, 1), DHK_NOTFOUND);
}

static enum dhk_err
any_node(void *ctx, uint64_t stored, uint8_t hash[MERKLE_HASH])
{
    (void)ctx;
    memset(hash, 0, MERKLE_HASH);
    bytes_put_u64(hash, stored);
    return DHK_OK;
}

static void
the_largest_tree_and_too_many_hashes_are_bounded(void **state)
{
    (void)state;
    static uint8_t mem[4 * (size_t)LIMIT_MULTIPROOF * MERKLE_HASH];
    static uint64_t index[256];
    static uint8_t leaves[256 * MERKLE_HASH];
    struct merkle_reader r = {.read = any_node};
    struct merkle_multi m = {
        .size = MERKLE_SIZE_MAX, .index = index, .n = 48, .leaves = leaves};
    struct sink out;
    for (size_t i = 0; i < 256; i++)
        index[i] = i * (MERKLE_SIZE_MAX / 256) + 12345;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(merkle_multi_prove(&out, &m, &r), DHK_OK);
    m.proof = sink_done(&out);
    assert_int_equal(merkle_multi_verify(&m, leaves), DHK_AUTH);
    m.n = 256;
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(merkle_multi_prove(&out, &m, &r), DHK_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_of_leaves_of_a_small_tree_is_proved),
        cmocka_unit_test(sets_of_a_large_tree_are_proved),
        cmocka_unit_test(one_leaf_needs_its_inclusion_proof_in_another_order),
        cmocka_unit_test(a_run_of_leaves_costs_only_its_edges),
        cmocka_unit_test(whatever_is_altered_is_refused),
        cmocka_unit_test(a_proof_of_another_length_is_refused),
        cmocka_unit_test(leaves_are_proved_at_their_own_place_only),
        cmocka_unit_test(indexes_out_of_order_or_range_are_refused),
        cmocka_unit_test(a_path_of_a_leaf_that_is_not_there_is_not_found),
        cmocka_unit_test(the_largest_tree_and_too_many_hashes_are_bounded),
    };
    tree_grow(&tree, TREE_LEAVES);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
