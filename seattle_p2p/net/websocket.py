"""The client's end of a WebSocket (RFC 6455): binary messages over TLS to one known machine.

The protocol is the `websockets` library's, which leaves sockets to whoever uses it; this lays
it on asyncio's transports. A command that asks of one machine lives a quarter of a second: a
whole HTTP client would double that at import, and its connections cost more than the handshake
of TLS. The node's end is aiohttp's.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from typing import cast

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import WebSocketURI

from seattle_p2p.errors import MalformedMessage

_KEPT_BYTES = 256 * 1024
"""So much may wait for its reader before the other side is held back."""
_TOGETHER_BYTES = 128 * 1024
"""So much may wait for what follows before it is sent."""
_MESSAGE_BYTES = 64
"""What a message weighs besides its content: empty ones are not for nothing."""


async def connect(
    host: str,
    port: int,
    path: str,
    query: str,
    *,
    context: ssl.SSLContext,
    check: Callable[[asyncio.BaseTransport], None],
    heartbeat_s: float,
    max_message_bytes: int,
) -> "Channel":
    """Open one, to whomever `check` accepts; nothing is sent to anybody else.

    Args:
        path, query: What the first request asks for.
        heartbeat_s: After so long a silence the other side is asked for a sign of life, which
            must come within half of it.

    Raises:
        OSError: nobody answers, or not in TLS.
        MalformedMessage: what answers is no such server.
        PeerError: of `check`.
    """
    loop = asyncio.get_running_loop()
    uri = WebSocketURI(True, host, port, path, query)
    _, channel = await loop.create_connection(
        lambda: Channel(ClientProtocol(uri, max_size=max_message_bytes), heartbeat_s),
        host,
        port,
        ssl=context,
    )
    try:
        check(channel.transport)
        await channel.upgrade()
    except BaseException:
        await channel.close()
        raise
    return channel


class Channel(asyncio.Protocol):
    """One connection. Made by `connect`; read by one task at a time."""

    transport: asyncio.Transport

    def __init__(self, protocol: ClientProtocol, heartbeat_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._protocol = protocol
        self._heartbeat_s = heartbeat_s
        self._upgraded = False
        self._fragments = bytearray()
        self._messages: deque[bytes] = deque()
        self._kept = 0
        self._unsent = 0
        self._soon: asyncio.Handle | None = None
        self._resting = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._gone: Exception | None = None
        self._lost = self._loop.create_future()
        self._heard_s = 0.0
        self._beat: asyncio.TimerHandle | None = None

    # What its owner does

    async def upgrade(self) -> None:
        """Turn the connection from HTTP into a channel.

        Raises:
            MalformedMessage: the other side does something else.
            ConnectionError: it hung up.
        """
        self._protocol.send_request(self._protocol.connect())
        self._flush()
        while not self._upgraded:
            await self._wait()
        self._heard_s = self._loop.time()
        self._beat = self._loop.call_later(self._heartbeat_s, self._on_beat)

    async def send(self, data: bytes, *, more: bool = False) -> None:
        """Send one message; returns when there is room for more.

        Args:
            more: Another follows in this turn of the loop, perhaps: then they go together.

        Raises:
            ConnectionError: the channel is closed.
        """
        if self._gone is not None:
            raise ConnectionResetError("the connection is closed") from self._gone
        self._protocol.send_binary(data)
        self._unsent += len(data)
        if more and self._unsent < _TOGETHER_BYTES:
            self._soon = self._soon or self._loop.call_soon(self._flush)
            return
        self._flush()
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
        if self._gone is not None:
            return
        self._heard_s = self._loop.time()
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
            else:
                self._upgraded = self._protocol.handshake_exc is None
        if self._protocol.handshake_exc is not None:
            self._fail(MalformedMessage("what answers there takes no commands"))
        elif self._protocol.parser_exc is not None:
            self._fail(MalformedMessage(f"not a WebSocket: {self._protocol.parser_exc}"))
        elif self._writer is None:
            self._flush()
        else:  # nobody listens there, and answers to pings would pile up
            self._protocol.data_to_send()
        if self._kept > _KEPT_BYTES and not self._resting and self._gone is None:
            self._resting = True
            self.transport.pause_reading()
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

    def _take(self, frame: Frame) -> None:
        if self._gone is not None:
            return
        if frame.opcode is Opcode.CLOSE:
            self._fail(ConnectionResetError("the connection was closed"))
        elif frame.opcode is Opcode.TEXT:
            self._fail(MalformedMessage("a conversation holds no text"))
        elif frame.opcode in (Opcode.BINARY, Opcode.CONT):
            self._fragments += frame.data
            if frame.fin:
                self._messages.append(bytes(self._fragments))
                self._kept += len(self._fragments) + _MESSAGE_BYTES
                self._fragments.clear()

    def _flush(self) -> None:
        """Send what the protocol has to say."""
        self._unsent = 0
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        data = b"".join(self._protocol.data_to_send())
        if data and self._gone is None:
            self.transport.write(data)

    def _on_beat(self) -> None:
        """Ask for a sign of life after a silence; give up after a longer one."""
        silent_s = 0.0 if self._resting else self._loop.time() - self._heard_s
        if silent_s >= 1.5 * self._heartbeat_s:
            self._fail(ConnectionResetError("no sign of life any more"))
            return
        wait_s = self._heartbeat_s - silent_s
        if silent_s >= self._heartbeat_s:
            self._protocol.send_ping(b"")
            self._flush()
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
