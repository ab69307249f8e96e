"""The real transport of a conversation: HTTPS by aiohttp, one TCP connection for each."""

import asyncio
import ssl
import struct
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp

from seattle_p2p.errors import MalformedMessage, PeerError, Unreachable, WrongPeer
from seattle_p2p.experiment.bodies import Source
from seattle_p2p.experiment.conversation import Frame
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.net.tls import Pin, client_context
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.commands import Failed, welcome_door
from seattle_p2p.wire.limits import MAX_HELLO_BYTES, MAX_REPLY_BYTES, STREAM_FRAME_BYTES

CONNECT_S = 5.0
"""For TCP and TLS to come up: a few round trips of the slowest links."""
SILENCE_S = 45.0
"""A node silent for so long in an answer is gone: a followed log speaks every 15 s."""

_LENGTH = struct.Struct(">I")
_LAST = 0x80000000
"""Bit of a frame's length that marks the signed end."""
_GONE = (aiohttp.ClientError, OSError, asyncio.TimeoutError, asyncio.IncompleteReadError)


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
        host = f"[{address.host}]" if ":" in address.host else address.host
        self._address = address
        self._url = f"https://{host}:{address.port}"
        self._context = context
        # The connector pins, the request brings the context: aiohttp looks for them there.
        # One connection: under a second one the node's challenge would not hold.
        self._session = aiohttp.ClientSession(
            self._url,
            connector=aiohttp.TCPConnector(
                ssl=Pin(node), limit=1, keepalive_timeout=55, enable_cleanup_closed=False
            ),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=CONNECT_S, connect=CONNECT_S, sock_read=SILENCE_S
            ),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def greet(self, hello: bytes) -> bytes:
        """Exchange the first words.

        Raises:
            Unreachable: nobody answers.
            WrongPeer: somebody else than the node does.
        """
        try:
            async with self._session.post("/greet", data=hello, ssl=self._context) as response:
                return await _at_most(response, MAX_HELLO_BYTES)
        except aiohttp.ServerFingerprintMismatch as reason:
            raise WrongPeer(
                f"at {self._address.host}:{self._address.port} answers another machine than"
                " the node asked for",
                hint="it may have moved: browse again; else somebody is in between",
            ) from reason
        except _GONE as reason:
            raise self._unreachable(reason) from reason

    async def send(self, head: bytes, body: Source | None) -> "HttpsReply":
        """Send one request; see `conversation.Connection`."""
        framed = _LENGTH.pack(len(head)) + head
        data: Any = framed
        headers = None
        if body is not None:
            data = _joined(framed, body)
            headers = {"Content-Length": str(len(framed) + body.size)}
        try:
            response = await self._session.post(
                "/command", data=data, headers=headers, ssl=self._context
            )
        except _GONE as reason:
            raise self._unreachable(reason) from reason
        try:
            if response.status != 200:
                raise await _refusal(response)
            (length,) = _LENGTH.unpack(await response.content.readexactly(4))
            if length > MAX_REPLY_BYTES:
                raise MalformedMessage(f"reply of {length} bytes, limit {MAX_REPLY_BYTES}")
            return HttpsReply(await response.content.readexactly(length), response)
        except _GONE as reason:
            response.close()
            raise self._unreachable(reason) from reason
        except BaseException:
            response.close()
            raise

    async def close(self) -> None:
        """Hang up; never raises."""
        await self._session.close()

    def _unreachable(self, reason: BaseException) -> Unreachable:
        words = "no answer in time" if isinstance(reason, TimeoutError) else _words(reason)
        return Unreachable(f"{self._address.host}:{self._address.port}: {words}")


class HttpsReply:
    """One answer on its way in."""

    def __init__(self, head: bytes, response: aiohttp.ClientResponse) -> None:
        self.head = head
        self._response = response

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """The frames after the head, one in memory at a time."""
        content = self._response.content
        try:
            while True:
                (mark,) = _LENGTH.unpack(await content.readexactly(4))
                length, last = mark & ~_LAST, bool(mark & _LAST)
                if length > STREAM_FRAME_BYTES + 1024:
                    raise MalformedMessage(f"frame of {length} bytes")
                data = await content.readexactly(length)
                yield last, data
        except _GONE as reason:
            raise Unreachable(f"cut in the middle of an answer: {_words(reason)}") from reason

    async def release(self) -> None:
        """Read to the end if that is near, so that the connection can be kept; else drop it."""
        content = self._response.content
        if not content.at_eof():
            try:
                async with asyncio.timeout(0.05):
                    await content.read(1)
            except (*_GONE, TimeoutError):
                pass
        self._response.release()


async def _at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_any():
        data += chunk
        if len(data) > limit:
            raise MalformedMessage(f"the node's first words are longer than {limit} bytes")
    return bytes(data)


async def _joined(framed: bytes, body: Source) -> AsyncGenerator[bytes, None]:
    yield framed
    async for piece in body.pieces():
        yield piece


async def _refusal(response: aiohttp.ClientResponse) -> PeerError:
    """What an unsigned refusal says; nothing of it is more than a hint."""
    data = await response.content.read(MAX_HELLO_BYTES)
    try:
        said = welcome_door.decode(data)
    except MalformedMessage:
        return MalformedMessage(f"the node refused with HTTP status {response.status}")
    if isinstance(said, Failed) and isinstance(said.error, PeerError):
        return said.error
    return MalformedMessage("the node refused without saying why")


def _words(reason: BaseException) -> str:
    if isinstance(reason, aiohttp.ClientConnectorError):
        return (reason.os_error.strerror or str(reason.os_error)).lower()
    if isinstance(reason, asyncio.IncompleteReadError | aiohttp.ServerDisconnectedError):
        return "the connection was closed"
    return str(reason) or type(reason).__name__
