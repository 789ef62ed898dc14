#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The table of script/bench: from its own runs (who keeps outbox and inbox, the
line of bench_endtoend, the broker's ticks, ticks a second, and the bytes that
core wrote) and those of its peers (in flight, name, rate, and maybe the median of
delivery)."""
import collections
import os
import statistics
import sys

med = statistics.median
KEEPERS = ("node", "application")
# places in a line
SIGNALS, RATE, P50, P99, SENDER, RECIPIENT, DELIVERED, TICKS, HZ, BYTES = (
    1, 3, 4, 5, 6, 7, 8, 9, 10, 11)


def read(path):
    return [line.split() for line in open(path)] if os.path.exists(path) else []


def show_ours(ours):
    print("%-12s %9s %9s %17s %9s %9s %9s %7s %7s %7s %9s %7s" % (
        "kept by", "in flight", "signals/s", "[min - max]", "answered",
        "p99", "delivered", "CPU", "broker", "sender", "recipient", "disk"))
    print("%-12s %9s %9s %17s %9s %9s %9s %7s %7s %7s %9s %7s" % (
        "", "", "", "", "p50 us", "us", "p50 us", "us", "us", "us", "us",
        "bytes"))
    for keeper in KEEPERS:
        for w in sorted(w for k, w in ours if k == keeper):
            rows = ours[keeper, w]
            rate = [r[RATE] for r in rows]
            broker = med(r[TICKS] / r[HZ] * 1e6 / r[SIGNALS] for r in rows)
            send, recv = (med(r[i] for r in rows) for i in (SENDER, RECIPIENT))
            print("%-12s %9d %9.0f %17s %9.0f %9.0f %9.0f %7.0f %7.0f %7.0f"
                  " %9.0f %7.0f" % (
                      keeper, w, med(rate),
                      "[%.0f - %.0f]" % (min(rate), max(rate)),
                      med(r[P50] for r in rows), med(r[P99] for r in rows),
                      med(r[DELIVERED] for r in rows), broker + send + recv,
                      broker, send, recv,
                      med(r[BYTES] / r[SIGNALS] for r in rows)))


def show_peers(ours, theirs):
    print("\n== Against peers: our rate / theirs, our median of delivery /"
          " theirs, each within a round")
    print("%-14s %-12s %9s %7s %15s %12s %9s" % (
        "peer", "kept by", "in flight", "rate x", "[min - max]", "their rate",
        "p50 x"))
    for (name, w), rows in sorted(theirs.items()):
        for keeper in KEEPERS:
            pairs = list(zip(ours[keeper, w], rows))
            ratio = [a[RATE] / b[0] for a, b in pairs]
            p50 = [a[DELIVERED] / b[1] for a, b in pairs
                   if len(b) > 1 and b[1] > 0]
            print("%-14s %-12s %9d %7.2f %15s %12.0f %9s" % (
                name, keeper, w, med(ratio),
                "[%.2f - %.2f]" % (min(ratio), max(ratio)),
                med(b[0] for _, b in pairs),
                "%.2f" % med(p50) if p50 else "-"))


def main():
    ours, theirs = collections.defaultdict(list), collections.defaultdict(list)
    for keeper, *f in read(sys.argv[1]):
        ours[keeper, int(f[0])].append([float(x) for x in f])
    for f in read(sys.argv[2]):
        theirs[f[1], int(f[0])].append([float(x) for x in f[2:]])
    show_ours(ours)
    if theirs:
        show_peers(ours, theirs)


main()
