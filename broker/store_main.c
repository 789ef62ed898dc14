/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoekd-store: what an operator does with a store as a whole. `driehoekd`
 * starts it, in the broker's directory and with the rights of the broker's
 * user; it links the store, which the parent does not. What a damaged file does
 * to LMDB cannot be foretold, so another process looks at it, and this one
 * tells what became of that. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exits.h"
#include "host/file.h"
#include "key.h"
#include "store_job.h"

struct verb {
    const char *name;
    int (*work)(struct store_job *job);
    int arguments;
};
static const struct verb verbs[] = {
    {"fsck", store_job_fsck, 0},
    {"backup", store_job_backup, 5},
    {"restore", store_job_restore, 1},
    {"after", store_job_after, 2},
};

/* WORK in a process of its own; the exit code. */
static int
run_apart(int (*work)(struct store_job *), struct store_job *job)
{
    int status = 0;
    pid_t self = getpid(), pid = fork();

    if (pid < 0)
        return store_job_say(EXITS_LOCAL, "fork", "no process could be made");
    if (pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != self)
            _exit(EXITS_LOCAL);
        exit(work(job));
    }
    while (waitpid(pid, &status, 0) < 0)
        continue;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    return store_job_killed(job, WTERMSIG(status));
}

/* driehoekd-store VERB beside|snapshot STORE ORIGIN MAP-BYTES json|plain ... */
enum { ARGUMENTS = 7 };

int
main(int argc, char **argv)
{
    struct store_job job = {.store = NULL};

    file_protect_process();
    if (argc < ARGUMENTS || key_init() != DHK_OK)
        return store_job_say(EXITS_USAGE, "driehoekd-store",
            "is started by driehoekd fsck, backup and restore");
    job.snapshot = strcmp(argv[2], "snapshot") == 0;
    job.store = argv[3];
    job.origin = argv[4][0] == '\0' ? NULL : argv[4];
    job.map_bytes = (size_t)strtoull(argv[5], NULL, 10);
    job.json = strcmp(argv[6], "json") == 0;
    job.rest = argv + ARGUMENTS;
    job.place = mmap(NULL, sizeof *job.place, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (job.place == MAP_FAILED)
        return store_job_say(EXITS_LOCAL, "memory", "there is none");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(argv[1], verbs[i].name) == 0 &&
            argc == ARGUMENTS + verbs[i].arguments)
            return run_apart(verbs[i].work, &job);
    return store_job_say(EXITS_USAGE, argv[1], "no such work");
}
