/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files are whole or not there, and secrets are private. */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "file.h"
#include "key.h"

static const char *
in(const char *dir, const char *name)
{
    static char path[256];
    ok(file_path(path, sizeof path, dir, name));
    return path;
}

static unsigned
mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void
what_is_written_is_read(void **state)
{
    const char *path = in(*state, "f");
    static uint8_t big[100000];
    uint8_t *p = NULL;
    size_t n = 0;
    key_random(big, sizeof big);
    ok(file_write(path, slice_of(big, sizeof big), 0600));
    assert_int_equal(mode_of(path), 0600);
    ok(file_read(&p, &n, path, sizeof big));
    assert_int_equal(n, sizeof big);
    assert_memory_equal(p, big, n);
    file_free(&p, n);
    assert_null(p);
    ok(file_write(path, slice_str(""), 0640));
    assert_int_equal(mode_of(path), 0640);
    ok(file_read(&p, &n, path, 0));
    assert_int_equal(n, 0);
    file_free(&p, n);
}

/* NAME was last changed at CHANGED. */
static void
age(const char *dir, const char *name, time_t changed)
{
    const struct timespec at[2] = {{changed, 0}, {changed, 0}};

    assert_int_equal(
        utimensat(AT_FDCWD, in(dir, name), at, AT_SYMLINK_NOFOLLOW), 0);
}

static void
make_aged(const char *dir, const char *name, time_t changed)
{
    ok(file_write(in(dir, name), slice_str("half"), 0600));
    age(dir, name, changed);
}

static bool
is_there(const char *dir, const char *name)
{
    struct stat st;

    return lstat(in(dir, name), &st) == 0;
}

static void
what_a_kill_left_behind_is_removed(void **state)
{
    enum { NOW = 1790000000, HOUR = 3600 };
    static const char *const others[] = {"f", "g.tmp.a1B2c3", "f.tmp.a1B2c",
        "f.tmp.a1B2c3d", "f.old.a1B2c3", "xf.tmp.a1B2c3"};
    const char *dir = *state;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        make_aged(dir, others[i], NOW - 2 * HOUR);
    make_aged(dir, "f.tmp.a1B2c3", NOW - HOUR - 1);
    make_aged(dir, "f.tmp.Zzzzzz", NOW - HOUR);
    assert_int_equal(mkdir(in(dir, "f.tmp.direct"), 0700), 0);
    assert_int_equal(symlink("f", in(dir, "f.tmp.symlnk")), 0);
    age(dir, "f.tmp.direct", NOW - 2 * HOUR);
    age(dir, "f.tmp.symlnk", NOW - 2 * HOUR);
    file_remove_unfinished(in(dir, "f"), NOW);
    assert_false(is_there(dir, "f.tmp.a1B2c3"));
    assert_true(is_there(dir, "f.tmp.Zzzzzz")); /* perhaps being written */
    assert_true(is_there(dir, "f.tmp.direct"));
    assert_true(is_there(dir, "f.tmp.symlnk"));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_true(is_there(dir, others[i]));
    file_remove_unfinished(in(dir, "none/f"), NOW);
}

static void
what_is_shredded_leaves_nothing_unfinished(void **state)
{
    const char *dir = *state;

    for (unsigned whole = 0; whole < 2; whole++) {
        if (whole == 1)
            ok(file_write(in(dir, "f"), slice_str("all of it"), 0600));
        ok(file_write(in(dir, "f.tmp.a1B2c3"), slice_str("half"), 0600));
        ok(file_write(in(dir, "fg"), slice_str("another"), 0600));
        assert_int_equal(
            file_shred(in(dir, "f")), whole == 1 ? DHK_OK : DHK_NOTFOUND);
        assert_false(is_there(dir, "f"));
        assert_false(is_there(dir, "f.tmp.a1B2c3"));
        assert_true(is_there(dir, "fg"));
    }
}

static void
a_file_over_the_limit_is_refused(void **state)
{
    const char *path = in(*state, "f");
    uint8_t *p = NULL;
    size_t n = 0;
    ok(file_write(path, slice_str("1234"), 0600));
    assert_int_equal(file_read(&p, &n, path, 3), DHK_LIMIT);
    assert_null(p);
    ok(file_read(&p, &n, path, 4));
    file_free(&p, n);
}

static void
a_missing_file_leaves_errno(void **state)
{
    uint8_t *p = NULL;
    size_t n = 0;
    errno = 0;
    assert_int_equal(file_read(&p, &n, in(*state, "none"), 9), DHK_IO);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(file_read(&p, &n, *state, 9), DHK_IO);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(
        file_write(in(*state, "no/such"), slice_str("x"), 0600), DHK_IO);
    assert_int_equal(errno, ENOENT);
}

static void
create_never_replaces(void **state)
{
    const char *path = in(*state, "f");
    uint8_t *p = NULL;
    size_t n = 0;
    ok(file_create(path, slice_str("first"), 0600));
    assert_int_equal(file_create(path, slice_str("other"), 0600), DHK_EXISTS);
    ok(file_read(&p, &n, path, 99));
    assert_true(slice_equal(slice_of(p, n), slice_str("first")));
    file_free(&p, n);
    /* and neither leaves anything behind */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(*state), 0);
    assert_int_equal(mkdir(*state, 0700), 0);
}

static void
a_secret_that_others_may_read_is_refused(void **state)
{
    const char *path = in(*state, "f");
    uint8_t *p = NULL;
    size_t n = 0;
    static const unsigned bad[] = {0640, 0604, 0620, 0602, 0610, 0601};
    ok(file_write(path, slice_str("secret"), 0600));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(chmod(path, bad[i]), 0);
        assert_int_equal(file_read_secret(&p, &n, path, 99), DHK_DENIED);
        assert_null(p);
    }
    assert_int_equal(chmod(path, 0400), 0);
    ok(file_read_secret(&p, &n, path, 99));
    assert_int_equal(n, 6);
    file_free(&p, n);
}

static void
a_secret_of_another_user_is_refused(void **state)
{
    uint8_t *p = NULL;
    size_t n = 0;
    if (geteuid() != 0)
        skip(); /* only root can give files away */
    const char *path = in(*state, "f");
    ok(file_write(path, slice_str("secret"), 0600));
    assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
    assert_int_equal(file_read_secret(&p, &n, path, 99), DHK_DENIED);
    assert_null(p);
}

static void
a_directory_is_private_and_may_be_there(void **state)
{
    const char *path = in(*state, "d");
    ok(file_mkdir(path));
    assert_int_equal(mode_of(path), 0700);
    ok(file_mkdir(path));
    assert_int_equal(rmdir(path), 0);
    ok(file_write(path, slice_str("x"), 0600));
    assert_int_equal(file_mkdir(path), DHK_EXISTS);
}

static void
a_path_that_is_too_long_is_refused(void **state)
{
    char dst[8];
    (void)state;
    ok(file_path(dst, sizeof dst, "abc", "def"));
    assert_string_equal(dst, "abc/def");
    assert_int_equal(file_path(dst, sizeof dst, "abcd", "def"), DHK_LIMIT);
}

static void
a_passphrase_ends_at_the_newline_and_leaves_the_rest(void **state)
{
    int fd[2];
    uint8_t *p = NULL;
    size_t n = 0;
    char rest[16];
    (void)state;
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(write(fd[1], "open sesame\nmore", 16), 16);
    (void)close(fd[1]);
    ok(file_read_passphrase(&p, &n, fd[0], ""));
    assert_int_equal(n, 11);
    assert_memory_equal(p, "open sesame", 11);
    assert_int_equal(read(fd[0], rest, sizeof rest), 4);
    void *mem = p;
    key_secret_destroy(&mem);
    ok(file_read_passphrase(&p, &n, fd[0], ""));
    assert_int_equal(n, 0);
    mem = p;
    key_secret_destroy(&mem);
    (void)close(fd[0]);
    assert_int_equal(file_read_passphrase(&p, &n, fd[0], ""), DHK_IO);
}

static void
a_protected_process_dumps_no_core(void **state)
{
    struct rlimit r;
    (void)state;
    file_protect_process();
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    assert_int_equal(getrlimit(RLIMIT_CORE, &r), 0);
    assert_int_equal(r.rlim_max, 0);
}

/* Else the next file that is opened would get its number and be written to. */
static void
a_closed_standard_stream_stays_unusable(void **state)
{
    char c = 0;
    int kept[3];
    ssize_t got[3];
    (void)state;
    for (int fd = 0; fd < 3; fd++) {
        kept[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
        (void)close(fd);
    }
    file_protect_process();
    int next = open("/dev/null", O_RDWR | O_CLOEXEC);
    got[0] = read(0, &c, 1);
    got[1] = write(1, "x", 1);
    got[2] = write(2, "x", 1);
    for (int fd = 0; fd < 3; fd++) {
        if (kept[fd] >= 0)
            (void)dup2(kept[fd], fd);
        (void)close(kept[fd]);
    }
    assert_true(next > 2);
    (void)close(next);
    for (int fd = 0; fd < 3; fd++)
        assert_int_equal(got[fd], -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(what_is_written_is_read),
        scratch_test(what_a_kill_left_behind_is_removed),
        scratch_test(what_is_shredded_leaves_nothing_unfinished),
        scratch_test(a_file_over_the_limit_is_refused),
        scratch_test(a_missing_file_leaves_errno),
        scratch_test(create_never_replaces),
        scratch_test(a_secret_that_others_may_read_is_refused),
        scratch_test(a_secret_of_another_user_is_refused),
        scratch_test(a_directory_is_private_and_may_be_there),
        cmocka_unit_test(a_path_that_is_too_long_is_refused),
        cmocka_unit_test(a_passphrase_ends_at_the_newline_and_leaves_the_rest),
        cmocka_unit_test(a_protected_process_dumps_no_core),
        cmocka_unit_test(a_closed_standard_stream_stays_unusable),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
