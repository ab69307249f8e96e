"""Lines of many nodes put in order of time while they come.

A node sends what came first of all that it has (`manager/following.py`). So what is held back
here is little: a line goes out as soon as every node that is still behind has sent something
younger. Nodes that are behind and fall silent are waited for briefly, not for ever: what they
send later comes late, with its time.
"""

import heapq
import math
from collections.abc import Hashable

from seattle_p2p.experiment.log_events import End, Event, Line
from seattle_p2p.experiment.targets import Vessel

HOLD_S = 0.2
"""How long a new line waits for older ones that may be under way from other nodes."""

PATIENCE_S = 2.0
"""How long everything waits for a node that has more to send and does not."""

HELD_AT_MOST_S = 10.0
"""No line waits longer, whatever nodes say: one that never comes to its end holds up nobody."""


class _Stream:
    def __init__(self, now: float) -> None:
        self.heard = now
        self.behind = True
        self.oldest = -math.inf
        """Nothing older than this is still to come while it is behind."""

    def sure_until(self, now: float, hold_s: float) -> float:
        if not self.behind or now - self.heard > PATIENCE_S:
            return now - hold_s
        return self.oldest


class InOrder:
    """Takes events of several streams, hands them out in order of time.

    Events of one vessel stay in their order. All times are seconds of one clock that the
    caller chooses, the one lines are stamped with.

    Args:
        streams: One for each node.
    """

    def __init__(self, streams: set[Hashable], now: float) -> None:
        self._streams = {stream: _Stream(now) for stream in streams}
        self._hold_s = HOLD_S if len(streams) > 1 else 0.0
        self._heap: list[tuple[float, int, float, Event]] = []
        self._latest: dict[Vessel, float] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, vessel: Vessel, event: Event, now: float) -> None:
        """Take in one event of a vessel, which came `now`."""
        latest = self._latest.get(vessel, -math.inf)
        at = event.at if isinstance(event, Line) and event.at is not None else latest
        at = self._latest[vessel] = max(at, latest)
        heapq.heappush(self._heap, (at, self._count, now, event))
        self._count += 1

    def heard(
        self, stream: Hashable, *, behind: bool, oldest: float | None, now: float
    ) -> None:
        """A stream spoke.

        Args:
            behind: Whether it has more to send at once.
            oldest: When the first byte of what it sent came; None if unknown.
        """
        known = self._streams[stream]
        known.heard, known.behind = now, behind
        if oldest is not None:
            known.oldest = max(known.oldest, oldest)

    def gone(self, stream: Hashable) -> None:
        """Nothing more comes from there."""
        self._streams.pop(stream, None)

    def slowest(self, now: float) -> Hashable | None:
        """The stream that everything waits for."""
        return min(
            self._streams,
            key=lambda stream: self._streams[stream].sure_until(now, self._hold_s),
            default=None,
        )

    def take(self, now: float) -> list[Event]:
        """Events that may go out now."""
        sure = min(
            (stream.sure_until(now, self._hold_s) for stream in self._streams.values()),
            default=math.inf,
        )
        events = []
        while self._heap and (
            self._heap[0][0] <= sure or now - self._heap[0][2] >= HELD_AT_MOST_S
        ):
            events.append(heapq.heappop(self._heap)[3])
        return events

    def wait_s(self, now: float) -> float | None:
        """Seconds until `take` may have more even if nothing comes; None: nothing is held."""
        if not self._heap:
            return None
        wait = self._heap[0][0] + self._hold_s - now
        waited_for = [
            PATIENCE_S - (now - stream.heard)
            for stream in self._streams.values()
            if stream.behind and now - stream.heard <= PATIENCE_S
        ]
        return max(wait, min(waited_for, default=0.0), 0.001)


def by_time(events: dict[Vessel, list[Event]]) -> list[Event]:
    """Complete logs as one list in order of time."""
    order = InOrder(set(), 0.0)
    for vessel, held in events.items():
        for event in held:
            order.put(vessel, event, 0.0)
    return order.take(0.0)


def ends(events: list[Event]) -> int:
    """For how many vessels nothing follows after `events`."""
    return sum(isinstance(event, End) for event in events)
