/* SPDX-License-Identifier: EUPL-1.2
 *
 * A ledger that contradicts what it showed before is found out, and both
 * checkpoints are kept. */
#include "../broker/scratch.h"

#include "../proto/tree.h"

#include "checkpoint.h"
#include "file.h"
#include "heads.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OLD = 5, MIDDLE = 9, NEW = 14 };
#define ORIGIN "proef.example/ledger"

struct log {
    char *dir;
    struct sign_secret *sk;
    struct checkpoint_vkey key;
    struct tree tree, fork;
    struct heads *heads;
    struct dhk_problem problem;
    uint8_t mem[4][LIMIT_CHECKPOINT];
    uint8_t proof[LIMIT_PROOF * MERKLE_HASH];
};

static int
begin(void **state)
{
    struct log *l = calloc(1, sizeof *l);
    void *dir = NULL;
    uint8_t leaf[MERKLE_HASH];

    assert_non_null(l);
    ok(key_init());
    (void)scratch_new(&dir);
    l->dir = dir;
    ok(key_sign_new(&l->sk, &l->key.pk));
    checkpoint_vkey_make(&l->key, CHECKPOINT_ED25519, ORIGIN, &l->key.pk);
    tree_grow(&l->tree, NEW);
    tree_grow(&l->fork, OLD - 1);
    merkle_leaf(leaf, slice_str("another entry"));
    while (l->fork.size < NEW)
        tree_add(&l->fork, leaf);
    ok(heads_open(&l->heads, l->dir, &l->key, &l->problem));
    *state = l;
    return 0;
}

static int
end(void **state)
{
    struct log *l = *state;
    void *dir = l->dir;

    heads_destroy(&l->heads);
    key_sign_destroy(&l->sk);
    (void)scratch_remove(&dir);
    free(l);
    return 0;
}

/* The note of T at SIZE, in memory number I. */
static struct slice
note(struct log *l, struct tree *t, uint64_t size, size_t i)
{
    struct checkpoint cp = {.size = size};
    struct merkle_reader r = tree_reader(t);
    struct sink out;

    (void)snprintf(cp.origin, sizeof cp.origin, "%s", ORIGIN);
    ok(merkle_root(cp.root, size, &r));
    sink_init(&out, l->mem[i], LIMIT_CHECKPOINT);
    ok(checkpoint_sign(&out, &cp, l->sk, &l->key.pk));
    return sink_done(&out);
}

static struct slice
proof(struct log *l, struct tree *t, uint64_t from, uint64_t to)
{
    struct merkle_reader r = tree_reader(t);
    struct sink out;

    sink_init(&out, l->proof, sizeof l->proof);
    ok(merkle_consistency_prove(&out, from, to, &r));
    return sink_done(&out);
}

static void
first_sight(struct log *l)
{
    ok(heads_saw(l->heads, note(l, &l->tree, OLD, 0), NULL));
    ok(heads_prove(l->heads, slice_of(NULL, 0), NULL));
    assert_int_equal(heads_last(l->heads)->size, OLD);
}

static size_t
evidence(const struct log *l)
{
    const struct dirent *e;
    DIR *d = opendir(l->dir);
    size_t n = 0;

    assert_non_null(d);
    while ((e = readdir(d)) != NULL)
        n += strncmp(e->d_name, "evidence-", 9) == 0;
    (void)closedir(d);
    return n;
}

static void
a_longer_ledger_with_a_proof_is_taken(void **state)
{
    struct log *l = *state;

    first_sight(l);
    ok(heads_saw(l->heads, note(l, &l->tree, NEW, 1), NULL));
    assert_int_equal(heads_last(l->heads)->size, OLD);
    ok(heads_prove(l->heads, proof(l, &l->tree, OLD, NEW), NULL));
    assert_int_equal(heads_last(l->heads)->size, NEW);
    /* and is remembered */
    heads_destroy(&l->heads);
    ok(heads_open(&l->heads, l->dir, &l->key, NULL));
    assert_int_equal(heads_last(l->heads)->size, NEW);
}

/* By a kill between writing and renaming. */
static void
what_was_left_half_written_is_removed_at_open(void **state)
{
    const struct timespec old[2] = {{1790000000, 0}, {1790000000, 0}};
    struct log *l = *state;
    char path[NODE_PATH];

    first_sight(l);
    ok(node_path(path, l->dir, "checkpoint.tmp.a1B2c3"));
    ok(file_write(path, slice_str("half"), 0600));
    for (int i = 0; i < 2; i++) {
        heads_destroy(&l->heads);
        ok(heads_open(&l->heads, l->dir, &l->key, NULL));
        assert_int_equal(heads_last(l->heads)->size, OLD);
        assert_int_equal(access(path, F_OK), i == 0 ? 0 : -1);
        if (i == 0)
            assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    }
}

static void
a_fork_is_found_and_kept(void **state)
{
    struct log *l = *state;

    first_sight(l);
    ok(heads_saw(l->heads, note(l, &l->fork, NEW, 1), NULL));
    assert_int_equal(
        heads_prove(l->heads, proof(l, &l->fork, OLD, NEW), &l->problem),
        DHK_STATE);
    assert_non_null(strstr(l->problem.text, "contradicts"));
    assert_int_equal(heads_last(l->heads)->size, OLD);
    assert_int_equal(evidence(l), 2);
}

static void
another_root_at_the_same_size_is_found(void **state)
{
    struct log *l = *state;

    first_sight(l);
    assert_int_equal(
        heads_saw(l->heads, note(l, &l->fork, OLD, 1), NULL), DHK_STATE);
    assert_int_equal(evidence(l), 2);
}

static void
two_unproved_heads_of_one_size_are_compared(void **state)
{
    struct log *l = *state;

    first_sight(l);
    ok(heads_saw(l->heads, note(l, &l->tree, NEW, 1), NULL));
    assert_int_equal(
        heads_saw(l->heads, note(l, &l->fork, NEW, 2), NULL), DHK_STATE);
}

static void
a_ledger_that_went_back_is_found(void **state)
{
    struct log *l = *state;

    first_sight(l);
    ok(heads_saw(l->heads, note(l, &l->tree, OLD - 2, 1), NULL));
    assert_int_equal(
        heads_saw_newest(l->heads, note(l, &l->tree, OLD - 2, 1), OLD, NULL),
        DHK_STATE);
    ok(heads_saw_newest(
        l->heads, note(l, &l->tree, OLD - 2, 1), OLD - 2, NULL));
}

static void
a_note_of_another_key_is_refused(void **state)
{
    struct log *l = *state;
    struct sign_secret *other = NULL;
    struct sign_public pk;

    key_sign_destroy(&l->sk);
    ok(key_sign_new(&other, &pk));
    l->sk = other;
    assert_int_equal(
        heads_saw(l->heads, note(l, &l->tree, OLD, 0), NULL), DHK_AUTH);
    assert_null(heads_unproved(l->heads));
}

static void
a_note_that_was_not_kept_is_bridged(void **state)
{
    struct log *l = *state;

    first_sight(l);
    ok(heads_saw(l->heads, note(l, &l->tree, MIDDLE, 1), NULL));
    ok(heads_bridge(l->heads, note(l, &l->tree, NEW, 2),
        proof(l, &l->tree, MIDDLE, NEW), NULL));
    assert_int_equal(heads_unproved(l->heads)->size, NEW);
    ok(heads_prove(l->heads, proof(l, &l->tree, OLD, NEW), NULL));
    assert_int_equal(heads_last(l->heads)->size, NEW);
}

static void
a_bridge_does_not_lead_over_a_fork(void **state)
{
    struct log *l = *state;

    first_sight(l);
    ok(heads_saw(l->heads, note(l, &l->fork, MIDDLE, 1), NULL));
    assert_int_equal(heads_bridge(l->heads, note(l, &l->tree, NEW, 2),
                         proof(l, &l->tree, MIDDLE, NEW), NULL),
        DHK_STATE);
    assert_int_equal(evidence(l), 2);
}

/* --- two heads of one size ---------------------------------------------- */

static void
again(struct log *l)
{
    heads_destroy(&l->heads);
    ok(heads_open(&l->heads, l->dir, &l->key, NULL));
}

static void
two_heads_of_one_size_stop_for_good(void **state)
{
    struct log *l = *state;
    struct headlist two = {NULL, 0};
    struct diag diag;
    char path[NODE_PATH];
    uint8_t *text = NULL;
    size_t n = 0;

    first_sight(l);
    assert_false(heads_is_stopped(l->heads));
    assert_int_equal(
        heads_check(l->heads, note(l, &l->fork, OLD, 1), &l->problem),
        DHK_STATE);
    assert_non_null(strstr(l->problem.text, "STOP"));
    again(l);
    assert_true(heads_is_stopped(l->heads));
    /* whatever comes then */
    assert_int_equal(
        heads_saw(l->heads, note(l, &l->tree, NEW, 1), NULL), DHK_STATE);
    /* both are kept, to be shown to others */
    ok(node_path(path, l->dir, "stopped"));
    ok(file_read(&text, &n, path, HEADLIST_BYTES));
    ok(headlist_parse(&two, slice_of(text, n), &diag));
    assert_int_equal(two.n, 2);
    assert_int_equal(two.list[0].cp.size, two.list[1].cp.size);
    assert_memory_not_equal(
        two.list[0].cp.root, two.list[1].cp.root, MERKLE_HASH);
    headlist_done(&two);
    file_free(&text, n);
}

static void
what_the_log_did_not_sign_stops_nobody(void **state)
{
    struct log *l = *state;
    struct sign_secret *other = NULL, *own = l->sk;
    struct sign_public pk;

    first_sight(l);
    ok(key_sign_new(&other, &pk));
    l->sk = other;
    assert_int_equal(
        heads_check(l->heads, note(l, &l->fork, OLD, 1), NULL), DHK_AUTH);
    l->sk = own;
    key_sign_destroy(&other);
    /* nor does a proof that leads nowhere, which a router can make */
    ok(heads_saw(l->heads, note(l, &l->fork, NEW, 1), NULL));
    assert_int_equal(
        heads_prove(l->heads, proof(l, &l->fork, OLD, NEW), NULL), DHK_STATE);
    again(l);
    assert_false(heads_is_stopped(l->heads));
}

static void
a_roster_with_another_ledger_ends_the_stop(void **state)
{
    struct log *l = *state;
    struct checkpoint_vkey next;

    first_sight(l);
    assert_int_equal(
        heads_check(l->heads, note(l, &l->fork, OLD, 1), NULL), DHK_STATE);
    checkpoint_vkey_make(
        &next, CHECKPOINT_ED25519, "proef.example/next", &l->key.pk);
    heads_set_log(l->heads, &next);
    assert_false(heads_is_stopped(l->heads));
    heads_set_log(l->heads, &l->key); /* and back */
    assert_true(heads_is_stopped(l->heads));
}

/* Only what is the same in every byte is not verified again, and under the same
 * key alone. */
static void
what_was_read_before_is_verified_unless_it_is_the_same(void **state)
{
    struct log *l = *state;
    struct checkpoint_vkey next;
    struct sign_public pk;
    struct sign_secret *sk = NULL;
    struct checkpoint cp;
    struct slice old = note(l, &l->tree, OLD, 0);

    for (int i = 0; i < 2; i++) {
        ok(heads_read(l->heads, &cp, old, NULL));
        assert_int_equal(cp.size, OLD);
    }
    for (size_t i = 0; i < old.n; i++) {
        l->mem[0][i] ^= 1;
        assert_int_not_equal(heads_read(l->heads, &cp, old, NULL), DHK_OK);
        l->mem[0][i] ^= 1;
    }
    assert_int_not_equal(
        heads_read(l->heads, &cp, slice_of(old.p, old.n - 1), NULL), DHK_OK);
    ok(heads_read(l->heads, &cp, note(l, &l->tree, NEW, 1), NULL));
    assert_int_equal(cp.size, NEW);
    ok(heads_read(l->heads, &cp, old, NULL));
    assert_int_equal(cp.size, OLD);
    ok(key_sign_new(&sk, &pk));
    checkpoint_vkey_make(&next, CHECKPOINT_ED25519, ORIGIN, &pk);
    heads_set_log(l->heads, &next);
    assert_int_equal(heads_read(l->heads, &cp, old, NULL), DHK_AUTH);
    key_sign_destroy(&sk);
}

static void
a_damaged_stop_stops(void **state)
{
    struct log *l = *state;
    char path[NODE_PATH];

    ok(node_path(path, l->dir, "stopped"));
    ok(file_write(path, slice_str("what"), 0600));
    again(l);
    assert_true(heads_is_stopped(l->heads));
}

static void
heads_of_long_ago_are_compared_too(void **state)
{
    struct log *l = *state;

    first_sight(l);
    ok(heads_remember(l->heads, note(l, &l->tree, OLD, 1), NULL));
    ok(heads_saw(l->heads, note(l, &l->tree, NEW, 1), NULL));
    ok(heads_prove(l->heads, proof(l, &l->tree, OLD, NEW), NULL));
    again(l);
    assert_int_equal(heads_history(l->heads)->n, 1);
    ok(heads_check(l->heads, note(l, &l->tree, OLD, 1), NULL));
    assert_int_equal(
        heads_check(l->heads, note(l, &l->fork, OLD, 1), NULL), DHK_STATE);
    assert_true(heads_is_stopped(l->heads));
}

static void
an_older_or_newer_head_is_related_by_its_proof(void **state)
{
    struct log *l = *state;

    first_sight(l);
    ok(heads_relate(
        l->heads, note(l, &l->tree, OLD, 1), slice_of(NULL, 0), NULL));
    ok(heads_relate(l->heads, note(l, &l->tree, NEW, 1),
        proof(l, &l->tree, OLD, NEW), NULL));
    ok(heads_saw(l->heads, note(l, &l->tree, NEW, 1), NULL));
    ok(heads_prove(l->heads, proof(l, &l->tree, OLD, NEW), NULL));
    ok(heads_relate(l->heads, note(l, &l->tree, MIDDLE, 1),
        proof(l, &l->tree, MIDDLE, NEW), NULL));
    assert_int_equal(heads_relate(l->heads, note(l, &l->fork, MIDDLE, 1),
                         proof(l, &l->fork, MIDDLE, NEW), NULL),
        DHK_STATE);
    assert_int_equal(evidence(l), 2);
    assert_int_equal(heads_last(l->heads)->size, NEW);
}

#define log_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        log_test(a_longer_ledger_with_a_proof_is_taken),
        log_test(what_was_left_half_written_is_removed_at_open),
        log_test(a_fork_is_found_and_kept),
        log_test(another_root_at_the_same_size_is_found),
        log_test(two_unproved_heads_of_one_size_are_compared),
        log_test(a_ledger_that_went_back_is_found),
        log_test(a_note_of_another_key_is_refused),
        log_test(a_note_that_was_not_kept_is_bridged),
        log_test(a_bridge_does_not_lead_over_a_fork),
        log_test(two_heads_of_one_size_stop_for_good),
        log_test(what_the_log_did_not_sign_stops_nobody),
        log_test(a_roster_with_another_ledger_ends_the_stop),
        log_test(what_was_read_before_is_verified_unless_it_is_the_same),
        log_test(a_damaged_stop_stops),
        log_test(heads_of_long_ago_are_compared_too),
        log_test(an_older_or_newer_head_is_related_by_its_proof),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
