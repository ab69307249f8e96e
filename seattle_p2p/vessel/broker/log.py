"""A program's log: at the granted rate, into the ring, and a word to those who follow."""

from collections.abc import Callable

from seattle_p2p.vessel.broker.meters import Meters, Waits
from seattle_p2p.vessel.log_ring import LogRing


class Log:
    """The log of one program.

    Args:
        ring: Where it goes.
        meters: Charged for every byte.
        grew: Called after something was added.
    """

    def __init__(self, ring: LogRing, meters: Meters, grew: Callable[[], None]) -> None:
        self._ring = ring
        self._meters = meters
        self._grew = grew

    @property
    def end(self) -> int:
        """Bytes ever written."""
        return self._ring.end

    def write(self, data: bytes) -> Waits:
        """Add what the program says, no faster than granted, however much it is at once."""
        step = max(1, int(self._meters.limits.amount("lograte")))
        for begin in range(0, len(data), step):
            piece = data[begin : begin + step]
            yield from self._meters.charge("lograte", len(piece))
            self.note(piece)

    def note(self, data: bytes) -> None:
        """Add what is not the program's to pay for."""
        if data:
            self._ring.append(data)
            self._grew()
