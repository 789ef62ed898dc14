/* SPDX-License-Identifier: EUPL-1.2
 *
 * Trees and proofs, held against the definitions of RFC 9162 (tree.h). */
#include "merkle.h"

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "limits.h"
#include "tree.h"

enum { SIZES = 70 };

static struct tree tree; /* too large for the stack */

static void
assert_slices_equal(struct slice a, struct slice b)
{
    assert_int_equal(a.n, b.n);
    assert_true(slice_equal(a, b));
}

static struct merkle_head
head_of(uint64_t size)
{
    struct merkle_head head = {.size = size};
    struct merkle_reader r = tree_reader(&tree);
    assert_int_equal(merkle_root(head.root, size, &r), DHK_OK);
    return head;
}

static void
nodes_are_numbered_in_the_order_of_appending(void **state)
{
    (void)state;
    uint64_t next = 0;
    assert_int_equal(merkle_stored_count(0), 0);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(merkle_stored_index(0, i), next++);
        uint64_t n = i + 1;
        for (unsigned level = 1; n % 2 == 0; level++) {
            n /= 2;
            assert_int_equal(merkle_stored_index(level, n - 1), next++);
        }
        assert_int_equal(merkle_stored_count(i + 1), next);
    }
    assert_true(merkle_stored_index(62, 1) == UINT64_MAX - 1 - 1);
}

static void
the_root_is_that_of_the_definition(void **state)
{
    (void)state;
    struct merkle_frontier f;
    struct merkle_frontier loaded;
    struct merkle_reader r = tree_reader(&tree);
    uint8_t want[MERKLE_HASH];
    uint8_t got[MERKLE_HASH];
    merkle_frontier_init(&f);
    merkle_empty(want);
    merkle_frontier_root(got, &f);
    assert_memory_equal(got, want, sizeof want);
    for (uint64_t size = 1; size <= TREE_LEAVES; size++) {
        struct merkle_nodes nodes;
        assert_int_equal(
            merkle_frontier_append(&f, tree.leaf[size - 1], &nodes), DHK_OK);
        assert_int_equal(nodes.first, merkle_stored_count(size - 1));
        assert_int_equal(
            nodes.n, merkle_stored_count(size) - merkle_stored_count(size - 1));
        assert_memory_equal(
            nodes.hash, tree.node[nodes.first], nodes.n * MERKLE_HASH);
        tree_mth(&tree, 0, size, want);
        merkle_frontier_root(got, &f);
        assert_memory_equal(got, want, sizeof want);
        assert_memory_equal(head_of(size).root, want, sizeof want);
        assert_int_equal(merkle_frontier_load(&loaded, size, &r), DHK_OK);
        merkle_frontier_root(got, &loaded);
        assert_memory_equal(got, want, sizeof want);
    }
}

/* A proof that verifies must not verify for anything else. */
static void
refuse_other_inclusions(const struct merkle_head *head, uint64_t index,
    const uint8_t leaf[MERKLE_HASH], struct slice proof)
{
    uint8_t changed[LIMIT_PROOF * MERKLE_HASH];
    for (uint64_t other = 0; other <= head->size; other++)
        if (other != index)
            assert_int_not_equal(
                merkle_inclusion_verify(head, other, leaf, proof), DHK_OK);
    for (size_t n = 0; n <= proof.n + MERKLE_HASH; n++) {
        memset(changed, 7, sizeof changed);
        if (proof.n > 0)
            memcpy(changed, proof.p, proof.n);
        if (n != proof.n)
            assert_int_equal(merkle_inclusion_verify(
                                 head, index, leaf, slice_of(changed, n)),
                DHK_FORMAT);
    }
    for (size_t i = 0; i < proof.n; i += 9) {
        changed[i] ^= 0x10;
        assert_int_equal(merkle_inclusion_verify(
                             head, index, leaf, slice_of(changed, proof.n)),
            DHK_AUTH);
        changed[i] ^= 0x10;
    }
}

static void
every_leaf_has_exactly_one_inclusion_proof(void **state)
{
    (void)state;
    uint8_t mem[TREE_PROOF];
    uint8_t mem_want[TREE_PROOF];
    struct merkle_reader r = tree_reader(&tree);
    for (uint64_t size = 1; size <= SIZES; size++) {
        struct merkle_head head = head_of(size);
        for (uint64_t i = 0; i < size; i++) {
            struct sink out;
            struct sink want;
            sink_init(&out, mem, sizeof mem);
            sink_init(&want, mem_want, sizeof mem_want);
            tree_path(&tree, i, 0, size, &want);
            assert_int_equal(merkle_inclusion_prove(&out, i, size, &r), DHK_OK);
            assert_slices_equal(sink_done(&out), sink_done(&want));
            assert_int_equal(merkle_inclusion_verify(
                                 &head, i, tree.leaf[i], sink_done(&out)),
                DHK_OK);
            refuse_other_inclusions(&head, i, tree.leaf[i], sink_done(&out));
        }
    }
}

/* The same for the way from OLD to HEAD; PROOF lies in MEM, with room. */
static void
refuse_other_consistency(const struct merkle_head *old,
    const struct merkle_head *head, uint8_t *mem, size_t n)
{
    struct slice proof = slice_of(mem, n);
    for (size_t i = 0; i < n; i += 9) {
        mem[i] ^= 4;
        assert_int_equal(merkle_consistency_verify(old, head, proof), DHK_AUTH);
        mem[i] ^= 4;
    }
    for (size_t cut = 0; cut <= n + MERKLE_HASH; cut++)
        if (cut != n)
            assert_int_equal(
                merkle_consistency_verify(old, head, slice_of(mem, cut)),
                DHK_FORMAT);
}

static void
every_old_tree_has_exactly_one_consistency_proof(void **state)
{
    (void)state;
    uint8_t mem[TREE_PROOF] = {0};
    uint8_t mem_want[TREE_PROOF];
    struct merkle_reader r = tree_reader(&tree);
    for (uint64_t size = 1; size <= SIZES; size++) {
        struct merkle_head head = head_of(size);
        for (uint64_t n = 1; n <= size; n++) {
            struct merkle_head old = head_of(n);
            struct sink out;
            struct sink want;
            sink_init(&out, mem, sizeof mem);
            sink_init(&want, mem_want, sizeof mem_want);
            tree_subproof(&tree, n, 0, size, &want);
            assert_int_equal(
                merkle_consistency_prove(&out, n, size, &r), DHK_OK);
            assert_slices_equal(sink_done(&out), sink_done(&want));
            assert_int_equal(
                merkle_consistency_verify(&old, &head, sink_done(&out)),
                DHK_OK);
            refuse_other_consistency(&old, &head, mem, out.n);
        }
    }
}

static void
a_forged_head_is_not_consistent(void **state)
{
    (void)state;
    uint8_t mem[TREE_PROOF];
    struct merkle_reader r = tree_reader(&tree);
    for (uint64_t n = 1; n < SIZES; n++) {
        struct sink out;
        struct merkle_head old = head_of(n);
        struct merkle_head head = head_of(SIZES);
        sink_init(&out, mem, sizeof mem);
        assert_int_equal(merkle_consistency_prove(&out, n, SIZES, &r), DHK_OK);
        old.root[31] ^= 1;
        assert_int_equal(
            merkle_consistency_verify(&old, &head, sink_done(&out)), DHK_AUTH);
        old.root[31] ^= 1;
        head.root[0] ^= 1;
        assert_int_equal(
            merkle_consistency_verify(&old, &head, sink_done(&out)), DHK_AUTH);
    }
}

static void
two_roots_of_one_size_are_not_consistent(void **state)
{
    (void)state;
    struct slice none = slice_of(NULL, 0);
    struct merkle_head one = head_of(6);
    struct merkle_head other = head_of(6);
    assert_int_equal(merkle_consistency_verify(&one, &other, none), DHK_OK);
    other.root[9] ^= 1;
    assert_int_equal(merkle_consistency_verify(&one, &other, none), DHK_AUTH);
}

static void
every_tree_begins_with_the_empty_one(void **state)
{
    (void)state;
    struct slice none = slice_of(NULL, 0);
    struct merkle_head empty = {.size = 0};
    struct merkle_head some = head_of(5);
    struct merkle_reader r = tree_reader(&tree);
    struct sink out;
    uint8_t mem[MERKLE_HASH] = {0};
    merkle_empty(empty.root);
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(merkle_consistency_prove(&out, 0, 5, &r), DHK_OK);
    assert_int_equal(out.n, 0);
    assert_int_equal(merkle_consistency_verify(&empty, &some, none), DHK_OK);
    assert_int_equal(merkle_consistency_verify(&empty, &empty, none), DHK_OK);
    assert_int_equal(
        merkle_consistency_verify(&empty, &some, slice_of(mem, sizeof mem)),
        DHK_FORMAT);
    empty.root[3] ^= 1;
    assert_int_equal(merkle_consistency_verify(&empty, &some, none), DHK_AUTH);
    assert_int_equal(merkle_consistency_verify(&empty, &empty, none), DHK_AUTH);
}

static void
numbers_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct slice none = slice_of(NULL, 0);
    struct merkle_reader r = tree_reader(&tree);
    struct merkle_head small = head_of(3);
    struct merkle_head large = head_of(4);
    struct merkle_head huge = {.size = MERKLE_SIZE_MAX + 1};
    struct merkle_nodes nodes;
    struct merkle_frontier f = {.size = MERKLE_SIZE_MAX};
    struct sink out;
    uint8_t mem[MERKLE_HASH];
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(
        merkle_consistency_verify(&large, &small, none), DHK_FORMAT);
    assert_int_equal(merkle_consistency_verify(&small, &huge, none), DHK_LIMIT);
    assert_int_equal(merkle_consistency_verify(&huge, &huge, none), DHK_LIMIT);
    assert_int_equal(
        merkle_inclusion_verify(&huge, 0, tree.leaf[0], none), DHK_LIMIT);
    assert_int_equal(
        merkle_inclusion_verify(&small, 3, tree.leaf[0], none), DHK_FORMAT);
    assert_int_equal(merkle_inclusion_prove(&out, 3, 3, &r), DHK_NOTFOUND);
    assert_int_equal(merkle_inclusion_prove(&out, 0, 0, &r), DHK_NOTFOUND);
    assert_int_equal(merkle_consistency_prove(&out, 4, 3, &r), DHK_STATE);
    assert_int_equal(
        merkle_consistency_prove(&out, 1, huge.size, &r), DHK_LIMIT);
    assert_int_equal(merkle_root(mem, huge.size, &r), DHK_LIMIT);
    assert_int_equal(
        merkle_append(&nodes, MERKLE_SIZE_MAX, tree.leaf[0], &r), DHK_LIMIT);
    assert_int_equal(merkle_frontier_append(&f, tree.leaf[0], NULL), DHK_LIMIT);
}

static void
errors_of_the_store_are_passed_on(void **state)
{
    (void)state;
    struct merkle_reader r = tree_reader(&tree);
    struct merkle_frontier f;
    struct merkle_nodes nodes;
    struct sink out;
    uint8_t mem[TREE_PROOF];
    uint64_t index = 9;
    struct merkle_multi m = {.size = 13, .index = &index, .n = 1};
    sink_init(&out, mem, sizeof mem);
    tree.fail_at = merkle_stored_index(3, 0);
    assert_int_equal(merkle_root(mem, 13, &r), DHK_IO);
    assert_int_equal(merkle_inclusion_prove(&out, 9, 13, &r), DHK_IO);
    assert_int_equal(merkle_consistency_prove(&out, 9, 13, &r), DHK_IO);
    assert_int_equal(merkle_multi_prove(&out, &m, &r), DHK_IO);
    assert_int_equal(merkle_frontier_load(&f, 13, &r), DHK_IO);
    assert_int_equal(f.size, 0);
    assert_int_equal(merkle_append(&nodes, 15, tree.leaf[0], &r), DHK_IO);
    tree.fail_at = UINT64_MAX;
    sink_init(&out, mem, MERKLE_HASH);
    assert_int_equal(merkle_inclusion_prove(&out, 9, 13, &r), DHK_LIMIT);
}

/* A tree of which every leaf is the same: then so are all nodes of a level,
 * and any size can be had. */
struct uniform {
    uint8_t level[MERKLE_LEVELS][MERKLE_HASH];
};

static enum dhk_err
uniform_read(void *ctx, uint64_t stored, uint8_t hash[MERKLE_HASH])
{
    const struct uniform *u = ctx;
    uint64_t low = 0; /* the last leaf that is not stored after it */
    uint64_t high = MERKLE_SIZE_MAX;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (merkle_stored_index(0, middle) <= stored)
            low = middle;
        else
            high = middle - 1;
    }
    memcpy(hash, u->level[stored - merkle_stored_index(0, low)], MERKLE_HASH);
    return DHK_OK;
}

static void
the_largest_tree_is_proved(void **state)
{
    (void)state;
    static const uint64_t points[] = {1, 2, 3, (uint64_t)1 << 40,
        MERKLE_SIZE_MAX / 3, ((uint64_t)1 << 62) - 1, (uint64_t)1 << 62,
        ((uint64_t)1 << 62) + 1, MERKLE_SIZE_MAX - 1, MERKLE_SIZE_MAX};
    struct uniform u;
    struct merkle_reader r = {.read = uniform_read, .ctx = &u};
    struct merkle_head head = {.size = MERKLE_SIZE_MAX};
    uint8_t mem[(LIMIT_PROOF + 1) * MERKLE_HASH];
    merkle_leaf(u.level[0], slice_str("x"));
    for (unsigned i = 1; i < MERKLE_LEVELS; i++)
        merkle_node(u.level[i], u.level[i - 1], u.level[i - 1]);
    assert_int_equal(merkle_root(head.root, head.size, &r), DHK_OK);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        struct sink out;
        uint64_t index = points[i] - 1;
        sink_init(&out, mem, sizeof mem);
        assert_int_equal(
            merkle_inclusion_prove(&out, index, head.size, &r), DHK_OK);
        assert_int_equal(
            merkle_inclusion_verify(&head, index, u.level[0], sink_done(&out)),
            DHK_OK);
        struct merkle_head old = {.size = points[i]};
        assert_int_equal(merkle_root(old.root, old.size, &r), DHK_OK);
        sink_init(&out, mem, sizeof mem);
        assert_int_equal(
            merkle_consistency_prove(&out, old.size, head.size, &r), DHK_OK);
        assert_int_equal(
            merkle_consistency_verify(&old, &head, sink_done(&out)), DHK_OK);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_numbered_in_the_order_of_appending),
        cmocka_unit_test(the_root_is_that_of_the_definition),
        cmocka_unit_test(every_leaf_has_exactly_one_inclusion_proof),
        cmocka_unit_test(every_old_tree_has_exactly_one_consistency_proof),
        cmocka_unit_test(a_forged_head_is_not_consistent),
        cmocka_unit_test(two_roots_of_one_size_are_not_consistent),
        cmocka_unit_test(every_tree_begins_with_the_empty_one),
        cmocka_unit_test(numbers_that_make_no_sense_are_refused),
        cmocka_unit_test(errors_of_the_store_are_passed_on),
        cmocka_unit_test(the_largest_tree_is_proved),
    };
    tree_grow(&tree, TREE_LEAVES);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
