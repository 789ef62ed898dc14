/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing an export: what is there stays, and a kill at any point does no
 * harm. */
#include "tiles_made.h"

#include <sys/wait.h>

#include "key.h"

enum { KILLED = 77 };

static struct tiles_log made;

/* --- a kill at the N-th change of the file system --- */

static int calls_left = -1; /* none */

static void
count_call(void)
{
    if (calls_left >= 0 && calls_left-- == 0)
        _exit(KILLED);
}

#define WRAP(name, declared, passed)                                           \
    int __real_##name declared;                                                \
    int __wrap_##name declared;                                                \
    int __wrap_##name declared                                                 \
    {                                                                          \
        count_call();                                                          \
        return __real_##name passed;                                           \
    }
/* a kill leaves the cache as it is: there is nothing to wait for */
int __wrap_fsync(int fd);
int
__wrap_fsync(int fd)
{
    (void)fd;
    count_call();
    return 0;
}
WRAP(rename, (const char *a, const char *b), (a, b))
WRAP(renameat2, (int a, const char *b, int c, const char *d, unsigned e),
    (a, b, c, d, e))
WRAP(mkdir, (const char *a, mode_t b), (a, b))
WRAP(unlink, (const char *a), (a))
WRAP(rmdir, (const char *a), (a))

/* Exports up to SIZE, killed before the N-th change; false: it ended. */
static bool
killed_at(const char *dir, uint64_t size, int n)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        calls_left = n;
        _exit(tiles_export(dir, &made, size) == DHK_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == KILLED || WEXITSTATUS(status) == 0);
    return WEXITSTATUS(status) == KILLED;
}

static void
whole(const char *dir, uint64_t size)
{
    struct tilesfsck_result r;
    struct tilesfsck_fault fault;
    enum dhk_err rc = tiles_fsck(dir, &r, &fault);
    if (rc != DHK_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(r.entries, size);
    assert_int_equal(r.beyond, 0);
}

/* From BEFORE to SIZE entries, killed before each change in turn. */
static void
kill_everywhere(const char *dir, uint64_t before, uint64_t size)
{
    char sub[64];
    bool killed = true;
    for (int n = 0; killed; n++) {
        struct tilesfsck_result r;
        struct tilesfsck_fault fault;
        (void)snprintf(sub, sizeof sub, "%d-%d", (int)size, n);
        char *path = strdup(tiles_file(dir, sub));
        assert_non_null(path);
        if (before > 0)
            assert_int_equal(tiles_export(path, &made, before), DHK_OK);
        killed = killed_at(path, size, n);
        /* a reader finds the tree before, or the new one */
        if (before > 0) {
            if (tiles_fsck(path, &r, &fault) != DHK_OK)
                fail_msg("killed at %d: %s", n, fault.text);
            assert_true(r.entries == before || r.entries == size);
        }
        assert_int_equal(tiles_export(path, &made, size), DHK_OK);
        whole(path, size);
        free(path);
        assert_true(n < 200);
        if (!killed)
            assert_true(n > 10);
    }
}

static void
a_kill_at_any_point_does_no_harm(void **state)
{
    kill_everywhere(*state, 0, 300);
    kill_everywhere(*state, 250, 515);
}

/* --- what is there stays --- */

static bool
is_there(const char *dir, const char *name)
{
    return access(tiles_file(dir, name), F_OK) == 0;
}

static void
only_what_is_new_is_written(void **state)
{
    struct stat before, after;
    const char *dir = *state;
    assert_int_equal(tiles_export(dir, &made, 3), DHK_OK);
    whole(dir, 3);
    assert_true(is_there(dir, "tile/0/000.p/3"));
    assert_false(is_there(dir, "tile/1"));
    assert_int_equal(tiles_export(dir, &made, 255), DHK_OK);
    assert_true(is_there(dir, "tile/0/000.p/3"));
    assert_true(is_there(dir, "tile/entries/000.p/255"));
    assert_int_equal(tiles_export(dir, &made, 256), DHK_OK);
    whole(dir, 256);
    /* the full ones are there, the partial ones of them gone */
    assert_true(is_there(dir, "tile/0/000"));
    assert_true(is_there(dir, "tile/1/000.p/1"));
    assert_false(is_there(dir, "tile/0/000.p"));
    assert_false(is_there(dir, "tile/entries/000.p"));
    assert_int_equal(stat(tiles_file(dir, "tile/0/000"), &before), 0);
    assert_int_equal(tiles_export(dir, &made, 700), DHK_OK);
    whole(dir, 700);
    assert_int_equal(stat(tiles_file(dir, "tile/0/000"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_true(is_there(dir, "tile/1/000.p/1"));
    assert_true(is_there(dir, "tile/1/000.p/2"));
    assert_true(is_there(dir, "tile/entries/002.p/188"));
}

static void
large_trees_have_more_levels(void **state)
{
    const char *dir = *state;
    assert_int_equal(tiles_export(dir, &made, 65536 + 256 + 7), DHK_OK);
    whole(dir, 65536 + 256 + 7);
    assert_true(is_there(dir, "tile/entries/255"));
    assert_true(is_there(dir, "tile/1/000"));
    assert_true(is_there(dir, "tile/1/001.p/1"));
    assert_true(is_there(dir, "tile/2/000.p/1"));
}

/* --- what is in the way --- */

static void
put(const char *dir, const char *name, const char *text)
{
    assert_int_equal(
        file_write(tiles_file(dir, name), slice_str(text), 0600), DHK_OK);
}

static void
other_bytes_are_never_written_over(void **state)
{
    struct slice there;
    struct tilesdir *d = NULL;
    struct dhk_problem problem = {""};
    const char *dir = *state;
    assert_int_equal(tiles_export(dir, &made, 200), DHK_OK);
    put(dir, "tile/0/000", "another tile");
    assert_int_equal(tiles_export(dir, &made, 300), DHK_EXISTS);
    assert_int_equal(tilesdir_open(&d, dir, false, &problem), DHK_OK);
    assert_int_equal(tilesdir_read(d, &there, "tile/0/000", 100), DHK_OK);
    assert_true(slice_equal(there, slice_str("another tile")));
    /* 200 are still what counts */
    assert_int_equal(
        tilesdir_read(d, &there, "tile/entries/000.p/200", 100000), DHK_OK);
    tilesdir_close(&d);
}

static void
a_damaged_directory_is_refused(void **state)
{
    static const char *const names[] = {"tile/entries/000.p/200",
        "tile/0/000.p/200", "checkpoint", "tile/entries/000"};
    const char *dir = *state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char sub[16];
        (void)snprintf(sub, sizeof sub, "%zu", i);
        char *path = strdup(tiles_file(dir, sub));
        assert_int_equal(tiles_export(path, &made, 200), DHK_OK);
        uint8_t *mem = NULL;
        size_t n = 0;
        const char *name = i < 3 ? names[i] : names[0];
        assert_int_equal(
            file_read(&mem, &n, tiles_file(path, name), 100000), DHK_OK);
        mem[i == 2 ? 30 : n / 2] ^= 1; /* 30: of the root */
        assert_int_equal(
            file_write(tiles_file(path, names[i]), slice_of(mem, n), 0600),
            DHK_OK);
        assert_int_equal(tiles_export(path, &made, 300), DHK_FORMAT);
        file_free(&mem, n);
        free(path);
    }
}

static void
a_directory_of_something_else_is_refused(void **state)
{
    put(*state, "letter.txt", "text");
    assert_int_equal(tiles_export(*state, &made, 3), DHK_STATE);
    assert_false(is_there(*state, "tile"));
}

/* What is cosigned is written first: the export may have ended there. */
static void
an_export_that_has_hardly_begun_goes_on(void **state)
{
    assert_int_equal(file_mkdir(tiles_file(*state, "cosigned")), DHK_OK);
    put(*state, "cosigned/2", "a note");
    assert_int_equal(tiles_export(*state, &made, 3), DHK_OK);
    whole(*state, 3);
}

static void
one_writes_and_then_nobody_reads(void **state)
{
    struct tilesdir *a = NULL, *b = NULL, *c = NULL;
    struct dhk_problem problem = {""};
    assert_int_equal(tilesdir_open(&a, *state, true, &problem), DHK_OK);
    assert_int_equal(tilesdir_open(&b, *state, true, &problem), DHK_EXISTS);
    assert_int_equal(tilesdir_open(&b, *state, false, &problem), DHK_EXISTS);
    tilesdir_close(&a);
    assert_int_equal(tilesdir_open(&a, *state, false, &problem), DHK_OK);
    assert_int_equal(tilesdir_open(&b, *state, false, &problem), DHK_OK);
    assert_int_equal(tilesdir_open(&c, *state, true, &problem), DHK_EXISTS);
    tilesdir_close(&a);
    tilesdir_close(&b);
}

static void
a_note_must_cover_what_is_there(void **state)
{
    uint8_t mem[LIMIT_CHECKPOINT], entry[64];
    struct tilesdir *d = NULL;
    struct tileswriter *w = NULL;
    struct dhk_problem problem = {""};
    assert_int_equal(tilesdir_open(&d, *state, true, &problem), DHK_OK);
    assert_int_equal(tileswriter_new(&w, d, NULL, &problem), DHK_OK);
    struct slice note = tiles_note(mem, &made, tileswriter_tree(w));
    assert_int_equal(
        tileswriter_append(w, tiles_entry(entry, 0), &problem), DHK_OK);
    assert_int_equal(tileswriter_finish(w, note, &problem), DHK_AUTH);
    assert_false(is_there(*state, "checkpoint"));
    tileswriter_destroy(&w);
    tilesdir_close(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_kill_at_any_point_does_no_harm),
        scratch_test(only_what_is_new_is_written),
        scratch_test(large_trees_have_more_levels),
        scratch_test(other_bytes_are_never_written_over),
        scratch_test(a_damaged_directory_is_refused),
        scratch_test(a_directory_of_something_else_is_refused),
        scratch_test(an_export_that_has_hardly_begun_goes_on),
        scratch_test(one_writes_and_then_nobody_reads),
        scratch_test(a_note_must_cover_what_is_there),
    };
    if (key_init() != DHK_OK || key_sign_new(&made.sk, &made.pk) != DHK_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    key_sign_destroy(&made.sk);
    return failed;
}
