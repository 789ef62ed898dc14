#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The table of script/bench: from the lines of bench_endtoend (with the
broker's ticks and ticks a second behind) and those of its peers (in flight,
name, rate, and maybe the median of delivery)."""
import collections
import os
import statistics
import sys

med = statistics.median


def read(path):
    return [line.split() for line in open(path)] if os.path.exists(path) else []


def main():
    ours, theirs = collections.defaultdict(list), collections.defaultdict(list)
    for f in read(sys.argv[1]):
        ours[int(f[0])].append([float(x) for x in f])
    for f in read(sys.argv[2]):
        theirs[f[1], int(f[0])].append([float(x) for x in f[2:]])
    print("%9s %12s %18s %9s %9s %9s %9s %9s %9s" % (
        "in flight", "signals/s", "[min - max]", "p50 us", "p99 us", "CPU us",
        "broker", "sender", "recipient"))
    for w, rows in sorted(ours.items()):
        rate = [r[3] for r in rows]
        broker = med(r[8] / r[9] * 1e6 / r[1] for r in rows)
        send, recv = med(r[6] for r in rows), med(r[7] for r in rows)
        print("%9d %12.0f %18s %9.0f %9.0f %9.0f %9.0f %9.0f %9.0f" % (
            w, med(rate), "[%.0f - %.0f]" % (min(rate), max(rate)),
            med(r[4] for r in rows), med(r[5] for r in rows),
            broker + send + recv, broker, send, recv))
    if not theirs:
        return
    print("\n== Against peers: our rate / theirs, our median / theirs, each"
          " within a round")
    print("%-14s %9s %7s %15s %12s %9s" % (
        "peer", "in flight", "rate x", "[min - max]", "their rate", "p50 x"))
    for (name, w), rows in sorted(theirs.items()):
        pairs = list(zip(ours[w], rows))
        ratio = [a[3] / b[0] for a, b in pairs]
        p50 = [a[4] / b[1] for a, b in pairs if len(b) > 1 and b[1] > 0]
        print("%-14s %9d %7.2f %15s %12.0f %9s" % (
            name, w, med(ratio), "[%.2f - %.2f]" % (min(ratio), max(ratio)),
            med(b[0] for _, b in pairs),
            "%.2f" % med(p50) if p50 else "-"))


main()
