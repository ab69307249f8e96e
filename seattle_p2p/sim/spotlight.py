"""One operation seen whole: every datagram of the machine that looks, while it looks.

A trace keeps no datagrams; to draw what happened, some looks and lookups of a run are watched
from their first datagram to their last, one at a time, and the worst of them is kept. Nothing
is changed and no randomness used, so a run is the same whether it is watched or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from seattle_p2p.sim.faults import Fate
from seattle_p2p.sim.trace import Delivery
from seattle_p2p.sim.world import NS_PER_S, Host, Mapped, Sender, World

_MOST_STEPS = 2000
_GIVEN_UP_NS = 120 * NS_PER_S
"""What takes longer is watched no more: the machine that looked went down."""


@dataclass
class Step:
    """One datagram.

    Args:
        sent_ns: When it left.
        source: Number of the host that sent it.
        destination: Number of the host that it was for.
        kind: Name of the message.
        arrived_ns: When it was there; None when it never was.
    """

    sent_ns: int
    source: int
    destination: int
    kind: str
    arrived_ns: int | None = None


@dataclass
class Operation:
    """A look or a lookup that was watched.

    Args:
        what: Which, for people.
        home: Number of the machine that looked.
        began_ns: When it was asked.
        missing: How much of what was there it did not find.
        ended_ns: When the answer was there; None for one that never ended.
        steps: Datagrams of that machine, in order of their sending.
    """

    what: str
    home: int
    began_ns: int
    missing: int = 0
    ended_ns: int | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def badness(self) -> tuple[int, int]:
        """What it missed; of two that missed the same, how long it took."""
        return self.missing, (self.ended_ns or self.began_ns) - self.began_ns


class Spotlight:
    """Watches one operation at a time, and keeps the worst.

    Args:
        world: Where they happen.
        every_ns: No two begin so close to each other; 0: none is watched at all.
    """

    def __init__(self, world: World, every_ns: int) -> None:
        self._world = world
        self._every_ns = every_ns
        self._next_ns = 0
        self._watched: Operation | None = None
        self._under_way: dict[tuple[int, int, int], tuple[Step, Any]] = {}
        self.worst: Operation | None = None

    def turn_to(self, what: str, home: int) -> Operation | None:
        """Watch the operation that begins now at a machine; None when another is watched."""
        now_ns = self._world.now_ns
        if not self._every_ns or now_ns < self._next_ns:
            return None
        if self._watched is not None:
            if now_ns - self._watched.began_ns < _GIVEN_UP_NS:
                return None
            self._stop()
        self._next_ns = now_ns + self._every_ns
        self._watched = Operation(what, home, now_ns)
        self._world.add_rule(self)
        self._world.trace.watch(self._on_arrivals)
        return self._watched

    def turn_off(self, operation: Operation | None, missing: int) -> None:
        """The operation has ended: keep it when there was no worse one."""
        if operation is None or operation is not self._watched:
            return
        self._stop()
        operation.ended_ns, operation.missing = self._world.now_ns, missing
        if self.worst is None or operation.badness > self.worst.badness:
            self.worst = operation

    def judge(self, source: Sender, destination: Host | Mapped, data: Any) -> Fate:
        """Note what the machine sends and is sent; everything passes."""
        watched = self._watched
        if watched is None or watched.home not in (source.index, destination.index):
            return Fate.PASS
        if len(watched.steps) < _MOST_STEPS:
            kind, _ = self._world.trace.describe(data)
            step = Step(self._world.now_ns, source.index, destination.index, kind)
            watched.steps.append(step)
            # The datagram is kept with it, so that no other has its number meanwhile.
            self._under_way[source.index, destination.index, id(data)] = step, data
        return Fate.PASS

    def _stop(self) -> None:
        self._world.trace.watch(None)
        self._world.remove_rule(self)
        self._watched = None
        self._under_way.clear()

    def _on_arrivals(self, events: Sequence[tuple[int, int, int, Any]]) -> None:
        for time_ns, source, destination, data in events:
            found = self._under_way.pop((source, destination, id(data)), None)
            if found is not None:
                found[0].arrived_ns = time_ns


def last_deliveries(deliveries: Sequence[Delivery]) -> Operation:
    """The end of a trace in the same shape, as if its last receiver had been watched."""
    steps = [
        Step(round(each.time_s * 1e9), each.source, each.destination, each.kind)
        for each in deliveries
    ]
    for step in steps:
        step.arrived_ns = step.sent_ns
    home = steps[-1].destination if steps else 0
    began_ns = steps[0].sent_ns if steps else 0
    ended_ns = steps[-1].sent_ns if steps else None
    return Operation("the end of the run", home, began_ns, 0, ended_ns, steps)
