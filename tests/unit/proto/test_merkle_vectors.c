/* SPDX-License-Identifier: EUPL-1.2
 *
 * Published vectors: the hasher, roots and probes of transparency-dev/merkle
 * and the log of tessera (tests/vectors/merkle and note). */
#include "merkle.h"

#include <string.h>

#include "vector.h"

#include <jansson.h>

#include "key.h"
#include "tree.h"

enum { FILE_MAX = 64 * 1024, PROBES = 98 };

static struct tree tree;

static void
from_hex(uint8_t out[MERKLE_HASH], const char *hex)
{
    assert_int_equal(bytes_unhex(out, MERKLE_HASH, slice_str(hex)), DHK_OK);
}

static void
hashes_are_those_of_the_published_hasher(void **state)
{
    (void)state;
    uint8_t want[MERKLE_HASH];
    uint8_t got[MERKLE_HASH];
    from_hex(want,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    merkle_empty(got);
    assert_memory_equal(got, want, sizeof want);
    from_hex(want,
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    merkle_leaf(got, slice_of(NULL, 0));
    assert_memory_equal(got, want, sizeof want);
    from_hex(want,
        "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
    merkle_leaf(got, slice_str("L123456"));
    assert_memory_equal(got, want, sizeof want);
}

static void
roots_of_the_reference_leaves_are_the_published_ones(void **state)
{
    (void)state;
    static const char *const leaves[] = {"", "00", "10", "2021", "3031",
        "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    struct merkle_reader r = tree_reader(&tree);
    tree_grow(&tree, 0);
    for (uint64_t size = 0; size <= 8; size++) {
        uint8_t want[MERKLE_HASH];
        uint8_t got[MERKLE_HASH];
        from_hex(want, roots[size]);
        assert_int_equal(merkle_root(got, size, &r), DHK_OK);
        assert_memory_equal(got, want, sizeof want);
        if (size == 8)
            break;
        uint8_t entry[16];
        size_t n = strlen(leaves[size]) / 2;
        assert_int_equal(
            bytes_unhex(entry, n, slice_str(leaves[size])), DHK_OK);
        merkle_leaf(got, slice_of(entry, n));
        tree_add(&tree, got);
    }
}

/* A hash of a probe; false when it has not 32 bytes, which our types do not
 * hold. */
static bool
hash_of(uint8_t out[MERKLE_HASH], const json_t *value)
{
    size_t n = 0;
    const char *text = json_string_value(value);
    assert_non_null(text);
    enum dhk_err rc = key_unbase64(out, MERKLE_HASH, &n, slice_str(text));
    return rc == DHK_OK && n == MERKLE_HASH;
}

/* The proof of a probe, hash after hash as on our wire; false when a hash has
 * another length, which no decoder of ours lets through. */
static bool
proof_of(struct sink *out, const json_t *probe)
{
    size_t i = 0;
    json_t *value = NULL;
    json_array_foreach(json_object_get(probe, "proof"), i, value)
    {
        uint8_t hash[MERKLE_HASH];
        if (!hash_of(hash, value))
            return false;
        sink_put(out, hash, sizeof hash);
    }
    assert_int_equal(out->err, DHK_OK);
    return true;
}

static uint64_t
number_of(const json_t *probe, const char *name)
{
    json_t *value = json_object_get(probe, name);
    assert_true(json_is_integer(value));
    return (uint64_t)json_integer_value(value);
}

static bool
inclusion_holds(const json_t *probe)
{
    uint8_t mem[FILE_MAX / 16];
    uint8_t leaf[MERKLE_HASH];
    struct merkle_head head = {.size = number_of(probe, "treeSize")};
    struct sink proof;
    sink_init(&proof, mem, sizeof mem);
    return proof_of(&proof, probe) &&
           hash_of(head.root, json_object_get(probe, "root")) &&
           hash_of(leaf, json_object_get(probe, "leafHash")) &&
           merkle_inclusion_verify(&head, number_of(probe, "leafIdx"), leaf,
               sink_done(&proof)) == DHK_OK;
}

static bool
consistency_holds(const json_t *probe)
{
    uint8_t mem[FILE_MAX / 16];
    struct merkle_head old = {.size = number_of(probe, "size1")};
    struct merkle_head head = {.size = number_of(probe, "size2")};
    struct sink proof;
    sink_init(&proof, mem, sizeof mem);
    return proof_of(&proof, probe) &&
           hash_of(old.root, json_object_get(probe, "root1")) &&
           hash_of(head.root, json_object_get(probe, "root2")) &&
           merkle_consistency_verify(&old, &head, sink_done(&proof)) == DHK_OK;
}

/* jansson's integers are signed: 2^64-1 is written as -1 for it. */
static void
sign_numbers(char *line)
{
    static const char most[] = "18446744073709551615";
    for (char *p; (p = strstr(line, most)) != NULL;) {
        memset(p, ' ', sizeof most - 1);
        p[0] = '-';
        p[1] = '1';
    }
}

/* Runs every line of a file; returns the number of good probes. */
static size_t
run_probes(const char *name, bool (*holds)(const json_t *probe))
{
    static uint8_t mem[FILE_MAX];
    struct slice text = vector_read(name, mem, sizeof mem - 1);
    size_t lines = 0;
    size_t good = 0;
    mem[text.n] = '\0';
    char *save = NULL;
    for (char *line = strtok_r((char *)mem, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        sign_numbers(line);
        json_t *probe = json_loads(line, 0, NULL);
        assert_non_null(probe);
        const json_t *bad = json_object_get(probe, "wantErr");
        assert_true(json_is_boolean(bad));
        const char *root = json_string_value(json_object_get(probe, "root1"));
        /* equal roots of 12 bytes cannot be expressed with our types */
        bool odd = root != NULL && strlen(root) == 16;
        bool want = json_is_false(bad) && !odd;
        if (holds(probe) != want)
            fail_msg("%s", line);
        good += want;
        lines++;
        json_decref(probe);
    }
    assert_int_equal(lines, PROBES);
    return good;
}

static void
every_published_inclusion_probe_holds_or_fails_as_it_should(void **state)
{
    (void)state;
    size_t good = run_probes("merkle/inclusion.jsonl", inclusion_holds);
    assert_int_equal(good, 6);
}

static void
every_published_consistency_probe_holds_or_fails_as_it_should(void **state)
{
    (void)state;
    size_t good = run_probes("merkle/consistency.jsonl", consistency_holds);
    assert_int_equal(good, 5);
}

static void
the_log_of_tessera_has_our_leaves_and_root(void **state)
{
    (void)state;
    uint8_t bundle_mem[1024];
    uint8_t tile_mem[1024];
    struct slice bundle = vector_read(
        "note/tessera-entries-000.p-15", bundle_mem, sizeof bundle_mem);
    struct slice tile =
        vector_read("note/tessera-tile-0-000.p-15", tile_mem, sizeof tile_mem);
    struct merkle_frontier f;
    struct cursor c;
    uint8_t hash[MERKLE_HASH];
    char root[KEY_B64];
    merkle_frontier_init(&f);
    cursor_init(&c, bundle);
    while (c.err == DHK_OK && c.left.n > 0) {
        struct slice entry = cursor_bytes(&c, cursor_u16(&c));
        merkle_leaf(hash, entry);
        assert_true(f.size < tile.n / MERKLE_HASH);
        assert_memory_equal(hash, tile.p + f.size * MERKLE_HASH, sizeof hash);
        assert_int_equal(merkle_frontier_append(&f, hash, NULL), DHK_OK);
    }
    assert_int_equal(cursor_end(&c), DHK_OK);
    assert_int_equal(f.size, 15);
    merkle_frontier_root(hash, &f);
    key_base64(root, sizeof root, hash, sizeof hash);
    assert_string_equal(root, "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_the_published_hasher),
        cmocka_unit_test(roots_of_the_reference_leaves_are_the_published_ones),
        cmocka_unit_test(
            every_published_inclusion_probe_holds_or_fails_as_it_should),
        cmocka_unit_test(
            every_published_consistency_probe_holds_or_fails_as_it_should),
        cmocka_unit_test(the_log_of_tessera_has_our_leaves_and_root),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
