#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""proxy.py PORT [SEED] - a bad network between a node and the broker on PORT.

Prints "READY PORT" with the port of the loopback that it listens on; every
connection to it goes on to the broker. Then it obeys lines on standard input,
until that ends. UP is from node to broker, DOWN the other way.
  cut up|down N     the next connection ends when N bytes have gone that way
  stall up|down N   the next connection falls silent after N bytes, until heal
  delay MS          new connections pass on nothing that is younger
  drip N            new connections pass on at most N bytes at a time
  plain             new connections are as they should be
  reset             every connection ends now (RST)
  refuse            and new ones end at once
  silence           nothing goes through, nothing ends
  heal              everything goes through again, of open connections too
  show              prints "DONE": all before this is done
With SEED each connection gets a fate by chance. Other programs use the class.
"""
import asyncio
import collections
import dataclasses
import random
import socket
import struct
import sys

CHUNK = 65536
UP, DOWN = "up", "down"


@dataclasses.dataclass
class Fate:
    """What becomes of one connection."""
    cut: dict = dataclasses.field(default_factory=dict)  # direction: bytes
    stall: dict = dataclasses.field(default_factory=dict)  # direction: bytes
    delay: float = 0.0  # seconds
    drip: int = 0  # bytes at a time, 0: as they come
    fin: bool = False  # cut with a FIN, not with an RST


def by_chance(rng, most=4000):
    """A fate for one connection; every third has none."""
    fate, way = Fate(fin=rng.random() < 0.3), rng.choice((UP, DOWN))
    what = rng.choice(("cut", "stall", "delay", "drip", "", ""))
    if what == "cut":
        fate.cut[way] = rng.randrange(most)
    elif what == "stall":
        fate.stall[way] = rng.randrange(most)
    elif what == "delay":
        fate.delay = rng.random() * 0.02
    elif what == "drip":
        fate.drip = rng.choice((1, 2, 7, 64))
    return fate


class Link:
    """One connection and its two directions."""

    def __init__(self, proxy, node, broker, fate):
        self.proxy, self.fate = proxy, fate
        self.ends = {UP: (node, broker), DOWN: (broker, node)}
        self.passed = {UP: 0, DOWN: 0}
        self.tasks = []

    async def run(self):
        self.tasks = [asyncio.ensure_future(self.pump(w)) for w in (UP, DOWN)]
        await asyncio.wait(self.tasks, return_when=asyncio.FIRST_COMPLETED)
        self.end(reset=not self.fate.fin)

    def end(self, reset):
        for task in self.tasks:
            task.cancel()
        for s in self.ends[UP]:
            if s.fileno() >= 0 and reset:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
            s.close()
        self.proxy.links.discard(self)

    async def pump(self, way):
        loop = asyncio.get_running_loop()
        source, sink = self.ends[way]
        try:
            while self.room(self.fate.cut, way) > 0:
                # sock_recv() gives way to nobody while there is something
                await asyncio.sleep(0)
                data = await loop.sock_recv(source, self.fate.drip or CHUNK)
                if not data:
                    return
                if self.fate.delay:
                    await asyncio.sleep(self.fate.delay)
                data = data[:self.room(self.fate.cut, way)]
                room = self.room(self.fate.stall, way)
                if len(data) > room:
                    await self.send(loop, sink, data[:room], way)
                    data = data[room:]
                    await self.proxy.healed()
                await self.proxy.open.wait()
                await self.send(loop, sink, data, way)
            self.proxy.cuts += 1
        except OSError:
            pass

    def room(self, fate, way):
        """Bytes that may still go this way until FATE is due."""
        return max(0, fate[way] - self.passed[way]) if way in fate else CHUNK

    async def send(self, loop, sink, data, way):
        self.passed[way] += len(data)
        await loop.sock_sendall(sink, data)


class Proxy:
    def __init__(self, port):
        self.target = port
        self.port = 0
        self.fates = collections.deque()  # of the next connections, in turn
        self.common = Fate  # makes the fate of all others
        self.links = set()
        self.last = None  # the newest link
        self.cuts = 0
        self.refuses = False
        self.open = asyncio.Event()
        self.open.set()
        self.heals = asyncio.Condition()

    async def start(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.task = asyncio.ensure_future(self.accept())
        return self

    async def accept(self):
        loop = asyncio.get_running_loop()
        while True:
            node, _ = await loop.sock_accept(self.listener)
            broker = socket.socket()
            for s in (node, broker):
                s.setblocking(False)
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            fate = self.fates.popleft() if self.fates else self.common()
            link = Link(self, node, broker, fate)
            try:
                if not self.refuses:
                    await loop.sock_connect(broker, ("127.0.0.1", self.target))
            except OSError:
                link.end(reset=True)
                continue
            if self.refuses:
                link.end(reset=True)
                continue
            self.links.add(link)
            self.last = link
            link.task = asyncio.ensure_future(link.run())

    async def healed(self):
        async with self.heals:
            await self.heals.wait()

    def reset(self):
        for link in list(self.links):
            link.end(reset=True)

    def refuse(self):
        self.refuses = True
        self.reset()

    def silence(self):
        self.open.clear()

    async def heal(self):
        self.refuses = False
        self.common = Fate
        self.fates.clear()
        for link in self.links:
            link.fate = Fate()
        self.open.set()
        async with self.heals:
            self.heals.notify_all()

    async def stop(self):
        self.task.cancel()
        self.reset()
        self.listener.close()


async def obey(proxy, words):
    what = words[0] if words else ""
    if what in ("cut", "stall") and len(words) == 3 and words[1] in (UP, DOWN):
        fate = Fate()
        getattr(fate, what)[words[1]] = int(words[2])
        proxy.fates.append(fate)
    elif what == "delay" and len(words) == 2:
        delay = int(words[1]) / 1000
        proxy.common = lambda: Fate(delay=delay)
    elif what == "drip" and len(words) == 2:
        drip = int(words[1])
        proxy.common = lambda: Fate(drip=drip)
    elif what == "plain":
        proxy.common = Fate
    elif what in ("reset", "refuse", "silence"):
        getattr(proxy, what)()
    elif what == "show":
        print("DONE", flush=True)
    elif what == "heal":
        await proxy.heal()
    else:
        print(f"proxy: what is '{' '.join(words)}'?", file=sys.stderr)


async def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    proxy = await Proxy(int(sys.argv[1])).start()
    if len(sys.argv) == 3:
        rng = random.Random(sys.argv[2])
        proxy.common = lambda: by_chance(rng)
    print(f"READY {proxy.port}", flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        await obey(proxy, line.decode().split())
    await proxy.stop()


if __name__ == "__main__":
    asyncio.run(main())
