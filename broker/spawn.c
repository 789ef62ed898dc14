/* SPDX-License-Identifier: EUPL-1.2 */
#include "spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "file.h"

/* descriptors are moved here first, so that none is overwritten */
enum { FIRST_FD = 3, ASIDE = 64 };

static enum dhk_err
executable_in(char out[SPAWN_PATH], const char *dir, const char *name)
{
    enum dhk_err rc = file_path(out, SPAWN_PATH, dir, name);
    if (rc != DHK_OK)
        return rc;
    return access(out, X_OK) == 0 ? DHK_OK : DHK_NOTFOUND;
}

enum dhk_err
spawn_find(char out[SPAWN_PATH], const char *name)
{
    char self[SPAWN_PATH];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return DHK_IO;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (slash == NULL)
        return DHK_IO;
    *slash = '\0';
    if (executable_in(out, self, name) == DHK_OK)
        return DHK_OK;
    return executable_in(out, BROKER_LIBEXEC, name);
}

/* From here on nothing but async-signal-safe calls: no return, no cleanup. */
static void
arrange_fds(const struct spawn *s)
{
    int aside[SPAWN_FDS];
    for (size_t i = 0; i < s->fds_n; i++) {
        aside[i] = fcntl(s->fd[i], F_DUPFD, ASIDE);
        if (aside[i] < 0)
            _exit(127);
    }
    if (s->out >= 0 && dup2(s->out, STDOUT_FILENO) < 0)
        _exit(127);
    for (size_t i = 0; i < s->fds_n; i++)
        if (dup2(aside[i], FIRST_FD + (int)i) < 0)
            _exit(127);
    if (close_range((unsigned)FIRST_FD + (unsigned)s->fds_n, ~0U, 0) != 0)
        _exit(127);
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        _exit(127);
    (void)close(null);
}

_Noreturn static void
become(const struct spawn *s, pid_t parent)
{
    char *const argv[] = {
        (char *)(uintptr_t)s->path, (char *)(uintptr_t)s->argument, NULL};
    char *const environment[] = {NULL};
    struct rlimit none = {0, 0};
    sigset_t no_signals;
    /* a terminal's ^C is for the parent, which stops its children in order */
    (void)setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        setrlimit(RLIMIT_CORE, &none) != 0)
        _exit(127);
    if (getppid() != parent)
        _exit(127); /* it died before the line above */
    arrange_fds(s);
    (void)sigemptyset(&no_signals);
    (void)sigprocmask(SIG_SETMASK, &no_signals, NULL);
    (void)execve(s->path, argv, environment);
    _exit(127);
}

enum dhk_err
spawn_start(pid_t *out, const struct spawn *s)
{
    pid_t self = getpid();
    must(s->fds_n <= SPAWN_FDS);
    *out = fork();
    if (*out < 0)
        return DHK_IO;
    if (*out == 0)
        become(s, self);
    return DHK_OK;
}
