#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""powercut.py WORLD BUILD CYCLES SEED [CONTROL] - the power cut test's driver.

The directories of broker, sender and recipient in WORLD are mounted file
systems, each ext4 on a loop device. While signals move, one of them is shut
down at a random moment: whatever was not flushed to its device is gone. Those
who use it are killed, it is mounted again, they are started again. Then the
promises of kill.py are checked, and what a power cut adds to them: a push that
returned is in the outbox, and the ledger agrees with every head that the
auditor, whose disk was not cut, has seen.

CONTROL, one of broker, sender, receiver, runs with a store that does not wait
for its disk, and only its disk is cut: then a promise must be found broken.
"""
import collections
import fcntl
import os
import random
import re
import select
import signal
import struct
import subprocess
import sys
import time

import follow
import kill
from kill import BUILD, CYCLES, SEED, WORLD

CONTROL = sys.argv[5] if len(sys.argv) > 5 else None
DIRS = {"broker": "broker", "sender": "politie", "receiver": "gemeente"}
SHUTDOWN = 0x8004587D # EXT4_IOC_SHUTDOWN
NO_LOG_FLUSH = struct.pack("I", 2)
BURSTS, LONGEST_S = 3, 0.2


class World(kill.World):
    if CONTROL == "broker":
        broker_program = f"{WORLD}/bin/driehoekd"
    elif CONTROL is not None:
        vars()[CONTROL + "_program"] = f"{BUILD}/tests/system/nosync_crash_{CONTROL}"

    stopped = None # a router

    def keep_answers(self):
        """Lets shares pile up before the recipient and then confirm them to
        its own disk alone: no answer gets beyond the router, which is killed,
        and the broker will send them again."""
        router = self.parts()["router"]
        self.receiver.send_signal(signal.SIGSTOP)
        self.work()
        for _ in range(2): # the first may have been on its way before
            wait_grows(accepted)
        os.kill(router, signal.SIGSTOP)
        self.receiver.send_signal(signal.SIGCONT)
        wait_grows(confirmed)
        self.stopped = router

    def cut(self, victim):
        """The power of one machine."""
        path = f"{WORLD}/{DIRS[victim]}"
        fd = os.open(path, os.O_RDONLY)
        fcntl.ioctl(fd, SHUTDOWN, NO_LOG_FLUSH)
        os.close(fd)
        process = getattr(self, victim)
        parts = [os.pidfd_open(p) for p in self.parts().values()] \
            if victim == "broker" else []
        process.kill() # the broker's parts die with their parent
        process.wait()
        if self.stopped is not None:
            os.kill(self.stopped, signal.SIGKILL)
            self.stopped = None
        for part in parts: # each has left the file system when it has ended
            if not select.select([part], [], [], 10)[0]:
                raise SystemExit("powercut: the file system stays busy")
            os.close(part)
        subprocess.run(["umount", path], check=True)
        subprocess.run(["mount", "-o", "loop", f"{path}.img", path], check=True)
        getattr(self, "start_" + victim)()


def accepted():
    return sum(l[0] == "A" for l in kill.lines(kill.SENT))


def confirmed():
    return sum(l[0] == "C" for l in kill.lines(kill.GOT))


def wait_grows(count):
    """Until COUNT, of a journal, is more; not for long."""
    before = count()
    follow.until(lambda: count() != before, WORLD, 3)


def judge_outbox(final):
    """What was pushed is not forgotten: no number is given twice, and at the
    end each was accepted."""
    pushed, ended = set(), set()
    for l in kill.lines(kill.SENT):
        if l[0] == "Q":
            if l[2] in pushed:
                raise SystemExit(f"powercut: number {l[2]} was given twice: a push was lost")
            pushed.add(l[2])
        elif l[0] == "A":
            ended.add(l[1])
    # what ended and was not pushed: the cut fell before the line about it
    if final and pushed - ended:
        raise SystemExit(f"powercut: {len(pushed - ended)} pushed signals were lost")


def cycle(world, rng, victim):
    """One cut, of VICTIM."""
    world.check_alive()
    kill.verify(world) # the auditor has seen a head
    world.work(BURSTS)
    wait_grows(kill.progress)
    # the random moment of the cut: the one place where waiting is meant
    time.sleep(rng.random() * LONGEST_S)
    if victim == "receiver":
        world.keep_answers()
    world.cut(victim)
    kill.verify(world)
    kill.judge(False)
    judge_outbox(False)


def victims(rng):
    """Each of them once in three cuts, in any order."""
    while True:
        yield from [CONTROL] if CONTROL else rng.sample(sorted(DIRS), len(DIRS))


def run(world):
    rng = random.Random(SEED)
    tally = collections.Counter()
    try:
        world.start_broker()
        world.start_sender()
        world.start_receiver()
        for _, victim in zip(range(CYCLES), victims(rng)):
            cycle(world, rng, victim)
            tally[victim] += 1
        kill.drain(world)
        acknowledged, handed_out, _ = kill.judge(True)
        judge_outbox(True)
        if kill.ends(world) != {"taken": acknowledged}:
            raise SystemExit(f"powercut: {acknowledged} were acknowledged, "
                             f"but ended so: {kill.ends(world)}")
        if acknowledged == 0:
            raise SystemExit("powercut: nothing was ever acknowledged; the test shows nothing")
        kill.verify(world)
    finally:
        world.stop()
    print(f"{CYCLES} power cuts ({', '.join(f'{v} {n}' for v, n in sorted(tally.items()))}), "
          f"seed {SEED}: {acknowledged} acknowledged, {handed_out} confirmed, none lost, "
          "none twice, ledger verified")


# what a store that does not wait for its disk may be found out by
FOUND_OUT = re.compile(
    r"were lost|a push was lost|handed out after its confirmation|does not verify|"
    r"did not start|ended by itself|could not flush|arrived \d+ times|ended so|"
    r"was refused")


def main():
    world = World()
    if CONTROL is None:
        run(world)
        return
    try:
        run(world)
    except SystemExit as e:
        if FOUND_OUT.search(str(e)) is None:
            raise
        print(f"control {CONTROL}, which does not wait for its disk: {e}")
        return
    raise SystemExit(f"powercut: a {CONTROL} that does not wait for its disk was not "
                     "found out: this test shows nothing")


if __name__ == "__main__":
    main()
