"""The client's end of a WebSocket (RFC 6455): binary messages over TLS to one known machine.

A command that asks of one machine lives a quarter of a second; importing a whole HTTP client
would double that, and each connection through it costs more than the handshake of TLS. So this
is all of a client that our own nodes need, and nothing besides: no proxies, no redirects, no
extensions, no text. The node's end is aiohttp's.
"""

import asyncio
import base64
import hashlib
import os
import ssl
from collections import deque
from collections.abc import Callable
from typing import cast

from seattle_p2p.errors import MalformedMessage, PeerError
from seattle_p2p.net.frames import (
    BINARY,
    CLOSE,
    MAX_CONTROL_BYTES,
    PING,
    PONG,
    FrameReader,
    encode_frame,
)

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, section 1.3."""
_MAX_HEAD_BYTES = 8192
_END_OF_HEAD = b"\r\n\r\n"
_KEPT_BYTES = 256 * 1024
"""So much may wait for its reader before the other side is held back."""
_MESSAGE_BYTES = 64
"""What a message weighs besides its content: empty ones are not for nothing."""


async def connect(
    host: str,
    port: int,
    target: str,
    *,
    context: ssl.SSLContext,
    check: Callable[[asyncio.BaseTransport], None],
    heartbeat_s: float,
    max_message_bytes: int,
) -> "Channel":
    """Open one, to whomever `check` accepts; nothing is sent to anybody else.

    Args:
        target: Path and query of the request.
        heartbeat_s: After so long a silence the other side is asked for a sign of life, which
            must come within half of it.

    Raises:
        OSError: nobody answers, or not in TLS.
        MalformedMessage: what answers is no such server.
        PeerError: of `check`.
    """
    loop = asyncio.get_running_loop()
    _, channel = await loop.create_connection(
        lambda: Channel(heartbeat_s, max_message_bytes), host, port, ssl=context
    )
    try:
        check(channel.transport)
        await channel.upgrade(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", target)
    except BaseException:
        await channel.close()
        raise
    return channel


class Channel(asyncio.Protocol):
    """One connection. Made by `connect`; read by one task at a time."""

    transport: asyncio.Transport

    def __init__(self, heartbeat_s: float, max_message_bytes: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._heartbeat_s = heartbeat_s
        self._frames = FrameReader(max_message_bytes)
        self._head: bytearray | None = bytearray()
        self._messages: deque[bytes] = deque()
        self._kept = 0
        self._resting = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._gone: Exception | None = None
        self._lost = self._loop.create_future()
        self._heard_s = 0.0
        self._beat: asyncio.TimerHandle | None = None

    # What its owner does

    async def upgrade(self, host: str, target: str) -> None:
        """Turn the connection from HTTP into a channel.

        Raises:
            MalformedMessage: the other side does something else.
            ConnectionError: it hung up.
        """
        key = base64.b64encode(os.urandom(16))
        self.transport.write(
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key.decode()}\r\n\r\n".encode()
        )
        while self._head is not None and _END_OF_HEAD not in self._head:
            await self._wait()
        assert self._head is not None
        head, _, rest = bytes(self._head).partition(_END_OF_HEAD)
        _require_upgraded(head, key)
        self._head = None
        self._heard_s = self._loop.time()
        self._beat = self._loop.call_later(self._heartbeat_s, self._on_beat)
        self.transport.resume_reading()
        self._take(rest)

    async def send(self, data: bytes) -> None:
        """Send one message; returns when there is room for more.

        Raises:
            ConnectionError: the channel is closed.
        """
        if self._gone is not None:
            raise ConnectionResetError("the connection is closed") from self._gone
        self.transport.write(encode_frame(BINARY, data))
        if self._writer is not None:
            await asyncio.shield(self._writer)

    async def receive(self) -> bytes:
        """The next message.

        Raises:
            ConnectionError: the channel is closed, and all that came before was read.
            MalformedMessage: the other side broke the protocol.
        """
        while not self._messages:
            await self._wait()
        data = self._messages.popleft()
        self._kept -= len(data) + _MESSAGE_BYTES
        if self._resting and self._kept <= _KEPT_BYTES // 2:
            self._resting = False
            self.transport.resume_reading()
        return data

    async def close(self) -> None:
        """Hang up at once; never raises."""
        self._fail(ConnectionResetError("the connection was closed"))
        await asyncio.shield(self._lost)

    async def _wait(self) -> None:
        """Return when something came; raise when nothing will."""
        if self._gone is not None:
            raise self._gone
        self._reader = self._loop.create_future()
        try:
            await self._reader
        finally:
            self._reader = None

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The handshake of TLS is done."""
        # uvloop's transports are asyncio's in all but their class.
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Octets, as they came."""
        self._heard_s = self._loop.time()
        if self._head is None:
            self._take(data)
            return
        self._head += data
        if _END_OF_HEAD in self._head:
            self.transport.pause_reading()  # until somebody has looked at it
        elif len(self._head) > _MAX_HEAD_BYTES:
            self._fail(MalformedMessage("the answer to the first request has no end"))
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over; what came before can still be read."""
        self._fail(exc or ConnectionResetError("the connection was closed"))
        if not self._lost.done():
            self._lost.set_result(None)

    def pause_writing(self) -> None:
        """The other side takes less than we send."""
        self._writer = self._loop.create_future()

    def resume_writing(self) -> None:
        """There is room again."""
        if self._writer is not None and not self._writer.done():
            self._writer.set_result(None)
        self._writer = None

    # Steps

    def _take(self, data: bytes) -> None:
        try:
            for kind, content in self._frames.feed(data):
                if kind == BINARY:
                    self._messages.append(content)
                    self._kept += len(content) + _MESSAGE_BYTES
                elif kind == PING and self._gone is None and self._writer is None:
                    self.transport.write(encode_frame(PONG, content[:MAX_CONTROL_BYTES]))
                elif kind == CLOSE:
                    self._fail(ConnectionResetError("the connection was closed"))
        except PeerError as error:
            self._fail(error)
        if self._kept > _KEPT_BYTES and not self._resting and self._gone is None:
            self._resting = True
            self.transport.pause_reading()
        self._wake()

    def _on_beat(self) -> None:
        """Ask for a sign of life after a silence; give up after a longer one."""
        silent_s = 0.0 if self._resting else self._loop.time() - self._heard_s
        if silent_s >= 1.5 * self._heartbeat_s:
            self._fail(ConnectionResetError("no sign of life any more"))
            return
        wait_s = self._heartbeat_s - silent_s
        if silent_s >= self._heartbeat_s:
            self.transport.write(encode_frame(PING, b""))
            wait_s = 0.5 * self._heartbeat_s
        self._beat = self._loop.call_later(wait_s, self._on_beat)

    def _fail(self, reason: Exception) -> None:
        if self._gone is None:
            self._gone = reason
            self.transport.abort()
        if self._beat is not None:
            self._beat.cancel()
        self.resume_writing()
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


def _require_upgraded(head: bytes, key: bytes) -> None:
    """Accept the answer to an upgrade (RFC 6455, section 4.1)."""
    status, *lines = head.split(b"\r\n")
    fields = {}
    for line in lines:
        name, _, value = line.partition(b":")
        fields[name.strip().lower()] = value.strip()
    digest = hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest()
    if (
        status.split(b" ")[1:2] != [b"101"]
        or fields.get(b"upgrade", b"").lower() != b"websocket"
        or fields.get(b"connection", b"").lower() != b"upgrade"
        or fields.get(b"sec-websocket-accept") != base64.b64encode(digest)
    ):
        raise MalformedMessage("what answers there takes no commands")
