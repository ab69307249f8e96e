"""Logs of many vessels as one stream of lines that survives a cut connection.

A log is bytes at offsets that never repeat. What is missing is said (`Gap`), what came once
does not come again, and a reader who leaves frees everything here and at the nodes.
"""

import asyncio
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from seattle_p2p.errors import SeattleError, Unreachable
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.commands import LogPart

MAX_LINE_BYTES = 64 * 1024
"""A line that grows beyond this is handed out in pieces."""

_QUEUE = 1000


@dataclass(frozen=True)
class Line:
    """One line of a vessel's log, without its line end. `offset` is that of its first byte."""

    vessel: Vessel
    offset: int
    text: str


@dataclass(frozen=True)
class Gap:
    """`size` bytes from `offset` on are gone: the log is a ring and had moved on."""

    vessel: Vessel
    offset: int
    size: int


@dataclass(frozen=True)
class End:
    """Nothing follows for this vessel: `error` says why, None when its log is complete."""

    vessel: Vessel
    offset: int
    error: SeattleError | None


Event = Line | Gap | End


class LogClient(Protocol):
    """What following needs of a conversation with a node; survives cuts by itself."""

    def follow_log(self, vessel: str, offset: int) -> AsyncGenerator[LogPart, None]:
        """Pieces as they come; ends when the run has ended."""

    async def close(self) -> None:
        """Hang up; never raises."""


Connect = Callable[[PublicKey, Sequence[str]], Awaitable[LogClient]]


async def follow(
    vessels: Iterable[Vessel],
    connect: Connect,
    *,
    offsets: Mapping[Vessel, int] | None = None,
    timeout_s: float = 30.0,
) -> AsyncGenerator[Event, None]:
    """Lines of all `vessels` as they come, until each of them has ended.

    Args:
        connect: Opens a conversation of its own for each vessel.
        offsets: Where to begin; 0 for vessels that are not in it.
        timeout_s: Longest time for opening a conversation.
    """
    queue: asyncio.Queue[Event] = asyncio.Queue(_QUEUE)
    wanted = list(dict.fromkeys(vessels))
    readers = [
        asyncio.create_task(
            _read(vessel, connect, (offsets or {}).get(vessel, 0), timeout_s, queue)
        )
        for vessel in wanted
    ]
    left = len(wanted)
    try:
        while left:
            event = await queue.get()
            left -= isinstance(event, End)
            yield event
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)


async def _read(
    vessel: Vessel,
    connect: Connect,
    offset: int,
    timeout_s: float,
    queue: asyncio.Queue[Event],
) -> None:
    """Put one vessel's lines into `queue`, and an `End` whatever happens."""
    lines = Lines(vessel, offset)
    error: SeattleError | None = None
    try:
        async with asyncio.timeout(timeout_s):
            client = await connect(vessel.node, vessel.endpoints)
        try:
            async with aclosing(client.follow_log(vessel.id, offset)) as parts:
                async for part in parts:
                    for event in lines.take(part):
                        await queue.put(event)
        finally:
            await client.close()
    except TimeoutError:
        error = Unreachable(f"no answer within {timeout_s:g} s")
    except SeattleError as reason:
        error = reason
    for event in lines.rest():
        await queue.put(event)
    await queue.put(End(vessel, lines.following, error))


class Lines:
    """Cuts pieces of one vessel's log, from `offset` on, into lines."""

    def __init__(self, vessel: Vessel, offset: int) -> None:
        self._vessel = vessel
        self._begun = offset
        self._held = b""
        self._promised = offset > 0  # nobody said that a log begins at 0

    @property
    def following(self) -> int:
        """Offset of the first byte that has not come yet."""
        return self._begun + len(self._held)

    def take(self, part: LogPart) -> list[Event]:
        """Events of one piece; bytes that came already are passed over."""
        events: list[Event] = []
        data, start = part.data, part.start
        if start > self.following and data:
            events += self.rest()
            if self._promised:
                events.append(Gap(self._vessel, self._begun, start - self._begun))
            self._begun = start
        self._promised = True
        data = data[max(self.following - start, 0) :]
        self._held += data
        *whole, self._held = self._held.split(b"\n")
        for line in whole:
            events.append(self._line(line))
            self._begun += len(line) + 1
        while len(self._held) > MAX_LINE_BYTES:
            piece, self._held = self._held[:MAX_LINE_BYTES], self._held[MAX_LINE_BYTES:]
            events.append(self._line(piece))
            self._begun += len(piece)
        return events

    def rest(self) -> list[Event]:
        """What stands behind the last line end."""
        if not self._held:
            return []
        event, self._begun = self._line(self._held), self.following
        self._held = b""
        return [event]

    def _line(self, data: bytes) -> Line:
        text = data.removesuffix(b"\r").decode("utf-8", "replace")
        return Line(self._vessel, self._begun, text)
