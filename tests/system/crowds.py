#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""crowds.py WORLD BUILD BROKER-PID PAIRS MS RATE - what strangers cost legal clients.

Over a world made by script/world.sh, with signals running end to end all the
time, each kind of crowd (crowd.c) stays away and comes by turns, PAIRS times
for MS milliseconds each, RATE new ones a second. The answers on the ledger
while it is there are compared with those while it is not: machines drift, so
only what alternates quickly can be compared. A disturbance from elsewhere does
not come every time: what is wrong three times is wrong.

Promised: legal clients keep 80 % of what they had, the broker closes every
stranger within 3.5 s, the router does not spin, also not when it has no
descriptor left, and who comes from where a card was shown before gets in.
"""
import json
import os
import resource
import signal
import subprocess
import sys
import time

import follow

WORLD, BUILD, BROKER = sys.argv[1:4]
PAIRS, MS, RATE = map(int, sys.argv[4:7])
KEEP, CLOSED_MS, IN_FLIGHT = 0.8, 3500, 64
FEW = 80  # descriptors of a router that is to run out of them
TRIES = 3
# how, at a time, a second, addresses; with too few descriptors
CROWDS = (
    ("silent", 10000, 2 * RATE, 64, False),
    ("drip", 10000, RATE, 64, False),
    ("hello", 10000, RATE, 64, False),
    ("initiate", 10000, RATE, 64, False),
    ("flood", 10000, RATE, 64, False),
    ("silent", 10000, RATE, 0, False),
    ("silent", 10000, RATE, 64, True),
    # so few that what the router uses then, it uses for nothing
    ("silent", 100, 50, 1, True),
)


def fail(text):
    raise SystemExit("crowds: " + text)


def router():
    """Its process id: the same all the time."""
    found = subprocess.run(["pgrep", "-P", BROKER, "-f", "driehoekd-router"],
                           stdout=subprocess.PIPE, check=True).stdout.split()
    return int(found[0])


def cpu(pid):
    """Seconds of processor that it has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answered():
    status = subprocess.run(
        [f"{BUILD}/broker/driehoekd", "status", "--json", "-C", f"{WORLD}/broker"],
        stdout=subprocess.PIPE, check=True)
    return json.loads(status.stdout)["events"]["answered"]["total"]


class Load:
    """Signals end to end, from one sender to one recipient."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [f"{BUILD}/tests/bench/bench_endtoend", f"{WORLD}/politie",
             f"{WORLD}/gemeente", str(IN_FLIGHT), "3600", "node"], stdout=subprocess.PIPE)
        before, deadline = answered(), time.monotonic() + 10
        while answered() < before + 100:
            if time.monotonic() > deadline:
                fail("no signal is answered")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.stdout.read()  # until the recipient has ended, too
        self.process.wait()


def comes_in():
    """Whether a legal client that is not connected gets in; seconds."""
    began = time.monotonic()
    done = subprocess.run(
        [f"{BUILD}/clients/driehoek", "ledger", "show", "1", "--for", "integrity",
         "-C", f"{WORLD}/toezicht"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    return done.returncode == 0, time.monotonic() - began


class Crowd:
    """One crowd, from its first quiet time on."""

    def __init__(self, kind, pairs):
        self.how, count, rate, sources, self.short = kind
        self.kind, self.router = kind, router()
        self.process = subprocess.Popen(
            [f"{BUILD}/tests/system/crowd", f"{WORLD}/politie", self.how, str(count),
             str(rate), str(sources), str(pairs), str(MS)], stdout=subprocess.PIPE)
        # answers, seconds and the router's CPU; without and with the crowd
        self.sums = [[0, 0.0, 0.0], [0, 0.0, 0.0]]
        before = None
        for word in iter(self.process.stdout.readline, b""):
            now = (answered(), time.monotonic(), cpu(self.router))
            if before is not None:
                which = self.sums[word != b"crowd\n"]
                for i in range(3):
                    which[i] += now[i] - before[i]
            before = now
            if word == b"end\n":
                break

    def judge(self):
        """Waits until all have left; what is wrong, or None."""
        words = self.process.stdout.read().decode().split()
        if self.process.wait() != 0 or not words:
            fail(f"{self.how}: the crowd ended with {self.process.returncode}")
        line = dict(zip(words[::2], map(int, words[1::2])))
        quiet, there = self.sums
        kept = there[0] / there[1] / max(quiet[0] / quiet[1], 0.001)
        used = there[2] / there[1]
        rate, sources = self.kind[2:4]
        print(f"{self.how:8} {rate:5}/s from {sources or 'own':>3}"
              f"{', no descriptors' if self.short else '':17}"
              f"{line['opened']:6} opened, longest {line['longest-ms']:4} ms;"
              f" router {100 * used:3.0f} %; legal clients keep {kept:.2f}", flush=True)
        if line["opened"] == 0 or (self.how in ("hello", "initiate")
                                   and line["answered"] == 0):
            return "no stranger came to the point"
        if line["left"] != 0 or line["longest-ms"] > CLOSED_MS:
            return "a stranger was not closed in time"
        if used > (0.25 if rate < 100 else 0.75):
            return "the router spins"
        if router() != self.router:
            return "the router was started again"
        return "legal clients are slowed down" if kept < KEEP else None


def settle(crowds):
    """Judges those that were there, if need be once more."""
    while crowds:
        crowd = crowds.pop()
        wrong = crowd.judge()
        for _ in range(TRIES - 1):
            if wrong is None:
                break
            wrong = Crowd(crowd.kind, 2 * PAIRS).judge()
        if wrong is not None:
            fail(f"{crowd.kind}: {wrong}")


def all_crowds(kinds):
    before = []
    for kind in kinds:
        # the first until it has been 10,000
        crowd = Crowd(kind, 3 * PAIRS if kind is CROWDS[0] else PAIRS)
        settle(before) # they had the time of this one to leave
        before.append(crowd)
    settle(before)


def readies():
    """How often the broker has said so far that it is ready."""
    with open(f"{WORLD}/broker.log", "rb") as f:
        return f.read().count(b"process=parent event=ready")


def give_few_descriptors():
    """The next router gets what its parent has."""
    before = readies()
    resource.prlimit(int(BROKER), resource.RLIMIT_NOFILE, (FEW, FEW))
    os.kill(router(), signal.SIGKILL)
    if not follow.until(lambda: readies() != before, WORLD, 10):
        fail("the router did not come back")


def newcomer():
    """A legal client that connects in the middle of a crowd."""
    crowd = subprocess.Popen(
        [f"{BUILD}/tests/system/crowd", f"{WORLD}/politie", "silent", "10000",
         str(RATE), "64", "1", "1000"], stdout=subprocess.PIPE)
    while crowd.stdout.readline() != b"crowd\n":
        pass
    came, seconds = comes_in()
    crowd.stdout.read()
    crowd.wait()
    print(f"a legal client that comes in a crowd is served in {seconds:.2f} s")
    if not came or seconds > 3:
        fail("who comes from where a card was shown is kept out")


def main():
    with Load():
        all_crowds([kind for kind in CROWDS if not kind[-1]])
        newcomer()
    give_few_descriptors()
    with Load():
        all_crowds([kind for kind in CROWDS if kind[-1]])


if __name__ == "__main__":
    main()
