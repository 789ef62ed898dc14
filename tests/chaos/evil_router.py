#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""evil_router.py WORLD BUILD ROUNDS SEED - signals through a router that
doubles, holds, replays, misleads and alters messages; see evil_router.c.

politie pushes to gemeente, another machine of it to om, both take, in bursts
and on ever new connections. Judged by what the nodes print: all that was pushed
is acknowledged, and handed out once. What the ledger says is checked by who
calls this, when the router is honest again."""
import asyncio
import random
import subprocess
import sys

WORLD, BUILD, ROUNDS, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
MS, BURST = 1500, 6
pushed = []


class Wrong(Exception):
    """What the test is there to find."""


class Node:
    def __init__(self, name):
        self.name, self.process = name, None

    async def start(self):
        with open(f"{WORLD}/{self.name}.err", "wb") as err:
            self.process = await asyncio.create_subprocess_exec(
                f"{BUILD}/tests/chaos/chaos_node", f"{WORLD}/{self.name}", "patient",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err)
        return self

    async def does(self, line, answers):
        self.process.stdin.write(line.encode() + b"\n")
        out = []
        for _ in range(answers):
            out.append((await asyncio.wait_for(self.process.stdout.readline(), 60)).split())
            if not out[-1]:
                with open(f"{WORLD}/{self.name}.err", encoding="utf-8") as err:
                    raise Wrong(f"{self.name}: {line}: {err.read()}")
        return out

    async def stop(self):
        self.process.stdin.close()
        if await self.process.wait() != 0:
            raise Wrong(f"{self.name} did not end with 0")


async def flow(sender, taker, to, first, rounds, rng):
    """Bursts from one to the other."""
    ids, n = {}, first
    for _ in range(rounds):
        count = rng.randint(1, BURST)
        _, taken = await asyncio.gather(
            sender.does(f"push {n} {count} {MS} {to}", 1),
            taker.does(f"take {count} {MS}", count))
        for _, share, number in taken:
            if int(number) in ids or share in ids.values():
                raise Wrong(f"signal {int(number)} was handed out again")
            ids[int(number)] = share
        n += count
    if sorted(ids) != list(range(first, n)):
        raise Wrong(f"pushed {first} to {n - 1}, taken {sorted(ids)}")
    pushed.extend(ids)


async def main():
    nodes = [Node(n) for n in ("politie", "gemeente", "sender1", "om")]
    try:
        a, b, c, d = [await node.start() for node in nodes]
        # so that they know each other's cards: who is told that there is no
        # such card, by nobody's signature, refuses the share
        await asyncio.gather(flow(a, b, "", 1, 1, random.Random(SEED)),
                             flow(c, d, "om", 1001, 1, random.Random(SEED)))
        with open(f"{WORLD}/broker/evil-router", "w", encoding="ascii") as evil:
            evil.write(f"{SEED}\n")
        await asyncio.gather(flow(a, b, "", 11, ROUNDS, random.Random(SEED)),
                             flow(c, d, "om", 1011, ROUNDS, random.Random(SEED + "c")))
        for node in nodes:
            await node.stop()
    finally:
        for node in nodes:
            if node.process is not None and node.process.returncode is None:
                node.process.kill()
    print(len(pushed))


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except Wrong as e:
        raise SystemExit(f"evil router: seed {SEED}: {e}") from None
