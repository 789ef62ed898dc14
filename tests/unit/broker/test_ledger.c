/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger on the store: that what is signed is what is stored, and that a
 * store which is damaged, foreign or too old is not served. */
#include "harness.h"

#include "table.h"

/* Changes the stored value of KEY in TABLE by F. */
static void
spoil(struct harness *h, enum table table, uint64_t number, bool remove)
{
    struct store_txn *t;
    uint8_t key[8], copy[LIMIT_ENTRY];
    struct slice value;

    h->damaged = true;
    bytes_put_u64(key, number);
    ok(store_begin(&t, h->store, true));
    ok(store_get(t, table, slice_of(key, 8), &value));
    memcpy(copy, value.p, value.n);
    copy[value.n / 2] ^= 1;
    if (remove)
        ok(store_delete(t, table, slice_of(key, 8)));
    else
        ok(store_put(t, table, slice_of(key, 8), slice_of(copy, value.n)));
    ok(store_commit(&t));
}

static void
the_first_entry_names_the_ledger(void **state)
{
    struct harness *h = *state;
    struct entry e;

    harness_entry(h, 0, &e);
    assert_int_equal(e.kind, ENTRY_GENESIS);
    assert_memory_equal(&e.u.genesis.log_key, &h->log_key, 32);
    assert_int_equal(h->head.size, 1);
    harness_restart(h);
    assert_int_equal(h->core->ledger.size, 1);
}

static void
every_head_of_the_tree_has_the_root_of_its_entries(void **state)
{
    struct harness *h = *state;
    struct store_txn *t;
    struct merkle_frontier f;
    struct slice bytes;
    uint8_t leaf[32], root[32], stored[32];

    merkle_frontier_init(&f);
    ok(store_begin(&t, h->store, false));
    for (uint64_t i = 0; i < h->core->ledger.size; i++) {
        ok(ledger_bytes(t, i, &bytes));
        merkle_leaf(leaf, bytes);
        ok(merkle_frontier_append(&f, leaf, NULL));
        merkle_frontier_root(root, &f);
        ok(ledger_root(t, i + 1, stored));
        assert_memory_equal(root, stored, 32);
    }
    store_abort(&t);
}

static void
a_changed_entry_is_not_signed(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);

    harness_connect(h, &n, "politie", HARNESS_SEND);
    h->keeper_waits = true;
    harness_seal(&n, b, &harness_p5, 1);
    harness_push(&n, b);
    /* between the commit of the next batch and its signature */
    harness_seal(&n, b, &harness_p5, 1);
    harness_push(&n, b);
    spoil(h, TABLE_ENTRY, h->core->ledger.size - 1, false);
    harness_sign(h);
    assert_int_equal(core_batch_end(h->core), DHK_FORMAT);
    free(b);
}

/* A bit that flipped on the disk: LMDB does not notice. */
static void
a_changed_entry_is_not_served(void **state)
{
    struct harness *h = *state;
    struct store_txn *t;
    struct slice bytes;
    struct entry e;
    char why[256];

    spoil(h, TABLE_ENTRY, 2, false);
    spoil(h, TABLE_NODE, merkle_stored_index(0, 4), false);
    ok(harness_try_restart(h, why)); /* not what it looks at first */
    ok(store_begin(&t, h->store, false));
    for (uint64_t i = 0; i < 6; i++) {
        enum dhk_err wanted = i == 2 || i == 4 ? DHK_FORMAT : DHK_OK;
        assert_int_equal(ledger_bytes(t, i, &bytes), wanted);
        assert_int_equal(ledger_entry(t, i, &e), wanted);
    }
    store_abort(&t);
}

/* What was there before this process is hashed by who looks at it; what it has
 * appended was hashed then. */
static void
a_changed_entry_is_not_gathered_after_a_start(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct store_txn *t;
    struct entry e;
    char why[256];

    spoil(h, TABLE_NODE, merkle_stored_index(0, 4), false);
    ok(harness_try_restart(h, why));
    uint64_t size = h->core->ledger.size;
    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_seal(&n, b, &harness_p5, 1);
    harness_push(&n, b);
    free(b);
    assert_true(h->core->ledger.size > size);
    ok(store_begin(&t, h->store, false));
    assert_int_equal(
        ledger_entry_behind(&h->core->ledger, t, 4, &e), DHK_FORMAT);
    assert_int_equal(ledger_entry_behind(NULL, t, 4, &e), DHK_FORMAT);
    for (uint64_t i = 5; i < h->core->ledger.size; i++)
        ok(ledger_entry_behind(&h->core->ledger, t, i, &e));
    assert_int_equal(h->core->ledger.opened, size);
    store_abort(&t);
}

static void
a_store_with_a_changed_last_entry_is_not_served(void **state)
{
    struct harness *h = *state;
    char why[256];

    spoil(h, TABLE_ENTRY, h->core->ledger.size - 1, false);
    assert_int_equal(harness_try_restart(h, why), DHK_FORMAT);
    assert_non_null(strstr(why, "damaged"));
}

static void
a_store_with_a_changed_node_is_not_served(void **state)
{
    struct harness *h = *state;
    char why[256];
    uint64_t n = merkle_stored_count(h->core->ledger.size);

    /* the right edge: what the root is made of */
    spoil(h, TABLE_NODE, n - 1, false);
    assert_int_not_equal(harness_try_restart(h, why), DHK_OK);
    assert_true(why[0] != '\0');
}

static void
a_store_that_lost_its_last_entry_is_not_served(void **state)
{
    struct harness *h = *state;
    char why[256];

    spoil(h, TABLE_ENTRY, h->core->ledger.size - 1, true);
    assert_int_not_equal(harness_try_restart(h, why), DHK_OK);
}

static void
an_older_store_than_was_signed_is_not_served(void **state)
{
    struct harness *h = *state;
    char why[256];

    h->head.size += 5; /* the keeper has signed more than we hold */
    assert_int_equal(harness_try_restart(h, why), DHK_STATE);
    assert_non_null(strstr(why, "older"));
}

static void
another_history_than_was_signed_is_not_served(void **state)
{
    struct harness *h = *state;
    char why[256];

    h->head.root[3] ^= 1;
    assert_int_equal(harness_try_restart(h, why), DHK_STATE);
    assert_non_null(strstr(why, "not those"));
}

static void
a_ledger_of_another_key_is_not_served(void **state)
{
    struct harness *h = *state;
    char why[256];

    h->log_key = h->signer_pk[0];
    assert_int_equal(harness_try_restart(h, why), DHK_EXISTS);
}

static void
a_wrong_signature_of_the_keeper_stops_core(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct checkpoint cp = {.origin = HARNESS_ORIGIN};
    uint8_t sig[64] = {0};

    harness_connect(h, &n, "politie", HARNESS_SEND);
    h->keeper_waits = true;
    harness_seal(&n, b, &harness_p5, 1);
    harness_push(&n, b);
    cp.size = h->pending.size;
    memcpy(cp.root, h->pending.root, 32);
    core_signed(h->core, &cp, sig);
    assert_int_equal(core_batch_end(h->core), DHK_AUTH);
    free(b);
}

static void
time_in_the_ledger_never_goes_back(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct entry e;
    uint64_t before = 0;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&n, &harness_p5), 0);
    h->wall -= 100 * 1000;
    assert_int_equal(harness_code(&n, &harness_p5), 0);
    for (uint64_t i = 0; i < h->core->ledger.size; i++) {
        harness_entry(h, i, &e);
        assert_true(e.time >= before);
        before = e.time;
    }
}

static void
idle_batches_write_nothing(void **state)
{
    struct harness *h = *state;
    uint64_t size = h->core->ledger.size;

    for (int i = 0; i < 10; i++) {
        h->wall += 1000;
        h->mono += 1000;
        core_tick(h->core);
        assert_false(h->core->dirty);
        harness_batch(h);
    }
    assert_int_equal(h->core->ledger.size, size);
    assert_int_equal(h->head.size, size);
}

/* --- what the agreement means --- */

static void
its_entry_has_the_hash_of_its_text_and_of_its_meaning(void **state)
{
    struct harness *h = *state;
    struct entry e;
    uint8_t compiled[COMPILED_HASH];

    harness_entry(h, h->core->force.agreement_text.entry, &e);
    assert_int_equal(e.kind, ENTRY_AGREEMENT);
    assert_memory_equal(e.u.text.sha256, h->agreement, 32);
    ok(compiled_hash(compiled, h->parsed, seal_sha256));
    assert_memory_equal(e.u.text.compiled, compiled, sizeof compiled);
}

static void
a_program_that_reads_it_in_another_way_does_not_start(void **state)
{
    struct harness *h = *state;
    struct store_txn *t = NULL;
    uint8_t compiled[COMPILED_HASH];
    char why[256];

    h->damaged = true;
    ok(store_begin(&t, h->store, true));
    ok(force_compiled(t, h->agreement, compiled));
    compiled[0] ^= 1;
    ok(force_compiled_set(t, h->agreement, compiled));
    ok(store_commit(&t));
    assert_int_equal(harness_try_restart(h, why), DHK_STATE);
    assert_non_null(strstr(why, "another way"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test_empty(the_first_entry_names_the_ledger),
        harness_test(every_head_of_the_tree_has_the_root_of_its_entries),
        harness_test(a_changed_entry_is_not_signed),
        harness_test(a_changed_entry_is_not_served),
        harness_test(a_changed_entry_is_not_gathered_after_a_start),
        harness_test(a_store_with_a_changed_last_entry_is_not_served),
        harness_test(a_store_with_a_changed_node_is_not_served),
        harness_test(a_store_that_lost_its_last_entry_is_not_served),
        harness_test(an_older_store_than_was_signed_is_not_served),
        harness_test(another_history_than_was_signed_is_not_served),
        harness_test(a_ledger_of_another_key_is_not_served),
        harness_test(a_wrong_signature_of_the_keeper_stops_core),
        harness_test(time_in_the_ledger_never_goes_back),
        harness_test(idle_batches_write_nothing),
        harness_test(its_entry_has_the_hash_of_its_text_and_of_its_meaning),
        harness_test(a_program_that_reads_it_in_another_way_does_not_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
