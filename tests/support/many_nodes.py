"""Many node managers on this machine, each a process of its own, all in one network."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from seattle_p2p.experiment.browse import find_nodes
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.control import ManagerReport
from seattle_p2p.wire.address import PeerAddress
from tests.support.donated import NETWORK, RunningNode, a_donated_folder, spawn

STARTING_AT_ONCE = 4
"""More would only wait for each other's share of the processors."""
SETTLE_S = 120.0


@asynccontextmanager
async def many_nodes(
    folder: Path, owner: PublicKey, *, count: int, each: int
) -> AsyncGenerator[list[RunningNode], None]:
    """So many nodes with so many vessels of `owner` each; once all of them can be found.

    The first is the contact of the others. At the end all are gone.
    """
    nodes: list[RunningNode] = []
    room = asyncio.Semaphore(STARTING_AT_ONCE)

    async def start(number: int, seeds: list[str]) -> ManagerReport:
        async with room:
            home = await asyncio.to_thread(
                a_donated_folder,
                folder / f"node-{number:02}",
                owner,
                vessels=each,
                seeds=seeds,
            )
            node = RunningNode(home, await spawn(home))
            nodes.append(node)
            return await node.wait_until_ready()

    try:
        first = await start(0, [])
        contact = first.overlay[0]
        async with asyncio.TaskGroup() as tasks:
            for number in range(1, count):
                tasks.create_task(start(number, [contact]))
        await _wait_until_found(owner, contact, count)
        yield nodes
    finally:
        for node in nodes:
            if node.process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    node.process.send_signal(signal.SIGCONT)
                await node.kill()


async def _wait_until_found(owner: PublicKey, contact: str, count: int) -> None:
    async with asyncio.timeout(SETTLE_S):
        while True:
            found = await find_nodes(
                owner,
                network=NETWORK,
                contacts=[PeerAddress.from_text(contact)],
                timeout_s=SETTLE_S,
            )
            if len(found.adverts) == count:
                return
            await asyncio.sleep(0.5)
