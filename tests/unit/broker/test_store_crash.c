/* SPDX-License-Identifier: EUPL-1.2
 *
 * A store with a journal under what goes wrong rarely: rows that move while
 * they are changed, no memory in a commit, room on the disk that a power cut
 * took back, and kills at any place of any work. */
#include "storetest.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store.h"

enum { MAP = 20 * 1024 * 1024, JOURNAL = 1024 * 1024 };
static const char *const tables[] = {"one", "two"};
static const struct store_options options = {.tables = tables,
    .tables_n = 2,
    .map_bytes = MAP,
    .journal_bytes = JOURNAL};
/* has much room taken ahead */
static const struct store_options wide = {.tables = tables,
    .tables_n = 2,
    .map_bytes = (size_t)1 << 30,
    .journal_bytes = JOURNAL};

int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);

/* LMDB's commits until one finds no memory; 0: all do */
static unsigned fails_at;

int
__wrap_mdb_txn_commit(MDB_txn *txn)
{
    if (fails_at == 0 || --fails_at > 0)
        return __real_mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return ENOMEM;
}

/* Another process that runs WORK and is gone without closing the store. */
static void
crash_with(const char *dir, const struct store_options *o,
    void (*work)(struct store *s, unsigned seed), unsigned seed)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct store *s = NULL;
        if (store_open(&s, dir, o) != DHK_OK)
            _exit(2);
        work(s, seed);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
crash(const char *dir, void (*work)(struct store *s, unsigned seed),
    unsigned seed)
{
    crash_with(dir, &options, work, seed);
}

/* --- rows that move ------------------------------------------------------ */

static void
delete_by_its_own_key(struct store *s, unsigned seed)
{
    struct store_txn *t = NULL;
    struct slice key, value;

    (void)seed;
    storetest_put(s, "a", "1");
    storetest_put(s, "b", "2");
    storetest_put(s, "c", "3");
    must(store_begin(&t, s, true) == DHK_OK);
    must(store_seek(t, 0, slice_str("a"), &key, &value) == DHK_OK);
    must(store_delete(t, 0, key) == DHK_OK);
    must(store_commit(&t) == DHK_OK);
    must(storetest_holds(s, "a", NULL) && storetest_holds(s, "b", "2") &&
         storetest_holds(s, "c", "3"));
}

static void
a_row_may_be_deleted_by_the_key_that_was_read(void **state)
{
    struct store *s = NULL;
    crash(*state, delete_by_its_own_key, 0);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", NULL));
    assert_true(storetest_holds(s, "b", "2"));
    assert_true(storetest_holds(s, "c", "3"));
    store_close(&s);
}

/* --- no memory ----------------------------------------------------------- */

static void
a_commit_without_memory_loses_no_earlier_one(void **state)
{
    static uint8_t big[JOURNAL];
    struct store *s = NULL;
    struct store_txn *t = NULL;

    ok(store_open(&s, *state, &options));
    storetest_put(s, "a", "1");
    ok(store_begin(&t, s, true));
    ok(store_put(t, 1, slice_str("k"), slice_of(big, sizeof big)));
    fails_at = 1;
    assert_int_equal(store_commit(&t), DHK_NOMEM);
    fails_at = 0;
    assert_true(storetest_holds(s, "a", "1"));
    storetest_put(s, "b", "2");
    ok(store_settle(s));
    store_close(&s);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "1"));
    assert_true(storetest_holds(s, "b", "2"));
    store_close(&s);
}

/* --- room that is gone --------------------------------------------------- */

enum { METAS = 8192, BIG = 200 * 1024, SOME = 10000 };

static void
grow(struct store *s, unsigned seed)
{
    static uint8_t big[BIG];
    struct store_txn *t = NULL;

    (void)seed;
    must(store_begin(&t, s, true) == DHK_OK);
    must(store_put(t, 0, slice_str("a"), slice_str("1")) == DHK_OK);
    must(store_put(t, 1, slice_str("k"), slice_of(big, sizeof big)) == DHK_OK);
    must(store_commit(&t) == DHK_OK);
}

static void
read_metas(uint8_t metas[METAS], const char *path)
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && read(fd, metas, METAS) == METAS);
    (void)close(fd);
}

/* The room in LMDB's file is durable with LMDB's commits, not with the journal.
 * When it is gone, and more is not to be had, that is "full", as LMDB cannot
 * tell it: to that a short write is an error of the disk. */
static void
what_was_reserved_may_be_gone(void **state)
{
    static uint8_t before[METAS], after[METAS];
    struct rlimit was, now;
    struct store *s = NULL;
    struct stat st;
    char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", (char *)*state, STORE_FILE);
    ok(store_open(&s, *state, &wide));
    store_close(&s);
    read_metas(before, path);
    assert_int_equal(stat(path, &st), 0);
    crash_with(*state, &wide, grow, 0);
    read_metas(after, path);
    assert_memory_equal(before, after, METAS); /* only the journal has it */
    assert_int_equal(truncate(path, st.st_size), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    now = (struct rlimit){(rlim_t)st.st_size + SOME, was.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
    enum dhk_err rc = store_open(&s, *state, &wide);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(rc, DHK_LIMIT);
    ok(store_open(&s, *state, &wide));
    assert_true(storetest_holds(s, "a", "1"));
    store_close(&s);
}

/* --- any work ------------------------------------------------------------ */

enum {
    KEYS = 64,
    ROUNDS = 24,
    STEPS = 60,
    SMALL = 300,
    VALUE_MAX = 600 * 1024
};

/* What is committed, in memory that outlives the process: of each key its
 * value's size and byte; size 0: it is not there. */
struct model {
    uint32_t size[2][KEYS];
    uint8_t byte[2][KEYS];
    unsigned commits, full;
};
static struct model *model;
static uint32_t value_max;

static unsigned
next(unsigned *seed, unsigned n)
{
    *seed = *seed * 1103515245U + 12345U;
    return (*seed >> 8) % n;
}

static struct slice
key_of(uint8_t mem[2], unsigned k)
{
    mem[0] = 'k';
    mem[1] = (uint8_t)k;
    return slice_of(mem, 2);
}

static enum dhk_err
change(struct store_txn *t, struct model *m, unsigned *seed)
{
    static uint8_t value[VALUE_MAX];
    uint8_t mem[2];
    unsigned table = next(seed, 2), k = next(seed, KEYS);
    struct slice key = key_of(mem, k);
    uint32_t n = 1 + next(seed, next(seed, 3) == 0 ? SMALL : value_max);

    if (next(seed, 6) == 0) {
        enum dhk_err rc = store_delete(t, table, key);
        must(rc != DHK_NOTFOUND || m->size[table][k] == 0);
        m->size[table][k] = 0;
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    }
    m->size[table][k] = n;
    m->byte[table][k] = (uint8_t)next(seed, 256);
    memset(value, m->byte[table][k], n);
    return store_put(t, table, key, slice_of(value, n));
}

static bool
is_as(struct store *s, const struct model *m)
{
    struct store_txn *t = NULL;
    struct slice v;
    uint8_t mem[2];
    bool same = true;

    must(store_begin(&t, s, false) == DHK_OK);
    for (unsigned i = 0; i < 2 * KEYS; i++) {
        unsigned table = i / KEYS, k = i % KEYS;
        enum dhk_err rc = store_get(t, table, key_of(mem, k), &v);
        if (m->size[table][k] == 0)
            same = same && rc == DHK_NOTFOUND;
        else
            same = same && rc == DHK_OK && v.n == m->size[table][k] &&
                   v.p[v.n - 1] == m->byte[table][k];
    }
    store_abort(&t);
    return same;
}

static void
step(struct store *s, unsigned *seed)
{
    static struct model now;
    struct store_txn *t = NULL;
    enum dhk_err rc = DHK_OK;

    now = *model;
    must(store_begin(&t, s, true) == DHK_OK);
    for (unsigned n = next(seed, 8); n > 0 && rc == DHK_OK; n--)
        rc = change(t, &now, seed);
    must(rc == DHK_OK || rc == DHK_LIMIT);
    if (rc == DHK_OK && next(seed, 6) > 0) {
        rc = next(seed, 2) == 0 ? store_commit(&t) : store_commit_late(&t);
        must(rc == DHK_OK || rc == DHK_LIMIT);
        now.commits++;
        if (rc == DHK_OK)
            *model = now;
    }
    model->full += rc == DHK_LIMIT;
    store_abort(&t);
    must(is_as(s, model));
    if (next(seed, 16) == 0)
        must(store_settle(s) == DHK_OK);
    if (next(seed, 8) == 0)
        must(store_sync(s) == DHK_OK);
}

static void
any_work(struct store *s, unsigned seed)
{
    must(is_as(s, model));
    for (unsigned n = next(&seed, STEPS); n > 0; n--)
        step(s, &seed);
}

static void
kill_often(const char *dir, const struct store_options *o)
{
    struct store *s = NULL;

    model = mmap(NULL, sizeof *model, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(model != MAP_FAILED);
    for (unsigned i = 0; i < ROUNDS; i++) {
        crash_with(dir, o, any_work, i);
        if (i % 4 != 0)
            continue;
        ok(store_open(&s, dir, o));
        assert_true(is_as(s, model));
        store_close(&s);
    }
    assert_true(model->commits > ROUNDS);
}

static void
a_kill_after_any_work_loses_nothing(void **state)
{
    value_max = VALUE_MAX;
    kill_often(*state, &options);
    assert_true(model->full > 0);
    (void)munmap(model, sizeof *model);
}

/* So small that LMDB gets it late: much is in the journal alone. */
static void
nor_after_any_small_work(void **state)
{
    value_max = SMALL;
    kill_often(*state, &wide);
    (void)munmap(model, sizeof *model);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_row_may_be_deleted_by_the_key_that_was_read),
        scratch_test(a_commit_without_memory_loses_no_earlier_one),
        scratch_test(what_was_reserved_may_be_gone),
        scratch_test(a_kill_after_any_work_loses_nothing),
        scratch_test(nor_after_any_small_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
