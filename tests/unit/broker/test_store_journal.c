/* SPDX-License-Identifier: EUPL-1.2
 *
 * A store with a journal: no commit is lost in a crash, nothing that was given
 * up or that came half to the disk comes back, and what is damaged is found. */
#include "storetest.h"

#include "../heap.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "store.h"

enum { MAP = 64 * 1024 * 1024, SMALL = 1024 * 1024, BLOCK = 4096 };
static const char *const tables[] = {"one", "two"};
static const struct store_options options = {.tables = tables,
    .tables_n = 2,
    .map_bytes = MAP,
    .journal_bytes = 1024 * 1024};
static const struct store_options small = {.tables = tables,
    .tables_n = 2,
    .map_bytes = SMALL,
    .journal_bytes = 1024 * 1024};
static const struct store_options plain = {
    .tables = tables, .tables_n = 2, .map_bytes = MAP};
static const struct store_options beside = {
    .tables = tables, .tables_n = 2, .map_bytes = MAP, .beside = true};

/* Three records, each of one block. */
static void
three(struct store *s)
{
    storetest_put(s, "a", "1");
    storetest_put(s, "b", "2");
    storetest_put(s, "a", "3");
    must(storetest_holds(s, "a", "3") && store_is_synced(s));
}

static void
a_crash_loses_no_commit(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, three);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "3"));
    assert_true(storetest_holds(s, "b", "2"));
    store_close(&s);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "3"));
    store_close(&s);
}

static void
nor_for_who_keeps_none(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, three);
    ok(store_open(&s, *state, &plain));
    assert_true(storetest_holds(s, "a", "3"));
    storetest_put(s, "b", "4");
    store_close(&s);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "3"));
    assert_true(storetest_holds(s, "b", "4"));
    store_close(&s);
}

static void
nor_for_who_looks(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, three);
    ok(store_open(&s, *state, &beside));
    assert_true(storetest_holds(s, "a", "3"));
    store_close(&s);
}

/* Every kind of change, of old and of new rows, some of them twice. */
static void
change(struct store_txn *t)
{
    must(store_put(t, 0, slice_str("a"), slice_str("changed")) == DHK_OK);
    must(store_put(t, 0, slice_str("a"), slice_str("again")) == DHK_OK);
    must(store_delete(t, 0, slice_str("b")) == DHK_OK);
    must(store_put(t, 0, slice_str("b"), slice_str("new")) == DHK_OK);
    must(store_delete(t, 0, slice_str("c")) == DHK_OK);
    must(store_put(t, 0, slice_str("d"), slice_str("1")) == DHK_OK);
    must(store_delete(t, 0, slice_str("d")) == DHK_OK);
    must(store_append(t, 0, slice_str("z"), slice_str("")) == DHK_OK);
    must(store_delete(t, 0, slice_str("e")) == DHK_NOTFOUND);
    must(store_append(t, 0, slice_str("f"), slice_str("1")) == DHK_EXISTS);
}

static void
before_change(struct store *s)
{
    storetest_put(s, "a", "1");
    storetest_put(s, "b", "2");
    storetest_put(s, "c", "");
}

static void
changed(struct store *s)
{
    struct store_txn *t = NULL;
    before_change(s);
    must(store_begin(&t, s, true) == DHK_OK);
    change(t);
    must(store_commit(&t) == DHK_OK);
}

static void
given_up(struct store *s)
{
    struct store_txn *t = NULL;
    before_change(s);
    must(store_begin(&t, s, true) == DHK_OK);
    change(t);
    store_abort(&t);
    must(storetest_holds(s, "a", "1") && storetest_holds(s, "b", "2") &&
         storetest_holds(s, "c", ""));
    must(storetest_holds(s, "d", NULL) && storetest_holds(s, "z", NULL));
    storetest_put(s, "y", "1");
}

static void
every_change_comes_back(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, changed);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "again"));
    assert_true(storetest_holds(s, "b", "new"));
    assert_true(storetest_holds(s, "c", NULL));
    assert_true(storetest_holds(s, "d", NULL));
    assert_true(storetest_holds(s, "z", ""));
    store_close(&s);
}

static void
what_is_given_up_does_not(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, given_up);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "1"));
    assert_true(storetest_holds(s, "b", "2"));
    assert_true(storetest_holds(s, "c", ""));
    assert_true(storetest_holds(s, "z", NULL));
    assert_true(storetest_holds(s, "y", "1"));
    store_close(&s);
}

static void
a_damaged_first_block_is_found(void **state)
{
    struct store *s = NULL;
    for (off_t at = 0; at < 24 + 32 + 32 + 32; at += 7) {
        storetest_crash(*state, &options, three);
        storetest_alter(*state, at);
        assert_int_equal(store_open(&s, *state, &options), DHK_FORMAT);
        for (int i = 1; i < 256; i++)
            storetest_alter(*state, at);
    }
}

static void
three_and_sync(struct store *s)
{
    three(s);
    must(store_settle(s) == DHK_OK && store_is_synced(s));
    storetest_put(s, "c", "4");
}

static void
what_lmdb_has_counts_no_more(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, three_and_sync);
    storetest_alter(*state, 2 * BLOCK + 53);
    storetest_alter(*state, 3 * BLOCK + 53);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "3"));
    assert_true(storetest_holds(s, "b", "2"));
    assert_true(storetest_holds(s, "c", "4"));
    store_close(&s);
}

static void
copy(const char *dir, const char *from, const char *to)
{
    static uint8_t bytes[MAP];
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", dir, from);
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, bytes, sizeof bytes);
    assert_true(fd >= 0 && n > 0);
    (void)close(fd);
    (void)snprintf(path, sizeof path, "%s/%s", dir, to);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, bytes, (size_t)n) == n);
    (void)close(fd);
}

static void
an_older_file_beside_a_journal_is_found(void **state)
{
    struct store *s = NULL;
    ok(store_open(&s, *state, &options));
    store_close(&s);
    copy(*state, STORE_FILE, "older");
    storetest_crash(*state, &options, three_and_sync);
    copy(*state, "older", STORE_FILE);
    assert_int_equal(store_open(&s, *state, &options), DHK_FORMAT);
}

static void
but_not_after_it_was_closed(void **state)
{
    struct store *s = NULL;
    ok(store_open(&s, *state, &options));
    store_close(&s);
    copy(*state, STORE_FILE, "older");
    ok(store_open(&s, *state, &options));
    three(s);
    store_close(&s);
    copy(*state, "older", STORE_FILE);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", NULL));
    store_close(&s);
}

static void
of_other_tables_it_is_refused(void **state)
{
    static const char *const others[] = {"two", "one"};
    struct store_options o = options;
    struct store *s = NULL;
    o.tables = others;
    storetest_crash(*state, &options, three);
    assert_int_equal(store_open(&s, *state, &o), DHK_VERSION);
    ok(store_open(&s, *state, &options));
    store_close(&s);
    /* and what is written for those is theirs */
    storetest_crash(*state, &o, three);
    ok(store_open(&s, *state, &o));
    assert_true(storetest_holds(s, "a", "3"));
    store_close(&s);
}

enum { LARGE = 100 * 1000, MANY = 200 };

/* More than the journal's file can have, without a word to LMDB. */
static void
many_large(struct store *s)
{
    static uint8_t value[LARGE];
    uint8_t key[4];
    for (uint32_t i = 0; i < MANY; i++) {
        struct store_txn *t = NULL;
        bytes_put_u32(key, i);
        memset(value, (int)i, sizeof value);
        must(store_begin(&t, s, true) == DHK_OK);
        must(store_put(t, 1, slice_of(key, 4), slice_of(value, LARGE)) ==
             DHK_OK);
        must(store_commit(&t) == DHK_OK);
    }
}

static void
it_never_runs_over(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    struct slice v;
    uint8_t key[4];
    storetest_crash(*state, &options, many_large);
    ok(store_open(&s, *state, &options));
    ok(store_begin(&t, s, false));
    for (uint32_t i = 0; i < MANY; i++) {
        bytes_put_u32(key, i);
        ok(store_get(t, 1, slice_of(key, 4), &v));
        assert_true(v.n == LARGE && v.p[LARGE - 1] == (uint8_t)i);
    }
    store_abort(&t);
    store_close(&s);
}

static void
a_full_map_takes_nothing_that_was_committed(void **state)
{
    static uint8_t big[20 * 1024];
    struct store *s = NULL;
    enum dhk_err rc = DHK_OK;
    char key[16];
    int n = 0;
    ok(store_open(&s, *state, &small));
    for (; rc == DHK_OK && n < 1000; n++) {
        struct store_txn *t = NULL;
        ok(store_begin(&t, s, true));
        (void)snprintf(key, sizeof key, "%04d", n);
        rc = store_put(t, 0, slice_str(key), slice_str("x"));
        if (rc == DHK_OK)
            rc = store_put(t, 1, slice_str(key), slice_of(big, sizeof big));
        if (rc == DHK_OK)
            rc = store_commit(&t);
        store_abort(&t);
    }
    assert_int_equal(rc, DHK_LIMIT);
    assert_true(n > 20);
    for (int again = 0; again < 2; again++) {
        for (int i = 0; i < n - 1; i++) {
            (void)snprintf(key, sizeof key, "%04d", i);
            assert_true(storetest_holds(s, key, "x"));
        }
        (void)snprintf(key, sizeof key, "%04d", n - 1);
        assert_true(storetest_holds(s, key, NULL));
        ok(store_settle(s));
        store_close(&s);
        ok(store_open(&s, *state, &small));
    }
    store_close(&s);
}

static void
lazily(struct store *s)
{
    struct store_txn *t = NULL;
    storetest_put(s, "a", "1");
    storetest_put(s, "b", "2");
    storetest_put(s, "c", "");
    must(!store_is_synced(s));
    must(store_begin(&t, s, true) == DHK_OK);
    change(t);
    store_abort(&t);
    must(store_sync(s) == DHK_OK && store_is_synced(s));
    must(store_begin(&t, s, true) == DHK_OK);
    store_abort(&t);
    storetest_put(s, "b", "lost");
    storetest_put(s, "e", "lost");
}

static void
a_lazy_store_keeps_all_up_to_its_last_sync(void **state)
{
    struct store_options o = options;
    struct store *s = NULL;
    o.lazy = true;
    for (int i = 0; i < 2; i++) {
        storetest_crash(*state, &o, lazily);
        ok(store_open(&s, *state, i == 0 ? &o : &options));
        assert_true(storetest_holds(s, "a", "1"));
        assert_true(storetest_holds(s, "b", "2"));
        assert_true(storetest_holds(s, "c", ""));
        assert_true(storetest_holds(s, "e", NULL));
        assert_true(storetest_holds(s, "z", NULL));
        store_close(&s);
    }
}

static bool
is_in_a_file_of(const char *dir, const char *what)
{
    char command[512];
    (void)snprintf(command, sizeof command, "grep -rqa '%s' '%s'", what, dir);
    return system(command) == 0; /* NOLINT(cert-env33-c): of this test alone */
}

static void
a_secret(struct store *s)
{
    storetest_put(s, "a", "1");
    storetest_put(s, "b", "canary-in-a-row");
    storetest_put(s, "b", "2");
}

static void
scrubbing_takes_the_journal_along(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, a_secret);
    assert_int_equal(store_scrub(*state), DHK_STATE);
    ok(store_open(&s, *state, &options));
    store_close(&s);
    assert_true(is_in_a_file_of(*state, "canary-in-a-row"));
    ok(store_scrub(*state));
    assert_false(is_in_a_file_of(*state, "canary-in-a-row"));
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "1"));
    assert_true(storetest_holds(s, "b", "2"));
    store_close(&s);
}

/* What one large record needed is given back when LMDB has it. */
static void
a_large_record_leaves_no_memory_behind(void **state)
{
    static const struct store_options large = {.tables = tables,
        .tables_n = 2,
        .map_bytes = MAP,
        .journal_bytes = 32 * 1024 * 1024};
    static uint8_t value[4 * 1024 * 1024];
    struct store *s = NULL;
    struct store_txn *t = NULL;

    ok(store_open(&s, *state, &large));
    storetest_put(s, "a", "1");
    ok(store_settle(s));
    size_t before = heap_used();
    for (int i = 0; i < 2; i++) {
        ok(store_begin(&t, s, true));
        ok(store_put(t, 0, slice_str("b"), slice_of(value, sizeof value)));
        ok(store_commit(&t));
        assert_true(heap_used() > before + sizeof value);
        ok(store_settle(s));
        assert_true(heap_used() < before + sizeof value / 2);
    }
    storetest_put(s, "c", "2");
    store_close(&s);
    ok(store_open(&s, *state, &large));
    assert_true(storetest_holds(s, "c", "2"));
    store_close(&s);
}

/* LMDB keeps the memory of pages that were changed: all that a commit may need
 * is there from the start. */
static void
nor_do_many_pages(void **state)
{
    enum { PAGES = 100, VALUE = BLOCK * 3 / 4, LITTLE = 64 * 1024 };
    static uint8_t large[PAGES * (VALUE + BLOCK)];
    struct store *s = NULL;
    size_t before = 0;

    ok(store_open(&s, *state, &options));
    for (size_t rows = 1; rows <= PAGES; rows += PAGES - 1) {
        struct store_txn *t = NULL;
        size_t n = rows == 1 ? sizeof large : VALUE;
        ok(store_begin(&t, s, true));
        for (uint8_t i = 1; i <= rows; i++)
            ok(store_put(t, 1, slice_of(&i, 1), slice_of(large, n)));
        ok(store_commit(&t));
        ok(store_settle(s));
        if (rows == 1)
            before = heap_used(); /* with room for so long a record */
    }
    assert_true(heap_used() < before + LITTLE);
    store_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_crash_loses_no_commit),
        scratch_test(nor_for_who_keeps_none),
        scratch_test(nor_for_who_looks),
        scratch_test(every_change_comes_back),
        scratch_test(what_is_given_up_does_not),
        scratch_test(a_damaged_first_block_is_found),
        scratch_test(what_lmdb_has_counts_no_more),
        scratch_test(an_older_file_beside_a_journal_is_found),
        scratch_test(but_not_after_it_was_closed),
        scratch_test(of_other_tables_it_is_refused),
        scratch_test(it_never_runs_over),
        scratch_test(a_large_record_leaves_no_memory_behind),
        scratch_test(nor_do_many_pages),
        scratch_test(a_full_map_takes_nothing_that_was_committed),
        scratch_test(a_lazy_store_keeps_all_up_to_its_last_sync),
        scratch_test(scrubbing_takes_the_journal_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
