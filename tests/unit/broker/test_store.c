/* SPDX-License-Identifier: EUPL-1.2
 *
 * The store: what a commit promised is there, everything else is not. */
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "file.h"
#include "store.h"

enum { MAP = 4 * 1024 * 1024 };
static const char *const tables[] = {"one", "two"};
static const struct store_options options = {
    .tables = tables, .tables_n = 2, .map_bytes = MAP};

static struct slice
str(const char *s)
{
    return slice_str(s);
}

static void
put(struct store *s, unsigned table, const char *key, const char *value)
{
    struct store_txn *t = NULL;
    ok(store_begin(&t, s, true));
    ok(store_put(t, table, str(key), str(value)));
    ok(store_commit(&t));
    assert_null(t);
}

static bool
holds(struct store *s, const char *key, const char *value)
{
    struct store_txn *t = NULL;
    struct slice v;
    ok(store_begin(&t, s, false));
    enum dhk_err rc = store_get(t, 0, str(key), &v);
    bool same = rc == DHK_OK && slice_equal(v, str(value));
    store_abort(&t);
    assert_true(rc == DHK_OK || rc == DHK_NOTFOUND);
    return same;
}

static void
what_was_committed_is_there_after_opening_again(void **state)
{
    struct store *s = NULL;
    struct stat st;
    char path[256];
    ok(store_open(&s, *state, &options));
    put(s, 0, "key", "value");
    store_close(&s);
    assert_null(s);
    ok(store_open(&s, *state, &options));
    assert_true(holds(s, "key", "value"));
    assert_false(holds(s, "other", "value"));
    store_close(&s);
    (void)snprintf(path, sizeof path, "%s/data.mdb", (char *)*state);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
}

static void
an_aborted_transaction_leaves_nothing(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    ok(store_open(&s, *state, &options));
    ok(store_begin(&t, s, true));
    ok(store_put(t, 0, str("key"), str("value")));
    store_abort(&t);
    assert_null(t);
    assert_false(holds(s, "key", "value"));
    store_close(&s);
}

static void
a_second_writer_is_refused_and_readers_see_the_last_commit(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL, *second = NULL;
    ok(store_open(&s, *state, &options));
    put(s, 0, "key", "old");
    ok(store_begin(&t, s, true));
    ok(store_put(t, 0, str("key"), str("new")));
    assert_int_equal(store_begin(&second, s, true), DHK_STATE);
    assert_null(second);
    assert_true(holds(s, "key", "old"));
    ok(store_commit(&t));
    assert_true(holds(s, "key", "new"));
    store_close(&s);
}

static void
a_second_opener_of_this_process_is_refused(void **state)
{
    struct store *s = NULL, *second = NULL;
    ok(store_open(&s, *state, &options));
    assert_int_equal(store_open(&second, *state, &options), DHK_EXISTS);
    assert_null(second);
    store_close(&s);
    ok(store_open(&second, *state, &options));
    store_close(&second);
}

static void
a_second_opener_in_another_process_is_refused(void **state)
{
    struct store *s = NULL;
    int ready[2], status = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *held = NULL;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        char ch = store_open(&held, *state, &options) == DHK_OK ? 'y' : 'n';
        if (write(ready[1], &ch, 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    char ch = 0;
    assert_int_equal(read(ready[0], &ch, 1), 1);
    assert_int_equal(ch, 'y');
    assert_int_equal(store_open(&s, *state, &options), DHK_EXISTS);
    (void)kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    ok(store_open(&s, *state, &options));
    store_close(&s);
    (void)close(ready[0]);
    (void)close(ready[1]);
}

static void
append_demands_ascending_keys(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    ok(store_open(&s, *state, &options));
    ok(store_begin(&t, s, true));
    ok(store_append(t, 0, str("b"), str("1")));
    ok(store_append(t, 0, str("c"), str("2")));
    assert_int_equal(store_append(t, 0, str("c"), str("3")), DHK_EXISTS);
    assert_int_equal(store_append(t, 0, str("a"), str("3")), DHK_EXISTS);
    ok(store_append(t, 0, str("d"), str("4")));
    ok(store_commit(&t));
    assert_true(holds(s, "c", "2"));
    assert_false(holds(s, "a", "3"));
    store_close(&s);
}

static void
expect_at(enum dhk_err rc, struct slice key, const char *want)
{
    ok(rc);
    assert_true(slice_equal(key, slice_str(want)));
}

static void
walks_go_in_the_order_of_bytes(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    struct slice k, v, none = slice_of(NULL, 0);
    ok(store_open(&s, *state, &options));
    put(s, 0, "b", "1");
    put(s, 0, "bb", "2");
    put(s, 0, "d", "3");
    put(s, 1, "x", "4");
    ok(store_begin(&t, s, false));
    expect_at(store_seek(t, 0, none, &k, &v), k, "b");
    expect_at(store_seek(t, 0, str("bb"), &k, &v), k, "bb");
    assert_true(slice_equal(v, str("2")));
    expect_at(store_seek(t, 0, str("c"), &k, &v), k, "d");
    assert_int_equal(store_seek(t, 0, str("e"), &k, &v), DHK_NOTFOUND);
    expect_at(store_after(t, 0, str("b"), &k, &v), k, "bb");
    expect_at(store_after(t, 0, str("a"), &k, &v), k, "b");
    assert_int_equal(store_after(t, 0, str("d"), &k, &v), DHK_NOTFOUND);
    expect_at(store_last(t, 0, &k, &v), k, "d");
    expect_at(store_before(t, 0, str("z"), &k, &v), k, "d");
    expect_at(store_before(t, 0, str("d"), &k, &v), k, "bb");
    expect_at(store_before(t, 0, str("bc"), &k, &v), k, "bb");
    assert_int_equal(store_before(t, 0, str("b"), &k, &v), DHK_NOTFOUND);
    assert_int_equal(store_before(t, 0, none, &k, &v), DHK_NOTFOUND);
    store_abort(&t);
    ok(store_begin(&t, s, true));
    ok(store_delete(t, 1, str("x")));
    assert_int_equal(store_delete(t, 1, str("x")), DHK_NOTFOUND);
    assert_int_equal(store_last(t, 1, &k, &v), DHK_NOTFOUND);
    ok(store_commit(&t));
    store_close(&s);
}

static void
keys_of_no_or_too_many_bytes_are_refused(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    struct slice v;
    uint8_t long_key[512] = {1};
    ok(store_open(&s, *state, &options));
    ok(store_begin(&t, s, true));
    assert_int_equal(store_put(t, 0, slice_of(NULL, 0), str("1")), DHK_LIMIT);
    assert_int_equal(
        store_put(t, 0, slice_of(long_key, 512), str("1")), DHK_LIMIT);
    ok(store_put(t, 0, slice_of(long_key, 511), str("1")));
    ok(store_get(t, 0, slice_of(long_key, 511), &v));
    ok(store_commit(&t));
    store_close(&s);
}

/* Writes 64 KiB values until it does not go on. */
static enum dhk_err
fill(struct store *s, unsigned *count)
{
    static uint8_t value[64 * 1024];
    for (*count = 0; *count < 1000; (*count)++) {
        struct store_txn *t = NULL;
        uint8_t key[4];
        bytes_put_u32(key, *count);
        enum dhk_err rc = store_begin(&t, s, true);
        if (rc != DHK_OK)
            return rc;
        rc = store_put(t, 1, slice_of(key, 4), slice_of(value, sizeof value));
        if (rc == DHK_OK)
            rc = store_commit(&t);
        else
            store_abort(&t);
        if (rc != DHK_OK)
            return rc;
    }
    return DHK_OK;
}

static void
a_full_map_is_refused_and_reads_go_on(void **state)
{
    struct store *s = NULL;
    unsigned n = 0;
    ok(store_open(&s, *state, &options));
    put(s, 0, "key", "value");
    assert_int_equal(fill(s, &n), DHK_LIMIT);
    assert_in_range(n, 10, 64);
    assert_true(holds(s, "key", "value"));
    store_close(&s);
    struct store_options larger = options;
    larger.map_bytes *= 2;
    ok(store_open(&s, *state, &larger));
    assert_true(holds(s, "key", "value"));
    put(s, 1, "more", "room");
    store_close(&s);
}

/* In a child, for the limit on file sizes is the process's. */
static int
full_disk_child(const char *dir)
{
    struct store *s = NULL;
    struct rlimit small = {1024 * 1024, RLIM_INFINITY}, any;
    unsigned n = 0;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &any) != 0 ||
        store_open(&s, dir, &options) != DHK_OK)
        return 1;
    put(s, 0, "key", "value");
    small.rlim_max = any.rlim_max;
    if (setrlimit(RLIMIT_FSIZE, &small) != 0 || fill(s, &n) != DHK_LIMIT)
        return 2;
    if (n < 5 || !holds(s, "key", "value"))
        return 3;
    if (setrlimit(RLIMIT_FSIZE, &any) != 0)
        return 4;
    put(s, 0, "key", "again"); /* there is room: writes go on */
    bool good = holds(s, "key", "again");
    store_close(&s);
    return good ? 0 : 5;
}

static void
a_full_disk_is_refused_and_writes_go_on_when_there_is_room(void **state)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(full_disk_child(*state));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Puts a read-only descriptor in the place of every one that is open on the
 * data file: writes then fail with EBADF, as a broken device would. */
static void
break_data_file(const char *dir)
{
    char want[256], link[300], target[512];
    struct dirent *e = NULL;
    (void)snprintf(want, sizeof want, "%s/data.mdb", dir);
    DIR *fds = opendir("/proc/self/fd");
    assert_non_null(fds);
    while ((e = readdir(fds)) != NULL) {
        (void)snprintf(link, sizeof link, "/proc/self/fd/%s", e->d_name);
        ssize_t n = readlink(link, target, sizeof target - 1);
        if (n <= 0)
            continue;
        target[n] = '\0';
        if (strcmp(target, want) != 0)
            continue;
        int fd = open(want, O_RDONLY | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_true(dup3(fd, atoi(e->d_name), O_CLOEXEC) >= 0);
        (void)close(fd);
    }
    (void)closedir(fds);
}

static void
after_an_io_error_nothing_more_is_believed(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    ok(store_open(&s, *state, &options));
    put(s, 0, "key", "value");
    break_data_file(*state);
    ok(store_begin(&t, s, true));
    ok(store_put(t, 0, str("key"), str("lost")));
    assert_int_equal(store_commit(&t), DHK_IO);
    assert_null(t);
    assert_int_equal(store_begin(&t, s, true), DHK_STATE);
    assert_int_equal(store_begin(&t, s, false), DHK_STATE);
    store_close(&s);
    ok(store_open(&s, *state, &options));
    assert_true(holds(s, "key", "value"));
    store_close(&s);
}

static void
a_file_that_is_no_store_is_refused(void **state)
{
    struct store *s = NULL;
    char path[256];
    uint8_t junk[8192];
    (void)snprintf(path, sizeof path, "%s/data.mdb", (char *)*state);
    memset(junk, 'x', sizeof junk);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(junk, 1, sizeof junk, f), sizeof junk);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(store_open(&s, *state, &options), DHK_FORMAT);
    assert_null(s);
}

static void
a_file_that_was_cut_short_is_refused(void **state)
{
    struct store *s = NULL;
    char path[256];
    uint64_t used, limit;
    ok(store_open(&s, *state, &options));
    for (char c = 'a'; c <= 'z'; c++)
        put(s, 0, (char[]){c, '\0'}, "value");
    store_room(s, &used, &limit);
    store_close(&s);
    (void)snprintf(path, sizeof path, "%s/data.mdb", (char *)*state);
    assert_int_equal(truncate(path, (off_t)used), 0); /* room ahead */
    ok(store_open(&s, *state, &options));
    store_close(&s);
    assert_int_equal(truncate(path, (off_t)used - 1), 0);
    assert_int_equal(store_open(&s, *state, &options), DHK_FORMAT);
    assert_null(s);
}

static void
a_read_only_store_must_be_there(void **state)
{
    struct store *s = NULL;
    struct store_txn *t = NULL;
    struct slice v;
    struct store_options reading = options;
    reading.read_only = true;
    assert_int_equal(store_open(&s, *state, &reading), DHK_IO);
    ok(store_open(&s, *state, &options));
    put(s, 0, "key", "value");
    store_close(&s);
    ok(store_open(&s, *state, &reading));
    ok(store_begin(&t, s, false));
    ok(store_get(t, 0, str("key"), &v));
    store_abort(&t);
    store_close(&s);
}

/* How often TEXT stands in the files of DIR. */
static size_t
count_bytes(const char *dir, const char *text)
{
    DIR *d = opendir(dir);
    const struct dirent *entry;
    size_t n = 0;
    assert_non_null(d);
    while ((entry = readdir(d)) != NULL) {
        char path[512];
        uint8_t *bytes = NULL;
        size_t size = 0;
        (void)snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (entry->d_name[0] == '.' ||
            file_read(&bytes, &size, path, (size_t)64 << 20) != DHK_OK)
            continue;
        for (size_t i = 0; i + strlen(text) <= size; i++)
            n += memcmp(bytes + i, text, strlen(text)) == 0 ? 1 : 0;
        file_free(&bytes, size);
    }
    (void)closedir(d);
    return n;
}

static void
a_scrubbed_store_has_its_rows_and_nothing_else(void **state)
{
    static const char marked[] = "KANARIE-4711";
    struct store *s = NULL;
    struct store_txn *t = NULL;
    char key[16];
    ok(store_open(&s, *state, &options));
    for (unsigned i = 0; i < 500; i++) {
        (void)snprintf(key, sizeof key, "key %u", i);
        put(s, 0, key, i % 2 == 0 ? marked : "stays");
        put(s, 1, key, "the other table");
    }
    ok(store_begin(&t, s, true));
    for (unsigned i = 0; i < 500; i += 2) {
        (void)snprintf(key, sizeof key, "key %u", i);
        ok(store_delete(t, 0, str(key)));
    }
    ok(store_commit(&t));
    assert_int_equal(store_scrub(*state), DHK_EXISTS);
    store_close(&s);
    assert_true(count_bytes(*state, marked) > 0);
    ok(store_scrub(*state));
    assert_int_equal(count_bytes(*state, marked), 0);
    ok(store_open(&s, *state, &options));
    assert_true(holds(s, "key 1", "stays"));
    assert_true(holds(s, "key 499", "stays"));
    assert_false(holds(s, "key 0", marked));
    put(s, 1, "key 1", "again");
    store_close(&s);
    ok(store_scrub(*state));
    assert_int_equal(count_bytes(*state, "the other table"), 499);
}

static void
what_a_killed_scrub_left_is_cleared(void **state)
{
    struct store *s = NULL;
    char path[256], gone[256], new[256];
    assert_int_equal(store_scrub(*state), DHK_NOTFOUND);
    ok(store_open(&s, *state, &options));
    put(s, 0, "key", "value");
    store_close(&s);
    (void)snprintf(path, sizeof path, "%s/data.mdb", (char *)*state);
    (void)snprintf(gone, sizeof gone, "%s/data.old", (char *)*state);
    /* killed before the new store had the name: both are the store */
    assert_int_equal(link(path, gone), 0);
    ok(store_scrub(*state));
    ok(store_open(&s, *state, &options));
    assert_true(holds(s, "key", "value"));
    store_close(&s);
    /* killed after that, before the old one was gone */
    ok(file_write(gone, str("KANARIE"), 0600));
    ok(store_scrub(*state));
    assert_int_equal(access(gone, F_OK), -1);
    /* killed while the new one was written: its rows are overwritten, too */
    (void)snprintf(new, sizeof new, "%s/data.new", (char *)*state);
    (void)snprintf(gone, sizeof gone, "%s/second-name", (char *)*state);
    ok(file_write(new, str("KANARIE"), 0600));
    assert_int_equal(link(new, gone), 0);
    ok(store_scrub(*state));
    assert_int_equal(access(new, F_OK), -1);
    assert_int_equal(count_bytes(*state, "KANARIE"), 0);
    ok(store_open(&s, *state, &options));
    assert_true(holds(s, "key", "value"));
    store_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(what_was_committed_is_there_after_opening_again),
        scratch_test(an_aborted_transaction_leaves_nothing),
        scratch_test(
            a_second_writer_is_refused_and_readers_see_the_last_commit),
        scratch_test(a_second_opener_of_this_process_is_refused),
        scratch_test(a_second_opener_in_another_process_is_refused),
        scratch_test(append_demands_ascending_keys),
        scratch_test(walks_go_in_the_order_of_bytes),
        scratch_test(keys_of_no_or_too_many_bytes_are_refused),
        scratch_test(a_full_map_is_refused_and_reads_go_on),
        scratch_test(
            a_full_disk_is_refused_and_writes_go_on_when_there_is_room),
        scratch_test(after_an_io_error_nothing_more_is_believed),
        scratch_test(a_file_that_is_no_store_is_refused),
        scratch_test(a_file_that_was_cut_short_is_refused),
        scratch_test(a_read_only_store_must_be_there),
        scratch_test(a_scrubbed_store_has_its_rows_and_nothing_else),
        scratch_test(what_a_killed_scrub_left_is_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
