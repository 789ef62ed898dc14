#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Sums samples of `perf script` by process and by what was done; for
script/profile. Arguments: the samples, the line of bench_endtoend, and the
process ids of the broker's parts."""
import collections
import sys

HZ = 4000
SYSCALLS = [  # the first that is in the stack names the row
    ("disk", ("fdatasync", "fsync", "pwrite64", "writev", "fallocate")),
    ("sockets and wake-ups", ("sendmsg", "recvmsg", "sendto", "recvfrom",
                              "poll", "epoll_wait", "futex", "write", "read")),
    ("random bytes", ("getrandom",)),
]
LIBRARIES = [("libsodium", "libsodium"), ("libcrypto", "libcrypto"),
             ("liblmdb", "liblmdb"), ("libzmq", "libzmq"), ("libc", "libc")]


def samples(path):
    head, stack = None, []
    for line in open(path, errors="replace"):
        if not line.strip():
            if head:
                yield head, stack
            head, stack = None, []
        elif not line[0].isspace():
            head = line.split()
        else:
            part = line.split()
            stack.append((part[1] if len(part) > 1 else "?", part[-1]))
    if head:
        yield head, stack


def what(stack):
    leaf = stack[0][1] if stack else ""
    if "kernel" in leaf or "vmlinux" in leaf or leaf.startswith("(["):
        names = " ".join(s for s, _ in stack)
        for row, calls in SYSCALLS:
            if any("sys_" + c in names or "do_" + c in names for c in calls):
                return row
        if "page_fault" in names:
            return "page faults"
        return "other kernel"
    for row, name in LIBRARIES:
        if name in leaf:
            return row
    return "own code"


def main():
    path, line, parts = sys.argv[1], sys.argv[2:11], set(sys.argv[11:])
    signals = float(line[1])
    names, cells = {}, collections.defaultdict(collections.Counter)
    own = collections.Counter()
    rows = []
    for head, stack in samples(path):
        comm, pid = " ".join(head[:-1]), head[-1].split("/")[0]
        rows.append((comm, pid, stack))
        if comm.startswith("bench_endtoend"):
            names.setdefault(pid, "")
        elif pid in parts and comm.startswith("driehoekd"):
            names[pid] = {"driehoekd-core": "core", "driehoekd-route": "router",
                          "driehoekd-keepe": "keeper"}.get(comm, comm)
    ends = sorted((p for p, n in names.items() if n == ""), key=int)
    if len(ends) < 2:
        sys.exit("profile: sender and recipient were not sampled")
    names[ends[0]], names[ends[1]] = "sender", "recipient"
    for comm, pid, stack in rows:
        if pid not in names:
            continue
        row = what(stack)
        cells[row][names[pid]] += 1
        if row == "own code" and stack: # one that was cut has none
            own[stack[0][0]] += 1
    unit = 1e6 / HZ / signals
    columns = ["sender", "recipient", "router", "core", "keeper"]
    print("%.0f signals, %s in flight, %s a second; microseconds a signal:"
          % (signals, line[0], line[3]))
    print("%-22s" % "" + "".join("%10s" % c for c in columns + ["all"]))
    total = collections.Counter()
    for row in sorted(cells, key=lambda r: -sum(cells[r].values())):
        for c in columns:
            total[c] += cells[row][c]
        print("%-22s" % row + "".join(
            "%10.1f" % (cells[row][c] * unit) for c in columns) +
            "%10.1f" % (sum(cells[row].values()) * unit))
    print("%-22s" % "all" + "".join(
        "%10.1f" % (total[c] * unit) for c in columns) +
        "%10.1f" % (sum(total.values()) * unit))
    print("own code, the largest: " + ", ".join(
        "%s %.1f" % (n, k * unit) for n, k in own.most_common(12)))


main()
