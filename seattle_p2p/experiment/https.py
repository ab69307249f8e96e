"""The real transport of a conversation: a WebSocket over HTTPS."""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncGenerator

from seattle_p2p.errors import MalformedMessage, PeerError, Unreachable, WrongPeer
from seattle_p2p.experiment.bodies import Source
from seattle_p2p.experiment.conversation import Frame
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.net.tls import client_context, peer_key
from seattle_p2p.net.websocket import Channel, connect
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.channel import (
    COMMAND,
    COMMAND_WITH_BODY,
    END,
    HELLO_IN_REQUEST,
    MAX_ANSWER_BYTES,
    PIECE,
    REFUSED,
    REPLY,
    STREAM,
    WELCOME,
)
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.greeting import welcome_door

CONNECT_S = 5.0
"""For TCP, TLS and the first words: a few round trips of the slowest links."""
HEARTBEAT_S = 20.0
"""A node that is asked for a sign of life so often and gives none within half of it is gone."""


class HttpsTransport:
    """Opens HTTPS connections to node managers. One for a whole program is enough."""

    def __init__(self) -> None:
        self._context = client_context()

    async def connect(self, address: PeerAddress, node: PublicKey) -> "HttpsConnection":
        """A connection that comes up with its first words; it is to `node` or to nobody."""
        return HttpsConnection(address, node, self._context)


class HttpsConnection:
    """One kept connection. Made by `HttpsTransport`."""

    def __init__(self, address: PeerAddress, node: PublicKey, context: ssl.SSLContext) -> None:
        self._address = address
        self._node = node
        self._context = context
        self._channel: Channel | None = None

    async def greet(self, hello: bytes) -> bytes:
        """Exchange the first words.

        Raises:
            Unreachable: nobody answers.
            WrongPeer: somebody else than the node does.
        """
        try:
            async with asyncio.timeout(CONNECT_S):
                self._channel = await connect(
                    self._address.host,
                    self._address.port,
                    "/commands",
                    f"{HELLO_IN_REQUEST}={hello.hex()}",
                    context=self._context,
                    check=self._require_node,
                    heartbeat_s=HEARTBEAT_S,
                    max_message_bytes=MAX_ANSWER_BYTES,
                )
                return (await self.receive(WELCOME))[1]
        except OSError as reason:
            raise self._unreachable(reason) from reason

    def _require_node(self, transport: asyncio.BaseTransport) -> None:
        if peer_key(transport) != self._node:
            raise WrongPeer(
                f"at {self._address.host}:{self._address.port} answers another machine than"
                " the node asked for",
                hint="it may have moved: browse again; else somebody is in between",
            )

    async def send(self, head: bytes, body: Source | None) -> "HttpsReply":
        """Send one request; see `conversation.Connection`."""
        if self._channel is None:
            raise Unreachable("the connection was never greeted")
        try:
            if body is None:
                await self._channel.send(COMMAND + head)
                kind, data = await self.receive(REPLY, STREAM)
            else:
                await self._channel.send(COMMAND_WITH_BODY + head, more=True)
                kind, data = await self._send_body(self._channel, body)
        except OSError as reason:
            raise self._unreachable(reason) from reason
        return HttpsReply(data, self, streams=kind == STREAM)

    async def receive(self, *expected: bytes) -> tuple[bytes, bytes]:
        """Kind and content of the next message.

        Raises:
            Unreachable: the connection is gone.
            PeerError: the node refuses unsigned, or something else came than expected.
        """
        assert self._channel is not None
        try:
            message = await self._channel.receive()
        except OSError as reason:
            raise self._unreachable(reason) from reason
        kind, data = message[:1], message[1:]
        if kind == REFUSED:
            raise _refusal(data)
        if kind not in expected:
            raise MalformedMessage(f"the node sent {kind!r}, not one of {expected}")
        return kind, data

    async def close(self) -> None:
        """Hang up; never raises."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    async def _send_body(self, channel: Channel, body: Source) -> tuple[bytes, bytes]:
        """Send a body, but no more of it once the reply is there; returns the reply."""
        reply = asyncio.ensure_future(self.receive(REPLY, STREAM))
        try:
            last = b""
            async with contextlib.aclosing(body.pieces()) as pieces:
                async for piece in pieces:
                    if reply.done():
                        last = b""
                        break
                    if last:
                        await channel.send(PIECE + last, more=True)
                    last = piece
            await channel.send(END + last)
            return await reply
        except ConnectionError:
            # The reply may have come just before the node hung up.
            return await reply
        finally:
            reply.cancel()

    def _unreachable(self, reason: OSError) -> Unreachable:
        return Unreachable(f"{self._address.host}:{self._address.port}: {_words(reason)}")


class HttpsReply:
    """One answer on its way in."""

    def __init__(self, head: bytes, connection: HttpsConnection, *, streams: bool) -> None:
        self.head = head
        self._connection = connection
        self._streams = streams

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """The frames after the head, one in memory at a time."""
        while self._streams:
            kind, data = await self._connection.receive(PIECE, END)
            self._streams = kind != END
            yield kind == END, data


def _refusal(data: bytes) -> PeerError:
    """What an unsigned refusal says; nothing of it is more than a hint."""
    try:
        said = welcome_door.decode(data)
    except MalformedMessage:
        said = None
    if isinstance(said, Failed) and isinstance(said.error, PeerError):
        return said.error
    return MalformedMessage("the node refused without saying why")


def _words(reason: OSError) -> str:
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    if isinstance(reason, ssl.SSLError):
        return "what answers there does not speak TLS as nodes do"
    if isinstance(reason, socket.gaierror) or not reason.errno:
        return str(reason) or type(reason).__name__
    # Not the words that came with it: asyncio puts the address in, which is told already.
    return os.strerror(reason.errno).lower()
