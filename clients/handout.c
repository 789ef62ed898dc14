/* SPDX-License-Identifier: EUPL-1.2
 *
 * Output that is really out before a share counts as taken. */
#include "handout.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "key.h"

enum dhk_err
handout_print(json_t *value)
{
    struct stat st;
    if (json_print(stdout, value) != DHK_OK || fflush(stdout) != 0)
        return DHK_IO;
    if (fstat(STDOUT_FILENO, &st) != 0)
        return DHK_IO;
    if (S_ISREG(st.st_mode) && fdatasync(STDOUT_FILENO) != 0)
        return DHK_IO;
    return DHK_OK;
}

/* Default signals, an empty mask, standard input from IN, and no other
 * descriptor of ours than output and errors. */
static int
spawn(pid_t *pid, const char *program, int in)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    sigset_t all;
    char *name = strdup(program);
    if (name == NULL)
        return ENOMEM;
    char *const argv[] = {name, NULL};
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int rc = posix_spawn_file_actions_init(&files);
    if (rc == 0)
        rc = posix_spawnattr_init(&attr);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(&files, 3);
    if (rc == 0)
        rc = posix_spawnattr_setsigdefault(&attr, &all);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(&attr, &none);
    if (rc == 0)
        rc = posix_spawnattr_setflags(
            &attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (rc == 0)
        rc = posix_spawnp(pid, program, &files, &attr, argv, environ);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)posix_spawnattr_destroy(&attr);
    free(name);
    return rc;
}

/* A program may end without reading all of it: then its status tells. */
static void
feed(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(fd, text, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return;
        text += wrote;
        n -= (size_t)wrote;
    }
}

static int
wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return 255;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

enum dhk_err
handout_exec(const char *program, json_t *value, int *status)
{
    int ends[2];
    pid_t pid = 0;
    *status = 0;
    char *text = json_dumps(value, JSON_COMPACT);
    json_decref(value);
    if (text == NULL)
        return DHK_NOMEM;
    size_t n = strlen(text);
    enum dhk_err rc = DHK_IO;
    if (pipe2(ends, O_CLOEXEC) != 0)
        goto out;
    int error = spawn(&pid, program, ends[0]);
    (void)close(ends[0]);
    if (error == 0) {
        feed(ends[1], text, n);
        feed(ends[1], "\n", 1);
    }
    (void)close(ends[1]);
    errno = error;
    if (error != 0)
        goto out;
    *status = wait_for(pid);
    rc = *status == 0 ? DHK_OK : DHK_DENIED;
out:
    key_wipe(text, n);
    free(text);
    return rc;
}
