#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""From a push to its delivery, one signal in flight, stage by stage: medians
from the events of `perf script`; for script/profile. Arguments: the events, the
line of bench_endtoend, and the process ids of the broker's parts."""
import re
import statistics
import sys

LARGE = 2000  # bytes: messages that hold a signal; the others are shorter
EVENT = re.compile(r"\s*(.+?)\s+(\d+)/(\d+)\s+([\d.]+):\s+\w+:(\w+):\s*(.*)$")

# who, what it does, and what the time up to then was
STAGES = [
    ("sender", "exit_fdatasync", "disk: the sender's outbox"),
    ("sender's transport", "enter_sendto", "hop: sender to its transport"),
    ("router's transport", "exit_recvfrom", "hop: to the broker's transport"),
    ("router", "enter_sendmsg", "hop: to the router"),
    ("core", "exit_recvmsg", "hop: to core"),
    ("core", "enter_fdatasync", "work: verified, decided, entered"),
    ("core", "exit_fdatasync", "disk: the broker's store"),
    ("core", "enter_sendmsg", "work: the share"),
    ("router", "exit_recvmsg", "hop: to the router"),
    ("router's transport", "enter_sendto", "hop: to its transport"),
    ("recipient's transport", "exit_recvfrom", "hop: to the recipient's"),
    ("recipient", "wakes", "hop: to the recipient"),
    ("recipient", "enter_fdatasync",
     "work: verified, opened, delivered; answer signed"),
]


def roles(events, parts):
    """Thread by thread who it is: of the two ends the sender is the older."""
    ends = sorted({pid for comm, pid, tid, *_ in events
                   if comm.startswith("bench_e") and pid == tid})
    who = dict(zip(ends, ("sender", "recipient")))
    for comm, pid, tid, *_ in events:
        if pid == tid and pid in parts:  # names are cut to 15 characters
            who[pid] = "router" if comm.endswith("route") else comm[10:]
    for comm, pid, tid, *_ in events:
        if comm.startswith("ZMQbg/IO") and pid in who:
            who[tid] = who[pid] + "'s transport"
    return who


def read(path, parts):
    events = []
    for line in open(path, errors="replace"):
        m = EVENT.match(line)
        if m:
            comm, pid, tid, at, name, rest = m.groups()
            events.append((comm, int(pid), int(tid), float(at) * 1e6,
                           name.replace("sys_", ""), rest))
    who = roles(events, parts)
    for _, _, tid, at, name, rest in events:
        if name == "sched_switch":
            woken = re.search(r"next_pid=(\d+)", rest)
            yield who.get(int(woken.group(1))), at, "wakes", None
            continue
        n = None  # bytes of a message, where it is known
        if name == "enter_sendto":
            n = int(re.search(r"len: (0x[0-9a-f]+)", rest).group(1), 16)
        elif "recv" in name:  # a failure is a number beyond all sizes
            n = int(rest, 16)
        yield who.get(tid), at, name, n


def main():
    path, line = sys.argv[1], sys.argv[2:11]
    parts = {int(p) for p in sys.argv[11:]}
    cycles, cycle = [], None
    for who, at, name, n in read(path, parts):
        if (who, name) == ("sender", "enter_fdatasync"):
            cycle = [at]
            continue
        if cycle is None:
            continue
        whose, what, _ = STAGES[len(cycle) - 1]
        large = n is None or LARGE <= n < 1 << 32
        if (who, name) == (whose, what) and large:
            cycle.append(at)
        if len(cycle) > len(STAGES):
            cycles.append(cycle)
            cycle = None
    if len(cycles) < 20:
        raise SystemExit(f"stages: {len(cycles)} signals seen: too few")
    med = statistics.median
    print(f"{len(cycles)} of {line[1]} signals, one in flight; microseconds, "
          f"medians; push to delivery p50 {line[8]}:")
    total = {}
    for i, (_, _, of) in enumerate(STAGES):
        us = med(c[i + 1] - c[i] for c in cycles)
        kind = of.split(":")[0]
        total[kind] = total.get(kind, 0) + us
        print(f"    {of:50} {us:6.0f}")
    print("    all: " + ", ".join(f"{k} {v:.0f}" for k, v in total.items()))


if __name__ == "__main__":
    main()
