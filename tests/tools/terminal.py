#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""terminal.py ANSWER... -- COMMAND... - runs a command on a terminal of its own
and answers its prompts one after the other, each once the echo is off. "^C" is
the key that interrupts. Prints what the terminal showed, then whether it echoes
at the end; ends as the command does (128 + signal)."""
import os
import pty
import subprocess
import sys
import termios

at = sys.argv.index("--")
answers = [a + "\n" if a != "^C" else "\x03" for a in sys.argv[1:at]]
master, slave = pty.openpty()


def echoes():
    return bool(termios.tcgetattr(slave)[3] & termios.ECHO)


child = subprocess.Popen(
    sys.argv[at + 1:], stdin=slave, stdout=slave, stderr=slave,
    start_new_session=True,
    preexec_fn=lambda: __import__("fcntl").ioctl(0, termios.TIOCSCTTY, 0))
shown = b""
while answers:
    got = os.read(master, 4096)
    shown += got
    if shown.endswith(b": ") and not echoes():
        os.write(master, answers.pop(0).encode())
code = child.wait()
after = "echo on" if echoes() else "echo off"
os.close(slave)
try:
    while got := os.read(master, 4096):
        shown += got
except OSError:  # all of it was read
    pass
sys.stdout.write(shown.decode().replace("\r\n", "\n"))
print(after)
sys.exit(code if code >= 0 else 128 - code)
