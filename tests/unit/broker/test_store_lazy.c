/* SPDX-License-Identifier: EUPL-1.2
 *
 * A lazy store: its process sees every commit at once, the disk has all up to
 * some point, and what is given up leaves the commits before it alone. */
#include "storetest.h"

#include <sys/wait.h>

#include "store.h"

enum { MAP = 4 * 1024 * 1024, BY_ITSELF = 8 };
static const char *const tables[] = {"one", "two"};
static const struct store_options options = {
    .tables = tables, .tables_n = 2, .map_bytes = MAP, .lazy = true};

/* Another process that runs WORK and is gone without closing the store. */
static void
crash(const char *dir, void (*work)(struct store *s))
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct store *s = NULL;
        if (store_open(&s, dir, &options) != DHK_OK)
            _exit(2);
        work(s);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
two_and_one_unsynced(struct store *s)
{
    storetest_put(s, "a", "1");
    storetest_put(s, "b", "1");
    must(!store_is_synced(s));
    must(store_sync(s) == DHK_OK && store_is_synced(s));
    storetest_put(s, "a", "2");
    storetest_put(s, "c", "1");
    must(storetest_holds(s, "a", "2") && storetest_holds(s, "c", "1"));
}

static void
a_crash_takes_all_after_the_last_sync(void **state)
{
    struct store *s = NULL;
    crash(*state, two_and_one_unsynced);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "1"));
    assert_true(storetest_holds(s, "b", "1"));
    assert_true(storetest_holds(s, "c", NULL));
    store_close(&s);
}

static void
many(struct store *s)
{
    char key[16];
    for (int i = 0; i < BY_ITSELF + 1; i++) {
        (void)snprintf(key, sizeof key, "%04d", i);
        storetest_put(s, key, "x");
    }
}

static void
after_many_commits_it_syncs_by_itself(void **state)
{
    struct store *s = NULL;
    crash(*state, many);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "0000", "x"));
    assert_true(storetest_holds(s, "0007", "x"));
    assert_true(storetest_holds(s, "0008", NULL));
    store_close(&s);
}

static void
closing_syncs(void **state)
{
    struct store *s = NULL;
    ok(store_open(&s, *state, &options));
    storetest_put(s, "a", "1");
    store_close(&s);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "1"));
    assert_true(store_is_synced(s));
    store_close(&s);
}

/* Every kind of change, of old and of new rows, some of them twice. */
static void
change(struct store_txn *t)
{
    ok(store_put(t, 0, slice_str("a"), slice_str("changed")));
    ok(store_put(t, 0, slice_str("a"), slice_str("changed again")));
    ok(store_delete(t, 0, slice_str("b")));
    ok(store_put(t, 0, slice_str("b"), slice_str("new")));
    ok(store_delete(t, 0, slice_str("c")));
    ok(store_put(t, 0, slice_str("d"), slice_str("1")));
    ok(store_delete(t, 0, slice_str("d")));
    ok(store_append(t, 0, slice_str("z"), slice_str("1")));
    assert_int_equal(store_delete(t, 0, slice_str("e")), DHK_NOTFOUND);
    assert_int_equal(
        store_append(t, 0, slice_str("f"), slice_str("1")), DHK_EXISTS);
}

static void
what_is_given_up_leaves_the_commits_before_it(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    ok(store_open(&s, *state, &options));
    storetest_put(s, "a", "1");
    storetest_put(s, "b", "2");
    storetest_put(s, "c", "");
    ok(store_begin(&t, s, true));
    change(t);
    store_abort(&t);
    for (int i = 0; i < 2; i++) {
        assert_true(storetest_holds(s, "a", "1"));
        assert_true(storetest_holds(s, "b", "2"));
        assert_true(storetest_holds(s, "c", ""));
        assert_true(storetest_holds(s, "d", NULL));
        assert_true(storetest_holds(s, "z", NULL));
        ok(store_sync(s));
    }
    /* and only what was given up last */
    ok(store_begin(&t, s, true));
    change(t);
    ok(store_commit(&t));
    ok(store_begin(&t, s, true));
    store_abort(&t);
    assert_true(storetest_holds(s, "a", "changed again"));
    assert_true(storetest_holds(s, "c", NULL));
    store_close(&s);
}

static void
a_reader_that_is_open_puts_the_sync_off(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    struct slice v;
    ok(store_open(&s, *state, &options));
    storetest_put(s, "a", "1");
    ok(store_begin(&t, s, false));
    ok(store_get(t, 0, slice_str("a"), &v));
    many(s);
    assert_false(store_is_synced(s));
    store_abort(&t);
    storetest_put(s, "b", "1");
    assert_true(store_is_synced(s));
    store_close(&s);
}

static void
a_full_map_breaks_it_when_commits_are_lost(void **state)
{
    static uint8_t big[256 * 1024];
    struct store *s = NULL;
    struct store_txn *t = NULL;
    enum dhk_err rc = DHK_OK;
    ok(store_open(&s, *state, &options));
    storetest_put(s, "durable", "1");
    ok(store_sync(s));
    storetest_put(s, "lost", "1");
    ok(store_begin(&t, s, true));
    for (int i = 0; rc == DHK_OK && i < 64; i++) {
        const uint8_t key[] = {'k', (uint8_t)i};
        rc = store_put(
            t, 1, slice_of(key, sizeof key), slice_of(big, sizeof big));
    }
    assert_int_equal(rc, DHK_LIMIT);
    assert_int_equal(store_commit(&t), DHK_LIMIT);
    assert_int_equal(store_begin(&t, s, true), DHK_STATE);
    store_close(&s);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "durable", "1"));
    assert_true(storetest_holds(s, "lost", NULL));
    store_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_crash_takes_all_after_the_last_sync),
        scratch_test(after_many_commits_it_syncs_by_itself),
        scratch_test(closing_syncs),
        scratch_test(what_is_given_up_leaves_the_commits_before_it),
        scratch_test(a_reader_that_is_open_puts_the_sync_off),
        scratch_test(a_full_map_breaks_it_when_commits_are_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
