"""Logs of many vessels as one stream of lines that survives a cut connection.

A log is bytes at offsets that never repeat. What is missing is said (`Gap`), what came once
does not come again, and a reader who leaves frees everything here and at the nodes. One
connection to a node carries the logs of all its vessels.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from typing import Protocol

from seattle_p2p.errors import SeattleError, Unreachable
from seattle_p2p.experiment.in_order import InOrder, ends
from seattle_p2p.experiment.log_events import Clock, End, Event, Lines
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.actions import LogFrom
from seattle_p2p.wire.limits import MAX_FOLLOWED
from seattle_p2p.wire.results import LogPiece

MAX_HELD = 50_000
"""Events in memory: beyond this nodes that are ahead are not read from."""

CLOCK_CHANGED_S = 1.0
"""A node's clock is told again when it moved by more than this."""

FAREWELL_S = 1.0
"""How long a node that has sent everything may take to end its stream."""

_SAMPLES = 16


class LogClient(Protocol):
    """What following needs of a conversation with a node; survives cuts by itself."""

    def follow_logs(self, logs: Sequence[LogFrom]) -> AsyncGenerator[LogPiece, None]:
        """Pieces as they come; ends when it is over for each vessel."""

    async def close(self) -> None:
        """Hang up; never raises."""


Connect = Callable[[PublicKey, Sequence[str]], Awaitable[LogClient]]


async def follow(
    vessels: Iterable[Vessel],
    connect: Connect,
    *,
    offsets: Mapping[Vessel, int] | None = None,
    since_s: float | None = None,
    timeout_s: float = 30.0,
    wall: Callable[[], float] = time.time,
) -> AsyncGenerator[Event, None]:
    """Lines of all `vessels` in order of time as they come, until each of them has ended.

    Args:
        connect: Opens a conversation of its own for each node.
        offsets: Where to begin; 0 for vessels that are not in it.
        since_s: Only what came within so many seconds until now; None for all.
        timeout_s: Longest time for opening a conversation.
        wall: Seconds since 1970 by this machine's clock.
    """
    begins = {
        vessel: LogFrom(
            vessel.id, (offsets or {}).get(vessel, 0), -1.0 if since_s is None else since_s
        )
        for vessel in vessels
    }
    reading = _Reading(begins, connect, timeout_s, wall)
    try:
        left = len(begins)
        while left:
            events = await reading.next()
            left -= ends(events)
            for event in events:
                yield event
        await reading.end()
    finally:
        await reading.close()


class _Reading:
    """All nodes' streams, and what they brought."""

    def __init__(
        self,
        begins: Mapping[Vessel, LogFrom],
        connect: Connect,
        timeout_s: float,
        wall: Callable[[], float],
    ) -> None:
        self._connect = connect
        self._timeout_s = timeout_s
        self._wall = wall
        streams = _by_node(begins)
        self._order = InOrder(set(range(len(streams))), wall())
        self._clocks: deque[Event] = deque()
        self._came = asyncio.Event()
        self._room = asyncio.Event()
        self._hungry = False
        self._readers = [
            asyncio.create_task(self._read(number, stream))
            for number, stream in enumerate(streams)
        ]

    async def next(self) -> list[Event]:
        """Events that go out next, at least one."""
        while True:
            events = [*self._clocks, *self._order.take(self._wall())]
            self._clocks.clear()
            if events:
                self._hungry = False
                return events
            self._hungry = True
            self._room.set()
            self._came.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._order.wait_s(self._wall())):
                    await self._came.wait()

    async def end(self) -> None:
        """Let nodes that have sent everything say so: who is cut off while he hangs up leaves
        something open."""
        await asyncio.wait(self._readers, timeout=FAREWELL_S)

    async def close(self) -> None:
        """Leave every node."""
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def _read(self, number: int, begins: Mapping[Vessel, LogFrom]) -> None:
        """Take in one node's pieces, and an `End` for each vessel whatever happens."""
        stream = _NodeStream(begins, self._wall)
        first = next(iter(begins))
        error: SeattleError | None = None
        try:
            async with asyncio.timeout(self._timeout_s):
                client = await self._connect(first.node, first.endpoints)
            stream.asked_at = self._wall()
            try:
                async with aclosing(client.follow_logs(list(begins.values()))) as pieces:
                    async for piece in pieces:
                        self._take(number, stream, piece)
                        await self._wait_for_room(number)
            finally:
                await client.close()
        except TimeoutError:
            error = Unreachable(
                f"no answer within {self._timeout_s:g} s",
                hint="`seattle browse` finds the nodes that are there",
            )
        except SeattleError as reason:
            error = reason
        for vessel, events in stream.rest(error):
            for event in events:
                self._order.put(vessel, event, self._wall())
        self._order.gone(number)
        self._came.set()

    def _take(self, number: int, stream: "_NodeStream", piece: LogPiece) -> None:
        if clock := stream.set_clock(piece):
            self._clocks.append(clock)
        for vessel, event in stream.take(piece):
            self._order.put(vessel, event, self._wall())
        self._order.heard(
            number, behind=piece.more, oldest=stream.oldest(piece), now=self._wall()
        )
        self._came.set()

    async def _wait_for_room(self, number: int) -> None:
        """Hold a node back that is ahead of the others, or all when nobody takes the lines."""
        while len(self._order) > MAX_HELD:
            if self._hungry and self._order.slowest(self._wall()) == number:
                return
            self._room.clear()
            await self._room.wait()


class _NodeStream:
    """One node's pieces: its clock, and its vessels' lines."""

    def __init__(self, begins: Mapping[Vessel, LogFrom], wall: Callable[[], float]) -> None:
        self._wall = wall
        self._vessels = {vessel.id: vessel for vessel in begins}
        self._lines = {
            vessel.id: Lines(vessel, begin.offset) for vessel, begin in begins.items()
        }
        self.asked_at = wall()
        """When the node was asked: its clock is known no better than an answer takes."""
        self._samples: deque[float] = deque(maxlen=_SAMPLES)
        self._told: float | None = None
        self._ahead_s = 0.0

    def set_clock(self, piece: LogPiece) -> Clock | None:
        """Learn what the node's clock shows; what is worth telling."""
        if not piece.part.clock or not self._vessels:
            return None
        # A piece is never read before it was sent: the largest of some is closest.
        self._samples.append(piece.part.clock - self._wall())
        self._ahead_s = max(self._samples)
        if self._told is not None and abs(self._ahead_s - self._told) < CLOCK_CHANGED_S:
            return None
        within_s = self._wall() - self.asked_at if self._told is None else CLOCK_CHANGED_S
        self._told = self._ahead_s
        node = next(iter(self._vessels.values())).node
        return Clock(node, self._ahead_s, max(within_s, 0.0))

    def oldest(self, piece: LogPiece) -> float | None:
        """When the first byte of a piece came, by our clock."""
        marks = piece.part.marks
        return (
            marks[0][1] - self._ahead_s if marks and marks[0][0] <= piece.part.start else None
        )

    def take(self, piece: LogPiece) -> list[tuple[Vessel, Event]]:
        """What a piece says, vessel by vessel."""
        vessel = self._vessels.get(piece.vessel)
        if vessel is None:
            return []  # nothing that was asked for
        lines = self._lines[piece.vessel]
        events = lines.take(piece.part, self._ahead_s)
        if piece.over:
            del self._vessels[piece.vessel]
            events += lines.rest()
            error = piece.failed.error if piece.failed else None
            events.append(End(vessel, lines.following, error))
        return [(vessel, event) for event in events]

    def rest(self, error: SeattleError | None) -> list[tuple[Vessel, list[Event]]]:
        """How it ends for the vessels that nothing was said about."""
        found = []
        for name, vessel in self._vessels.items():
            lines = self._lines[name]
            found.append((vessel, [*lines.rest(), End(vessel, lines.following, error)]))
        return found


def _by_node(begins: Mapping[Vessel, LogFrom]) -> list[dict[Vessel, LogFrom]]:
    """One stream for each node; more when it has more vessels than one stream carries."""
    nodes: dict[PublicKey, list[Vessel]] = {}
    for vessel in begins:
        nodes.setdefault(vessel.node, []).append(vessel)
    return [
        {vessel: begins[vessel] for vessel in held[first : first + MAX_FOLLOWED]}
        for held in nodes.values()
        for first in range(0, len(held), MAX_FOLLOWED)
    ]
