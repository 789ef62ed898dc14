/* SPDX-License-Identifier: EUPL-1.2 */
#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum dhk_err
signals_open(int *out)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGCHLD);
    (void)signal(SIGPIPE, SIG_IGN);
    /* a limit of file size is a full disk, for the parts too */
    (void)signal(SIGXFSZ, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return DHK_IO;
    *out = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return *out < 0 ? DHK_IO : DHK_OK;
}

unsigned
signals_take(int fd)
{
    struct signalfd_siginfo info;
    unsigned asked = 0;
    while (read(fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP)
            asked |= SIGNALS_RELOAD;
        else if (info.ssi_signo != SIGCHLD)
            asked |= SIGNALS_STOP;
    }
    return asked;
}
