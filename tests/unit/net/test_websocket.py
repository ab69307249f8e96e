"""A client's channel and what becomes of it when the other side misbehaves."""

import asyncio
import base64
import contextlib
import hashlib
import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from seattle_p2p.errors import MalformedMessage, WrongPeer
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.net import websocket
from seattle_p2p.net.certificate import make_certificate
from seattle_p2p.net.tls import client_context, server_context
from seattle_p2p.net.websocket import Channel

KEY = KeyPair((7).to_bytes(32))
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def a_server(folder: Path, talk: Talk) -> AsyncGenerator[int, None]:
    """Something that speaks TLS; its port."""
    (folder / "certificate.pem").write_bytes(make_certificate(KEY))
    served: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.transport.abort()

    context = server_context(folder / "certificate.pem")
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in served:
            writer.transport.abort()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def connect(port: int, *, heartbeat_s: float = 20.0, limit: int = 100_000) -> Channel:
    return await websocket.connect(
        "127.0.0.1",
        port,
        "/commands",
        "hello=00",
        context=client_context(),
        check=lambda transport: None,
        heartbeat_s=heartbeat_s,
        max_message_bytes=limit,
    )


async def upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the request in, and answer as a server should."""
    request = await reader.readuntil(b"\r\n\r\n")
    key = next(
        line.split(b": ")[1] for line in request.split(b"\r\n") if b"Key" in line.split(b":")[0]
    )
    digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: upgrade\r\n"
        b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
    )


async def test_another_implementation_understands_us_and_we_it(tmp_path: Path) -> None:
    """Every way in which a frame says how long it is, there and back."""

    async def echo(request: web.BaseRequest) -> web.WebSocketResponse:
        channel = web.WebSocketResponse(max_msg_size=100_000)
        await channel.prepare(request)
        async for message in channel:
            await channel.ping(b"still there?")
            await channel.send_bytes(message.data)
        return channel

    (tmp_path / "certificate.pem").write_bytes(make_certificate(KEY))
    runner = web.ServerRunner(web.Server(echo))
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    context = server_context(tmp_path / "certificate.pem")
    await web.SockSite(runner, listener, ssl_context=context).start()
    channel = await connect(listener.getsockname()[1])
    for size in (0, 1, 125, 126, 127, 65_535, 65_536, 70_001):
        data = os.urandom(size)
        await channel.send(data)
        assert await channel.receive() == data
    for size in (1, 70_000, 70_000, 2):
        await channel.send(bytes(size), more=size != 2)
    assert [len(await channel.receive()) for _ in range(4)] == [1, 70_000, 70_000, 2]
    await channel.send(b"but nothing more comes", more=True)
    assert await channel.receive() == b"but nothing more comes"
    await channel.close()
    await runner.cleanup()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"\r\n\r\n",
        b"x" * 10_000,
    ],
)
async def test_whoever_answers_something_else_takes_no_commands(
    tmp_path: Path, answer: bytes
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await reader.read()

    async with a_server(tmp_path, talk) as port:
        with pytest.raises(MalformedMessage):
            await connect(port)


async def test_nothing_is_said_to_whom_the_check_does_not_accept(tmp_path: Path) -> None:
    heard = asyncio.get_running_loop().create_future()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard.set_result(await reader.read())
        except ConnectionError:
            heard.set_result(b"")

    def refuse(transport: asyncio.BaseTransport) -> None:
        raise WrongPeer("somebody else")

    async with a_server(tmp_path, talk) as port:
        with pytest.raises(WrongPeer):
            await websocket.connect(
                "127.0.0.1",
                port,
                "/",
                "",
                context=client_context(),
                check=refuse,
                heartbeat_s=20.0,
                max_message_bytes=1000,
            )
        assert await heard == b""


async def test_what_came_before_the_end_is_read_and_then_the_end(tmp_path: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await upgrade(reader, writer)
        writer.write(b"\x82\x03one\x82\x03two\x88\x00")
        await reader.read()

    async with a_server(tmp_path, talk) as port:
        channel = await connect(port)
        assert [await channel.receive(), await channel.receive()] == [b"one", b"two"]
        for _ in range(2):
            with pytest.raises(ConnectionError):
                await channel.receive()
        with pytest.raises(ConnectionError):
            await channel.send(b"late")
        await channel.close()


async def test_a_break_of_the_protocol_ends_the_channel_and_is_named(tmp_path: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await upgrade(reader, writer)
        writer.write(b"\x82\x03one\x81\x03two")
        await reader.read()

    async with a_server(tmp_path, talk) as port:
        channel = await connect(port)
        assert await channel.receive() == b"one"
        with pytest.raises(MalformedMessage):
            await channel.receive()
        await channel.close()


async def test_pings_are_answered_while_nobody_reads(tmp_path: Path) -> None:
    answered = asyncio.get_running_loop().create_future()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await upgrade(reader, writer)
        writer.write(b"\x89\x02hi")
        head, mask, data = [await reader.readexactly(size) for size in (2, 4, 2)]
        answered.set_result((head, bytes(a ^ b for a, b in zip(data, mask, strict=False))))

    async with a_server(tmp_path, talk) as port:
        channel = await connect(port)
        assert await answered == (b"\x8a\x82", b"hi")
        await channel.close()


async def test_a_silent_server_is_asked_for_a_sign_of_life_and_then_given_up(
    tmp_path: Path,
) -> None:
    asked = asyncio.get_running_loop().create_future()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await upgrade(reader, writer)
        asked.set_result(await reader.readexactly(2))
        await reader.read()

    async with a_server(tmp_path, talk) as port:
        channel = await connect(port, heartbeat_s=0.05)
        with pytest.raises(ConnectionError, match="sign of life"):
            await channel.receive()
        assert await asked == b"\x89\x80"
        await channel.close()


async def test_a_server_that_pours_is_held_back_and_one_that_takes_nothing_too(
    tmp_path: Path,
) -> None:
    """Neither side's memory grows with what the other does not take."""
    piece = b"\x82\x7e" + (60_000).to_bytes(2) + bytes(60_000)
    poured = 0
    stuck = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal poured
        await upgrade(reader, writer)
        while poured < 1000:
            poured += 1
            writer.write(piece)
            draining = asyncio.ensure_future(writer.drain())
            if not (await asyncio.wait([draining], timeout=0.3))[0]:
                stuck.set()
            await draining
        stuck.set()
        await writer.wait_closed()

    async with a_server(tmp_path, talk) as port:
        channel = await connect(port)
        await stuck.wait()
        assert poured < 1000
        for _ in range(1000):
            assert len(await channel.receive()) == 60_000

        # Sooner or later a message waits for room, until somebody hangs up.
        sending = asyncio.create_task(send_for_ever(channel))
        done, _ = await asyncio.wait([sending], timeout=0.3)
        assert not done
        await channel.close()
        with pytest.raises(ConnectionError):
            await sending


async def send_for_ever(channel: Channel) -> None:
    while True:
        await channel.send(bytes(60_000))


class ATransport(asyncio.Transport):
    """What a channel does to its connection; a server's end that agrees to everything."""

    def __init__(self) -> None:
        super().__init__()
        self.server = ServerProtocol()
        self.reading = True
        self.pings_answered = 0

    def write(self, data: bytes) -> None:
        self.server.receive_data(data)
        for event in self.server.events_received():
            if isinstance(event, Request):
                self.server.send_response(self.server.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.PONG:
                self.pings_answered += 1

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def abort(self) -> None:
        pass


async def upgraded() -> tuple[Channel, ATransport]:
    channel = Channel(ClientProtocol(parse_uri("wss://[::1]:1/")), 20.0)
    transport = ATransport()
    channel.connection_made(transport)
    upgrading = asyncio.ensure_future(channel.upgrade())
    await asyncio.sleep(0)
    channel.data_received(b"".join(transport.server.data_to_send()))
    await upgrading
    return channel, transport


async def test_messages_without_content_are_held_back_like_others() -> None:
    channel, transport = await upgraded()

    channel.data_received(b"\x82\x00" * 100)
    assert transport.reading
    channel.data_received(b"\x82\x00" * 10_000)
    assert not transport.reading

    for _ in range(10_100):
        assert await channel.receive() == b""
    assert transport.reading
    channel.connection_lost(None)


async def test_answers_to_pings_do_not_pile_up_for_a_server_that_takes_nothing() -> None:
    channel, transport = await upgraded()

    channel.pause_writing()
    channel.data_received(b"\x89\x02hi" * 1000)
    channel.resume_writing()
    assert transport.pings_answered == 0
    channel.data_received(b"\x89\x02hi")
    assert transport.pings_answered == 1
    channel.connection_lost(None)


@pytest.mark.parametrize(
    "octets",
    [
        b"\x81\x05words",
        b"\x80\x05goes on with nothing",
        b"\x02\x05begun\x82\x05again",
        b"\x82\x85maskmasked",
        b"\xc2\x01x",
        b"\x83\x00",
        b"\x09\x02in\x80\x02it",
        b"\x89\x7e\x00\x7e" + bytes(126),
        b"\x82\x7f" + (1 << 62).to_bytes(8),
        b"\x82\x7e" + (1001).to_bytes(2) + bytes(1001),
        b"\x02\x7e"
        + (600).to_bytes(2)
        + bytes(600)
        + b"\x80\x7e"
        + (600).to_bytes(2)
        + bytes(600),
    ],
)
async def test_what_a_server_may_not_send_is_refused(tmp_path: Path, octets: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await upgrade(reader, writer)
        writer.write(octets)
        await reader.read()

    async with a_server(tmp_path, talk) as port:
        channel = await connect(port, limit=1000)
        with pytest.raises(MalformedMessage):
            await channel.receive()
        await channel.close()


async def test_a_message_in_fragments_is_put_together_around_control_frames(
    tmp_path: Path,
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await upgrade(reader, writer)
        for octet in b"\x02\x00\x00\x04one \x89\x01?\x80\x03two\x82\x01x":
            writer.write(bytes((octet,)))
            await writer.drain()
        await reader.read()

    async with a_server(tmp_path, talk) as port:
        channel = await connect(port)
        assert [await channel.receive(), await channel.receive()] == [b"one two", b"x"]
        await channel.close()
