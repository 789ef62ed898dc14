/* SPDX-License-Identifier: EUPL-1.2
 *
 * A file that others may find half written, or a secret that others may read,
 * never comes from here. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "key.h"

enum { PATH_CAP = 4096, FIRST_READ = 4096, PASSPHRASE_MAX = 1024 };

/* Moves *P of *CAP bytes, N of them used, to twice the room. */
static enum dhk_err
grow(uint8_t **p, size_t *cap, size_t n)
{
    uint8_t *more = malloc(*cap * 2);
    if (more == NULL)
        return DHK_NOMEM;
    memcpy(more, *p, n);
    file_free(p, n);
    *p = more;
    *cap *= 2;
    return DHK_OK;
}

static enum dhk_err
read_all(uint8_t **out, size_t *out_n, int fd, size_t max)
{
    enum dhk_err rc = DHK_NOMEM;
    size_t cap = FIRST_READ, n = 0;
    uint8_t *p = malloc(cap);
    if (p == NULL)
        return DHK_NOMEM;
    for (;;) {
        ssize_t got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        rc = DHK_IO;
        if (got < 0)
            goto out;
        if (got == 0)
            break;
        n += (size_t)got;
        rc = DHK_LIMIT;
        if (n > max)
            goto out;
        if (n == cap && (rc = grow(&p, &cap, n)) != DHK_OK)
            goto out;
    }
    *out = p;
    *out_n = n;
    p = NULL;
    rc = DHK_OK;
out:
    file_free(&p, n);
    return rc;
}

enum dhk_err
file_read(uint8_t **out, size_t *out_n, const char *path, size_t max)
{
    *out = NULL;
    *out_n = 0;
    if (strcmp(path, "-") == 0)
        return read_all(out, out_n, STDIN_FILENO, max);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return DHK_IO;
    enum dhk_err rc = read_all(out, out_n, fd, max);
    int kept = errno;
    (void)close(fd);
    errno = kept;
    return rc;
}

enum dhk_err
file_read_secret(uint8_t **out, size_t *out_n, const char *path, size_t max)
{
    struct stat st;
    enum dhk_err rc = DHK_IO;
    *out = NULL;
    *out_n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return DHK_IO;
    /* what is open is looked at, not what the name means a moment later */
    if (fstat(fd, &st) == 0)
        rc = st.st_uid == geteuid() && (st.st_mode & 077) == 0 ? DHK_OK
                                                               : DHK_DENIED;
    if (rc == DHK_OK)
        rc = read_all(out, out_n, fd, max);
    int kept = errno;
    (void)close(fd);
    errno = kept;
    return rc;
}

void
file_free(uint8_t **p, size_t n)
{
    if (*p == NULL)
        return;
    key_wipe(*p, n);
    free(*p);
    *p = NULL;
}

static enum dhk_err
write_all(int fd, struct slice bytes)
{
    while (bytes.n > 0) {
        ssize_t put = write(fd, bytes.p, bytes.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return DHK_IO;
        bytes = slice_of(bytes.p + put, bytes.n - (size_t)put);
    }
    return DHK_OK;
}

enum dhk_err
file_sync_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return DHK_IO;
    int failed = fsync(fd);
    (void)close(fd);
    return failed == 0 ? DHK_OK : DHK_IO;
}

static enum dhk_err
sync_parent(const char *path)
{
    char dir[PATH_CAP];
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    if (n >= sizeof dir)
        return DHK_LIMIT;
    memcpy(dir, path, n);
    dir[n] = '\0';
    return file_sync_dir(n == 0 ? "." : dir);
}

/* behind a file's name, until it is renamed; mkostemp() fills in the X */
#define UNFINISHED ".tmp.XXXXXX"
enum { OLD_S = 3600 };

/* Whether the file NAME in directory FD is an unfinished BASE, and old. */
static bool
is_left_behind(int fd, const char *name, const char *base, int64_t now)
{
    enum { X = 6 };
    size_t n = strlen(base), mark = strlen(UNFINISHED);
    struct stat st;

    return strlen(name) == n + mark && memcmp(name, base, n) == 0 &&
           memcmp(name + n, UNFINISHED, mark - X) == 0 &&
           fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(st.st_mode) && (int64_t)st.st_mtime < now - OLD_S;
}

void
file_remove_unfinished(const char *path, int64_t now)
{
    char name[PATH_CAP];
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    size_t n = slash == NULL ? 0 : (size_t)(slash - path) + 1;

    if (n + 2 > sizeof name)
        return;
    memcpy(name, path, n);
    memcpy(name + n, ".", 2);
    DIR *dir = opendir(name);
    if (dir == NULL)
        return;
    const struct dirent *e;
    while ((e = readdir(dir)) != NULL) {
        if (is_left_behind(dirfd(dir), e->d_name, base, now))
            (void)unlinkat(dirfd(dir), e->d_name, 0);
    }
    (void)closedir(dir);
}

/* Gives TMP its name without taking the place of another file. */
static enum dhk_err
rename_new(const char *tmp, const char *path)
{
    int failed = renameat2(AT_FDCWD, tmp, AT_FDCWD, path, RENAME_NOREPLACE);
    if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
        /* not every file system knows the flag */
        failed = link(tmp, path);
        if (failed == 0)
            (void)unlink(tmp);
    }
    if (failed == 0)
        return DHK_OK;
    return errno == EEXIST ? DHK_EXISTS : DHK_IO;
}

static enum dhk_err
write_file(const char *path, struct slice bytes, unsigned mode, bool replace)
{
    enum dhk_err rc = DHK_LIMIT;
    char tmp[PATH_CAP];
    int n = snprintf(tmp, sizeof tmp, "%s" UNFINISHED, path);
    if (n < 0 || (size_t)n >= sizeof tmp)
        return DHK_LIMIT;
    int fd = mkostemp(tmp, O_CLOEXEC);
    if (fd < 0)
        return DHK_IO;
    rc = write_all(fd, bytes);
    if (rc == DHK_OK && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
        rc = DHK_IO;
    if (close(fd) != 0 && rc == DHK_OK)
        rc = DHK_IO;
    if (rc == DHK_OK && replace)
        rc = rename(tmp, path) == 0 ? DHK_OK : DHK_IO;
    else if (rc == DHK_OK)
        rc = rename_new(tmp, path);
    if (rc != DHK_OK) {
        int kept = errno;
        (void)unlink(tmp);
        errno = kept;
        return rc;
    }
    return sync_parent(path);
}

enum dhk_err
file_write(const char *path, struct slice bytes, unsigned mode)
{
    return write_file(path, bytes, mode, true);
}

enum dhk_err
file_create(const char *path, struct slice bytes, unsigned mode)
{
    return write_file(path, bytes, mode, false);
}

enum dhk_err
file_mkdir(const char *path)
{
    struct stat st;
    if (mkdir(path, 0700) == 0)
        return DHK_OK;
    if (errno != EEXIST || stat(path, &st) != 0)
        return DHK_IO;
    return S_ISDIR(st.st_mode) ? DHK_OK : DHK_EXISTS;
}

enum dhk_err
file_path(char *dst, size_t cap, const char *dir, const char *name)
{
    int n = snprintf(dst, cap, "%s/%s", dir, name);
    return n > 0 && (size_t)n < cap ? DHK_OK : DHK_LIMIT;
}

/* Up to a newline and not further: the rest belongs to somebody else. With
 * SIGNALS a descriptor of pending ones, which come first. */
static enum dhk_err
read_line(uint8_t *p, size_t cap, size_t *n, int fd, int signals)
{
    for (;;) {
        uint8_t ch = 0;
        struct pollfd ready[] = {
            {.fd = signals, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
        if (signals >= 0 && (poll(ready, 2, -1) < 0 || ready[0].revents != 0))
            return DHK_IO;
        ssize_t got = read(fd, &ch, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return DHK_IO;
        if (got == 0 || ch == '\n')
            return DHK_OK;
        if (*n == cap)
            return DHK_LIMIT;
        p[(*n)++] = ch;
    }
}

/* The signals that a person at a terminal ends a program with wait until it is
 * as it was; then they do what they do. */
static enum dhk_err
read_unseen(uint8_t *p, size_t *n, int fd, const char *prompt)
{
    static const int ends[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
    struct termios before, quiet;
    sigset_t held, mask;
    (void)sigemptyset(&held);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        (void)sigaddset(&held, ends[i]);
    int signals = signalfd(-1, &held, SFD_CLOEXEC);
    if (signals < 0 || tcgetattr(fd, &before) != 0 ||
        sigprocmask(SIG_BLOCK, &held, &mask) != 0) {
        if (signals >= 0)
            (void)close(signals);
        return DHK_IO;
    }
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(fd, TCSAFLUSH, &quiet);
    (void)fputs(prompt, stderr);
    enum dhk_err rc = read_line(p, PASSPHRASE_MAX, n, fd, signals);
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    (void)fputc('\n', stderr);
    (void)close(signals);
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    return rc;
}

enum dhk_err
file_read_passphrase(uint8_t **out, size_t *out_n, int fd, const char *prompt)
{
    *out = NULL;
    *out_n = 0;
    void *p = key_secret_new(PASSPHRASE_MAX);
    if (p == NULL)
        return DHK_NOMEM;
    enum dhk_err rc = isatty(fd) != 0
                          ? read_unseen(p, out_n, fd, prompt)
                          : read_line(p, PASSPHRASE_MAX, out_n, fd, -1);
    if (rc == DHK_OK) {
        *out = p;
        p = NULL;
    } else {
        *out_n = 0;
    }
    key_secret_destroy(&p);
    return rc;
}

/* Opened the wrong way round, so that using it is an error, as it was. */
static void
hold_standard(int fd)
{
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
        return;
    must(open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) == fd);
}

void
file_protect_process(void)
{
    struct rlimit none = {0, 0};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        hold_standard(fd);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
}
