/* SPDX-License-Identifier: EUPL-1.2
 *
 * A process beside the broker that looks at its store and is stuck: what is
 * written meanwhile grows to the map's limit and no further, reads go on, and
 * once it has died its pages are used again. */
#include "scratch.h"

#include <lmdb.h>
#include <signal.h>
#include <sys/wait.h>

#include "store.h"

enum { MAP = 2 * 1024 * 1024, VALUE = 2000, COMMITS = 600 };
static const char *const tables[] = {"one"};
static const struct store_options options = {
    .tables = tables, .tables_n = 1, .map_bytes = MAP};

/* Opens DIR as a tool would, begins to read, says so, and does no more. */
static void
be_stuck(const char *dir, int ready)
{
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    if (mdb_env_create(&env) != 0 ||
        mdb_env_open(env, dir, MDB_RDONLY, 0) != 0 ||
        mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 ||
        write(ready, "x", 1) != 1)
        _exit(1);
    for (;;)
        (void)pause();
}

static pid_t
start_reader(const char *dir)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        be_stuck(dir, ready[1]);
    (void)close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    return pid;
}

/* One commit that replaces a row; DHK_LIMIT when there is no room. */
static enum dhk_err
replace(struct store *s, unsigned n)
{
    static uint8_t value[VALUE];
    uint8_t key[4];
    struct store_txn *t = NULL;
    bytes_put_u32(key, n % 8);
    bytes_put_u32(value, n);
    enum dhk_err rc = store_begin(&t, s, true);
    if (rc != DHK_OK)
        return rc;
    rc = store_put(t, 0, slice_of(key, 4), slice_of(value, VALUE));
    if (rc == DHK_OK)
        return store_commit(&t);
    store_abort(&t);
    return rc;
}

static bool
reads(struct store *s)
{
    uint8_t key[4] = {0};
    struct slice value;
    struct store_txn *t = NULL;
    ok(store_begin(&t, s, false));
    enum dhk_err rc = store_get(t, 0, slice_of(key, 4), &value);
    store_abort(&t);
    return rc == DHK_OK && value.n == VALUE;
}

static void
a_stuck_reader_pins_no_more_than_the_map_and_dies(void **state)
{
    struct store *s = NULL;
    uint64_t used, limit;
    unsigned n = 0;
    enum dhk_err rc = DHK_OK;
    int status;
    ok(store_open(&s, *state, &options));
    for (; n < 8; n++)
        ok(replace(s, n));
    pid_t pid = start_reader(*state);
    for (; rc == DHK_OK && n < COMMITS; n++)
        rc = replace(s, n);
    assert_int_equal(rc, DHK_LIMIT);
    assert_true(reads(s));
    store_room(s, &used, &limit);
    assert_true(used <= limit); /* what the operator is shown */
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    for (unsigned tries = 0; rc == DHK_LIMIT && tries < 300; tries++)
        rc = replace(s, n++);
    ok(rc);
    for (unsigned i = 0; i < COMMITS; i++)
        ok(replace(s, n++)); /* in the same room */
    assert_true(reads(s));
    store_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_stuck_reader_pins_no_more_than_the_map_and_dies, scratch_new,
            scratch_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
