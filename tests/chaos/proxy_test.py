#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""proxy_test.py - the proxy does what it is told: a test of the tests."""
import asyncio
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = bytes(range(256)) * 8


async def echo(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()


async def talk(port, begun=None):
    """Sends DATA; what comes back of it, and how that ended. BEGUN: something
    came."""
    got, end, writer = b"", "open", None
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(DATA)
        while len(got) < len(DATA):
            data = await reader.read(65536)
            if not data:
                end = "fin"
                break
            got += data
            if begun is not None:
                begun.set()
    except ConnectionError:
        end = "rst"
    if writer is not None:
        writer.close()
    return got, end


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    target = server.sockets[0].getsockname()[1]
    proxy = await asyncio.create_subprocess_exec(
        sys.executable, f"{HERE}/proxy.py", str(target),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    ready = (await proxy.stdout.readline()).split()
    assert ready[0] == b"READY", ready
    port = int(ready[1])

    async def told(*lines):
        proxy.stdin.write("".join(l + "\n" for l in lines).encode())
        proxy.stdin.write(b"show\n")
        assert await proxy.stdout.readline() == b"DONE\n"

    assert await talk(port) == (DATA, "open")
    for n in (0, 1, 17, len(DATA) - 1):
        await told(f"cut down {n}")
        got, end = await talk(port)
        assert end == "rst" and DATA[:n].startswith(got), n
        assert got or n < 17, n  # an RST may overtake, but not everything
        await told(f"cut up {n}")
        got, end = await talk(port)
        assert end == "rst" and DATA[:n].startswith(got), n
    await told("stall down 100")
    begun = asyncio.Event()
    waiting = asyncio.ensure_future(talk(port, begun))
    await begun.wait()
    assert await talk(port) == (DATA, "open")  # another is not stalled
    assert not waiting.done()
    await told("heal")
    assert await waiting == (DATA, "open")
    await told("silence")
    waiting = asyncio.ensure_future(talk(port))
    await told("heal")
    assert await waiting == (DATA, "open")
    await told("refuse")
    assert (await talk(port))[0] == b""
    await told("heal", "drip 64")
    assert await talk(port) == (DATA, "open")
    await told("delay 50")
    begin = time.monotonic()
    assert await talk(port) == (DATA, "open")
    assert time.monotonic() - begin >= 0.1
    proxy.stdin.close()
    assert await proxy.wait() == 0
    server.close()


asyncio.run(main())
