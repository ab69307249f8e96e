"""Several logs followed over one connection: what came first is sent first.

Of the logs that have something to send, the one whose next byte is the oldest goes next. So a
reader who has seen a piece knows that nothing older is still to come from here, and can put the
logs of many nodes in order without holding them.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

import msgspec

from seattle_p2p.errors import SeattleError
from seattle_p2p.manager.keeping import Keepers
from seattle_p2p.manager.vessel_rows import VesselRow
from seattle_p2p.wire.actions import LogFrom
from seattle_p2p.wire.commands import encode
from seattle_p2p.wire.failed import failed
from seattle_p2p.wire.limits import FOLLOW_BYTES
from seattle_p2p.wire.results import LogPart, LogPiece

HEARTBEAT_S = 15.0
"""Followed logs that are silent say so this often, and rights are looked at again."""


def first_byte(keepers: Keepers, begin: LogFrom, now: float) -> int:
    """Offset at which reading begins; `now` is this machine's clock."""
    if not begin.since_s >= 0:
        return begin.offset
    return max(begin.offset, keepers.log_since(begin.vessel, now - begin.since_s))


def read_part(keepers: Keepers, name: str, offset: int, limit: int, now: float) -> LogPart:
    """A stretch of a log for the wire."""
    found = keepers.read_log(name, offset, limit)
    return LogPart(found.start, found.data, found.end, now, found.marks)


@dataclass
class _Log:
    row: VesselRow
    offset: int
    wait: "asyncio.Task[int] | None" = None

    @property
    def name(self) -> str:
        return self.row.name


class Following:
    """One reader and the logs it follows.

    Args:
        logs: Where to begin in each.
        rows: The vessels, in the same order.
        wall: Seconds since 1970 by this machine's clock.
        require_unchanged: Raises when the rights to a vessel may be others now.
    """

    def __init__(
        self,
        logs: Sequence[LogFrom],
        rows: Sequence[VesselRow],
        keepers: Keepers,
        wall: Callable[[], float],
        require_unchanged: Callable[[VesselRow], None],
    ) -> None:
        self._keepers = keepers
        self._wall = wall
        self._require_unchanged = require_unchanged
        begins = {begin.vessel: (begin, row) for begin, row in zip(logs, rows, strict=True)}
        self._live = {
            name: _Log(row, first_byte(keepers, begin, wall()))
            for name, (begin, row) in begins.items()
        }
        self._ready: list[tuple[float, str]] = []
        self._over: deque[LogPiece] = deque()
        self._woken: deque[_Log] = deque()
        self._somebody = asyncio.Event()

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """Encoded pieces, until it is over for each vessel; leaves no task behind."""
        try:
            for log in list(self._live.values()):
                self._look(log)
            if not self._ready and self._live:
                yield self._alive()
            while self._live or self._over:
                if self._over:
                    piece = self._over.popleft()
                    yield encode(msgspec.structs.replace(piece, more=bool(self._ready)))
                elif self._ready:
                    for piece in self._next():
                        yield encode(piece)
                elif not await self._wait():
                    for log in list(self._live.values()):
                        self._check(log)
                    if self._live:
                        yield self._alive()
        finally:
            waits = [log.wait for log in self._live.values() if log.wait]
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _look(self, log: _Log) -> None:
        """Find out whether there is something to send, to wait for, or nothing any more."""
        if not self._check(log):
            return
        # The state first: what a program logged before it ended is then surely read.
        running = self._keepers.status(log.name).running
        if self._keepers.read_log(log.name, log.offset, 0).end > log.offset:
            marks = self._keepers.read_log(log.name, log.offset, 1).marks
            heapq.heappush(self._ready, (marks[0][1] if marks else 0.0, log.name))
        elif running:
            log.wait = asyncio.ensure_future(self._keepers.wait_log(log.name, log.offset))
            log.wait.add_done_callback(lambda _: self._wake(log))
        else:
            self._end(log, None)

    def _check(self, log: _Log) -> bool:
        """Whether the vessel may still be read; it is over for it otherwise."""
        try:
            self._require_unchanged(log.row)
        except SeattleError as error:
            self._end(log, error)
            return False
        return True

    def _end(self, log: _Log, error: SeattleError | None) -> None:
        del self._live[log.name]
        if log.wait:
            log.wait.cancel()
        part = LogPart(log.offset, b"", log.offset, self._wall())
        said = failed(error) if error else None
        self._over.append(LogPiece(log.name, part, False, True, said))

    def _next(self) -> list[LogPiece]:
        """The piece whose first byte is the oldest of all; none when it may not be sent."""
        _, name = heapq.heappop(self._ready)
        log = self._live.get(name)
        if log is None or not self._check(log):
            return []
        part = read_part(self._keepers, name, log.offset, FOLLOW_BYTES, self._wall())
        log.offset = part.start + len(part.data)
        self._look(log)
        return [LogPiece(name, part, bool(self._ready))]

    def _alive(self) -> bytes:
        log = next(iter(self._live.values()))
        part = LogPart(log.offset, b"", log.offset, self._wall())
        return encode(LogPiece(log.name, part, bool(self._ready)))

    def _wake(self, log: _Log) -> None:
        self._woken.append(log)
        self._somebody.set()

    async def _wait(self) -> bool:
        """Wait until some log grew or some state changed; false after a silence."""
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                await self._somebody.wait()
        except TimeoutError:
            return False
        self._somebody.clear()
        while self._woken:
            log = self._woken.popleft()
            wait, log.wait = log.wait, None
            if log.name not in self._live or wait is None or wait.cancelled():
                continue
            reason = wait.exception()
            if isinstance(reason, SeattleError):
                self._end(log, reason)
            elif reason is not None:
                raise reason
            else:
                self._look(log)
        return True
