#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""faults.py WORLD BUILD 0 SEED HOW - calls of the broker that fail, in turn.

HOW is all, a duration (90s, 10m, 2h) or a number of faults. While signals
move, the n-th call of one kind by core or keeper fails, or the process is
killed in it, for every n of a run. strace does that, in a program that stands
before the real one and steps aside when the parent starts it again. Then:
after a call that failed with EIO core says nothing more to a node, and ends;
the broker comes back by itself; every signal that was acknowledged arrives
once; the ledger verifies, and continues every head that auditor, sender and
recipient have seen. The judge is that of kill.py.
"""
import collections
import os
import random
import re
import signal
import subprocess
import sys
import time

import follow
import kill
from kill import SEED, WORLD

HOW = sys.argv[5]
BURSTS = 3
# what each of them does to a file; openat and mkdir only of its own
CALLS = {
    "core": ("pwrite64", "pwritev", "writev", "write", "fdatasync", "fsync", "msync",
             "fallocate", "ftruncate", "openat", "mkdir", "rename", "unlink"),
    "keeper": ("write", "fsync", "rename", "openat", "fchmod", "mkdir"),
}
FAULTS = ("error=EIO", "error=ENOSPC", "signal=KILL")
# a commit is made of these: when one fails the outcome is not known
COMMIT = ("pwrite64", "pwritev", "writev", "fdatasync")
ROUTER = "sendmsg(4,"
ENDS_S = 5 # idle machines take some milliseconds
OTHERS = re.compile(r'"/(?:etc|lib|usr|proc|sys)[/"]|"\.?/?(?:store)?", O_PATH')


class World(kill.World):
    broker_program = f"{WORLD}/bin/driehoekd"

    def arm(self, part, options):
        """The next start of PART is under strace with OPTIONS."""
        for name in ("trace", "injected"):
            if os.path.exists(f"{WORLD}/{name}.{part}"):
                os.remove(f"{WORLD}/{name}.{part}")
        with open(f"{WORLD}/inject.{part}.new", "w", encoding="ascii") as f:
            f.write(options)
        os.rename(f"{WORLD}/inject.{part}.new", f"{WORLD}/inject.{part}")

    def stop_broker(self, armed=False):
        """In order, so that it can be armed again. ARMED: the fault may come
        only now."""
        self.broker.send_signal(signal.SIGTERM)
        if self.broker.wait(timeout=30) != 0 and not armed:
            raise SystemExit("faults: the broker did not stop in order")


def trace(part):
    try:
        with open(f"{WORLD}/trace.{part}", encoding="latin-1") as f:
            return f.read().split("\n")[:-1]
    except FileNotFoundError:
        return []


def failed_at(part):
    """Index of the line of PART's trace in which the fault is, or -1."""
    for i, line in enumerate(trace(part)):
        if "(INJECTED)" in line or "+++ killed by SIGKILL" in line:
            return i
    return -1


def seconds(line):
    return float(line.split()[1])


def check_core(call, fault):
    """What the trace says that core did after the fault."""
    lines = trace("core")
    at = failed_at("core")
    if fault != "error=EIO" or call not in COMMIT:
        return
    for line in lines[at + 1:]:
        if ROUTER in line:
            raise SystemExit(f"faults: after the fault core spoke to a node:\n{lines[at]}\n{line}")
    ended = [line for line in lines[at + 1:] if "+++ exited with" in line]
    if not ended:
        raise SystemExit(f"faults: core did not end after\n{lines[at]}")
    if seconds(ended[0]) - seconds(lines[at]) > ENDS_S:
        raise SystemExit(f"faults: core ended late after\n{lines[at]}")


def accepted():
    return sum(l[0] == "A" for l in kill.lines(kill.SENT))


def grows(world):
    """A burst, of which something is acknowledged."""
    before = accepted()
    world.work()
    if not follow.until(lambda: accepted() > before, WORLD, 30, world.sender, world.receiver):
        world.check_alive()
        raise SystemExit("faults: the broker takes nothing any more")


def arrived():
    return not kill.judge(False)[2]


def settle(world):
    """All that was acknowledged arrives, and the ledger verifies."""
    if not follow.until(arrived, WORLD, 30, world.sender, world.receiver, world.broker):
        kill.judge(True)
    kill.verify(world)
    kill.judge(False)
    world.check_alive()


def run(world, part, hit):
    """A run with PART armed: until the fault, or to the run's end."""
    before = world.readies()
    world.start_broker()
    for _ in range(BURSTS):
        if hit():
            break
        count = accepted()
        world.work()
        follow.until(lambda: accepted() > count or hit(), WORLD, 5, world.sender)
    # keeper saves its head a while after the last one
    if part == "keeper":
        follow.until(hit, WORLD, 1.2)
    return before


def walk(world, part, call, fault, n):
    """One fault. False: a run has no N-th such call."""
    world.arm(part, f"-e trace={call},sendmsg -e inject={call}:{fault}:when={n}")
    run(world, part, lambda: failed_at(part) >= 0)
    if failed_at(part) < 0:
        world.stop_broker(True)
        return False
    if part == "core" and fault == "error=EIO" and call in COMMIT:
        follow.until(lambda: any("+++" in line for line in trace(part)), WORLD, ENDS_S)
        check_core(call, fault)
    grows(world)
    settle(world)
    world.stop_broker()
    return True


def baseline(world):
    """Of each part and call: which n of a run are on files of its own."""
    counts = collections.defaultdict(list)
    for part, calls in CALLS.items():
        world.arm(part, f"-e trace={','.join(calls)}")
    run(world, "keeper", lambda: False)
    settle(world)
    world.stop_broker()
    for part, calls in CALLS.items():
        seen = collections.Counter()
        for line in trace(part):
            call = line.split()[2].split("(")[0]
            if call not in calls:
                continue
            seen[call] += 1
            if not OTHERS.search(line):
                counts[part, call].append(seen[call])
    return counts


def plan(counts, rng):
    """All faults in order; or in any order, where there is not time for all."""
    todo = [(part, call, fault, n) for (part, call), ns in sorted(counts.items())
            for fault in FAULTS for n in ns]
    if HOW != "all":
        rng.shuffle(todo)
    return todo


def is_over(done, start):
    unit = {"s": 1, "m": 60, "h": 3600}.get(HOW[-1])
    if HOW == "all":
        return False
    if unit is None:
        return done >= int(HOW)
    return time.monotonic() - start >= int(HOW[:-1]) * unit


def chosen(todo):
    """In a short run the faults that matter most are among the first."""
    first = []
    for wanted in (("core", "fdatasync", "error=EIO"), ("keeper", "rename", "error=EIO"),
                   ("core", "writev", "signal=KILL"), ("core", "pwrite64", "error=ENOSPC")):
        some = [t for t in todo if t[:3] == wanted]
        first += some[len(some) // 2:len(some) // 2 + 1]
    return first + [t for t in todo if t not in first]


def main():
    world = World()
    rng = random.Random(SEED)
    tally, beyond = collections.Counter(), 0
    start = time.monotonic()
    at = "the run without a fault"
    try:
        world.start_broker()
        world.start_sender()
        world.start_receiver()
        grows(world)
        world.stop_broker()
        todo = plan(baseline(world), rng)
        if HOW != "all":
            todo = chosen(todo)
        start = time.monotonic()
        for part, call, fault, n in todo:
            if is_over(sum(tally.values()), start):
                break
            at = f"{fault} in {call} {n} of {part}"
            if walk(world, part, call, fault, n):
                tally[part, call] += 1
            else:
                beyond += 1 # commits come in batches: no two runs are alike
        world.start_broker()
        kill.drain(world)
        acknowledged, handed_out, _ = kill.judge(True)
        if kill.ends(world) != {"taken": acknowledged}:
            raise SystemExit(f"faults: {acknowledged} were acknowledged, but ended so: {kill.ends(world)}")
        kill.verify(world)
        if not tally:
            raise SystemExit("faults: nothing ever failed; the test shows nothing")
    except BaseException:
        print(f"faults: at {at}", file=sys.stderr)
        raise
    finally:
        world.stop()
    each = ", ".join(f"{part} {call} {n}" for (part, call), n in sorted(tally.items()))
    print(f"{sum(tally.values())} faults ({each}; {beyond} beyond the run's end), seed {SEED}: "
          f"{acknowledged} acknowledged, {handed_out} confirmed, none lost, none twice, ledger verified")


if __name__ == "__main__":
    main()
