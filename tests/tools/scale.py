#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""scale.py BUILD DIR WHAT KEY=VALUE... - what script/scale and script/soak run.

Each world below is a broker of its own with one signatory, a roster of as many
partners as are wanted, and bench_scale for its nodes. Costs are processor time
of the broker's processes per signal that went all the way: pushed, decided, on
the ledger, delivered, answered, its outcome confirmed by the sender. Worlds
that are compared take turns within each round, and what counts is the median
of the ratios within a round: machines drift.
"""
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time

from growth import growth

BUILD, DIR, WHAT = sys.argv[1:4]
OPTION = {k: int(v) for k, v in (a.split("=") for a in sys.argv[4:])}
SCALE = f"{BUILD}/tests/bench/bench_scale"
DRIEHOEKD = f"{BUILD}/broker/driehoekd"
TICK = os.sysconf("SC_CLK_TCK")
med = statistics.median
failures, worlds = [], []
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends its worlds

AGREEMENT = """convenant schaal version 1 valid 2026-01-01 until 2036-01-01
  timezone "Europe/Amsterdam"
  signed by a0000;
party %s;
purpose overleg "Overleg";
ground grond "Grond";
signal bericht with fields een a, twee a, drie a, vier a;
permit P1 "Iedereen aan iedereen":
  from any to any signal bericht
  for overleg on grond share een, twee, drie, vier;
"""
ROSTER = """roster schaal
version 1
valid 2026-01-01 until 2036-01-01
signed-by a0000
%s%scosigner a0000
quorum 1
"""


def run(*command, **more):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE, **more).stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def within(what, figure, most):
    """Says whether FIGURE is at most MOST, and notes when it is not."""
    good = figure <= most
    if not good:
        failures.append(what)
    return "ok" if good else "TOO MUCH"


class World:
    def __init__(self, name, parties, partners, settings=""):
        self.dir = f"{DIR}/{name}"
        self.name, self.parties, self.broker = name, parties, None
        self.nodes = None
        os.mkdir(self.dir)
        worlds.append(self)
        self.make_texts(partners, settings)
        self.start()
        operator = (DRIEHOEKD,)
        for what in ("roster", "agreement"):
            run(*operator, what, "add", f"{self.dir}/{what}", "-C",
                f"{self.dir}/broker")
        self.nodes = subprocess.Popen(
            [SCALE, "world", f"{self.dir}/broker", f"{self.dir}/ledger.line",
             f"{self.dir}/agreement", str(parties), self.endpoint],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def sign(self, file, namespace):
        with open(file) as text, open(f"{file}.a0000.sig", "w") as out:
            subprocess.run(
                ["ssh-keygen", "-q", "-Y", "sign", "-f", f"{self.dir}/key",
                 "-n", namespace], stdin=text, stdout=out, check=True,
                stderr=subprocess.DEVNULL)

    def make_texts(self, partners, settings):
        d = self.dir
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a0000", "-f",
            f"{d}/key")
        key = " ".join(open(f"{d}/key.pub").read().split()[:2])
        with open(f"{d}/allowed_signers", "w") as f:
            f.write('a0000 namespaces="driehoek-convenant,driehoek-roster,'
                    f'driehoek-revoke" {key}\n')
        out = run(DRIEHOEKD, "init", f"{d}/broker", "--origin",
                  "ledger.schaal.example/1", "--signers",
                  f"{d}/allowed_signers", "--endpoint",
                  f"tcp://127.0.0.1:{free_port()}")
        line = next(l for l in out.splitlines(True) if l.startswith("ledger "))
        with open(f"{d}/ledger.line", "w") as f:
            f.write(line)
        with open(f"{d}/agreement", "w") as f:
            f.write(AGREEMENT % ", ".join(f"a{i:04}" for i in range(self.parties)))
        with open(f"{d}/roster", "w") as f:
            f.write(ROSTER % (line, run(
                SCALE, "roster", str(self.parties), str(partners))))
        self.sign(f"{d}/agreement", "driehoek-convenant")
        self.sign(f"{d}/roster", "driehoek-roster")
        with open(f"{d}/broker/driehoekd.conf", "a") as f:
            f.write(settings)

    def start(self):
        r, w = os.pipe()
        with open(f"{self.dir}/broker.log", "ab") as log:
            self.broker = subprocess.Popen(
                [DRIEHOEKD, "-C", f"{self.dir}/broker", "--ready-fd", str(w)],
                pass_fds=(w,), stderr=log)
        os.close(w)
        with os.fdopen(r) as ready:
            word = ready.readline().split()
        if not word:
            raise SystemExit(f"scale: the broker of {self.dir} did not start")
        self.endpoint = word[1]

    def stop(self):
        if self.broker is not None:
            self.broker.send_signal(signal.SIGTERM)
            self.broker.wait()
        self.broker = None

    def end(self):
        if self.nodes is not None:
            self.nodes.stdin.close()
            self.nodes.wait()
        self.nodes = None
        self.stop()

    def tell(self, line):
        """One line to the nodes, and the numbers of their answer."""
        self.nodes.stdin.write(line + "\n")
        self.nodes.stdin.flush()
        answer = self.nodes.stdout.readline()
        if not answer:
            raise SystemExit(f"scale: the nodes of {self.name} failed at "
                             f"'{line}'; see above")
        return [int(x) for x in answer.split() if x.isdigit()]

    def processes(self):
        out = run("ps", "-o", "pid=", "--pid", str(self.broker.pid), "--ppid",
                  str(self.broker.pid))
        return [int(p) for p in out.split()]

    def cpu_us(self):
        total = 0
        for pid in self.processes():
            fields = open(f"/proc/{pid}/stat").read().rsplit(")")[-1].split()
            total += int(fields[11]) + int(fields[12])
        return total * 1e6 / TICK

    def memory(self):
        """MiB: proportional in all, and what is no mapped file of the store."""
        all_, own = 0, 0
        for pid in self.processes():
            text = open(f"/proc/{pid}/smaps_rollup").read()
            number = dict(re.findall(r"^(\w+): +(\d+) kB", text, re.M))
            all_ += int(number["Pss"])
            own += int(number["Pss_Anon"])
        return all_ / 1024, own / 1024

    def load(self, ms, flight, bundle=32, field=32):
        """Signals a second, and the broker's microseconds for each."""
        for _ in range(20):  # a busy machine may let none through at first
            before = self.cpu_us()
            signals, took, *self.shares = self.tell(f"load {ms} {bundle} {flight} {field}")
            if signals > 0:
                break
        else:
            raise SystemExit("scale: no signal goes through")
        return signals * 1e3 / took, (self.cpu_us() - before) / signals


# --- ten thousand nodes -------------------------------------------------------
def nodes():
    n, act, ms = OPTION["nodes"], OPTION["active"], OPTION["ms"]
    w = World("nodes", act // 2, act // 2 + n - act)
    from_ = time.monotonic()
    w.tell(f"active {act // 2}")
    took, = w.tell(f"idle {act // 2} {n - act}")
    print(f"{n} nodes: cards in {time.monotonic() - from_ - took / 1e3:.0f} s, "
          f"the idle ones connected in {took / 1e3:.1f} s")
    rate, cost = w.load(ms, 64)
    print(f"{act} of them active: {rate:.0f} signals/s, {cost:.0f} us of the "
          "broker each")
    fewest, most = w.shares
    print(f"who sent most had {most} answered, who sent fewest {fewest}: "
          f"{within('fair', most, 2 * fewest)} (at most twice as many)")
    all_, own = w.memory()
    print(f"broker's memory: {all_:.0f} MiB, {own:.0f} of them its own: "
          f"{within('memory', all_, OPTION['mib'])} (at most {OPTION['mib']})")
    w.stop()
    w.start()
    took, = w.tell("back")
    print(f"all back {took / 1e3:.1f} s after a restart of the broker: "
          f"{within('back', took, 30000)} (at most 30)")
    rate, cost = w.load(ms, 64)
    print(f"and working: {rate:.0f} signals/s")
    w.end()


# --- a long queue -----------------------------------------------------------
QUOTA = "limits\n    quota-shares = 2000000\n    quota-bytes = 1T\n"
CALM = "delivery\n    redeliver-ms = 3600000\n"


def queue():
    n, few, field = OPTION["queued"], OPTION["few"], 32
    cost = {}
    for count in (few, n):
        w = World(f"queue{count}", 2, 2, QUOTA)
        w.tell("active 2")
        took, = w.tell(f"fill {count} 32 {field}")
        all_, own = w.memory()
        print(f"{count} shares queued at {count * 1e3 / took:.0f} a second; "
              f"broker's memory: {all_:.0f} MiB, {own:.0f} of them its own: "
              f"{within('memory of a queue', own, OPTION['own'])} "
              f"(at most {OPTION['own']})")
        before = w.cpu_us()
        *took, rest = w.tell(f"drain {count}")
        cost[count] = (w.cpu_us() - before) / count
        print(f"drained at {count * 1e6 / sum(took):.0f} a second, "
              f"{cost[count]:.1f} us of the broker each; all outcomes known "
              f"{rest / 1e6:.1f} s later; by tenths: " +
              " ".join(f"{count / 10 * 1e6 / max(t, 1):.0f}" for t in took))
        w.end()
    ratio = cost[n] / cost[few]
    print(f"a share of {n} costs {ratio:.2f} x one of {few}: "
          f"{within('drain', ratio, OPTION['times'] / 100)}")


# --- cost per signal ------------------------------------------------------------
def cost():
    many, few, ms = OPTION["queued"], OPTION["few"], OPTION["ms"]
    people, rounds = OPTION["partners"], OPTION["rounds"]
    worlds = [(10, few), (10, many), (people, few)]
    made = []
    for partners, queued in worlds:
        w = World(f"cost{partners}-{queued}", 2, partners, QUOTA + CALM)
        w.tell("active 2")
        if OPTION.get("connect", 0):
            w.tell(f"idle 2 {partners - 2}")
        w.tell(f"fill {queued} 32 32")
        w.tell("connect")
        w.load(ms // 2, 256)
        made.append(w)
    rows = []
    for r in range(rounds):
        order = range(3) if r % 2 == 0 else reversed(range(3))
        row = {i: made[i].load(ms, 256) for i in order}
        rows.append([row[i] for i in range(3)])
    print("%9s %9s %12s %9s %22s" % ("partners", "queued", "signals/s", "CPU us",
                                   "x first [min - max]"))
    for i, (partners, queued) in enumerate(worlds):
        ratio = [row[i][1] / row[0][1] for row in rows]
        verdict = within("cost", med(ratio), OPTION["times"] / 100)
        print("%9d %9d %12.0f %9.1f %22s %s" % (
            partners, queued, med(row[i][0] for row in rows),
            med(row[i][1] for row in rows), "%.2f [%.2f - %.2f]" % (
                med(ratio), min(ratio), max(ratio)), verdict))
    for w in made:
        w.end()


# --- a recipient that stalls --------------------------------------------------
def stall():
    n, rounds = OPTION["signals"], OPTION["rounds"]
    w = World("stall", 3, 3, CALM)
    w.tell("active 3")
    w.tell("fill 4096 32 32")
    w.tell(f"latency {n // 2}")
    rows = []
    for r in range(rounds):
        row = {}
        for on in (0, 1) if r % 2 == 0 else (1, 0):
            w.tell(f"stall {on}")
            # until its window is full, it is like any other recipient
            w.tell(f"latency {n // 2}")
            row[on] = w.tell(f"latency {n}")
        rows.append(row)
    for i, name in enumerate(("p50", "p99")):
        ratio = [row[1][i] / row[0][i] for row in rows]
        print(f"{name} of others: {med(row[0][i] for row in rows):.0f} us with "
              f"a recipient away, {med(row[1][i] for row in rows):.0f} us with "
              f"it stalled: {med(ratio):.2f} x [{min(ratio):.2f} - "
              f"{max(ratio):.2f}] "
              f"{within('stall', med(ratio), OPTION['times'] / 100)}")
    w.end()


# --- growth -------------------------------------------------------------------
def soak():
    n, act, seconds = OPTION["nodes"], OPTION["active"], OPTION["seconds"]
    long = seconds >= 1800
    w = World("soak", act // 2, act // 2 + n - act)
    w.tell(f"active {act // 2}")
    if n > act:
        w.tell(f"idle {act // 2} {n - act}")
    points, from_, signals = [], time.monotonic(), 0.0
    while time.monotonic() - from_ < seconds:
        rate, _ = w.load(1000, 64)
        signals += rate
        if long:  # a load of a second in five: more would fill the disk
            time.sleep(4)
        # in a long run that of a broker at rest: what is on its way is no growth
        points.append((time.monotonic() - from_, w.memory()[1]))
    if not long:
        print(f"{n} nodes, {act} active, {seconds} s, {signals:.0f} signals: "
              f"broker's own memory {points[-1][1]:.1f} MiB: "
              f"{within('memory', points[-1][1], OPTION['own'])} "
              f"(at most {OPTION['own']})")
        return w.end()
    half = points[len(points) // 2:]
    percent = growth(half) * 100
    print(f"{n} nodes, {act} active, {seconds} s, {signals:.0f} signals: "
          f"broker's own memory {points[0][1]:.1f}, after half of the time "
          f"{half[0][1]:.1f}, at the end {half[-1][1]:.1f} MiB; in the second "
          f"half {percent:.2f} % an hour: {within('growth', percent, 1)}")
    return w.end()


try:
    {"nodes": nodes, "queue": queue, "cost": cost, "stall": stall,
     "soak": soak}[WHAT]()
finally:
    for world in worlds:
        world.end()
if failures:
    raise SystemExit("scale: beyond its bound: " + ", ".join(failures))
