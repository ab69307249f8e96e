"""An honest client beside 200 silent and 50 dribbling connections and a flood, all at once."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from seattle_p2p.identity.keys import KeyPair
from tests.support.donated import ROOT, a_donated_folder, a_running_node
from tests.support.served_node import OWNER, STRANGER, USER

SILENT, DRIBBLING, FLOODING = 200, 50, 8
CALLS = 300
BAR_S = 0.1

FLOOD = """
import asyncio, sys
from seattle_p2p.experiment.https import HttpsTransport
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.wire.address import PeerAddress

async def main(node, address, key, many):
    client = NodeClient(
        KeyPair(bytes.fromhex(key)), PublicKey.from_text(node),
        [PeerAddress.from_text(address)], HttpsTransport(), network="test",
    )
    async def flood():
        while True:
            await asyncio.gather(*(client.status("v1") for _ in range(32)), client.vessels(),
                                 return_exceptions=True)
    await client.vessels()
    print("at it", flush=True)
    await asyncio.gather(*(flood() for _ in range(int(many))))

asyncio.run(main(*sys.argv[1:]))
"""

LOITER = """
import asyncio, contextlib, ssl, sys
from seattle_p2p.net.tls import client_context

async def connect(port):
    return (await asyncio.open_connection(
        "127.0.0.1", int(port), ssl=client_context(), server_hostname=""))[1]

async def dribble(port):
    while True:
        with contextlib.suppress(OSError, ssl.SSLError):
            writer = await connect(port)
            for octet in b"GET /commands HTTP/1.1\\r\\nHost: x\\r\\nX: " + b"y" * 10_000:
                writer.write(bytes([octet]))
                await writer.drain()
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)

async def main(port, silent, dribbling):
    kept = [await connect(port) for _ in range(int(silent))]
    print("at it", flush=True)
    await asyncio.gather(*(dribble(port) for _ in range(int(dribbling))))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.alone
@pytest.mark.parametrize("greedy", [STRANGER, USER], ids=["a stranger", "a user of a vessel"])
async def test_an_honest_clients_calls_stay_quick_among_the_silent_slow_and_greedy(
    tmp_path: Path, greedy: KeyPair
) -> None:
    """The flood asks one by one and in full batches; the key with a right may ask for more."""
    home = a_donated_folder(tmp_path / "donor", OWNER.public, users=[USER.public])
    async with a_running_node(home) as node:
        who = node.public.text, node.address.text, greedy.seed.hex()
        async with (
            a_nuisance(LOITER, str(node.address.port), str(SILENT), str(DRIBBLING)),
            a_nuisance(FLOOD, *who, str(FLOODING)),
            node.client(OWNER) as honest,
        ):
            took = []
            for _ in range(CALLS):
                begun = time.perf_counter()
                await honest.status("v1")
                took.append(time.perf_counter() - begun)

    took.sort()
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    print(f"\nhonest calls: median {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms")
    assert p99 <= BAR_S


@contextlib.asynccontextmanager
async def a_nuisance(program: str, *arguments: str) -> AsyncGenerator[None, None]:
    """A process that gives trouble from when it says so until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, *arguments), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"at it\n"
        yield
        assert process.returncode is None, "it gave up, so nothing was shown"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
