#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""kill.py WORLD BUILD CYCLES SEED - the crash test's driver and judge.

Kills -9 a random process (parent, router, core, keeper, sender, recipient) at
a random time, CYCLES times, over a world made by script/world.sh. After each
kill the ledger is verified; at the end everything that was acknowledged must
have arrived, once. It judges by the journals of crash_sender and
crash_receiver and by the auditor's verification, never by the broker's word.
"""
import collections
import ctypes
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

import follow

WORLD, BUILD, CYCLES, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
PARTS = ("router", "core", "keeper")
SENT, GOT = f"{WORLD}/sent.journal", f"{WORLD}/got.journal"


def lines(path):
    """Whole lines of a journal; a last line that a kill cut short is left."""
    try:
        with open(path, encoding="ascii") as f:
            text = f.read()
    except FileNotFoundError:
        return []
    return [line.split() for line in text.split("\n")[:-1]]


def progress():
    """Grows with every receipt and every share handed out."""
    return sum(l[0] in "AHC" for path in (SENT, GOT) for l in lines(path))


def end_with_parent():
    """Ends as by an error, so that what was started is stopped, when told to end
    or when the script that started this is gone."""
    pr_set_pdeathsig = 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


class World:
    broker_program = f"{BUILD}/broker/driehoekd"
    sender_program = f"{BUILD}/tests/system/crash_sender"
    receiver_program = f"{BUILD}/tests/system/crash_receiver"

    def __init__(self):
        end_with_parent()
        self.log = open(f"{WORLD}/kill.log", "ab")
        self.broker = self.sender = self.receiver = None

    def start_broker(self):
        r, w = os.pipe()
        self.broker = subprocess.Popen(
            [self.broker_program, "-C", f"{WORLD}/broker",
             "--ready-fd", str(w)], pass_fds=(w,), stderr=self.log)
        os.close(w)
        with os.fdopen(r, "rb") as ready:
            if not ready.readline().startswith(b"READY"):
                raise SystemExit("kill: the broker did not start; see its log")

    def start_sender(self):
        first = 1 + max((int(l[1]) for l in lines(SENT) if l[0] == "S"), default=0)
        self.sender = subprocess.Popen(
            [self.sender_program, f"{WORLD}/politie", SENT,
             str(first)], stdin=subprocess.PIPE, stderr=self.log)

    def work(self, bursts=1):
        """Bursts of signals, so that there is something to break."""
        self.sender.stdin.write(b"x" * bursts)
        self.sender.stdin.flush()

    def start_receiver(self):
        self.receiver = subprocess.Popen(
            [self.receiver_program, f"{WORLD}/gemeente", GOT],
            stderr=self.log)

    def parts(self):
        """Process ids of the broker's parts, by name."""
        out = {}
        try:
            kids = open(f"/proc/{self.broker.pid}/task/{self.broker.pid}/children").read()
        except OSError:
            return out
        for pid in kids.split():
            try:
                cmd = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")[0]
            except OSError:
                continue
            for part in PARTS:
                if cmd.endswith(b"driehoekd-" + part.encode()):
                    out[part] = int(pid)
        return out

    def check_alive(self):
        for name in ("broker", "sender", "receiver"):
            rc = getattr(self, name).poll()
            if rc is not None:
                raise SystemExit(f"kill: {name} ended by itself with {rc}; see {WORLD}/kill.log")

    def check_broker(self):
        if self.broker.poll() is not None:
            raise SystemExit("kill: the broker ended by itself")

    def readies(self):
        """How often the broker has said so far that it is ready."""
        with open(f"{WORLD}/kill.log", "rb") as f:
            return f.read().count(b"process=parent event=ready")

    def wait_ready(self, before):
        """A client that comes too early tries again after up to a second:
        harmless, but it would take most of the test's time."""
        if not follow.until(lambda: self.readies() != before, WORLD, 10,
                            self.broker):
            raise SystemExit("kill: the broker did not come back")

    def kill(self, victim):
        if victim in PARTS:
            before = self.readies()
            pid = self.parts().get(victim)
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                self.wait_ready(before)
            return
        process = getattr(self, victim)
        process.kill()
        process.wait()
        getattr(self, "start_" + victim)()

    def stop(self):
        for process in (self.sender, self.receiver, self.broker):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def verify(world):
    """The auditor's whole verification; the broker may just be coming back."""
    for _ in range(50):
        world.check_broker()
        done = subprocess.run(
            [f"{BUILD}/clients/driehoek", "ledger", "verify", "-C",
             f"{WORLD}/toezicht", "--for", "integrity"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 3:
            break
    if done.returncode != 0:
        raise SystemExit("kill: the ledger does not verify:\n" + done.stdout.decode())


def judge(final):
    """The three promises, by the journals alone."""
    number, accepted = {}, set()
    for l in lines(SENT):
        if l[0] == "Q":
            number[int(l[2])] = int(l[1])
        elif l[0] == "A":
            accepted.add(int(l[1]))
        elif l[0] == "R":
            raise SystemExit(f"kill: number {l[1]} was refused")
    ids, confirmed = collections.defaultdict(set), set()
    for l in lines(GOT):
        if l[0] == "X":
            raise SystemExit("kill: a genuine share was refused by verification")
        if l[0] == "H":
            if l[1] in confirmed:
                raise SystemExit(f"kill: {l[1]} was handed out after its confirmation")
            ids[int(l[2])].add(l[1])
        elif l[0] == "C":
            confirmed.add(l[1])
    for n, seen in ids.items():
        if len(seen) != 1:
            raise SystemExit(f"kill: signal {n} arrived {len(seen)} times")
    # not every one has its C line: a kill may fall between the confirmation
    # and the line about it. Then what matters is that it never comes again.
    missing = sorted(number[m] for m in accepted if m in number
                     and not ids[number[m]])
    if final and missing:
        raise SystemExit(f"kill: {len(missing)} acknowledged signals were lost: {missing[:10]}")
    return len(accepted), len(confirmed), missing


def ends(world):
    """What became of the sender's signals, as its node knows."""
    world.sender.wait()
    done = subprocess.run(
        [f"{BUILD}/clients/driehoek", "status", "-C", f"{WORLD}/politie", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    sent = [json.loads(line) for line in done.stdout.splitlines()]
    return collections.Counter(o["outcome"] for s in sent for o in s["outcomes"])


def drain(world):
    world.sender.send_signal(signal.SIGTERM)
    if world.sender.wait(timeout=60) != 0:
        raise SystemExit("kill: the sender could not flush its outbox")
    follow.until(lambda: not judge(False)[2], WORLD, 60, world.receiver,
                 world.broker)
    deadline = time.monotonic() + 60
    # each asks the broker for what it has not heard yet
    while set(ends(world)) - {"taken"} and time.monotonic() < deadline:
        world.check_broker()


def main():
    rng = random.Random(SEED)
    world = World()
    tally = collections.Counter()
    try:
        world.start_broker()
        world.start_sender()
        world.start_receiver()
        for cycle in range(CYCLES):
            world.check_alive()
            before = progress()
            world.work()
            # every other kill falls while signals are moving, the rest anywhere
            if rng.random() < 0.5:
                follow.until(lambda: progress() != before, WORLD, 1)
            # the random time of the kill: the one place where waiting is meant
            time.sleep(rng.random() * 0.06)
            victim = rng.choice(("broker", "sender", "receiver") + PARTS)
            world.kill(victim)
            tally[victim] += 1
            verify(world)
            judge(False)
        drain(world)
        accepted, confirmed, _ = judge(True)
        if ends(world) != {"taken": accepted}:
            raise SystemExit(f"kill: {accepted} were acknowledged, but ended so: {ends(world)}")
        if accepted == 0:
            raise SystemExit("kill: nothing was ever acknowledged; the test shows nothing")
        verify(world)
    finally:
        world.stop()
    with open(f"{WORLD}/kill.log", "rb") as f:
        if re.search(rb"ERROR: (Address|Leak)Sanitizer|runtime error: ", f.read()):
            raise SystemExit(f"kill: a sanitizer complains; see {WORLD}/kill.log")
    print(f"{CYCLES} kills ({', '.join(f'{v} {n}' for v, n in sorted(tally.items()))}), seed {SEED}: "
          f"{accepted} acknowledged, {confirmed} confirmed, none lost, none twice, ledger verified")


if __name__ == "__main__":
    main()
