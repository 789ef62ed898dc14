/* SPDX-License-Identifier: EUPL-1.2
 *
 * Receipts: entries under one signed checkpoint. What was not in the tree, or
 * stands at another place in it, is refused. */
#include "checkpoint.h"
#include "merkle.h"
#include "receipt.h"
#include "tree.h"
#include "wiretest.h"

enum { SIZE = 20, N = 4, ENTRY = 16 };

static const uint64_t indexes[N] = {3, 4, 7, 12};
static const char *const origin = "ledger.example/1";

static struct sign_secret *sk;
static struct sign_public pk;
static struct checkpoint_vkey vkey;
static struct tree tree;
static char text[SIZE][ENTRY];
static struct slice entries[N];
static uint8_t note_mem[1024], proof_mem[4096], mem[8192];
static struct slice note, proof, good;

static void
make_tree(void)
{
    struct merkle_reader r = tree_reader(&tree);
    const struct merkle_multi m = {.size = SIZE, .index = indexes, .n = N};
    struct checkpoint cp = {.size = SIZE};
    struct sink s;

    tree.fail_at = UINT64_MAX;
    for (size_t i = 0; i < SIZE; i++) {
        uint8_t leaf[32];
        (void)snprintf(text[i], sizeof text[i], "entry %zu", i);
        merkle_leaf(leaf, slice_str(text[i]));
        tree_add(&tree, leaf);
    }
    for (size_t i = 0; i < N; i++)
        entries[i] = slice_str(text[indexes[i]]);
    (void)snprintf(cp.origin, sizeof cp.origin, "%s", origin);
    assert_int_equal(merkle_root(cp.root, SIZE, &r), DHK_OK);
    sink_init(&s, note_mem, sizeof note_mem);
    assert_int_equal(checkpoint_sign(&s, &cp, sk, &pk), DHK_OK);
    note = sink_done(&s);
    sink_init(&s, proof_mem, sizeof proof_mem);
    assert_int_equal(merkle_multi_prove(&s, &m, &r), DHK_OK);
    proof = sink_done(&s);
}

static int
set_up(void **state)
{
    static const uint8_t seed[KEY_SEED] = {5};
    struct sink s;
    (void)state;
    wiretest_deterministic(6);
    assert_int_equal(key_init(), DHK_OK);
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, origin, &pk);
    make_tree();
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(
        receipt_encode(&s, note, indexes, entries, N, proof), DHK_OK);
    good = sink_done(&s);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    key_sign_destroy(&sk);
    return 0;
}

static enum dhk_err
again(struct sink *out, struct slice in)
{
    struct receipt *r = NULL;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = receipt_decode(&r, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_null(r);
        return rc;
    }
    rc = receipt_encode(out, r->note, r->index, r->entry, r->n, r->proof);
    receipt_destroy(&r);
    assert_null(r);
    return rc;
}

static enum dhk_err
verify(struct slice in)
{
    struct receipt *r = NULL;
    enum dhk_err rc = receipt_decode(&r, in, NULL);
    if (rc == DHK_OK)
        rc = receipt_verify(r, &vkey, NULL);
    receipt_destroy(&r);
    return rc;
}

static enum dhk_err
verified(struct sink *out, struct slice in)
{
    enum dhk_err rc = verify(in);
    return rc == DHK_OK ? again(out, in) : rc;
}

static void
a_receipt_equals_its_golden_file(void **state)
{
    (void)state;
    wiretest_keep("accept", "receipt", "four-of-twenty", good);
    wiretest_folder("accept", "receipt", verified);
}

static void
every_flipped_bit_fails_to_verify(void **state)
{
    (void)state;
    wiretest_all(again, good);
    assert_int_equal(wiretest_flips(verified, good), 0);
}

/* What differs from the good receipt. */
static enum dhk_err
verify_made(const uint64_t *index, const struct slice *entry, size_t n,
    struct slice with_proof)
{
    static uint8_t other[8192];
    struct sink s;
    sink_init(&s, other, sizeof other);
    assert_int_equal(
        receipt_encode(&s, note, index, entry, n, with_proof), DHK_OK);
    return verify(sink_done(&s));
}

static void
an_invented_entry_is_refused(void **state)
{
    struct slice list[N];
    (void)state;
    memcpy(list, entries, sizeof list);
    list[2] = slice_str("invented");
    assert_int_equal(verify_made(indexes, entries, N, proof), DHK_OK);
    assert_int_equal(verify_made(indexes, list, N, proof), DHK_AUTH);
}

static void
an_entry_at_another_place_is_refused(void **state)
{
    uint64_t other[N] = {3, 4, 8, 12};
    struct slice list[N];
    (void)state;
    assert_int_not_equal(verify_made(other, entries, N, proof), DHK_OK);
    memcpy(list, entries, sizeof list);
    list[0] = entries[1];
    list[1] = entries[0];
    assert_int_equal(verify_made(indexes, list, N, proof), DHK_AUTH);
    other[2] = 7;
    other[3] = SIZE; /* beyond the tree */
    assert_int_not_equal(verify_made(other, entries, N, proof), DHK_OK);
}

static void
a_proof_of_another_length_is_refused(void **state)
{
    uint8_t longer[sizeof proof_mem + 32];
    (void)state;
    memcpy(longer, proof.p, proof.n);
    memset(longer + proof.n, 1, 32);
    assert_int_not_equal(
        verify_made(indexes, entries, N, slice_of(longer, proof.n + 32)),
        DHK_OK);
    assert_int_not_equal(
        verify_made(indexes, entries, N, slice_of(longer, proof.n - 32)),
        DHK_OK);
    assert_int_not_equal(verify_made(indexes, entries, N - 1, proof), DHK_OK);
}

static void
another_log_is_refused(void **state)
{
    struct receipt *r = NULL;
    struct checkpoint_vkey other = vkey;
    (void)state;
    assert_int_equal(receipt_decode(&r, good, NULL), DHK_OK);
    checkpoint_vkey_make(&other, CHECKPOINT_ED25519, "other.example", &pk);
    assert_int_not_equal(receipt_verify(r, &other, NULL), DHK_OK);
    struct sign_public wrong = pk;
    wrong.b[0] ^= 1;
    checkpoint_vkey_make(&other, CHECKPOINT_ED25519, origin, &wrong);
    assert_int_not_equal(receipt_verify(r, &other, NULL), DHK_OK);
    assert_false(r->verified);
    receipt_destroy(&r);
}

static void
each_entry_has_a_proof_file_that_verifies(void **state)
{
    static struct checkpoint_proof p;
    static uint8_t out_mem[8192];
    struct receipt *r = NULL;
    struct checkpoint cp;
    struct sink out;
    (void)state;
    assert_int_equal(receipt_decode(&r, good, NULL), DHK_OK);
    sink_init(&out, out_mem, sizeof out_mem);
    assert_int_equal(receipt_proof(&out, r, 0), DHK_STATE);
    assert_int_equal(receipt_verify(r, &vkey, NULL), DHK_OK);
    assert_int_equal(r->checkpoint.size, SIZE);
    for (size_t i = 0; i < N; i++) {
        uint8_t leaf[32];
        sink_init(&out, out_mem, sizeof out_mem);
        assert_int_equal(receipt_proof(&out, r, i), DHK_OK);
        assert_int_equal(
            checkpoint_proof_decode(&p, sink_done(&out), NULL), DHK_OK);
        assert_int_equal(p.index, indexes[i]);
        assert_true(slice_equal(
            slice_of(p.extra, p.extra_n), slice_str(text[indexes[i]])));
        assert_int_equal(checkpoint_open(&cp, p.note, &vkey, NULL), DHK_OK);
        struct merkle_head head = {.size = cp.size};
        memcpy(head.root, cp.root, sizeof head.root);
        merkle_leaf(leaf, slice_of(p.extra, p.extra_n));
        assert_int_equal(merkle_inclusion_verify(&head, p.index, leaf,
                             slice_of(p.hash, p.hashes_n * 32)),
            DHK_OK);
    }
    assert_int_equal(receipt_proof(&out, r, N), DHK_STATE);
    receipt_destroy(&r);
}

static void
keep_bad(const char *name, const uint64_t *index, size_t n, struct slice p)
{
    static uint8_t other[8192];
    struct sink s;
    sink_init(&s, other, sizeof other);
    assert_int_equal(receipt_encode(&s, note, index, entries, n, p), DHK_OK);
    wiretest_keep("reject", "receipt", name, sink_done(&s));
}

static void
what_is_wrong_is_refused(void **state)
{
    static const uint64_t twice[N] = {3, 3, 7, 12};
    static uint8_t other[8192];
    struct sink s;
    (void)state;
    wiretest_keep_common("receipt", good, 1);
    keep_bad("index-twice", twice, N, proof);
    keep_bad("no-entries", indexes, 0, slice_of(NULL, 0));
    keep_bad(
        "proof-not-whole-hashes", indexes, N, slice_of(proof.p, proof.n - 1));
    sink_init(&s, other, sizeof other);
    pack_array(&s, 5);
    pack_uint(&s, 1);
    pack_bin(&s, note);
    pack_array(&s, 2);
    pack_uint(&s, 1);
    pack_uint(&s, 2);
    pack_array(&s, 1);
    pack_bin(&s, entries[0]);
    pack_bin(&s, slice_of(NULL, 0));
    wiretest_keep("reject", "receipt", "entry-missing", sink_done(&s));
    /* a count that the bytes cannot hold costs nothing */
    sink_init(&s, other, sizeof other);
    pack_array(&s, 5);
    pack_uint(&s, 1);
    pack_bin(&s, note);
    pack_array(&s, RECEIPT_ENTRIES);
    wiretest_keep("reject", "receipt", "count-beyond-the-end", sink_done(&s));
    wiretest_folder("reject", "receipt", again);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_equals_its_golden_file),
        cmocka_unit_test(every_flipped_bit_fails_to_verify),
        cmocka_unit_test(an_invented_entry_is_refused),
        cmocka_unit_test(an_entry_at_another_place_is_refused),
        cmocka_unit_test(a_proof_of_another_length_is_refused),
        cmocka_unit_test(another_log_is_refused),
        cmocka_unit_test(each_entry_has_a_proof_file_that_verifies),
        cmocka_unit_test(what_is_wrong_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
