"""What happens next: slots and a heap of timed entries, and lanes for constant delays.

Time is integer nanoseconds, so that sums never drift. Entries of one instant happen in the
order of entry. There are no ticks: an hour in which nothing is due costs nothing.
"""

from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any, Final, TypeAlias

Action: TypeAlias = Callable[[Any, Any, Any], object]
Entry: TypeAlias = tuple[int, int, Action, Any, Any, Any, "deque[Entry] | None"]
"""Time in ns, number of entry, action and its three arguments, and the lane it came by."""

_SHUFFLED_BITS, _COUNTED_BITS = 32, 48
_SLOT_BITS: Final = 26
"""A slot is 2**26 ns, 67 ms: with ten thousand nodes some hundred entries are due within it."""


class Agenda:
    """Everything that is due later.

    Only what is due in the slot of now stands in a heap, so that the heap stays small enough
    for a processor's cache however many alarms are set for later; entries of a later slot lie
    in a list until its time has come (a calendar queue, Brown 1988, of two levels).

    A lane holds entries of one constant delay; they fall due in the order of entry, so only
    the first of a lane is entered. With ten thousand timeouts of one length there is one.
    """

    def __init__(self) -> None:
        self.now_ns = 0
        self._heap: list[Entry] = []
        self._slot = 0
        """Entries of this slot, and of any before it, stand in the heap."""
        self._later: dict[int, list[Entry]] = {}
        """By slot; in no order."""
        self._slots: list[int] = []
        """Heap of the slots in which anything waits."""
        self._lanes: dict[int, deque[Entry]] = {}
        self._entered = 0

    def __len__(self) -> int:
        behind = sum(len(lane) - 1 for lane in self._lanes.values() if lane)
        return len(self._heap) + sum(map(len, self._later.values())) + behind

    @property
    def next_ns(self) -> int | None:
        """When the next entry is due; None when there is none."""
        if not self._heap and not self._open_slot():
            return None
        return self._heap[0][0]

    def at(
        self, time_ns: int, action: Action, a: Any = None, b: Any = None, c: Any = None
    ) -> None:
        """Call `action(a, b, c)` at `time_ns`, which is not before now."""
        if time_ns < self.now_ns:
            raise ValueError(f"entry for {time_ns} ns, and it is {self.now_ns} ns already")
        self._entered = number = self._entered + 1
        self._enter((time_ns, number, action, a, b, c, None))

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
            self._enter(entry)

    def run(self, end_ns: int) -> None:
        """Let everything happen that is due up to `end_ns`, and move the clock there."""
        while True:
            heap = self._heap
            if not heap:
                if not self._slots or self._slots[0] << _SLOT_BITS > end_ns:
                    break
                self._open_slot()
            elif heap[0][0] > end_ns:
                break
            else:
                # As `pop`, without a call for each entry.
                self.now_ns, _, action, a, b, c, lane = heappop(heap)
                if lane is not None:
                    self._leave(lane)
                action(a, b, c)
        self.now_ns = max(end_ns, self.now_ns)

    def pop(self) -> Entry:
        """Take the next entry and move the clock to it.

        Raises:
            IndexError: nothing is due, ever.
        """
        if not self._heap:
            self._open_slot()
        entry = heappop(self._heap)
        lane = entry[6]
        if lane is not None:
            self._leave(lane)
        self.now_ns = entry[0]
        return entry

    def _enter(self, entry: Entry) -> None:
        slot = entry[0] >> _SLOT_BITS
        if slot <= self._slot:
            heappush(self._heap, entry)
            return
        later = self._later.get(slot)
        if later is None:
            self._later[slot] = [entry]
            heappush(self._slots, slot)
        else:
            later.append(entry)

    def _leave(self, lane: "deque[Entry]") -> None:
        """The first entry of a lane has been taken: the next one comes forward."""
        lane.popleft()
        if lane:
            self._enter(lane[0])

    def _open_slot(self) -> bool:
        """Put the entries of the next slot into the empty heap; False when there is none."""
        if not self._slots:
            return False
        self._slot = heappop(self._slots)
        self._heap = self._later.pop(self._slot)
        heapify(self._heap)
        return True


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
        self._enter((time_ns, number, action, a, b, c, None))

    def after(
        self, delay_ns: int, action: Action, a: Any = None, b: Any = None, c: Any = None
    ) -> None:
        """Call `action(a, b, c)` after a delay."""
        self.at(self.now_ns + delay_ns, action, a, b, c)
