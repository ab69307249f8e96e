"""What is to be done when. One heap for all of a node's timers.

An alarm stands at most once; setting it again moves it, and what is left of it in the heap is
passed over and now and then swept out, so that given-up work leaves nothing behind.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

_SWEEP_ABOVE = 64


class Alarm:
    """Something that wants to be told when its time has come."""

    __slots__ = ("due",)

    due: int | None
    """Nanoseconds; None while it is not set. Written by the agenda only."""

    def __init__(self) -> None:
        self.due = None

    def ring(self, now: int) -> None:
        """The time has come; the alarm is no longer set and may set itself again."""
        raise NotImplementedError


class Agenda:
    """Alarms by time; among equals, the one set first rings first."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Alarm]] = []
        self._set = 0
        self._counter = 0

    def __len__(self) -> int:
        """Alarms that are set."""
        return self._set

    def __iter__(self) -> Iterator[Alarm]:
        """The alarms that are set, in no order."""
        return (alarm for due, _, alarm in self._heap if alarm.due == due)

    def at(self, due: int, alarm: Alarm) -> None:
        """Set `alarm` to ring at `due`, instead of when it was to ring before."""
        if alarm.due is None:
            self._set += 1
        alarm.due = due
        self._counter += 1
        heappush(self._heap, (due, self._counter, alarm))
        if len(self._heap) > 2 * self._set + _SWEEP_ABOVE:
            self._sweep()

    def cancel(self, alarm: Alarm) -> None:
        """Let `alarm` not ring; harmless when it is not set."""
        if alarm.due is not None:
            alarm.due = None
            self._set -= 1
            if len(self._heap) > 2 * self._set + _SWEEP_ABOVE:
                self._sweep()

    def next_due(self) -> int | None:
        """When the first alarm rings; None when none is set."""
        heap = self._heap
        while heap and heap[0][2].due != heap[0][0]:
            heappop(heap)
        return heap[0][0] if heap else None

    def ring_due(self, now: int) -> None:
        """Ring every alarm whose time has come, including those set meanwhile for now."""
        while (due := self.next_due()) is not None and due <= now:
            alarm = heappop(self._heap)[2]
            alarm.due = None
            self._set -= 1
            alarm.ring(now)

    def _sweep(self) -> None:
        self._heap = [entry for entry in self._heap if entry[2].due == entry[0]]
        heapify(self._heap)
