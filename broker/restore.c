/* SPDX-License-Identifier: EUPL-1.2
 *
 * `driehoekd restore`: a backup takes the place of a broker's store in one
 * step; the store before is kept beside it. The broker's directory is locked by
 * the parent of this process. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoint.h"
#include "exits.h"
#include "fsck_show.h"
#include "host/clock.h"
#include "host/file.h"
#include "standing.h"
#include "store_copy.h"
#include "store_job.h"
#include "table.h"

enum { PATH_CAP = 4096 };

struct restore {
    char from[PATH_CAP];  /* the backup's store */
    char fresh[PATH_CAP]; /* the new one, until it takes its place */
    char kept[PATH_CAP];  /* the one before */
    struct checkpoint_vkey log;
    bool had; /* there was one before */
};

static int
say_err(const char *name, enum dhk_err rc)
{
    return store_job_say(
        EXITS_LOCAL, name, rc == DHK_IO ? strerror(errno) : dhk_strerror(rc));
}

/* A name that nothing has: there may be two restores within a second. */
static bool
name_kept(struct restore *r, const char *store, const char *when)
{
    struct stat st;
    int n = snprintf(r->kept, PATH_CAP, "%s.before-%s", store, when);

    for (unsigned i = 2; n > 0 && n < PATH_CAP && lstat(r->kept, &st) == 0; i++)
        n = snprintf(r->kept, PATH_CAP, "%s.before-%s-%u", store, when, i);
    return n > 0 && n < PATH_CAP;
}

static int
name_all(struct restore *r, const struct store_job *job)
{
    char when[21];
    struct stat st;

    clock_text(when, (int64_t)(clock_wall_ms(clock_system()) / 1000));
    int a = snprintf(r->from, PATH_CAP, "%s/store", job->rest[0]);
    int b = snprintf(r->fresh, PATH_CAP, "%s.restoring", job->store);
    if (a < 0 || a >= PATH_CAP || b < 0 || b >= PATH_CAP ||
        !name_kept(r, job->store, when))
        return store_job_say(EXITS_USAGE, job->rest[0], "is too long a name");
    r->had = lstat(job->store, &st) == 0;
    return EXITS_DONE;
}

/* The backup is whole, and of the ledger that the configuration names. */
static int
look_at_backup(struct restore *r, const struct store_job *job)
{
    static struct fsck_result found;
    struct store_job look = *job;
    int code = EXITS_LOCAL;

    look.store = r->from;
    look.snapshot = true;
    if (store_job_look(&found, &code, &look) != DHK_OK)
        return code;
    if (found.bad) {
        (void)fsck_show(&found, job->rest[0], false);
        return store_job_say(
            EXITS_INVALID, job->rest[0], "is damaged: nothing was restored");
    }
    fsck_show_progress_end();
    checkpoint_vkey_make(
        &r->log, CHECKPOINT_ED25519, found.origin, &found.log_key);
    return EXITS_DONE;
}

/* What DIR's keeper signed last; SIZE 0: nothing, or not of this log. */
static uint64_t
read_head(const struct restore *r, const char *dir, uint8_t **note, size_t *n)
{
    char path[PATH_CAP];
    struct checkpoint cp = {.size = 0};

    *note = NULL;
    *n = 0;
    if (file_path(path, sizeof path, dir, "keeper.head") != DHK_OK ||
        file_read(note, n, path, LIMIT_CHECKPOINT) != DHK_OK ||
        checkpoint_open(&cp, slice_of(*note, *n), &r->log, NULL) != DHK_OK)
        return 0;
    return cp.size;
}

/* The higher of the two that are known: what was signed stays signed. */
static enum dhk_err
put_head(const struct restore *r, const struct store_job *job)
{
    char path[PATH_CAP];
    uint8_t *old = NULL, *new = NULL;
    size_t old_n, new_n;
    uint64_t before = read_head(r, job->store, &old, &old_n);
    uint64_t backed = read_head(r, r->from, &new, &new_n);
    enum dhk_err rc = file_path(path, sizeof path, r->fresh, "keeper.head");

    if (rc == DHK_OK && before > 0 && before >= backed)
        rc = file_create(path, slice_of(old, old_n), 0600);
    else if (rc == DHK_OK && backed > 0)
        rc = file_create(path, slice_of(new, new_n), 0600);
    file_free(&old, old_n);
    file_free(&new, new_n);
    return rc;
}

static enum dhk_err
declare(const struct restore *r, const struct store_job *job)
{
    static const char *const names[TABLES] = TABLE_NAMES;
    struct store_options o = {
        .tables = names, .tables_n = TABLES, .map_bytes = job->map_bytes};
    struct store *s = NULL;
    struct store_txn *t = NULL;
    enum dhk_err rc = store_open(&s, r->fresh, &o);

    if (rc == DHK_OK)
        rc = store_begin(&t, s, true);
    if (rc == DHK_OK)
        rc = standing_mark(t, clock_wall_ms(clock_system()));
    if (rc == DHK_OK)
        rc = store_commit(&t);
    store_abort(&t);
    store_close(&s);
    return rc;
}

/* Files of an attempt that did not end. */
static void
clear(const char *dir)
{
    static const char *const files[] = {
        STORE_FILE, "lock.mdb", "store.lock", "keeper.head"};
    char path[PATH_CAP];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (file_path(path, sizeof path, dir, files[i]) == DHK_OK)
            (void)unlink(path);
    (void)rmdir(dir);
}

/* What stands where the new one is made may be the store before, of an attempt
 * that was killed when the two had changed places: that has a journal. */
static int
look_at_place(const struct restore *r)
{
    char path[PATH_CAP];
    struct stat st;
    enum dhk_err rc = file_path(path, sizeof path, r->fresh, STORE_JOURNAL);

    if (rc != DHK_OK)
        return say_err(r->fresh, rc);
    return lstat(path, &st) == 0
               ? store_job_say(EXITS_NO, r->fresh,
                     "is a store that a restore before this one replaced: give "
                     "it another name to keep it")
               : EXITS_DONE;
}

static int
make_fresh(const struct restore *r, const struct store_job *job)
{
    char from[PATH_CAP], to[PATH_CAP];
    int code = look_at_place(r);

    if (code != EXITS_DONE)
        return code;
    clear(r->fresh);
    if (mkdir(r->fresh, 0700) != 0)
        return say_err(r->fresh, DHK_IO);
    enum dhk_err rc = file_path(from, sizeof from, r->from, STORE_FILE);
    if (rc == DHK_OK)
        rc = file_path(to, sizeof to, r->fresh, STORE_FILE);
    if (rc == DHK_OK)
        rc = store_copy_file(to, from);
    if (rc == DHK_OK)
        rc = put_head(r, job);
    if (rc == DHK_OK)
        rc = declare(r, job);
    return rc == DHK_OK ? EXITS_DONE : say_err(r->fresh, rc);
}

/* In one step, where the file system knows how; never without a store that a
 * broker would begin a second ledger for. */
static int
take_place(const struct restore *r, const struct store_job *job)
{
    int failed;

    if (!r->had)
        failed = rename(r->fresh, job->store);
    else
        failed = renameat2(
            AT_FDCWD, r->fresh, AT_FDCWD, job->store, RENAME_EXCHANGE);
    if (failed != 0)
        return say_err(job->store, DHK_IO);
    if (r->had && rename(r->fresh, r->kept) != 0)
        return say_err(r->kept, DHK_IO);
    int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    failed = fd < 0 || fsync(fd) != 0;
    if (fd >= 0)
        (void)close(fd);
    return failed == 0 ? EXITS_DONE : say_err(".", DHK_IO);
}

int
store_job_restore(struct store_job *job)
{
    static struct restore r;
    int code = name_all(&r, job);

    if (code == EXITS_DONE)
        code = look_at_backup(&r, job);
    if (code != EXITS_DONE)
        return code;
    code = make_fresh(&r, job);
    if (code == EXITS_DONE)
        code = take_place(&r, job);
    if (code != EXITS_DONE)
        return code;
    (void)printf("The backup is restored%s%s.\nStart the broker: it takes "
                 "and delivers nothing, and answers no question, until a\n"
                 "quorum of the roster's cosigners has connected and shown its "
                 "heads; driehoekd status\ntells how many have.\n",
        r.had ? "; the store before is kept as " : "", r.had ? r.kept : "");
    return fflush(stdout) == 0 ? EXITS_DONE : EXITS_LOCAL;
}
