/* SPDX-License-Identifier: EUPL-1.2
 *
 * Fork and exec of the other executables of the daemon: no environment, no
 * descriptors but those given, no way to gain rights, dead when we die. */
#ifndef BROKER_SPAWN_H
#define BROKER_SPAWN_H

#include <sys/types.h>

#include "bytes.h"
#include "err.h"

enum { SPAWN_PATH = 4096, SPAWN_FDS = 4 };

/* Where the others are: beside this executable or where they are installed.
 * DHK_NOTFOUND: in neither place is there an executable NAME. */
DHK_MUST_USE enum dhk_err spawn_find(char out[SPAWN_PATH], const char *name);

struct spawn {
    const char *path;
    const char *argument; /* or NULL */
    int out;              /* its standard output, or -1 for ours */
    int fd[SPAWN_FDS];    /* become 3, 4, ... */
    size_t fds_n;
};
DHK_MUST_USE enum dhk_err spawn_start(pid_t *out, const struct spawn *s);

#endif
