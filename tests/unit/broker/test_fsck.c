/* SPDX-License-Identifier: EUPL-1.2
 *
 * fsck finds each seeded damage, and says where. That it has nothing to say
 * about a good store is checked at the end of every test with a harness. */
#include "harness.h"

#include "fsck.h"
#include "table.h"
#include "withdrawal.h"

enum { MAX = 8, ROW = 4096, ROWS = 1024 };

/* --- a store with a row of every kind ----------------------------------- */

static void
push(struct harness_node *n, const struct harness_signal *what, uint8_t id[32],
    uint64_t *accepted)
{
    struct harness_bundle *b = calloc(1, sizeof *b);

    assert_non_null(b);
    harness_seal(n, b, what, 1);
    harness_push(n, b);
    struct receipt *r = harness_receipt(n);
    assert_non_null(r);
    memcpy(id, b->id[0], 32);
    *accepted = r->index[0];
    receipt_destroy(&r);
    free(b);
}

static void
withdraw(struct harness_node *n, const uint8_t id[32], uint64_t accepted)
{
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct command c = {.type = COMMAND_WITHDRAW, .number = 21};
    struct withdrawal w = {.origin = slice_str(HARNESS_ORIGIN),
        .accepted = accepted,
        .reason = WITHDRAWAL_INCORRECT,
        .made = 1772000000};
    struct sink out;

    memcpy(w.card, n->partner->card.id, sizeof w.card);
    memcpy(w.signal, id, sizeof w.signal);
    sink_init(&out, mem, sizeof mem);
    ok(withdrawal_issue(&out, &w, n->partner->secret.sign));
    c.bytes = sink_done(&out);
    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
    struct receipt *r = harness_receipt(n);
    assert_non_null(r);
    receipt_destroy(&r);
}

/* One signal answered and withdrawn, so that a notice waits; one withdrawn
 * unanswered; one that waits; a refused one; a revoked card. */
static void
fill(struct harness *h)
{
    struct harness_node politie, gemeente;
    struct harness_share share[MAX];
    struct harness_signal wrong = harness_p5;
    static const uint8_t stale[32];
    uint8_t id[32];
    uint64_t accepted;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    push(&politie, &harness_p6, id, &accepted);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    assert_int_equal(harness_shares(&gemeente, share, MAX), 1);
    harness_answer(&gemeente, share, 1, ANSWER_TAKEN);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    withdraw(&politie, id, accepted);
    push(&politie, &harness_p5, id, &accepted);
    withdraw(&politie, id, accepted);
    push(&politie, &harness_p5, id, &accepted);
    wrong.agreement = stale;
    assert_int_not_equal(harness_code(&politie, &wrong), ENTRY_CODE_NONE);
    assert_int_equal(
        harness_revoke_card(h, harness_find(h, "aivd")->card.id, 1), 0);
    harness_batch(h);
    core_destroy(&h->core);
}

/* The same store, without waiting for the disk. */
static void
be_lazy(struct harness *h)
{
    static const char *const names[TABLES] = TABLE_NAMES;
    struct store_options o = {.tables = names,
        .tables_n = TABLES,
        .map_bytes = h->map_bytes,
        .lazy = true};

    store_close(&h->store);
    ok(store_open(&h->store, h->store_dir, &o));
}

static void
look(struct harness *h, struct fsck_result *r)
{
    struct fsck_options o = {.origin = HARNESS_ORIGIN};

    ok(fsck_run(r, h->store, &o));
}

static int
set_up(void **state)
{
    static struct fsck_result r;
    int rc = harness_new(state);

    fill(*state);
    be_lazy(*state);
    look(*state, &r);
    if (r.bad)
        fail_msg("%s: %s", r.fault.table, r.what);
    return rc;
}

/* --- damage ------------------------------------------------------------- */

struct row {
    enum table table;
    uint8_t key[512], value[ROW];
    size_t key_n, value_n;
};

static void
keep(struct row *out, enum table table, struct slice key, struct slice value)
{
    assert_true(key.n <= sizeof out->key && value.n <= sizeof out->value);
    out->table = table;
    out->key_n = key.n;
    out->value_n = value.n;
    memcpy(out->key, key.p, key.n);
    if (value.n > 0)
        memcpy(out->value, value.p, value.n);
}

static size_t
rows_of(struct harness *h, enum table table, struct row *out)
{
    struct store_txn *t = NULL;
    struct store_scan *scan = NULL;
    struct slice key, value;
    size_t n = 0;

    ok(store_begin(&t, h->store, false));
    ok(store_scan_open(&scan, t, table, slice_of(NULL, 0)));
    while (n < ROWS && store_scan_next(scan, &key, &value) == DHK_OK)
        if (value.n <= ROW)
            keep(&out[n++], table, key, value);
    store_scan_close(&scan);
    store_abort(&t);
    return n;
}

enum damage { DELETE, FLIP_VALUE, FLIP_KEY, SHORTEN, DAMAGES };

static bool
damage(struct harness *h, const struct row *row, enum damage how, size_t bit)
{
    static struct row r;
    struct store_txn *t = NULL;
    struct slice there;

    r = *row;
    if (how == FLIP_VALUE)
        r.value[bit / 8 % r.value_n] ^= (uint8_t)(1u << bit % 8);
    if (how == FLIP_KEY)
        r.key[bit / 8 % r.key_n] ^= (uint8_t)(1u << bit % 8);
    if (how == SHORTEN)
        r.value_n--;
    ok(store_begin(&t, h->store, true));
    if (how == FLIP_KEY &&
        store_get(t, row->table, slice_of(r.key, r.key_n), &there) == DHK_OK) {
        store_abort(&t);
        return false; /* that would be another row */
    }
    ok(store_delete(t, row->table, slice_of(row->key, row->key_n)));
    if (how != DELETE)
        ok(store_put(t, row->table, slice_of(r.key, r.key_n),
            slice_of(r.value, r.value_n)));
    ok(store_commit(&t));
    return true;
}

static void
mend(struct harness *h, const struct row *row, enum damage how, size_t bit)
{
    struct store_txn *t = NULL;
    uint8_t key[512];

    memcpy(key, row->key, row->key_n);
    if (how == FLIP_KEY)
        key[bit / 8 % row->key_n] ^= (uint8_t)(1u << bit % 8);
    ok(store_begin(&t, h->store, true));
    if (how == FLIP_KEY)
        ok(store_delete(t, row->table, slice_of(key, row->key_n)));
    ok(store_put(t, row->table, slice_of(row->key, row->key_n),
        slice_of(row->value, row->value_n)));
    ok(store_commit(&t));
}

/* What no entry tells: outcomes that a sender confirmed and late answers leave
 * no trace, nor do checkpoints that were never stored. */
static bool
is_untold(const struct row *r, enum damage how, size_t bit)
{
    size_t at = r->value_n == 0 ? 0 : bit / 8 % r->value_n;

    if (r->table == TABLE_TEXT && r->key_n > 32) /* armor ends in a newline */
        return how == SHORTEN || (how == FLIP_VALUE && at + 1 == r->value_n);
    if (r->table == TABLE_NOTE || r->table == TABLE_COSIGN ||
        r->table == TABLE_LATE)
        return how == DELETE;
    if (r->table == TABLE_NOTICE && how == FLIP_VALUE)
        return true; /* another card of the ledger, perhaps */
    if (r->table != TABLE_QUEUE)
        return false;
    return r->key[0] == 'o' && (how == DELETE || how == FLIP_KEY);
}

static void
check_damage(struct harness *h, const struct row *row, enum damage how)
{
    static struct fsck_result r;
    static size_t bit = 12345;

    bit = bit * 1103515245 + 12345; /* any */
    size_t at = bit >> 8;
    if ((row->value_n == 0 && (how == FLIP_VALUE || how == SHORTEN)) ||
        is_untold(row, how, at) || !damage(h, row, how, at))
        return;
    look(h, &r);
    if (!r.bad)
        fail_msg("damage %d, bit %zu, of table %d with key %c was not found",
            (int)how, at, (int)row->table, row->key[0]);
    assert_true(r.what[0] != '\0');
    assert_true(r.fault.table[0] != '\0');
    mend(h, row, how, at);
}

static void
every_damaged_row_is_found(void **state)
{
    struct harness *h = *state;
    static struct row row[ROWS];
    static struct fsck_result r;

    for (int t = 0; t < TABLES; t++) {
        size_t n = rows_of(h, (enum table)t, row);
        /* some of the many alike */
        for (size_t i = 0; i<n; i += n> 40 ? 3 : 1)
            for (int how = 0; how < DAMAGES; how++)
                check_damage(h, &row[i], (enum damage)how);
    }
    look(h, &r);
    assert_false(r.bad);
}

static void
the_place_of_the_damage_is_named(void **state)
{
    struct harness *h = *state;
    static struct row row[ROWS];
    static struct fsck_result r;

    assert_true(rows_of(h, TABLE_ENTRY, row) > 9);
    assert_true(damage(h, &row[7], FLIP_VALUE, 90));
    look(h, &r);
    assert_true(r.bad);
    assert_false(r.derived);
    assert_string_equal(r.fault.table, "node");
    assert_true(r.fault.has_entry);
    assert_int_equal(r.fault.entry, 7);
    mend(h, &row[7], FLIP_VALUE, 90);
    assert_true(rows_of(h, TABLE_NUMBER, row) > 1);
    assert_true(damage(h, &row[1], DELETE, 0));
    look(h, &r);
    assert_true(r.bad);
    assert_true(r.derived);
    assert_string_equal(r.fault.table, "number");
    assert_int_equal(r.fault.key_n, row[1].key_n);
    assert_memory_equal(r.fault.key, row[1].key, row[1].key_n);
    assert_int_equal(r.fault.entry, bytes_get_u64(row[1].value));
    h->damaged = true;
}

static void
an_entry_that_was_exchanged_with_its_hashes_contradicts_the_keeper(void **state)
{
    struct harness *h = *state;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct sink note;
    static struct fsck_result r;
    struct checkpoint cp = {.origin = HARNESS_ORIGIN, .size = h->head.size};

    memcpy(cp.root, h->head.root, sizeof cp.root);
    sink_init(&note, mem, sizeof mem);
    ok(checkpoint_assemble(&note, &cp, &h->log_key, h->head_signature));
    struct fsck_options o = {.keeper_note = sink_done(&note)};
    ok(fsck_run(&r, h->store, &o));
    assert_false(r.bad);
    assert_int_equal(r.keeper, h->head.size);
    /* one more than there are */
    cp.size++;
    sink_init(&note, mem, sizeof mem);
    ok(checkpoint_sign(&note, &cp, h->log_secret, &h->log_key));
    o.keeper_note = sink_done(&note);
    ok(fsck_run(&r, h->store, &o));
    assert_true(r.bad);
    assert_non_null(strstr(r.what, "older than"));
    /* the same number, but others */
    cp.size--;
    cp.root[5] ^= 1;
    sink_init(&note, mem, sizeof mem);
    ok(checkpoint_sign(&note, &cp, h->log_secret, &h->log_key));
    o.keeper_note = sink_done(&note);
    ok(fsck_run(&r, h->store, &o));
    assert_true(r.bad);
    assert_string_equal(r.fault.table, "keeper.head");
    o.origin = "another.example";
    ok(fsck_run(&r, h->store, &o));
    assert_non_null(strstr(r.what, "another ledger"));
}

/* --- a restored store -------------------------------------------------------
 */

static void
restore(struct harness *h)
{
    struct store_txn *t = NULL;

    core_destroy(&h->core);
    ok(store_begin(&t, h->store, true));
    ok(standing_mark(t, 1));
    ok(store_commit(&t));
    harness_restart(h);
}

/* PARTNER connects and shows CP, signed by the log; how many have. */
static uint64_t
show(struct harness *h, const char *partner, struct checkpoint cp)
{
    struct harness_node n;
    struct command c = {.type = COMMAND_SHOW, .number = 9}, reply;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct sink note;

    sink_init(&note, mem, sizeof mem);
    ok(checkpoint_sign(&note, &cp, h->log_secret, &h->log_key));
    harness_connect(h, &n, partner, COMMAND_MODE_OUTCOMES);
    c.bytes = sink_done(&note);
    harness_send_command(&n, &c, NULL, 0);
    harness_batch(h);
    assert_true(harness_take(&n, COMMAND_ANSWERED, &reply));
    return reply.a;
}

static struct checkpoint
head_of(const struct harness *h)
{
    struct checkpoint cp = {.origin = HARNESS_ORIGIN, .size = h->head.size};

    memcpy(cp.root, h->head.root, sizeof cp.root);
    return cp;
}

static void
a_restored_store_waits_for_a_quorum_of_cosigners(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);

    restore(h);
    uint64_t size = h->core->ledger.size;
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&politie, b);
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_BUSY);
    assert_int_equal(show(h, "wijkteam", head_of(h)), 0); /* no cosigner */
    assert_int_equal(show(h, "politie", head_of(h)), 1);
    assert_int_equal(show(h, "politie", head_of(h)), 1);
    assert_true(h->core->standing.restored);
    assert_int_equal(h->core->ledger.size, size);
    harness_restart(h); /* what was shown is kept */
    assert_int_equal(show(h, "gemeente", head_of(h)), 2);
    assert_false(h->core->standing.restored);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_push(&politie, b);
    struct receipt *r = harness_receipt(&politie);
    assert_non_null(r);
    receipt_destroy(&r);
    free(b);
}

static void
a_log_that_lacks_what_was_signed_is_closed(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct checkpoint beyond = head_of(h);

    beyond.size += 3;
    restore(h);
    assert_int_equal(show(h, "gemeente", beyond), 1);
    assert_false(h->core->standing.closed);
    assert_int_equal(show(h, "politie", head_of(h)), 2);
    assert_true(h->core->standing.closed);
    assert_int_equal(h->core->standing.head.size, beyond.size);
    harness_restart(h);
    assert_true(h->core->standing.closed);
    assert_int_equal(show(h, "gemeente", head_of(h)), 0);
    assert_true(h->core->standing.closed);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&politie, b);
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_BUSY);
    free(b);
}

/* A ledger that is long enough for a block of the index. */
static void
a_block_of_the_index_that_lies_is_found(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct store_txn *t;
    struct slice key, block;
    struct fsck_result r;
    struct fsck_options o = {.origin = HARNESS_ORIGIN};

    harness_connect(h, &n, "politie", HARNESS_SEND);
    while (h->core->ledger.size < 4096) {
        harness_push_many(&n, &harness_p5, 20);
        harness_forget(h);
        ok(h->last);
    }
    harness_batch(h);
    ok(fsck_run(&r, h->store, &o));
    assert_false(r.bad);
    ok(store_begin(&t, h->store, true));
    ok(store_seek(t, TABLE_INDEX, slice_of("\0", 1), &key, &block));
    uint8_t *copy = malloc(block.n);
    memcpy(copy, block.p, block.n);
    copy[block.n - 1] ^= 1;
    uint8_t number[8] = {0};
    ok(store_put(t, TABLE_INDEX, slice_of(number, 8), slice_of(copy, block.n)));
    ok(store_commit(&t));
    free(copy);
    h->damaged = true;
    ok(fsck_run(&r, h->store, &o));
    assert_true(r.bad && r.derived);
    assert_string_equal(r.fault.table, "index");
}

/* Whoever adds a table adds its check. */
static void
every_table_has_a_check(void **state)
{
    static const char *const names[TABLES] = TABLE_NAMES;

    (void)state;
    for (int t = 0; t < TABLES; t++) {
        bool known = t == TABLE_ENTRY || t == TABLE_NODE;
        if (!known && !fsck_knows((enum table)t))
            fail_msg("fsck does not look at table %s", names[t]);
    }
}

#define fsck_test(f) cmocka_unit_test_setup_teardown(f, set_up, harness_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        fsck_test(every_damaged_row_is_found),
        fsck_test(the_place_of_the_damage_is_named),
        fsck_test(
            an_entry_that_was_exchanged_with_its_hashes_contradicts_the_keeper),
        harness_test(a_block_of_the_index_that_lies_is_found),
        cmocka_unit_test(every_table_has_a_check),
        harness_test(a_restored_store_waits_for_a_quorum_of_cosigners),
        harness_test(a_log_that_lacks_what_was_signed_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
