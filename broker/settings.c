/* SPDX-License-Identifier: EUPL-1.2 */
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn.h"

static enum dhk_err
read_all(uint8_t *mem, size_t cap, size_t *n, int fd)
{
    *n = 0;
    for (;;) {
        ssize_t got = read(fd, mem + *n, cap - *n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return DHK_IO;
        if (got == 0)
            return DHK_OK;
        *n += (size_t)got;
        if (*n == cap)
            return DHK_LIMIT;
    }
}

static enum dhk_err
result_of(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return DHK_IO;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return DHK_OK;
    return WIFEXITED(status) && WEXITSTATUS(status) == 4 ? DHK_FORMAT : DHK_IO;
}

static enum dhk_err
start_reader(pid_t *pid, int *out, const char *file)
{
    char path[SPAWN_PATH];
    int ends[2];
    enum dhk_err rc = spawn_find(path, "driehoekd-config");
    if (rc != DHK_OK) {
        (void)fprintf(stderr, "driehoekd: driehoekd-config is missing\n");
        return DHK_IO;
    }
    if (pipe2(ends, O_CLOEXEC) != 0)
        return DHK_IO;
    struct spawn s = {.path = path, .argument = file, .out = ends[1]};
    rc = spawn_start(pid, &s);
    (void)close(ends[1]);
    if (rc == DHK_OK)
        *out = ends[0];
    else
        (void)close(ends[0]);
    return rc;
}

enum dhk_err
settings_load(struct config *out, const char *file)
{
    uint8_t mem[CONFIG_LINES];
    struct diag diag = {NULL, 0};
    pid_t pid = 0;
    size_t n = 0;
    int fd = -1;
    enum dhk_err rc = start_reader(&pid, &fd, file);
    if (rc != DHK_OK)
        return rc;
    rc = read_all(mem, sizeof mem, &n, fd);
    (void)close(fd);
    enum dhk_err ended = result_of(pid);
    if (rc == DHK_OK)
        rc = ended;
    if (rc == DHK_OK && config_parse(out, slice_of(mem, n), &diag) != DHK_OK) {
        (void)fprintf(stderr, "driehoekd: %s: %s\n", file,
            diag.what == NULL ? "malformed" : diag.what);
        rc = DHK_FORMAT;
    }
    return rc;
}
