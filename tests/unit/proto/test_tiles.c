/* SPDX-License-Identifier: EUPL-1.2
 *
 * Tiles and entry bundles, against those that tessera wrote for a log of 15
 * entries, against the numbers of the specification, and against the tree. */
#include "tiles.h"

#include <stdlib.h>

#include "checkpoint.h"
#include "vector.h"

enum { MANY = 70000, KEPT = 8 };

/* --- paths --- */

static void
a_path_is_the_one_of_its_file(void **state)
{
    static const struct {
        const char *path;
        struct tiles_at at;
    } rows[] = {
        {"tile/0/000", {0, 0, 256}},
        {"tile/0/999", {0, 999, 256}},
        {"tile/0/x001/000", {0, 1000, 256}},
        {"tile/0/x001/x234/067", {0, 1234067, 256}},
        {"tile/0/x001/x234/067.p/1", {0, 1234067, 1}},
        {"tile/2/x273/112.p/255", {2, 273112, 255}},
        {"tile/entries/000.p/15", {TILES_ENTRIES, 0, 15}},
        {"tile/entries/x001/234", {TILES_ENTRIES, 1234, 256}},
        {"tile/7/000.p/127", {7, 0, 127}},
        {"tile/0/x036/x028/x797/x018/x963/967.p/255",
            {0, 36028797018963967, 255}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[TILES_PATH];
        struct tiles_at at;
        tiles_path(path, &rows[i].at);
        assert_string_equal(path, rows[i].path);
        assert_int_equal(tiles_path_parse(&at, slice_str(path)), DHK_OK);
        assert_memory_equal(&at, &rows[i].at, sizeof at);
    }
}

static void
another_path_is_refused(void **state)
{
    static const char *const rows[] = {"", "tile", "tile/", "tile/0", "tile/0/",
        "tile/00/000", "tile/8/000", "tile/-1/000", "tile/0/00", "tile/0/0000",
        "tile/0/1", "tile/0/x000/001", "tile/0/x001", "tile/0/x001/",
        "tile/0/001/000", "tile/0/x001/x000", "tile/0/000.p", "tile/0/000.p/",
        "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/256",
        "tile/0/000.p/1/", "tile/0/000.q/1", "tile/0/000p/1", "tile/0/000/1",
        "tile/0/000 ", " tile/0/000", "tile//000", "tile/entry/000",
        "tile/entries/000.p/15x", "tile/entries/0000", "entries/000",
        "tile/7/000", "tile/7/000.p/128", "tile/7/001.p/1",
        "tile/0/x036/x028/x797/x018/x963/967", /* over 2^63 - 1 entries */
        "tile/0/x036/x028/x797/x018/x963/968.p/1",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/0/00\n",
        "tile/0/000.tmp.AbCdEf"};
    struct tiles_at at;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (tiles_path_parse(&at, slice_str(rows[i])) != DHK_FORMAT)
            fail_msg("%s", rows[i]);
}

static void
widths_are_those_of_the_specification(void **state)
{
    (void)state;
    assert_int_equal(tiles_full(70000, 0), 273);
    assert_int_equal(tiles_width(70000, 0), 112);
    assert_int_equal(tiles_full(70000, TILES_ENTRIES), 273);
    assert_int_equal(tiles_width(70000, TILES_ENTRIES), 112);
    assert_int_equal(tiles_full(70000, 1), 1);
    assert_int_equal(tiles_width(70000, 1), 17);
    assert_int_equal(tiles_full(70000, 2), 0);
    assert_int_equal(tiles_width(70000, 2), 1);
    assert_int_equal(tiles_width(70000, 3), 0);
    struct tiles_at at;
    assert_true(tiles_find(&at, 70000, TILES_ENTRIES, 272));
    assert_int_equal(at.level, TILES_ENTRIES);
    assert_int_equal(at.n, 272);
    assert_int_equal(at.width, TILES_WIDTH);
    assert_true(tiles_find(&at, 70000, 0, 273));
    assert_int_equal(at.width, 112);
    assert_false(tiles_find(&at, 70000, 0, 274));
    assert_false(tiles_find(&at, 256, 0, 1)); /* no partial one */
    assert_int_equal(tiles_full(256, 0), 1);
    assert_int_equal(tiles_width(256, 0), 0);
    assert_int_equal(tiles_width(256, 1), 1);
    assert_int_equal(tiles_full(MERKLE_SIZE_MAX, 7), 0);
    assert_int_equal(tiles_width(MERKLE_SIZE_MAX, 7), 127);
}

/* --- what others wrote --- */

struct one_tile {
    struct tiles_at at;
    uint8_t hashes[TILES_BYTES];
    unsigned n;
};

static enum dhk_err
take_one(void *ctx, const struct tiles_at *at, const uint8_t *hashes)
{
    struct one_tile *one = ctx;
    one->at = *at;
    one->n++;
    memcpy(one->hashes, hashes, (size_t)at->width * MERKLE_HASH);
    return DHK_OK;
}

static void
the_root_is_of_checkpoint(const struct tiles_tree *t)
{
    uint8_t mem[512], root[MERKLE_HASH];
    char name[64];
    struct checkpoint cp;
    (void)snprintf(
        name, sizeof name, "note/tessera-checkpoint.%d", (int)t->size);
    assert_int_equal(
        checkpoint_open(&cp, vector_read(name, mem, sizeof mem), NULL, NULL),
        DHK_OK);
    assert_int_equal(cp.size, t->size);
    tiles_tree_root(root, t);
    assert_memory_equal(root, cp.root, sizeof root);
}

static void
tile_and_bundle_of_tessera_are_made_again(void **state)
{
    uint8_t bundle_mem[256], tile_mem[1024], again[256];
    uint8_t leaf[MERKLE_HASH], root[MERKLE_HASH], wanted[MERKLE_HASH];
    size_t n = 0;
    struct slice bundle = vector_read(
        "note/tessera-entries-000.p-15", bundle_mem, sizeof bundle_mem);
    struct slice tile =
        vector_read("note/tessera-tile-0-000.p-15", tile_mem, sizeof tile_mem);
    static struct tiles_tree t;
    static struct one_tile one;
    struct tiles_out out = {take_one, &one};
    struct cursor c;
    struct sink s;
    (void)state;
    tiles_tree_init(&t);
    sink_init(&s, again, sizeof again);
    cursor_init(&c, bundle);
    while (c.left.n > 0) {
        if (t.size < KEPT)
            the_root_is_of_checkpoint(&t);
        struct slice entry = tiles_bundle_next(&c);
        merkle_leaf(leaf, entry);
        assert_int_equal(tiles_tree_append(&t, leaf, &out), DHK_OK);
        assert_int_equal(tiles_bundle_put(&s, entry), DHK_OK);
    }
    assert_int_equal(cursor_end(&c), DHK_OK);
    assert_int_equal(t.size, 15);
    assert_true(slice_equal(sink_done(&s), bundle));
    assert_int_equal(one.n, 0);
    assert_int_equal(tiles_tree_rest(&t, &out), DHK_OK);
    assert_int_equal(one.n, 1);
    assert_int_equal(one.at.level, 0);
    assert_int_equal(one.at.width, 15);
    assert_int_equal(tile.n, 15 * MERKLE_HASH);
    assert_memory_equal(one.hashes, tile.p, tile.n);
    assert_int_equal(key_unbase64(wanted, sizeof wanted, &n,
                         slice_str("rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/"
                                   "1nk427v383cs=")),
        DHK_OK);
    tiles_tree_root(root, &t);
    assert_memory_equal(root, wanted, sizeof root);
}

static void
a_bundle_that_ends_too_early_is_refused(void **state)
{
    uint8_t mem[256];
    struct slice bundle =
        vector_read("note/tessera-entries-000.p-15", mem, sizeof mem);
    (void)state;
    for (size_t n = 0; n < bundle.n; n++) {
        struct cursor c;
        unsigned entries = 0;
        cursor_init(&c, slice_of(bundle.p, n));
        for (; entries < 15; entries++)
            (void)tiles_bundle_next(&c);
        assert_int_equal(cursor_end(&c), DHK_FORMAT);
    }
}

static void
an_entry_has_at_most_65535_bytes(void **state)
{
    static uint8_t entry[TILES_ENTRY_MAX + 1], mem[TILES_ENTRY_MAX + 8];
    struct sink s;
    struct cursor c;
    (void)state;
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(
        tiles_bundle_put(&s, slice_of(entry, sizeof entry)), DHK_LIMIT);
    assert_int_equal(s.n, 0);
    assert_int_equal(
        tiles_bundle_put(&s, slice_of(entry, TILES_ENTRY_MAX)), DHK_OK);
    assert_int_equal(tiles_bundle_put(&s, slice_of(NULL, 0)), DHK_OK);
    assert_int_equal(tiles_bundle_put(&s, slice_of(entry, 8)), DHK_LIMIT);
    cursor_init(&c, slice_of(mem, TILES_ENTRY_MAX + 4));
    assert_int_equal(tiles_bundle_next(&c).n, TILES_ENTRY_MAX);
    assert_int_equal(tiles_bundle_next(&c).n, 0);
    assert_int_equal(cursor_end(&c), DHK_OK);
}

/* --- the tree --- */

struct kept {
    unsigned full[TILES_LEVELS], partial[TILES_LEVELS];
    uint64_t next[TILES_LEVELS];
    uint8_t rest[TILES_LEVELS][TILES_BYTES];
    unsigned width[TILES_LEVELS];
    enum dhk_err fails;
};

static enum dhk_err
keep(void *ctx, const struct tiles_at *at, const uint8_t *hashes)
{
    struct kept *k = ctx;
    assert_int_equal(at->n, k->next[at->level]);
    if (at->width == TILES_WIDTH) {
        k->full[at->level]++;
        k->next[at->level]++;
        return k->fails;
    }
    k->partial[at->level]++;
    k->width[at->level] = at->width;
    memcpy(k->rest[at->level], hashes, (size_t)at->width * MERKLE_HASH);
    return k->fails;
}

static enum dhk_err
give(void *ctx, const struct tiles_at *at, uint8_t *hashes)
{
    struct kept *k = ctx;
    if (k->fails != DHK_OK)
        return k->fails;
    assert_int_equal(at->width, k->width[at->level]);
    assert_int_equal(at->n, k->next[at->level]);
    memcpy(hashes, k->rest[at->level], (size_t)at->width * MERKLE_HASH);
    return DHK_OK;
}

static void
grow(struct tiles_tree *t, struct merkle_frontier *f, struct kept *k,
    uint64_t size)
{
    struct tiles_out out = {keep, k};
    uint8_t entry[8], leaf[MERKLE_HASH];
    while (f->size < size) {
        bytes_put_u64(entry, f->size);
        merkle_leaf(leaf, slice_of(entry, sizeof entry));
        assert_int_equal(merkle_frontier_append(f, leaf, NULL), DHK_OK);
        assert_int_equal(tiles_tree_append(t, leaf, &out), DHK_OK);
    }
}

static void
roots_are_equal(const struct tiles_tree *t, const struct merkle_frontier *f)
{
    uint8_t a[MERKLE_HASH], b[MERKLE_HASH];
    tiles_tree_root(a, t);
    merkle_frontier_root(b, f);
    assert_int_equal(t->size, f->size);
    assert_memory_equal(a, b, sizeof a);
}

static void
tiles_are_those_of_the_tree(void **state)
{
    static struct tiles_tree t;
    static struct kept k;
    struct merkle_frontier f;
    struct tiles_out out = {keep, &k};
    (void)state;
    tiles_tree_init(&t);
    merkle_frontier_init(&f);
    memset(&k, 0, sizeof k);
    for (uint64_t size = 0; size < 600; size++) {
        grow(&t, &f, &k, size);
        roots_are_equal(&t, &f);
    }
    grow(&t, &f, &k, MANY);
    roots_are_equal(&t, &f);
    assert_int_equal(tiles_tree_rest(&t, &out), DHK_OK);
    assert_int_equal(k.full[0], 273);
    assert_int_equal(k.width[0], 112);
    assert_int_equal(k.full[1], 1);
    assert_int_equal(k.width[1], 17);
    assert_int_equal(k.full[2], 0);
    assert_int_equal(k.width[2], 1);
    assert_int_equal(k.partial[0] + k.partial[1] + k.partial[2], 3);
    assert_int_equal(k.full[3] + k.partial[3], 0);
}

static void
a_tree_goes_on_from_its_partial_tiles(void **state)
{
    static struct tiles_tree t, again;
    static struct kept k;
    static const uint64_t sizes[] = {
        0, 1, 255, 256, 257, 511, 512, 65535, 65536, 65537, 65792, 66000};
    struct merkle_frontier f, from_tiles;
    struct tiles_out out = {keep, &k};
    (void)state;
    tiles_tree_init(&t);
    merkle_frontier_init(&f);
    memset(&k, 0, sizeof k);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        grow(&t, &f, &k, sizes[i]);
        memset(k.width, 0, sizeof k.width);
        assert_int_equal(tiles_tree_rest(&t, &out), DHK_OK);
        assert_int_equal(tiles_tree_load(&again, sizes[i], give, &k), DHK_OK);
        roots_are_equal(&again, &f);
        tiles_tree_frontier(&from_tiles, &again);
        assert_int_equal(from_tiles.size, f.size);
        for (unsigned level = 0; level < MERKLE_LEVELS; level++)
            if ((f.size >> level & 1) != 0)
                assert_memory_equal(
                    from_tiles.hash[level], f.hash[level], MERKLE_HASH);
        t = again; /* and goes on from there */
    }
}

static void
errors_are_passed_on(void **state)
{
    static struct tiles_tree t;
    static struct kept k;
    struct merkle_frontier f;
    struct tiles_out out = {keep, &k};
    uint8_t leaf[MERKLE_HASH] = {0};
    (void)state;
    tiles_tree_init(&t);
    merkle_frontier_init(&f);
    memset(&k, 0, sizeof k);
    grow(&t, &f, &k, 255);
    k.fails = DHK_IO;
    assert_int_equal(tiles_tree_rest(&t, &out), DHK_IO);
    assert_int_equal(tiles_tree_append(&t, leaf, &out), DHK_IO);
    assert_int_equal(tiles_tree_load(&t, 255, give, &k), DHK_IO);
    assert_int_equal(t.size, 0);
    assert_int_equal(
        tiles_tree_load(&t, MERKLE_SIZE_MAX + 1, give, &k), DHK_LIMIT);
    t.size = MERKLE_SIZE_MAX;
    assert_int_equal(tiles_tree_append(&t, leaf, &out), DHK_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_the_one_of_its_file),
        cmocka_unit_test(another_path_is_refused),
        cmocka_unit_test(widths_are_those_of_the_specification),
        cmocka_unit_test(tile_and_bundle_of_tessera_are_made_again),
        cmocka_unit_test(a_bundle_that_ends_too_early_is_refused),
        cmocka_unit_test(an_entry_has_at_most_65535_bytes),
        cmocka_unit_test(tiles_are_those_of_the_tree),
        cmocka_unit_test(a_tree_goes_on_from_its_partial_tiles),
        cmocka_unit_test(errors_are_passed_on),
    };
    assert_int_equal(key_init(), DHK_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
