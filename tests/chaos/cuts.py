#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""cuts.py WORLD BUILD PORT STRIDE PHASE SENDER... - cuts one connection at each
byte n with n % STRIDE = PHASE, in either direction, and PHASE 0 also where
greeting and handshake have their edges.

Each exchange is one signal on a connection of its own, through a proxy: pushed
until its receipt is there (nodes SENDER..., to gemeente), or taken, confirmed
and answered (node om). The first connection ends after n bytes, by FIN or RST
in turn; the node comes back by libzmq's own reconnection, or with a new socket
because its patience is short. Judged by what the nodes print and gemeente's
journal: every signal acknowledged, handed out once, and not again."""
import asyncio
import collections
import itertools
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "system"))
import follow  # noqa: E402 pylint: disable=wrong-import-position
from point import point
from proxy import DOWN, UP, Fate, Proxy

WORLD, BUILD = sys.argv[1:3]
PORT, STRIDE, PHASE = map(int, sys.argv[3:6])
SENDERS = sys.argv[6:]
TAKER, PUSHER = "om", "politie"
# ZMTP's greeting and CURVE's handshake: up greeting, HELLO, INITIATE; down
# greeting, WELCOME, READY. Where one ends and the next begins:
EDGES = {UP: (0, 10, 11, 12, 64, 66, 264, 266, 268),
         DOWN: (0, 10, 11, 12, 64, 66, 232, 234, 236)}
PATIENT_MS, HASTY_MS = 5000, 150



class Wrong(Exception):
    """What the test is there to find; ends it with a sentence."""


numbers = itertools.count(1)
cut_at = collections.defaultdict(set)  # (who, way): bytes


class Node:
    def __init__(self, name):
        self.name = name

    async def start(self, proxied=True):
        self.proxy = await Proxy(PORT).start()
        if proxied:
            point(WORLD, self.name, self.proxy.port)
        with open(f"{WORLD}/{self.name}.err", "wb") as err:
            self.process = await asyncio.create_subprocess_exec(
                f"{BUILD}/tests/chaos/chaos_node", f"{WORLD}/{self.name}",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err)
        return self

    async def does(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        answer = await asyncio.wait_for(self.process.stdout.readline(), 60)
        if not answer:
            with open(f"{WORLD}/{self.name}.err", encoding="utf-8") as err:
                raise Wrong(f"{self.name}: {line}: {err.read()}")
        return answer.decode().split()

    async def stop(self):
        self.process.stdin.close()
        if await self.process.wait() != 0:
            raise Wrong(f"{self.name} did not end with 0")
        await self.proxy.stop()
        point(WORLD, self.name, PORT)

    def kill(self):
        if self.process.returncode is None:
            self.process.kill()


def places(lengths):
    """Where to cut connections of such lengths, in turn up and down."""
    at = {way: [n for n in range(lengths[way])
                if n % STRIDE == PHASE or (PHASE == 0 and n in EDGES[way])]
          for way in (UP, DOWN)}
    both = itertools.zip_longest(*([(way, n) for n in at[way]] for way in at))
    return collections.deque(p for pair in both for p in pair if p is not None)


async def exchange(node, way, n, line, hurried):
    """LINE on a connection that ends after N bytes; was it cut?"""
    fate = Fate(fin=n % 2 == 1)
    if way is not None:
        fate.cut[way] = n
    node.proxy.fates.append(fate)
    before = node.proxy.cuts
    answer = await node.does(line % (HASTY_MS if hurried else PATIENT_MS))
    node.proxy.fates.clear()
    return answer, node.proxy.cuts > before


async def cut_all(node, who, todo, once):
    """Cuts NODE at all places of TODO; ONCE makes the exchange. Who lost its
    patience before byte n was there is given more."""
    while todo:
        way, n = todo.popleft()
        if await once(node, way, n, n // STRIDE % 2 == 1) or await once(node, way, n, False):
            cut_at[who, way].add(n)


async def length(node, once):
    """Bytes of an exchange that nobody disturbs."""
    await once(node, None, 0, False)
    return node.proxy.last.passed


async def send_all(nodes):
    """The places are shared out to NODES."""
    sent = set()

    async def once(node, way, n, hurried):
        number = next(numbers)
        answer, was_cut = await exchange(
            node, way, n, f"push {number} 1 %d", hurried)
        if answer[:2] != ["pushed", str(number)]:
            raise Wrong(f"{way} {n}: {answer}")
        sent.add(number)
        return was_cut

    await once(nodes[0], None, 0, False)  # the first has more to fetch
    todo = places(await length(nodes[0], once))
    await asyncio.gather(*(cut_all(node, "sender", todo, once) for node in nodes))
    return sent


async def take_all(pusher, taker):
    ids = set()

    async def once(node, way, n, hurried):
        number = next(numbers)
        await pusher.does(f"push {number} 1 {PATIENT_MS} {TAKER}")
        answer, was_cut = await exchange(node, way, n, "take 1 %d", hurried)
        if len(answer) != 3 or answer[2] != str(number) or answer[1] in ids:
            raise Wrong(f"{way} {n}: signal {number}: {answer}")
        ids.add(answer[1])
        return was_cut

    await once(taker, None, 0, False)
    await cut_all(taker, "recipient", places(await length(taker, once)), once)


def journal():
    """What gemeente's application was handed, and what it confirmed."""
    try:
        with open(f"{WORLD}/got.journal", encoding="ascii") as f:
            lines = [l.split() for l in f.read().split("\n")[:-1]]
    except FileNotFoundError:
        return []
    return lines


async def judge(sent, receiver):
    await asyncio.to_thread(
        follow.until,
        lambda: {int(l[2]) for l in journal() if l[0] == "H"} >= sent,
        WORLD, 60, receiver)
    if receiver.poll() is not None:
        raise Wrong("gemeente ended by itself")
    lines = journal()
    handed = [int(l[2]) for l in lines if l[0] == "H"]
    if any(l[0] == "X" for l in lines):
        raise Wrong("a genuine share was refused by verification")
    if sorted(handed) != sorted(sent):
        raise Wrong(f"lost {sorted(sent - set(handed))}, twice "
                         f"{[n for n, c in collections.Counter(handed).items() if c > 1]}")


async def main():
    receiver = subprocess.Popen(
        [f"{BUILD}/tests/system/crash_receiver", f"{WORLD}/gemeente",
         f"{WORLD}/got.journal"], stderr=open(f"{WORLD}/gemeente.err", "wb"))
    everybody = []
    try:
        for name in SENDERS + [PUSHER, TAKER]:
            everybody.append(await Node(name).start(proxied=name != PUSHER))
        *nodes, pusher, taker = everybody
        sent, _ = await asyncio.gather(send_all(nodes), take_all(pusher, taker))
        await judge(sent, receiver)
        for node in everybody:
            await node.stop()
        receiver.terminate()
        if receiver.wait() != 0:
            raise Wrong("gemeente did not end with 0")
    finally:
        for node in everybody:
            node.kill()
        if receiver.poll() is None:
            receiver.kill()
            receiver.wait()
    for (who, way), at in sorted(cut_at.items()):
        print(f"{who} {way}: cut at {len(at)} places up to byte {max(at)}")
        if max(at) < 1000:
            raise Wrong("there was less to cut than there should be")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except Wrong as e:
        raise SystemExit(f"cuts: {e}") from None
