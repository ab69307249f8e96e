"""What the fan-out engine costs beside bare requests, each figure beside its bar.

    ./dev bench fanout

`list` (the state of every vessel, asked one by one) and an upload of 100 kB over every vessel
of many nodes, by `Experimenter`, against as many bare aiohttp requests with bodies of the same
size over the same TLS: one request a vessel, one fresh connection a node, nodes side by side,
both ends in this process, rounds taken in turns, medians of the ratios; with one vessel on each
of many nodes, and with many on few. The bare side keeps nothing: it checks no signature and no
right and drops each body, while each of ours lies on the disk before it is answered.
"""

import asyncio
import contextlib
import gc
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import aiohttp
from aiohttp import web

from seattle_p2p.experiment.session import Experimenter
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.net.tls import client_context, server_context
from tests.support.pin import Pin
from tests.support.served_node import NETWORK, OWNER, ServedNode, a_served_node

LAYOUTS = ((64, 1), (16, 8), (4, 32))
"""Nodes, and vessels on each of them."""
ROUNDS = 7
UPLOAD_BYTES, STATUS_BYTES = 100_000, 600
BAR = 2.5

Work = Callable[[], Awaitable[None]]


async def measure(folder: Path, count: int, each: int) -> bool:
    """Print both ratios of both kinds of work; whether all are within the bar."""
    async with contextlib.AsyncExitStack() as stack:
        nodes = [
            await stack.enter_async_context(a_served_node(folder / str(i), number=100 + i))
            for i in range(count)
        ]
        vessels = [vessel for node in nodes for vessel in vessels_of(node, each)]
        doors = [(await stack.enter_async_context(a_bare_server(node)), node) for node in nodes]
        me = await stack.enter_async_context(Experimenter(OWNER, network=NETWORK))
        content = os.urandom(UPLOAD_BYTES)

        async def ours_list() -> None:
            (await me.status(vessels)).raise_for_failures()

        async def ours_upload() -> None:
            (await me.upload(vessels, content, "data")).raise_for_failures()

        async def bare_list() -> None:
            await bare(doors, each, b"", STATUS_BYTES)

        async def bare_upload() -> None:
            await bare(doors, each, content, 0)

        print(f"{count} nodes with {each} vessels each, medians of {ROUNDS} rounds")
        listed = await compare("list", bare_list, ours_list)
        return await compare("upload of 100 kB", bare_upload, ours_upload) and listed


def vessels_of(node: ServedNode, each: int) -> list[Vessel]:
    """Its vessels, after there are so many."""
    names = ["v1", *(node.add_vessel() for _ in range(each - 1))]
    return [Vessel(1, node.public, name, (node.address.text,)) for name in names]


@contextlib.asynccontextmanager
async def a_bare_server(node: ServedNode) -> AsyncGenerator[str, None]:
    """A plain aiohttp application under the node's certificate; where it is."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=b"x" * int(request.query["size"]))

    application = web.Application(client_max_size=2 * UPLOAD_BYTES)
    application.router.add_post("/", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    context = server_context(node.folder / "certificate.pem")
    await web.SockSite(runner, listener, ssl_context=context).start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        await runner.cleanup()


async def bare(
    doors: list[tuple[str, ServedNode]], each: int, content: bytes, size: int
) -> None:
    """The same number of requests, without anything of ours."""

    async def one_node(url: str, key: PublicKey) -> None:
        connector = aiohttp.TCPConnector(ssl=Pin(key), limit=1)
        async with aiohttp.ClientSession(connector=connector) as session:
            for _ in range(each):
                async with session.post(
                    f"{url}?size={size}", data=content, ssl=tls
                ) as response:
                    assert len(await response.read()) == size

    tls = client_context()
    async with asyncio.TaskGroup() as tasks:
        for url, node in doors:
            tasks.create_task(one_node(url, node.public))


async def compare(what: str, plain: Work, ours: Work) -> bool:
    """Print time and CPU of both, and their ratios."""
    await plain()
    await ours()
    pairs = [(await cost_of(plain), await cost_of(ours)) for _ in range(ROUNDS)]
    good = True
    for index, name in enumerate(("time", "CPU")):
        of_plain = statistics.median(p[index] for p, _ in pairs)
        of_ours = statistics.median(o[index] for _, o in pairs)
        ratio = statistics.median(o[index] / p[index] for p, o in pairs)
        good = good and ratio <= BAR
        verdict = "ok" if ratio <= BAR else "MISSED"
        print(
            f"{what:18} {name:5} bare {of_plain * 1000:7.1f} ms, ours {of_ours * 1000:7.1f} ms,"
            f" ratio {ratio:5.2f} x  bar {BAR:g} x  {verdict}"
        )
    return good


async def cost_of(work: Work) -> tuple[float, float]:
    """Seconds of time and of CPU, both ends being in this process."""
    gc.collect()
    begun, cpu = time.perf_counter(), time.process_time()
    await work()
    return time.perf_counter() - begun, time.process_time() - cpu


def main() -> int:
    """Run it; exit 1 when a bar is missed."""
    good = True
    for count, each in LAYOUTS:
        with tempfile.TemporaryDirectory() as folder:
            good = asyncio.run(measure(Path(folder), count, each)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
