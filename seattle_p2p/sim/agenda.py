"""What happens next: a heap of timed entries, and lanes for constant delays.

Time is integer nanoseconds, so that sums never drift. Entries of one instant happen in the
order of entry. There are no ticks: an hour in which nothing is due costs nothing.
"""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, TypeAlias

Action: TypeAlias = Callable[[Any, Any, Any], object]
Entry: TypeAlias = tuple[int, int, Action, Any, Any, Any, "deque[Entry] | None"]
"""Time in ns, number of entry, action and its three arguments, and the lane it came by."""

_SHUFFLED_BITS, _COUNTED_BITS = 32, 48


class Agenda:
    """Everything that is due later.

    A lane holds entries of one constant delay; they fall due in the order of entry, so only
    the first of a lane stands in the heap. With ten thousand timeouts of one length the heap
    stays as small as if there were one.
    """

    def __init__(self) -> None:
        self.now_ns = 0
        self._heap: list[Entry] = []
        self._lanes: dict[int, deque[Entry]] = {}
        self._entered = 0

    def __len__(self) -> int:
        behind = sum(len(lane) - 1 for lane in self._lanes.values() if lane)
        return len(self._heap) + behind

    @property
    def next_ns(self) -> int | None:
        """When the next entry is due; None when there is none."""
        return self._heap[0][0] if self._heap else None

    def at(
        self, time_ns: int, action: Action, a: Any = None, b: Any = None, c: Any = None
    ) -> None:
        """Call `action(a, b, c)` at `time_ns`, which is not before now."""
        if time_ns < self.now_ns:
            raise ValueError(f"entry for {time_ns} ns, and it is {self.now_ns} ns already")
        self._entered = number = self._entered + 1
        heappush(self._heap, (time_ns, number, action, a, b, c, None))

    def after(
        self, delay_ns: int, action: Action, a: Any = None, b: Any = None, c: Any = None
    ) -> None:
        """Call `action(a, b, c)` after a delay that many entries share (one lane per delay)."""
        lane = self._lanes.get(delay_ns)
        if lane is None:
            lane = self._lanes[delay_ns] = deque()
        self._entered = number = self._entered + 1
        entry: Entry = (self.now_ns + delay_ns, number, action, a, b, c, lane)
        lane.append(entry)
        if len(lane) == 1:
            heappush(self._heap, entry)

    def run(self, end_ns: int) -> None:
        """Let everything happen that is due up to `end_ns`, and move the clock there."""
        heap = self._heap
        while heap and heap[0][0] <= end_ns:
            # As `pop`, without a call for each entry.
            self.now_ns, _, action, a, b, c, lane = heappop(heap)
            if lane is not None:
                lane.popleft()
                if lane:
                    heappush(heap, lane[0])
            action(a, b, c)
        self.now_ns = max(end_ns, self.now_ns)

    def pop(self) -> Entry:
        """Take the next entry and move the clock to it.

        Raises:
            IndexError: nothing is due, ever.
        """
        entry = heappop(self._heap)
        lane = entry[6]
        if lane is not None:
            lane.popleft()
            if lane:
                heappush(self._heap, lane[0])
        self.now_ns = entry[0]
        return entry


class ShuffledAgenda(Agenda):
    """Entries of one instant happen in a random order that repeats with the seed.

    Whatever depends on which of two simultaneous things comes first shows itself over a few
    seeds. Slower than a plain agenda: there are no lanes.

    Args:
        draw: Gives random bits, as many as asked for.
    """

    def __init__(self, draw: Callable[[int], int]) -> None:
        super().__init__()
        self._draw = draw

    def at(
        self, time_ns: int, action: Action, a: Any = None, b: Any = None, c: Any = None
    ) -> None:
        """Call `action(a, b, c)` at `time_ns`, among the others of that instant by chance."""
        if time_ns < self.now_ns:
            raise ValueError(f"entry for {time_ns} ns, and it is {self.now_ns} ns already")
        self._entered += 1
        number = self._draw(_SHUFFLED_BITS) << _COUNTED_BITS | self._entered
        heappush(self._heap, (time_ns, number, action, a, b, c, None))

    def after(
        self, delay_ns: int, action: Action, a: Any = None, b: Any = None, c: Any = None
    ) -> None:
        """Call `action(a, b, c)` after a delay."""
        self.at(self.now_ns + delay_ns, action, a, b, c)
