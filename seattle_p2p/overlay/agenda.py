"""What is to be done when. One heap for all of a node's timers.

An alarm stands at most once; setting it again moves it. Its old place in the heap is emptied at
once, so that given-up work leaves nothing behind, passed over later and now and then swept out.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import Any, Final

_SWEEP_ABOVE: Final = 64
_NOWHERE: list[Any] = []


class Alarm:
    """Something that wants to be told when its time has come."""

    __slots__ = ("due", "place")

    due: int | None
    """Nanoseconds; None while it is not set. Written by the agenda only."""
    place: list[Any]
    """Its place in the heap; empty while it is not set. The agenda's own."""

    def __init__(self) -> None:
        self.due = None
        self.place = _NOWHERE

    def ring(self, now: int) -> None:
        """The time has come; the alarm is no longer set and may set itself again."""
        raise NotImplementedError


class Agenda:
    """Alarms by time; among equals, the one set first rings first."""

    def __init__(self) -> None:
        self._heap: list[list[Any]] = []
        """Places: nanoseconds, a number in order of setting, the alarm or None."""
        self._set = 0
        self._counter = 0

    def __len__(self) -> int:
        """Alarms that are set."""
        return self._set

    def __iter__(self) -> Iterator[Alarm]:
        """The alarms that are set, in no order."""
        return (place[2] for place in self._heap if place[2] is not None)

    def at(self, due: int, alarm: Alarm) -> None:
        """Set `alarm` to ring at `due`, instead of when it was to ring before."""
        if alarm.due is None:
            self._set += 1
        else:
            alarm.place[2] = None
        alarm.due = due
        self._counter += 1
        alarm.place = place = [due, self._counter, alarm]
        heappush(self._heap, place)
        if len(self._heap) > 2 * self._set + _SWEEP_ABOVE:
            self._sweep()

    def cancel(self, alarm: Alarm) -> None:
        """Let `alarm` not ring; harmless when it is not set."""
        if alarm.due is not None:
            alarm.due = None
            alarm.place[2] = None
            alarm.place = _NOWHERE
            self._set -= 1
            if len(self._heap) > 2 * self._set + _SWEEP_ABOVE:
                self._sweep()

    def next_due(self) -> int | None:
        """When the first alarm rings; None when none is set."""
        heap = self._heap
        while heap and heap[0][2] is None:
            heappop(heap)
        return heap[0][0] if heap else None

    def ring_due(self, now: int) -> None:
        """Ring every alarm whose time has come, including those set meanwhile for now."""
        while (due := self.next_due()) is not None and due <= now:
            alarm: Alarm = heappop(self._heap)[2]
            alarm.due = None
            alarm.place = _NOWHERE
            self._set -= 1
            alarm.ring(now)

    def _sweep(self) -> None:
        self._heap = [place for place in self._heap if place[2] is not None]
        heapify(self._heap)
