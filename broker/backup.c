/* SPDX-License-Identifier: EUPL-1.2
 *
 * `driehoekd backup` and `driehoekd restore`. A backup is a directory that
 * appears whole or not at all, after what is in it was read back. It holds no
 * secret key. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exits.h"
#include "fsck_show.h"
#include "host/clock.h"
#include "host/file.h"
#include "limits.h"
#include "store_copy.h"
#include "store_job.h"
#include "table.h"
#include "upkeep.h"

enum { PATH_CAP = 4096, SMALL = 1024 * 1024 };

static int
say_errno(const char *name)
{
    return store_job_say(EXITS_LOCAL, name, strerror(errno));
}

/* --- backup ------------------------------------------------------------- */

struct backup {
    const char *target, *config, *signers;
    char dir[PATH_CAP];   /* being filled, beside the target */
    char store[PATH_CAP]; /* in it */
};

static int
join(char out[PATH_CAP], const char *dir, const char *name)
{
    return file_path(out, PATH_CAP, dir, name) == DHK_OK
               ? EXITS_DONE
               : store_job_say(EXITS_USAGE, dir, "is too long a name");
}

/* Removes the unfinished directory: two levels of plain files. */
static void
remove_all(const char *dir)
{
    char path[PATH_CAP];
    DIR *d = opendir(dir);

    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            file_path(path, sizeof path, dir, e->d_name) != DHK_OK)
            continue;
        if (unlink(path) != 0 && errno == EISDIR)
            remove_all(path);
    }
    if (d != NULL)
        (void)closedir(d);
    (void)rmdir(dir);
}

/* SOURCE as NAME in the backup. */
static int
take_file(const char *source, const char *dir, const char *name, bool needed)
{
    char path[PATH_CAP];
    uint8_t *p = NULL;
    size_t n = 0;
    int code = join(path, dir, name);

    if (code != EXITS_DONE)
        return code;
    enum dhk_err rc = file_read(&p, &n, source, SMALL);
    if (rc == DHK_IO && errno == ENOENT && !needed)
        return EXITS_DONE;
    if (rc == DHK_OK)
        rc = file_create(path, slice_of(p, n), 0600);
    else
        return say_errno(source);
    file_free(&p, n);
    return rc == DHK_OK ? EXITS_DONE : say_errno(path);
}

/* keeper.head first: what it signed is then in the copy of the store. */
static int
take_keeper(const struct store_job *job, const struct backup *b)
{
    char from[PATH_CAP];
    int code = join(from, job->store, "keeper.head");

    return code == EXITS_DONE ? take_file(from, b->store, "keeper.head", false)
                              : code;
}

static int
take_store(const struct store_job *job, const struct backup *b)
{
    char path[PATH_CAP];
    bool compact = true;
    int code = join(path, b->store, STORE_FILE);

    if (code != EXITS_DONE)
        return code;
    enum dhk_err rc = store_copy_to(path, job->store, job->map_bytes, &compact);
    if (rc == DHK_IO)
        return say_errno(job->store);
    if (rc != DHK_OK)
        return store_job_say(EXITS_LOCAL, job->store, dhk_strerror(rc));
    if (!compact)
        (void)store_job_say(EXITS_DONE, job->store,
            "lost pages and could not be compacted: the backup holds freed "
            "pages, too, with what was deleted in them. Restore it into a "
            "new store soon.");
    return EXITS_DONE;
}

/* What tells that this is a backup, and no broker's directory. */
static int
mark(const struct backup *b)
{
    static const char text[] = "A backup of driehoekd. See driehoekd(8).\n";
    char path[PATH_CAP];
    int code = join(path, b->dir, UPKEEP_BACKUP_MARK);

    if (code == EXITS_DONE &&
        file_create(path, slice_str(text), 0600) != DHK_OK)
        code = say_errno(path);
    return code;
}

static int
fill(const struct store_job *job, const struct backup *b)
{
    int code = take_keeper(job, b);

    if (code == EXITS_DONE)
        code = take_store(job, b);
    if (code == EXITS_DONE)
        code = take_file(b->config, b->dir, "driehoekd.conf", true);
    if (code == EXITS_DONE)
        code = take_file(b->signers, b->dir, "allowed_signers", true);
    if (code == EXITS_DONE)
        code = mark(b);
    return code;
}

/* Reads it back as it will be restored. */
static int
read_back(
    const struct store_job *job, const struct backup *b, struct fsck_result *r)
{
    struct store_job look = *job;
    int code = EXITS_LOCAL;

    look.store = b->store;
    look.snapshot = true;
    if (store_job_look(r, &code, &look) != DHK_OK)
        return code;
    if (r->bad)
        code = fsck_show(r, "the backup, read back", false);
    return r->bad ? code : EXITS_DONE;
}

static enum dhk_err
sync_directory(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return DHK_IO;
    int failed = fsync(fd);
    (void)close(fd);
    return failed == 0 ? DHK_OK : DHK_IO;
}

/* Both directories' names are durable, and then the backup has its own. */
static int
finish(const struct backup *b)
{
    char copy[PATH_CAP];

    (void)snprintf(copy, sizeof copy, "%s", b->target);
    if (sync_directory(b->store) != DHK_OK || sync_directory(b->dir) != DHK_OK)
        return say_errno(b->dir);
    if (renameat2(AT_FDCWD, b->dir, AT_FDCWD, b->target, RENAME_NOREPLACE) != 0)
        return say_errno(b->target);
    return sync_directory(dirname(copy)) == DHK_OK ? EXITS_DONE
                                                   : say_errno(b->target);
}

static int
begin(struct backup *b)
{
    struct stat st;
    int n = snprintf(
        b->dir, sizeof b->dir, "%s.unfinished.%ld", b->target, (long)getpid());

    if (n < 0 || (size_t)n >= sizeof b->dir)
        return store_job_say(EXITS_USAGE, b->target, "is too long a name");
    if (lstat(b->target, &st) == 0)
        return store_job_say(
            EXITS_NO, b->target, "exists: a backup is never overwritten");
    if (mkdir(b->dir, 0700) != 0)
        return say_errno(b->dir);
    int code = join(b->store, b->dir, "store");
    return code == EXITS_DONE && mkdir(b->store, 0700) != 0 ? say_errno(b->dir)
                                                            : code;
}

int
store_job_backup(struct store_job *job)
{
    static struct fsck_result r;
    struct backup b = {.target = job->rest[0],
        .config = job->rest[1],
        .signers = job->rest[2]};
    int code = begin(&b);

    if (code != EXITS_DONE)
        return code;
    code = fill(job, &b);
    if (code == EXITS_DONE)
        code = read_back(job, &b, &r);
    if (code == EXITS_DONE)
        code = finish(&b);
    if (code != EXITS_DONE) {
        remove_all(b.dir);
        return code;
    }
    fsck_show_progress_end();
    (void)printf("%s holds %llu entries of %s; it was read back and is whole.\n"
                 "The secret keys are not in it. Keep them apart from it, in "
                 "another safe: %s, %s\nand their passphrase.\n",
        b.target, (unsigned long long)r.entries, r.origin, job->rest[3],
        job->rest[4]);
    return fflush(stdout) == 0 ? EXITS_DONE : EXITS_LOCAL;
}
