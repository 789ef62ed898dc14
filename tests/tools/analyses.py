#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""How long each question about an agreement takes: analyses.py DRIEHOEK
CONVENANT [BOUND]. The whole command, from its start: processor time and elapsed
time in milliseconds, the median of 9 runs. With BOUND, ends with 1 when one
takes more processor time than so many."""
import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 9
# name, arguments with the text in the place of TEXT, exit codes that are answers
QUESTIONS = (
    ("check", ["check", "TEXT"], (0,)),
    ("prove", ["prove", "TEXT", "never share bsn to school;"], (0, 1)),
    ("explain", ["explain", "TEXT", "from politie to gemeente signal "
                 "politiesignaal for openbare-orde on wpg-16-1-b"], (0, 1)),
    ("matrix", ["matrix", "TEXT"], (0,)),
    ("matrix --html", ["matrix", "--html", "TEXT"], (0,)),
    ("who --onward", ["who", "TEXT", "bsn", "--onward"], (0,)),
    ("render", ["render", "TEXT"], (0,)),
    ("diff, with less", ["diff", "TEXT", "LESS"], (1,)),
    ("test", ["test", "TEXT"], (0,)),
    ("test --suggest", ["test", "TEXT", "--suggest"], (0,)),
    ("cover", ["cover", "TEXT"], (0, 1)),
)


def run(command, good):
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in good:
        sys.exit("%s: exit status %d: %s" % (
            " ".join(command), child.returncode, said.decode()))
    return (used.ru_utime + used.ru_stime) * 1e3, (
        time.monotonic() - began) * 1e3


def main():
    program, path = sys.argv[1:3]
    bound = float(sys.argv[3]) if len(sys.argv) > 3 else None
    worst = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        less = os.path.join(scratch, "less.convenant")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        # without its examples, and one field further away
        text = text[:text.index("\nexpect ")] + "\n"
        text = text.replace("share betrokkene, ", "share ", 1)
        with open(less, "w", encoding="utf-8") as f:
            f.write(text)
        print("%-20s %10s %10s" % ("driehoek policy", "CPU ms", "elapsed"))
        for name, arguments, good in QUESTIONS:
            command = [program, "policy"] + [
                {"TEXT": path, "LESS": less}.get(a, a) for a in arguments]
            used = [run(command, good) for _ in range(RUNS)]
            cpu = statistics.median(u[0] for u in used)
            worst = max(worst, cpu)
            print("%-20s %10.1f %10.1f" % (
                name, cpu, statistics.median(u[1] for u in used)))
    if bound is not None and worst > bound:
        sys.exit("a question takes %.0f ms of the processor, more than %.0f" % (
            worst, bound))


main()
