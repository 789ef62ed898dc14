/* SPDX-License-Identifier: EUPL-1.2
 *
 * The directory of an exported ledger: whole files only. */
#include "tilesdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "node.h"

enum { DEPTH_MAX = 10 }; /* of folders under tile/ or texts/ */

struct tilesdir {
    char dir[NODE_PATH];
    int lock; /* the directory itself */
    uint8_t *mem;
    size_t cap;
};

/* --- opening --- */

/* Whether DIR is empty or an export, be it one that has hardly begun;
 * something else must not be mixed up with one. */
static enum dhk_err
check_content(const char *dir, struct dhk_problem *problem)
{
    bool empty = true, ours = false;
    const struct dirent *e;
    DIR *list = opendir(dir);
    if (list == NULL)
        return problem_file(problem, DHK_IO, dir);
    while ((e = readdir(list)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        empty = false;
        ours = ours || strcmp(e->d_name, "tile") == 0 ||
               strcmp(e->d_name, "texts") == 0 ||
               strcmp(e->d_name, "cosigned") == 0;
    }
    (void)closedir(list);
    if (empty || ours)
        return DHK_OK;
    return problem_set(problem, DHK_STATE,
        "%s holds something else than an exported ledger: name an empty "
        "directory",
        dir);
}

static enum dhk_err
prepare(const char *dir, struct dhk_problem *problem)
{
    char parent[NODE_PATH];
    bool is_new = access(dir, F_OK) != 0;
    enum dhk_err rc = file_mkdir(dir);
    if (rc == DHK_OK && is_new)
        rc = file_path(parent, sizeof parent, dir, "..");
    if (rc == DHK_OK && is_new)
        rc = file_sync_dir(parent);
    if (rc == DHK_EXISTS)
        return problem_set(problem, rc, "%s: is no directory", dir);
    if (rc != DHK_OK)
        return problem_file(problem, rc, dir);
    return check_content(dir, problem);
}

static enum dhk_err
take_lock(struct tilesdir *d, bool write, struct dhk_problem *problem)
{
    d->lock = open(d->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->lock < 0)
        return problem_file(problem, DHK_IO, d->dir);
    if (flock(d->lock, (write ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
        return DHK_OK;
    if (errno != EWOULDBLOCK)
        return problem_file(problem, DHK_IO, d->dir);
    return problem_set(problem, DHK_EXISTS,
        "another process works with %s: wait until it has ended", d->dir);
}

enum dhk_err
tilesdir_open(struct tilesdir **out, const char *dir, bool write,
    struct dhk_problem *problem)
{
    struct tilesdir *d = calloc(1, sizeof *d);
    *out = NULL;
    if (d == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    d->lock = -1;
    enum dhk_err rc = slice_to_str(slice_str(dir), d->dir, sizeof d->dir);
    if (rc != DHK_OK)
        (void)problem_file(problem, rc, dir);
    if (rc == DHK_OK && write)
        rc = prepare(d->dir, problem);
    if (rc == DHK_OK)
        rc = take_lock(d, write, problem);
    if (rc != DHK_OK)
        tilesdir_close(&d);
    *out = d;
    return rc;
}

void
tilesdir_close(struct tilesdir **d)
{
    if (*d == NULL)
        return;
    if ((*d)->lock >= 0)
        (void)close((*d)->lock);
    free((*d)->mem);
    free(*d);
    *d = NULL;
}

const char *
tilesdir_name(const struct tilesdir *d)
{
    return d->dir;
}

enum dhk_err
tilesdir_texts(char *texts, const struct tilesdir *d)
{
    return node_path(texts, d->dir, "texts");
}

/* --- reading --- */

/* A pipe or a device in the place of a file must not hold us up. */
static enum dhk_err
open_plain(int *fd, size_t *n, const char *path)
{
    struct stat st;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? DHK_NOTFOUND : DHK_IO;
    if (fstat(*fd, &st) != 0)
        return DHK_IO;
    if (!S_ISREG(st.st_mode))
        return DHK_FORMAT;
    *n = (size_t)st.st_size;
    return DHK_OK;
}

static enum dhk_err
reserve(struct tilesdir *d, size_t n)
{
    if (n <= d->cap)
        return DHK_OK;
    uint8_t *mem = realloc(d->mem, 2 * n);
    if (mem == NULL)
        return DHK_NOMEM;
    d->mem = mem;
    d->cap = 2 * n;
    return DHK_OK;
}

static enum dhk_err
read_plain(struct slice *out, struct tilesdir *d, int fd, size_t n)
{
    size_t have = 0;
    enum dhk_err rc = reserve(d, n + 1);
    while (rc == DHK_OK && have < n) {
        ssize_t got = read(fd, d->mem + have, n - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return DHK_IO;
        if (got == 0)
            break; /* it was cut short just now; whoever reads it sees that */
        have += (size_t)got;
    }
    *out = slice_of(d->mem, have);
    return rc;
}

enum dhk_err
tilesdir_read(
    struct tilesdir *d, struct slice *out, const char *name, size_t max)
{
    char path[NODE_PATH];
    size_t n = 0;
    int fd = -1;
    *out = slice_of(NULL, 0);
    enum dhk_err rc = node_path(path, d->dir, name);
    if (rc == DHK_OK)
        rc = open_plain(&fd, &n, path);
    if (rc == DHK_OK && n > max)
        rc = DHK_LIMIT;
    if (rc == DHK_OK)
        rc = read_plain(out, d, fd, n);
    int kept = errno;
    if (fd >= 0)
        (void)close(fd);
    errno = kept;
    return rc;
}

/* --- writing --- */

/* The folders above the file NAME. */
static enum dhk_err
make_folders(const struct tilesdir *d, const char *name)
{
    char part[NODE_PATH], path[NODE_PATH];
    enum dhk_err rc = DHK_OK;
    for (size_t i = 0; rc == DHK_OK && name[i] != '\0'; i++) {
        if (name[i] != '/')
            continue;
        rc = slice_to_str(slice_of(name, i), part, sizeof part);
        if (rc == DHK_OK)
            rc = node_path(path, d->dir, part);
        if (rc == DHK_OK)
            rc = file_mkdir(path);
    }
    return rc == DHK_EXISTS ? DHK_IO : rc;
}

enum dhk_err
tilesdir_put(struct tilesdir *d, const char *name, struct slice bytes)
{
    char path[NODE_PATH];
    struct slice there;
    enum dhk_err rc = node_path(path, d->dir, name);
    if (rc != DHK_OK)
        return rc;
    rc = file_create(path, bytes, 0600);
    if (rc == DHK_IO && errno == ENOENT) {
        rc = make_folders(d, name);
        if (rc == DHK_OK)
            rc = file_create(path, bytes, 0600);
    }
    if (rc != DHK_EXISTS)
        return rc;
    rc = tilesdir_read(d, &there, name, bytes.n);
    if (rc == DHK_LIMIT || rc == DHK_FORMAT)
        return DHK_EXISTS;
    if (rc != DHK_OK)
        return rc;
    return slice_equal(there, bytes) ? DHK_OK : DHK_EXISTS;
}

enum dhk_err
tilesdir_replace(struct tilesdir *d, const char *name, struct slice bytes)
{
    char path[NODE_PATH];
    enum dhk_err rc = node_path(path, d->dir, name);
    if (rc == DHK_OK)
        rc = make_folders(d, name);
    return rc == DHK_OK ? file_write(path, bytes, 0600) : rc;
}

bool
tilesdir_is_unfinished(const char *name)
{
    static const char mark[] = ".tmp.";
    enum { RANDOM = 6 };
    size_t n = strlen(name), tail = sizeof mark - 1 + RANDOM;
    return n > tail && memcmp(name + n - tail, mark, sizeof mark - 1) == 0;
}

/* --- walking --- */

struct walk {
    const struct tilesdir *d;
    char name[NODE_PATH];
    /* either may be NULL */
    enum dhk_err (*file)(void *ctx, const char *name);
    enum dhk_err (*folder)(void *ctx, const char *name); /* after its files */
    void *ctx;
};

static int
is_entry(const struct dirent *e)
{
    return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static enum dhk_err walk_folder(struct walk *w, unsigned depth);

/* What w->name names, of TYPE as the folder that it lies in says. */
static enum dhk_err
walk_one(struct walk *w, unsigned char type, unsigned depth)
{
    char path[NODE_PATH];
    struct stat st;
    bool folder = type == DT_DIR;
    if (type == DT_UNKNOWN) {
        enum dhk_err rc = node_path(path, w->d->dir, w->name);
        if (rc != DHK_OK)
            return rc;
        if (lstat(path, &st) != 0)
            return errno == ENOENT ? DHK_OK : DHK_IO;
        folder = S_ISDIR(st.st_mode);
    }
    if (folder && depth < DEPTH_MAX)
        return walk_folder(w, depth + 1);
    return w->file == NULL ? DHK_OK : w->file(w->ctx, w->name);
}

static enum dhk_err
walk_folder(struct walk *w, unsigned depth)
{
    char path[NODE_PATH];
    struct dirent **list = NULL;
    size_t n = strlen(w->name);
    enum dhk_err rc = node_path(path, w->d->dir, w->name);
    if (rc != DHK_OK)
        return rc;
    int entries = scandir(path, &list, is_entry, alphasort);
    if (entries < 0)
        return DHK_IO;
    for (int i = 0; i < entries; i++) {
        int more =
            snprintf(w->name + n, sizeof w->name - n, "/%s", list[i]->d_name);
        if (rc == DHK_OK && (more < 0 || (size_t)more >= sizeof w->name - n))
            rc = DHK_LIMIT;
        if (rc == DHK_OK)
            rc = walk_one(w, list[i]->d_type, depth);
        w->name[n] = '\0';
        free(list[i]);
    }
    free(list);
    if (rc == DHK_OK && w->folder != NULL)
        rc = w->folder(w->ctx, w->name);
    return rc;
}

static enum dhk_err
walk(struct walk *w, const char *name)
{
    enum dhk_err rc = slice_to_str(slice_str(name), w->name, sizeof w->name);
    return rc == DHK_OK ? walk_one(w, DT_UNKNOWN, 0) : rc;
}

enum dhk_err
tilesdir_walk(struct tilesdir *d, const char *name,
    enum dhk_err (*file)(void *ctx, const char *name), void *ctx)
{
    struct walk w = {.d = d, .file = file, .ctx = ctx};
    return walk(&w, name);
}

/* --- the end of a run --- */

static void
remove_file(const struct tilesdir *d, const char *name)
{
    char path[NODE_PATH];
    if (node_path(path, d->dir, name) == DHK_OK)
        (void)unlink(path);
}

static enum dhk_err
settle_file(void *ctx, const char *name)
{
    if (tilesdir_is_unfinished(name))
        remove_file(ctx, name);
    return DHK_OK;
}

static enum dhk_err
settle_folder(void *ctx, const char *name)
{
    const struct tilesdir *d = ctx;
    char path[NODE_PATH];
    enum dhk_err rc = node_path(path, d->dir, name);
    return rc == DHK_OK ? file_sync_dir(path) : rc;
}

/* Folders too must be there after a power cut; nobody else writes here, so
 * that unfinished files are nobody's. */
static enum dhk_err
settle(struct tilesdir *d)
{
    struct walk w = {
        .d = d, .file = settle_file, .folder = settle_folder, .ctx = d};
    enum dhk_err rc = walk(&w, "tile");
    if (rc == DHK_OK)
        rc = walk(&w, "texts");
    if (rc == DHK_OK)
        rc = walk(&w, "cosigned");
    return rc == DHK_OK ? file_sync_dir(d->dir) : rc;
}

enum dhk_err
tilesdir_publish(struct tilesdir *d, struct slice note)
{
    char path[NODE_PATH];
    enum dhk_err rc = node_path(path, d->dir, "checkpoint");
    if (rc == DHK_OK)
        rc = settle(d);
    if (rc != DHK_OK)
        return rc;
    file_remove_unfinished(path, INT64_MAX);
    return file_write(path, note, 0600);
}

static enum dhk_err
prune_file(void *ctx, const char *name)
{
    struct tilesdir *d = ctx;
    struct tiles_at at;
    char full[TILES_PATH], path[NODE_PATH];
    struct stat st;
    if (tiles_path_parse(&at, slice_str(name)) != DHK_OK ||
        at.width == TILES_WIDTH)
        return DHK_OK;
    at.width = TILES_WIDTH;
    tiles_path(full, &at);
    if (node_path(path, d->dir, full) == DHK_OK && stat(path, &st) == 0 &&
        S_ISREG(st.st_mode))
        remove_file(d, name);
    return DHK_OK;
}

/* The folder of partial tiles goes with the last of them. */
static enum dhk_err
prune_folder(void *ctx, const char *name)
{
    const struct tilesdir *d = ctx;
    char path[NODE_PATH];
    size_t n = strlen(name);
    if (n > 2 && strcmp(name + n - 2, ".p") == 0 &&
        node_path(path, d->dir, name) == DHK_OK)
        (void)rmdir(path); /* fails when it is not empty */
    return DHK_OK;
}

void
tilesdir_prune(struct tilesdir *d)
{
    struct walk w = {
        .d = d, .file = prune_file, .folder = prune_folder, .ctx = d};
    enum dhk_err ignored = walk(&w, "tile");
    (void)ignored;
}
