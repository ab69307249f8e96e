"""What logs are made of once they are cut into lines."""

from bisect import bisect_right
from dataclasses import dataclass

from seattle_p2p.errors import SeattleError
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.results import LogPart

MAX_LINE_BYTES = 64 * 1024
"""A line that grows beyond this is handed out in pieces."""


@dataclass(frozen=True)
class Line:
    """One line of a vessel's log, without its line end.

    Args:
        offset: That of its first byte.
        at: When the node got its last byte, seconds since 1970 by the clock of *this* machine
            (the node's clock, corrected); None when nobody knows any more.
    """

    vessel: Vessel
    offset: int
    text: str
    at: float | None = None


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


@dataclass(frozen=True)
class Clock:
    """How far a node's clock is ahead of this machine's, in seconds; negative: behind.

    Args:
        within_s: The true value differs by no more than this.
    """

    node: PublicKey
    ahead_s: float
    within_s: float


Event = Line | Gap | End | Clock


class Lines:
    """Cuts pieces of one vessel's log, from `offset` on, into lines."""

    def __init__(self, vessel: Vessel, offset: int) -> None:
        self._vessel = vessel
        self._begun = offset
        self._held = b""
        self._at: float | None = None
        self._promised = offset > 0  # nobody said that a log begins at 0

    @property
    def following(self) -> int:
        """Offset of the first byte that has not come yet."""
        return self._begun + len(self._held)

    def take(self, part: LogPart, ahead_s: float = 0.0) -> list[Event]:
        """Events of one piece; bytes that came already are passed over.

        Args:
            ahead_s: How far the node's clock is ahead of ours.
        """
        events: list[Event] = []
        data, start = part.data, part.start
        if start > self.following and data:
            events += self.rest()
            if self._promised:
                events.append(Gap(self._vessel, self._begun, start - self._begun))
            self._begun = start
        self._promised = True
        data = data[max(self.following - start, 0) :]
        times = _Times(part, ahead_s)
        self._held += data
        *whole, self._held = self._held.split(b"\n")
        for line in whole:
            events.append(self._line(line, times.at(self._begun + len(line))))
            self._begun += len(line) + 1
        if data:
            self._at = times.at(self.following - 1)
        while len(self._held) > MAX_LINE_BYTES:
            piece, self._held = self._held[:MAX_LINE_BYTES], self._held[MAX_LINE_BYTES:]
            events.append(self._line(piece, self._at))
            self._begun += len(piece)
        return events

    def rest(self) -> list[Event]:
        """What stands behind the last line end."""
        if not self._held:
            return []
        event, self._begun = self._line(self._held, self._at), self.following
        self._held = b""
        return [event]

    def _line(self, data: bytes, at: float | None) -> Line:
        text = data.removesuffix(b"\r").decode("utf-8", "replace")
        return Line(self._vessel, self._begun, text, at)


class _Times:
    """When the bytes of a piece came, by this machine's clock."""

    def __init__(self, part: LogPart, ahead_s: float) -> None:
        self._offsets = [offset for offset, _ in part.marks]
        self._times = [moment - ahead_s for _, moment in part.marks]

    def at(self, offset: int) -> float | None:
        index = bisect_right(self._offsets, offset) - 1
        return self._times[index] if index >= 0 else None
