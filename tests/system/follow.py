# SPDX-License-Identifier: EUPL-1.2
"""Waiting for what files of a directory say, or for processes to end: by the
kernel's word (inotify, pidfd), not by looking again and again."""
import ctypes
import os
import select
import time

IN_MODIFY, IN_MOVED_TO, IN_CREATE = 0x2, 0x80, 0x100
LIBC = ctypes.CDLL(None, use_errno=True)


def watch(directory):
    fd = LIBC.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
    if fd < 0 or LIBC.inotify_add_watch(
            fd, os.fsencode(directory),
            IN_MODIFY | IN_MOVED_TO | IN_CREATE) < 0:
        raise OSError(ctypes.get_errno(), "inotify", directory)
    return fd


def drain(fd):
    try:
        while os.read(fd, 65536):
            pass
    except BlockingIOError:
        pass


def until(what, directory, seconds, *processes):
    """Whether WHAT() became true in SECONDS; it depends on files of DIRECTORY
    and on whether PROCESSES have ended. They are looked at once more when the
    time is over, or one of them has ended."""
    deadline = time.monotonic() + seconds
    fds = [watch(directory)]
    try:
        fds += [os.pidfd_open(p.pid) for p in processes if p.poll() is None]
        alive = len(fds) - 1
        while not what():
            left = deadline - time.monotonic()
            if left <= 0 or sum(p.poll() is None for p in processes) < alive:
                return what()
            select.select(fds, [], [], left)
            drain(fds[0])
        return True
    finally:
        for fd in fds:
            os.close(fd)
