#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""partition.py WORLD BUILD COUNT|DURATION SEED PORT - schedules of faults on
the links of a sender and a recipient, while signals flow; then everything heals
and is judged: what was acknowledged was handed out once, the outbox is empty,
the ledger verifies. Schedule i is made from SEED + i alone; what fails prints
its seed, with which `script/chaos 1 SEED` begins."""
import asyncio
import collections
import json
import os
import random
import signal
import subprocess
import sys
import time

from proxy import DOWN, UP, Fate, Proxy

WORLD, BUILD, MANY = sys.argv[1:4]
SEED, PORT = int(sys.argv[4]), int(sys.argv[5])
sys.argv[3] = "0"  # kill.py reads the same arguments; its cycles are not used
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "system"))
import follow  # noqa: E402 pylint: disable=wrong-import-position
import kill  # noqa: E402 pylint: disable=wrong-import-position
from point import point  # noqa: E402 pylint: disable=wrong-import-position

STEPS = (6, 12)
PAUSE_S = 0.12
HEAL_S = 40  # most that it may take until all is well again
SECONDS = {"s": 1, "m": 60, "h": 3600}


def fated(proxy, rng):
    """The connection ends, and the next one has a fate, too."""
    fate = Fate(fin=rng.random() < 0.5)
    where = fate.cut if rng.random() < 0.6 else fate.stall
    where[rng.choice((UP, DOWN))] = rng.randrange(4000)
    proxy.fates.append(fate)
    proxy.reset()


def slowed(proxy, rng):
    fate = rng.choice((dict(delay=rng.random() * 0.03),
                       dict(drip=rng.choice((1, 3, 64)))))
    proxy.common = lambda: Fate(**fate)
    proxy.reset()


ACTIONS = {
    "refuse": lambda p, rng: p.refuse(),
    "silence": lambda p, rng: p.silence(),
    "reset": lambda p, rng: p.reset(),
    "fate": fated,
    "slow": slowed,
}


async def until(what, text, *processes):
    if not await asyncio.to_thread(
            follow.until, what, kill.WORLD, HEAL_S, *processes):
        raise SystemExit(text)


async def schedule(world, proxies, seed, tally):
    rng = random.Random(seed)
    for _ in range(rng.randint(*STEPS)):
        who = rng.choice(("sender", "receiver"))
        what = rng.choice(list(ACTIONS) + ["fate", "heal", "heal", "kill"])
        tally[what] += 1
        if rng.random() < 0.6:
            world.work()
        if what == "heal":
            await proxies[who].heal()
        elif what == "kill":
            world.kill(who)
        else:
            ACTIONS[what](proxies[who], rng)
        await asyncio.sleep(rng.random() * PAUSE_S)
    world.work()
    for proxy in proxies.values():
        await proxy.heal()


async def settle(world, before):
    """All is healed: the sender empties its outbox and ends; everything that
    was acknowledged arrives, and its answers come back."""
    world.check_alive()
    await until(lambda: kill.progress() > before, "nothing moves any more")
    world.sender.send_signal(signal.SIGTERM)
    await until(lambda: world.sender.poll() is not None,
                "the sender could not flush its outbox", world.sender)
    if world.sender.returncode != 0:
        raise SystemExit(f"the sender ended with {world.sender.returncode}")
    await until(lambda: not kill.judge(False)[2] or
                world.receiver.poll() is not None, "not everything arrived",
                world.receiver)
    kill.judge(True)
    deadline = time.monotonic() + HEAL_S
    while True:
        done = await asyncio.to_thread(
            subprocess.run, [f"{BUILD}/clients/driehoek", "status", "-C",
                             f"{WORLD}/politie", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        sent = [json.loads(l) for l in done.stdout.splitlines()]
        states = collections.Counter(s["state"] for s in sent)
        if done.returncode == 0 and set(states) <= {"done"}:
            break
        if time.monotonic() > deadline:
            raise SystemExit(f"the outbox is not empty: {dict(states)}")
    ends = collections.Counter(o["outcome"] for s in sent for o in s["outcomes"])
    accepted = kill.judge(True)[0]
    if ends != {"taken": accepted}:
        raise SystemExit(f"{accepted} acknowledged, but ended so: {dict(ends)}")
    await asyncio.to_thread(kill.verify, world)
    world.check_receiver()
    return accepted


class World(kill.World):
    def work(self):
        try:
            super().work()
        except BrokenPipeError:
            raise SystemExit("the sender ended by itself; see kill.log") from None

    def check_receiver(self):
        if self.receiver.poll() is not None or self.broker.poll() is not None:
            raise SystemExit("recipient or broker ended by itself")


async def run():
    many, unit = (int(MANY[:-1]), MANY[-1]) if MANY[-1] in SECONDS else (int(MANY), "")
    ends_at = time.monotonic() + many * SECONDS.get(unit, 0)
    world, tally, i = World(), collections.Counter(), 0
    proxies = {who: await Proxy(PORT).start() for who in ("sender", "receiver")}
    point(WORLD, "politie", proxies["sender"].port)
    point(WORLD, "gemeente", proxies["receiver"].port)
    try:
        world.start_broker()
        world.start_receiver()
        while (time.monotonic() < ends_at) if unit else (i < many):
            try:
                world.start_sender()
                await schedule(world, proxies, SEED + i, tally)
                accepted = await settle(world, kill.progress())
            except SystemExit as e:
                text = str(e).removeprefix("kill: ")
                return f"chaos: schedule with seed {SEED + i} (number {i}): {text}"
            i += 1
        if accepted == 0:
            return "chaos: nothing was ever acknowledged; the test shows nothing"
    finally:
        world.stop()
    print(f"{i} schedules from seed {SEED} ({', '.join(f'{n} {w}' for w, n in sorted(tally.items()))}): "
          f"{accepted} acknowledged, each handed out once, ledger verified")
    return None


if __name__ == "__main__":
    sys.exit(asyncio.run(run()))
