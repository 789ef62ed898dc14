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


class Journal:
    """What stands in a journal, each line read once: a long run has many."""

    def __init__(self, path):
        self.path, self.at = path, 0

    def news(self):
        try:
            with open(self.path, "rb") as f:
                f.seek(self.at)
                text = f.read()
        except FileNotFoundError:
            return []
        text = text[:text.rfind(b"\n") + 1]
        self.at += len(text)
        return [line.split() for line in text.decode("ascii").splitlines()]


class Record:
    """The three promises, as far as the journals have come."""

    def __init__(self):
        self.journals = Journal(SENT), Journal(GOT)
        self.last = self.moved = 0
        self.number, self.accepted = {}, set()
        self.ids, self.confirmed = {}, set()

    def look(self):
        for journal in self.journals:
            for l in journal.news():
                self.moved += l[0] in "AHC"
                getattr(self, "on_" + l[0], lambda *_: None)(*l[1:])
        return self

    def on_S(self, n, *_):
        self.last = max(self.last, int(n))

    def on_Q(self, n, m, *_):
        self.number[int(m)] = int(n)

    def on_A(self, m, *_):
        self.accepted.add(int(m))

    def on_R(self, n, *_):
        raise SystemExit(f"kill: number {n} was refused")

    def on_X(self, *_):
        raise SystemExit("kill: a genuine share was refused by verification")

    def on_H(self, share, n, *_):
        if share in self.confirmed:
            raise SystemExit(f"kill: {share} was handed out after its confirmation")
        if self.ids.setdefault(int(n), share) != share:
            raise SystemExit(f"kill: signal {n} arrived more than once")

    def on_C(self, share, *_):
        self.confirmed.add(share)

    def missing(self):
        """Not every one has its C line: a kill may fall between the confirmation
        and the line about it. Then what matters is that it never comes again."""
        return sorted(self.number[m] for m in self.accepted if m in self.number
                      and self.number[m] not in self.ids)


RECORD = Record()


def progress():
    """Grows with every receipt and every share handed out."""
    return RECORD.look().moved


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
        first = 1 + RECORD.look().last
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
    """By the journals alone."""
    missing = RECORD.look().missing()
    if final and missing:
        raise SystemExit(f"kill: {len(missing)} acknowledged signals were lost: {missing[:10]}")
    return len(RECORD.accepted), len(RECORD.confirmed), missing


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
