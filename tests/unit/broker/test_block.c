/* SPDX-License-Identifier: EUPL-1.2
 *
 * Blocks of the index: they give back what went in, and no byte of them can
 * change unseen. */
#include "../proto/chance.h"
#include "block.h"
#include "key.h"
#include "scratch.h"

static int
compare_u64(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void
blocks_give_back_what_they_were_made_of(void **state)
{
    struct chance c = {9};
    (void)state;
    for (int round = 0; round < 200; round++) {
        size_t n = (size_t)chance_below(&c, 3000), block_n;
        uint64_t *pair = malloc((n + 1) * sizeof *pair);
        uint8_t *block;
        for (size_t i = 0; i < n; i++)
            pair[i] =
                block_pair((uint32_t)(chance_u64(&c) >> chance_below(&c, 33)),
                    (uint32_t)(i * 65536 / (n + 1)));
        ok(block_make(&block, &block_n, 3, pair, n));
        qsort(pair, n, sizeof *pair, compare_u64);
        struct slice list, all = slice_of(block, block_n);
        assert_true(block_is_good(all, 3));
        assert_false(block_is_good(all, 4));
        for (size_t i = 0; i < n;) {
            uint32_t place = 0, hash = (uint32_t)(pair[i] >> 16);
            assert_true(block_find(all, hash, &list));
            for (bool first = true; block_next(&list, &place, first);
                 first = false) {
                assert_true(i < n);
                assert_int_equal(pair[i], block_pair(hash, place));
                i++;
            }
            assert_true(i == n || (uint32_t)(pair[i] >> 16) != hash);
        }
        assert_true(block_find(all, 0x12345678, &list));
        free(pair);
        free(block);
    }
}

static void
a_changed_block_is_not_good_and_does_no_harm(void **state)
{
    struct chance c = {11};
    uint64_t pair[120];
    uint8_t *block;
    size_t n;
    struct slice list;
    (void)state;
    for (uint32_t i = 0; i < 120; i++)
        pair[i] = block_pair((uint32_t)chance_below(&c, 40), i * 30);
    ok(block_make(&block, &n, 0, pair, 120));
    for (size_t bit = 0; bit < n * 8; bit++) {
        block[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(block_is_good(slice_of(block, n), 0));
        for (uint32_t hash = 0; hash < 40; hash += 7) {
            uint32_t place = 0;
            if (!block_find(slice_of(block, n), hash, &list))
                continue;
            for (bool first = true; block_next(&list, &place, first);)
                first = false;
        }
        block[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t k = 0; k < n; k++) {
        assert_false(block_is_good(slice_of(block, k), 0));
        (void)block_find(slice_of(block, k), 3, &list);
    }
    assert_true(block_is_good(slice_of(block, n), 0));
    free(block);
}

static void
a_block_of_everything_has_every_term(void **state)
{
    uint8_t *block;
    size_t n;
    struct slice list;
    (void)state;
    ok(block_make_whole(&block, &n, 7));
    assert_true(block_is_good(slice_of(block, n), 7));
    assert_false(block_find(slice_of(block, n), 1, &list));
    free(block);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_give_back_what_they_were_made_of),
        cmocka_unit_test(a_changed_block_is_not_good_and_does_no_harm),
        cmocka_unit_test(a_block_of_everything_has_every_term),
    };

    must(key_init() == DHK_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
