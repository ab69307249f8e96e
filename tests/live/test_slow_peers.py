"""Silent, slow, greedy and flooding peers cost nobody else anything."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from seattle_p2p.experiment.bodies import BytesSource
from seattle_p2p.experiment.https import HttpsTransport
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.identity.envelope import Purpose, encode_envelope, seal
from seattle_p2p.manager import guests, inbox
from seattle_p2p.manager.rations import Rations
from seattle_p2p.net.tls import client_context
from seattle_p2p.wire.actions import PutFile
from seattle_p2p.wire.channel import COMMAND_WITH_BODY, HELLO, PIECE
from seattle_p2p.wire.commands import Command, encode
from seattle_p2p.wire.greeting import (
    PROTOCOL_VERSION,
    Hello,
    Welcome,
    welcome_door,
)
from seattle_p2p.wire.limits import MAX_CONNECTIONS_PER_ADDRESS
from tests.support.served_node import NETWORK, STRANGER, USER, ServedNode, a_served_node


@pytest.fixture
async def node(tmp_path: Path) -> AsyncGenerator[ServedNode, None]:
    async with a_served_node(tmp_path / "node") as served:
        yield served


class Raw:
    """Connections without manners."""

    def __init__(self, node: ServedNode) -> None:
        self._node = node
        self._writers: list[asyncio.StreamWriter] = []
        self._readers: list[asyncio.StreamReader] = []

    async def connect(self, *, tls: bool = True) -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1",
            self._node.address.port,
            ssl=client_context() if tls else None,
            server_hostname="" if tls else None,
        )
        self._writers.append(writer)
        self._readers.append(reader)
        return writer

    async def read_challenge(self) -> bytes:
        """What the node answers to a hello sent right after the upgrade."""
        reader = self._readers[0]
        await reader.readuntil(b"\r\n\r\n")
        size = (await reader.readexactly(2))[1]
        if size == 126:
            size = int.from_bytes(await reader.readexactly(2))
        welcome = welcome_door.decode((await reader.readexactly(size))[1:])
        assert isinstance(welcome, Welcome)
        return welcome.challenge

    async def wait_until_cut(self, which: int = 0) -> None:
        """Return when the node closed that connection."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while await self._readers[which].read(1000):
                pass

    async def __aenter__(self) -> "Raw":
        return self

    async def __aexit__(self, *_: object) -> None:
        for writer in self._writers:
            writer.transport.abort()
        for writer in self._writers:
            with contextlib.suppress(OSError, ssl.SSLError):
                await writer.wait_closed()


async def slowest_of(client: NodeClient, count: int) -> float:
    """Seconds that the slowest of so many reads took."""
    slowest = 0.0
    for _ in range(count):
        begun = time.perf_counter()
        await client.status("v1")
        slowest = max(slowest, time.perf_counter() - begun)
    return slowest


@pytest.mark.parametrize("tls", [True, False], ids=["after TLS", "before TLS"])
async def test_silent_connections_give_way_to_those_who_speak(
    node: ServedNode, tls: bool
) -> None:
    async with Raw(node) as silent:
        for _ in range(MAX_CONNECTIONS_PER_ADDRESS + 40):
            await silent.connect(tls=tls)

        assert await slowest_of(node.client(), 50) < 2.0
        assert node.service.connections <= MAX_CONNECTIONS_PER_ADDRESS


async def test_a_silent_connection_is_cut(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "HEADER_S", 0.2)
    monkeypatch.setattr(guests, "SWEEP_S", 0.05)
    async with Raw(node) as silent, asyncio.timeout(5):
        await silent.connect()
        await silent.wait_until_cut()

    assert node.core.counts["connection.idle"] == 1


async def test_a_header_that_dribbles_is_cut(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "HEADER_S", 0.5)
    monkeypatch.setattr(guests, "SWEEP_S", 0.05)

    async def dribble(writer: asyncio.StreamWriter) -> None:
        for octet in b"POST /command HTTP/1.1\r\nHost: x\r\n" * 100:
            writer.write(bytes([octet]))
            await asyncio.sleep(0.02)

    async with Raw(node) as slow, asyncio.timeout(5):
        dribbling = asyncio.create_task(dribble(await slow.connect()))
        await slow.wait_until_cut()
        dribbling.cancel()

    assert node.core.counts["connection.idle"] == 1


class Dribbling(BytesSource):
    """A body that never comes to its end."""

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        while True:
            yield b"x"
            await asyncio.sleep(0.05)


async def test_uploads_that_dribble_hold_up_nobody_and_leave_nothing(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PIECE_S", 0.5)
    monkeypatch.setattr(inbox, "SLOWEST_BYTES_PER_S", 10**6)
    client = node.client()

    async def upload() -> None:
        await client.put("v1", "slow", Dribbling(bytes(100_000)))

    uploads = [asyncio.create_task(upload()) for _ in range(20)]
    slowest = await slowest_of(node.client(), 30)
    async with asyncio.timeout(10):
        results = await asyncio.gather(*uploads, return_exceptions=True)

    assert slowest < 2.0
    assert all(isinstance(result, Exception) for result in results)
    assert (await node.client().files("v1")).used_bytes == 0


async def test_a_reader_that_does_not_read_is_cut_and_costs_little_memory(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PIECE_S", 0.5)
    client = node.client()
    await client.put("v1", "big", bytes(900_000))
    stuck = []
    for _ in range(10):
        pieces = client.get("v1", "big")
        await anext(pieces)
        stuck.append(pieces)

    assert await slowest_of(node.client(), 30) < 2.0

    for pieces in stuck:
        await pieces.aclose()


async def test_a_flooding_client_does_not_hold_up_an_honest_one(node: ServedNode) -> None:
    flooder = NodeClient(
        STRANGER, node.public, [node.address], HttpsTransport(), network=NETWORK
    )

    async def flood() -> None:
        while True:
            await flooder.vessels()

    flood_tasks = [asyncio.create_task(flood()) for _ in range(30)]
    try:
        honest = node.client()
        await honest.vessels()
        assert await slowest_of(honest, 30) < 2.0
    finally:
        for task in flood_tasks:
            task.cancel()
        await asyncio.gather(*flood_tasks, return_exceptions=True)
        await flooder.close()


_UPGRADE = (
    b"GET /commands HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_BINARY, _TEXT, _PING, _PONG = 0x82, 0x81, 0x89, 0x8A


def frame(kind: int, data: bytes = b"") -> bytes:
    """A masked WebSocket frame of up to 125 bytes (RFC 6455, 5.2), under the mask 0."""
    return bytes([kind, 0x80 | len(data)]) + bytes(4) + data


def long_frame(kind: int, data: bytes) -> bytes:
    """The same, of 126 to 65535 bytes."""
    return bytes([kind, 0xFE]) + len(data).to_bytes(2) + bytes(4) + data


@pytest.mark.parametrize(
    "flood",
    [frame(_PING), frame(_PONG), frame(_BINARY, HELLO), frame(_BINARY, HELLO + b"\x00" * 30)],
    ids=["pings", "pongs", "empty hellos", "hellos"],
)
async def test_a_flood_of_small_messages_holds_up_nobody(
    node: ServedNode, flood: bytes
) -> None:
    honest = node.client()
    await honest.status("v1")
    async with Raw(node) as rude:
        writer = await rude.connect()
        writer.write(_UPGRADE + flood * (400_000 // len(flood)))

        assert await slowest_of(honest, 20) < 0.3


async def test_pings_without_end_cost_the_connection(node: ServedNode) -> None:
    async with Raw(node) as rude, asyncio.timeout(5):
        writer = await rude.connect()
        writer.write(_UPGRADE + frame(_PING) * 100)
        await rude.wait_until_cut()

    assert node.core.counts["peer.limit"] == 1


async def test_a_refused_body_without_end_costs_the_connection(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PIECE_S", 0.3)
    monkeypatch.setattr(inbox, "SLOWEST_BYTES_PER_S", 1)

    async def dribble(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(frame(_BINARY, PIECE + bytes(100)))
            await asyncio.sleep(0.02)

    async with Raw(node) as rude, asyncio.timeout(5):
        writer = await rude.connect()
        writer.write(
            _UPGRADE + frame(_BINARY, HELLO + encode(Hello(PROTOCOL_VERSION, NETWORK)))
        )
        put = Command(bytes(16), PutFile("v1", "x", 10**6, bytes(32)))
        envelope = seal(
            Purpose.COMMAND,
            STRANGER,
            receiver=node.public,
            challenge=await rude.read_challenge(),
            number=0,
            body=encode(put),
        )
        writer.write(long_frame(_BINARY, COMMAND_WITH_BODY + encode_envelope(envelope)))
        dribbling = asyncio.create_task(dribble(writer))
        await rude.wait_until_cut()
        dribbling.cancel()

    assert node.core.counts["not_permitted"] == 1


class BreakingOff(BytesSource):
    """A body whose sender is gone in its middle."""

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        yield b"x"
        raise SenderGone


class SenderGone(Exception):
    """Raised at the client."""


async def test_an_upload_that_breaks_off_is_no_error_of_ours(
    node: ServedNode, caplog: pytest.LogCaptureFixture
) -> None:
    client = node.client()
    with pytest.raises(SenderGone):
        await client.put("v1", "half", BreakingOff(bytes(1000)))
    await client.close()

    assert (await node.client().files("v1")).used_bytes == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_bad_http_is_no_error_of_ours(
    node: ServedNode, caplog: pytest.LogCaptureFixture
) -> None:
    async with Raw(node) as rude, asyncio.timeout(5):
        writer = await rude.connect()
        writer.write(b"GET /hello HTTP/1.1\r\nContent-Length: -1\r\n\r\n")
        await rude.wait_until_cut()

    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_long_start_holds_up_no_other_vessel(node: ServedNode) -> None:
    node.add_vessel()
    client = node.client()
    await client.put("v1", "a.r2py", b"")
    node.keepers.gate.clear()
    starting = asyncio.create_task(client.start("v1", "a.r2py"))
    await node.keepers.reached.wait()

    async with asyncio.timeout(2):
        await client.put("v2", "b.r2py", b"")
        assert (await client.status("v1")).state == "fresh"

    node.keepers.gate.set()
    await starting


async def test_bytes_that_are_no_tls_are_counted_and_the_node_goes_on(
    node: ServedNode,
) -> None:
    async with Raw(node) as rude:
        for nonsense in (b"GET / HTTP/1.1\r\n\r\n", bytes(1000), b"\xff" * 70_000):
            writer = await rude.connect(tls=False)
            with contextlib.suppress(ConnectionError):
                writer.write(nonsense)
                await writer.drain()
        for which in range(3):
            await rude.wait_until_cut(which)

    assert node.core.counts["connection.handshake"] == 3
    assert len(await node.client().vessels()) == 1


async def test_one_key_holds_no_more_than_its_share_of_connections(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "MAX_CONNECTIONS_PER_KEY", 3)
    other = node.client(USER)
    await other.vessels()
    clients = [node.client() for _ in range(6)]
    for client in clients:
        await client.vessels()

    assert node.core.counts["connection.cut"] == 3
    assert node.service.connections == 4
    await other.vessels()
    assert node.core.counts["connection.cut"] == 3


async def test_a_key_that_asks_without_end_waits_and_nobody_else_does(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = asyncio.get_running_loop().time
    monkeypatch.setattr(node.service._guests, "_keys", Rations(10.0, clock))
    greedy = [node.client(), node.client()]
    begun = clock()

    # Over two connections, one by one and in batches: each command counts.
    for _ in range(2):
        await greedy[0].vessels()
        await asyncio.gather(*(greedy[1].status("v1") for _ in range(9)))
    await greedy[1].vessels()

    assert clock() - begun >= 0.9
    async with asyncio.timeout(0.9):
        await node.client(USER).vessels()
