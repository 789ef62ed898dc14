/* SPDX-License-Identifier: EUPL-1.2
 *
 * Commits that wait for no disk, in a store with a journal: the process and
 * whoever comes after a kill see them, a power cut takes nothing else, and the
 * next commit that waits makes them durable. */
#include "storetest.h"

#include <errno.h>

#include "store.h"

enum {
    MAP = 64 * 1024 * 1024,
    BLOCK = 4096,
    BY_ITSELF = 8, /* so many make themselves durable */
};
static const char *const tables[] = {"one", "two"};
static const struct store_options options = {.tables = tables,
    .tables_n = 2,
    .map_bytes = MAP,
    .journal_bytes = 1024 * 1024};

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);

static unsigned flushes;
static bool flush_fails, write_fails;
static bool killed; /* in the next write, after its first block */

ssize_t
__wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
    if (killed && n > BLOCK) {
        (void)!__real_pwrite64(fd, p, BLOCK, at);
        _exit(0);
    }
    if (!write_fails)
        return __real_pwrite64(fd, p, n, at);
    errno = ENOSPC;
    return -1;
}

int
__wrap_fdatasync(int fd)
{
    flushes++;
    if (flush_fails) {
        errno = EIO;
        return -1;
    }
    return __real_fdatasync(fd);
}

static void
put_late(struct store *s, const char *key, const char *value)
{
    struct store_txn *t = NULL;
    must(store_begin(&t, s, true) == DHK_OK);
    must(store_put(t, 0, slice_str(key), slice_str(value)) == DHK_OK);
    must(store_commit_late(&t) == DHK_OK);
}

/* The first record is "a", alone; what follows is of this. */
static void
one_and_late(struct store *s)
{
    storetest_put(s, "a", "1");
    put_late(s, "b", "1");
    put_late(s, "a", "2");
    must(!store_is_synced(s));
    must(storetest_holds(s, "a", "2") && storetest_holds(s, "b", "1"));
}

static void
then_one_more(struct store *s)
{
    one_and_late(s);
    storetest_put(s, "c", "1");
    must(store_is_synced(s));
    storetest_put(s, "d", "1");
}

/* Each value NULL: nothing is there. */
static void
has(const char *dir, const char *a, const char *b, const char *c)
{
    struct store *s = NULL;
    ok(store_open(&s, dir, &options));
    assert_true(storetest_holds(s, "a", a));
    assert_true(storetest_holds(s, "b", b));
    assert_true(storetest_holds(s, "c", c));
    storetest_put(s, "e", "1"); /* it goes on */
    store_close(&s);
    ok(store_open(&s, dir, &options));
    assert_true(storetest_holds(s, "a", a));
    assert_true(storetest_holds(s, "e", "1"));
    store_close(&s);
}

static void
the_disk_is_not_waited_for(void **state)
{
    struct store *s = NULL;
    ok(store_open(&s, *state, &options));
    flushes = 0;
    put_late(s, "a", "1");
    put_late(s, "b", "1");
    assert_int_equal(flushes, 0);
    assert_false(store_is_synced(s));
    ok(store_sync(s));
    assert_int_equal(flushes, 1);
    assert_true(store_is_synced(s));
    ok(store_sync(s));
    assert_int_equal(flushes, 1);
    put_late(s, "c", "1");
    storetest_put(s, "d", "1"); /* one flush for both */
    assert_int_equal(flushes, 2);
    assert_true(store_is_synced(s));
    store_close(&s);
}

static void
a_kill_takes_nothing(void **state)
{
    storetest_crash(*state, &options, one_and_late);
    has(*state, "2", "1", NULL);
}

/* Many blocks, so that a kill can come between two of them. */
static void
put_much(struct store *s, uint8_t byte)
{
    static uint8_t value[8 * BLOCK];
    struct store_txn *t = NULL;

    memset(value, byte, sizeof value);
    must(store_begin(&t, s, true) == DHK_OK);
    must(store_put(t, 1, slice_of(&byte, 1), slice_of(value, sizeof value)) ==
         DHK_OK);
    must(store_commit_late(&t) == DHK_OK);
}

static void
much_and_a_kill(struct store *s)
{
    one_and_late(s);
    put_much(s, 'm');
    killed = true;
    put_much(s, 'n');
}

/* Between two blocks of the record that takes the place of the last. */
static void
a_kill_while_the_next_one_is_written_takes_nothing(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    struct slice v;

    storetest_crash(*state, &options, much_and_a_kill);
    ok(store_open(&s, *state, &options));
    ok(store_begin(&t, s, false));
    ok(store_get(t, 1, slice_str("m"), &v));
    assert_int_equal(v.n, 8 * BLOCK);
    assert_int_equal(store_get(t, 1, slice_str("n"), &v), DHK_NOTFOUND);
    store_abort(&t);
    store_close(&s);
    has(*state, "2", "1", NULL);
}

/* As if the late record had never reached the disk, or in part. */
static void
a_power_cut_takes_late_ones_alone(void **state)
{
    storetest_crash(*state, &options, one_and_late);
    storetest_alter(*state, 2 * BLOCK + 50);
    has(*state, "1", NULL, NULL);
}

/* They share a record, so that none can count without those before it. */
static void
the_next_one_is_durable_with_them(void **state)
{
    storetest_crash(*state, &options, then_one_more);
    has(*state, "2", "1", "1");
    storetest_crash(*state, &options, then_one_more);
    storetest_alter(*state, 2 * BLOCK + 50);
    struct store *s = NULL;
    /* another is behind it: that is damage */
    assert_int_equal(store_open(&s, *state, &options), DHK_FORMAT);
}

static void
many(struct store *s)
{
    char key[8];
    for (unsigned i = 1; i <= BY_ITSELF; i++) {
        (void)snprintf(key, sizeof key, "%u", i);
        put_late(s, key, "1");
        must(store_is_synced(s) == (i == BY_ITSELF));
    }
    put_late(s, "a", "1");
}

static void
many_make_themselves_durable(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, many);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "1", "1"));
    assert_true(storetest_holds(s, "8", "1"));
    assert_true(storetest_holds(s, "a", "1"));
    store_close(&s);
}

static void
given_up(struct store *s)
{
    struct store_txn *t = NULL;
    one_and_late(s);
    must(store_begin(&t, s, true) == DHK_OK);
    must(store_put(t, 0, slice_str("c"), slice_str("1")) == DHK_OK);
    must(store_delete(t, 0, slice_str("b")) == DHK_OK);
    store_abort(&t);
    must(storetest_holds(s, "a", "2") && storetest_holds(s, "b", "1") &&
         storetest_holds(s, "c", NULL));
    put_late(s, "d", "1");
}

static void
what_is_given_up_leaves_them(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, given_up);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "d", "1"));
    store_close(&s);
    has(*state, "2", "1", NULL);
}

/* LMDB gets them with the rest. */
static void
settling_takes_them_along(void **state)
{
    struct store *s = NULL;
    ok(store_open(&s, *state, &options));
    one_and_late(s);
    ok(store_settle(s));
    assert_true(store_is_synced(s));
    put_late(s, "b", "2");
    store_close(&s);
    has(*state, "2", "2", NULL);
}

static void
a_flush_that_fails_breaks_the_store(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    ok(store_open(&s, *state, &options));
    put_late(s, "a", "1");
    flush_fails = true;
    assert_int_equal(store_sync(s), DHK_IO);
    flush_fails = false;
    assert_int_equal(store_begin(&t, s, true), DHK_STATE);
    store_close(&s);
}

/* The record in whose place it goes is perhaps no record any more. */
static void
a_write_that_fails_breaks_it_when_late_ones_are_lost(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    ok(store_open(&s, *state, &options));
    storetest_put(s, "a", "1");
    ok(store_begin(&t, s, true));
    ok(store_put(t, 0, slice_str("b"), slice_str("1")));
    write_fails = true;
    assert_int_equal(store_commit_late(&t), DHK_LIMIT);
    write_fails = false;
    put_late(s, "b", "1");
    ok(store_begin(&t, s, true));
    ok(store_put(t, 0, slice_str("c"), slice_str("1")));
    write_fails = true;
    assert_int_equal(store_commit(&t), DHK_IO);
    write_fails = false;
    assert_int_equal(store_begin(&t, s, true), DHK_STATE);
    store_close(&s);
}

/* Without a journal, or in a lazy store, it is a commit as any. */
static void
other_stores_know_no_difference(void **state)
{
    const struct store_options plain = {
        .tables = tables, .tables_n = 2, .map_bytes = MAP};
    struct store_options lazy = options;
    struct store *s = NULL;

    lazy.lazy = true;
    ok(store_open(&s, *state, &plain));
    put_late(s, "a", "1");
    assert_true(store_is_synced(s));
    store_close(&s);
    ok(store_open(&s, *state, &lazy));
    put_late(s, "b", "1");
    assert_false(store_is_synced(s));
    ok(store_sync(s));
    store_close(&s);
    has(*state, "1", "1", NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(the_disk_is_not_waited_for),
        scratch_test(a_kill_takes_nothing),
        scratch_test(a_kill_while_the_next_one_is_written_takes_nothing),
        scratch_test(a_power_cut_takes_late_ones_alone),
        scratch_test(the_next_one_is_durable_with_them),
        scratch_test(many_make_themselves_durable),
        scratch_test(what_is_given_up_leaves_them),
        scratch_test(settling_takes_them_along),
        scratch_test(a_flush_that_fails_breaks_the_store),
        scratch_test(a_write_that_fails_breaks_it_when_late_ones_are_lost),
        scratch_test(other_stores_know_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
