"""What comes over one conversation, and how its pieces are waited for: nobody without end.

A flood of small messages, pings without end, bodies that dribble: each costs its sender's
connection something and nobody else anything.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from typing import TypeVar

from aiohttp import WSMsgType, web

from seattle_p2p.errors import MalformedMessage, TooMuch
from seattle_p2p.wire.channel import END, PIECE

PIECE_S = 20.0
"""Longest silence inside a body, in either direction."""
SLOWEST_BYTES_PER_S = 1024
"""A body that comes in slower than this, after `PIECE_S`, is given up."""
MESSAGES_A_TURN = 8
"""Messages of one connection before everybody else has a turn: some 2 ms of signatures."""
MAX_IDLE_FRAMES = 32
"""Pings and pongs between two messages."""


class Inbox:
    """Messages of one channel, so taken in that a flood of them holds up nobody else.

    Args:
        first: A message that came before the channel was open.
    """

    def __init__(self, channel: web.WebSocketResponse, first: bytes | None = None) -> None:
        self._channel = channel
        self._first = first
        self._taken = 0
        self._idle = 0

    async def next(self) -> bytes:
        """The next binary message; pings on the way are answered.

        Raises:
            ConnectionResetError: nothing will come any more.
            MalformedMessage: a text.
            TooMuch: pings and pongs without end.
        """
        if (first := self._first) is not None:
            self._first = None
            return first
        while True:
            self._taken += 1
            if self._taken % MESSAGES_A_TURN == 0:
                # What has come already is handed over without waiting: let others go first.
                await asyncio.sleep(0)
            message = await self._channel.receive()
            match message.type:
                case WSMsgType.BINARY:
                    self._idle = 0
                    data = message.data
                    assert isinstance(data, bytes)
                    return data
                case WSMsgType.PING:
                    await self._channel.pong(message.data)
                case WSMsgType.PONG:
                    pass
                case WSMsgType.TEXT:
                    raise MalformedMessage("a conversation holds no text")
                case _:
                    raise ConnectionResetError
            self._idle += 1
            if self._idle > MAX_IDLE_FRAMES:
                raise TooMuch(f"{self._idle} pings and pongs in a row")


class Body:
    """The body that follows a command, as it comes."""

    def __init__(self, inbox: Inbox, *, over: bool) -> None:
        self._inbox = inbox
        self._over = over

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Piece by piece; nothing is read before somebody asks.

        Raises:
            TooMuch: it came too slowly.
            MalformedMessage: something else came.
        """
        loop = asyncio.get_running_loop()
        begun, size = loop.time(), 0
        while not self._over:
            message = await within(PIECE_S, self._inbox.next())
            kind, piece = message[:1], message[1:]
            if kind == END:
                self._over = True
            elif kind != PIECE:
                raise MalformedMessage("a body holds pieces and an end")
            size += len(piece)
            if loop.time() - begun > PIECE_S + size / SLOWEST_BYTES_PER_S:
                raise TooMuch(f"slower than {SLOWEST_BYTES_PER_S} bytes/s")
            yield piece

    async def drop(self) -> None:
        """Read and forget what is left of it: what was on its way when the reply came."""
        await within(PIECE_S, self._read_to_end())

    async def _read_to_end(self) -> None:
        async for _ in self.pieces():
            pass


async def send(channel: web.WebSocketResponse, kind: bytes, data: bytes) -> None:
    """Send one message; whoever does not take it in time is given up."""
    await within(PIECE_S, channel.send_bytes(kind + data))


T = TypeVar("T")


async def within(seconds: float, work: Awaitable[T]) -> T:
    """What `work` gives; `TooMuch` when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError as reason:
        raise TooMuch(f"nothing came or went for {seconds:g} s") from reason
