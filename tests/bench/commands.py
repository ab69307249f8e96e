"""What the command protocol costs, each figure beside its bar.

    ./dev bench commands

1. A signed read of a log on a kept connection against a bare aiohttp echo of as many bytes,
   over the same TLS, in one process: CPU of both sides, interleaved rounds, medians.
2. Start of a program to its first log line at the researcher, with a real node manager.
3. That node manager idle, with two idle vessels: CPU and memory, its helpers beside it.
"""

import asyncio
import gc
import socket
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
from aiohttp import web

from seattle_p2p.net.tls import client_context, server_context
from tests.support.donated import a_donated_folder, a_running_node
from tests.support.pin import Pin
from tests.support.served_node import OWNER, ServedNode, a_served_node

ROUNDS, REQUESTS, WARM_UP = 15, 200, 200
LOG_BYTES = 1000
BAR_RATIO, BAR_FIRST_LINE_S, BAR_IDLE_PERCENT, BAR_RSS_MB = 2.0, 0.3, 0.5, 60
IDLE_S = 20


def main() -> int:
    """Run all; exit 1 when a bar is missed."""
    with tempfile.TemporaryDirectory() as folder:
        ratio = asyncio.run(measure_read(Path(folder) / "read"))
        with_vessels = asyncio.run(measure_node(Path(folder) / "node"))
    return 0 if ratio and with_vessels else 1


async def measure_read(folder: Path) -> bool:
    """Print the ratio of a signed read to an echo."""
    async with a_served_node(folder) as node, an_echo(node) as echo:
        await node.keepers.log("v1", b"x" * LOG_BYTES)
        client = node.client()

        async def read() -> None:
            part = await client.read_log("v1", 0, LOG_BYTES)
            assert len(part.data) == LOG_BYTES

        for work in (echo, read):
            await cpu_of(work, WARM_UP)
        pairs = [
            (await cpu_of(echo, REQUESTS), await cpu_of(read, REQUESTS)) for _ in range(ROUNDS)
        ]
    echo_us = statistics.median(pair[0] for pair in pairs) * 1e6
    read_us = statistics.median(pair[1] for pair in pairs) * 1e6
    ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
    print(f"bare echo of {LOG_BYTES} B    {echo_us:8.0f} us CPU, both sides")
    print(f"signed read of {LOG_BYTES} B  {read_us:8.0f} us CPU, both sides")
    told("ratio of the two", ratio, BAR_RATIO, "x")
    return ratio <= BAR_RATIO


async def cpu_of(work: Callable[[], Awaitable[None]], times: int) -> float:
    """Seconds of CPU for one, both ends being in this process."""
    gc.collect()
    begun = time.process_time()
    for _ in range(times):
        await work()
    return (time.process_time() - begun) / times


@asynccontextmanager
async def an_echo(node: ServedNode) -> AsyncGenerator[Callable[[], Awaitable[None]], None]:
    """A plain aiohttp application under the node's certificate, and a plain client of it."""

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    application = web.Application()
    application.router.add_post("/echo", echo)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    context: ssl.SSLContext = server_context(node.folder / "certificate.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listener, ssl_context=context).start()
    url = f"https://127.0.0.1:{listener.getsockname()[1]}/echo"
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=Pin(node.public)))
    tls = client_context()
    content = b"x" * LOG_BYTES

    async def call() -> None:
        async with session.post(url, data=content, ssl=tls) as response:
            assert len(await response.read()) == LOG_BYTES

    try:
        yield call
    finally:
        await session.close()
        await runner.cleanup()


async def measure_node(folder: Path) -> bool:
    """Print what a real node manager takes: to the first line, and idle."""
    home = a_donated_folder(folder, OWNER.public, vessels=2)
    async with a_running_node(home) as node, node.client(OWNER) as client:
        await client.put("v1", "hello.r2py", b"log('hello\\n')\n")
        took = []
        for _ in range(10):
            offset = (await client.read_log("v1", 0, 1)).end
            begun = time.perf_counter()
            await client.start("v1", "hello.r2py")
            follower = client.follow_log("v1", offset)
            assert (await anext(follower)).data == b"hello\n"
            took.append(time.perf_counter() - begun)
            async for _ in follower:
                pass  # it ends with the program
        first_line = statistics.median(took)
        told("start to the first line seen", first_line, BAR_FIRST_LINE_S, "s")

        idle = b"while True:\n    sleep(3600)\n"
        for vessel in ("v1", "v2"):
            await client.put(vessel, "idle.r2py", idle)
            await client.start(vessel, "idle.r2py")
        manager = psutil.Process(node.process.pid)
        await asyncio.sleep(3)
        family = {manager: "node manager", **helpers(manager)}
        before = {process: cpu_s(process.pid) for process in family}
        await asyncio.sleep(IDLE_S)
        idle = {process: cpu_s(process.pid) - before[process] for process in family}
        idle_percent = 100 * idle[manager] / IDLE_S
        rss_mb = manager.memory_info().rss / 1e6
        told(f"idle node manager over {IDLE_S} s", idle_percent, BAR_IDLE_PERCENT, "%")
        told("its resident memory", rss_mb, BAR_RSS_MB, "MB")
        for process, what in family.items():
            memory = process.memory_full_info()
            print(
                f"  {what:14} pid {process.pid:<7} {memory.rss / 1e6:5.1f} MB resident,"
                f" {memory.uss / 1e6:5.1f} MB its own, {100 * idle[process] / IDLE_S:.3f} % CPU"
            )
    return (
        first_line <= BAR_FIRST_LINE_S
        and idle_percent <= BAR_IDLE_PERCENT
        and rss_mb <= BAR_RSS_MB
    )


def helpers(manager: psutil.Process) -> dict[psutil.Process, str]:
    """Processes that run because of the node manager, by what they are."""
    found = {}
    for zygote in manager.children():
        found[zygote] = "zygote"
        for keeper in zygote.children():
            found[keeper] = "keeper"
            found |= dict.fromkeys(keeper.children(recursive=True), "vessel")
    return found


def cpu_s(pid: int) -> float:
    """Seconds of CPU of all threads of a process, to the nanosecond."""
    files = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def told(what: str, value: float, bar: float, unit: str) -> None:
    """One line: a figure and its bar."""
    verdict = "ok" if value <= bar else "MISSED"
    print(f"{what:32} {value:8.3f} {unit:2}  bar {bar:g} {unit:2}  {verdict}")


if __name__ == "__main__":
    sys.exit(main())
