"""What goes wrong between hosts: partitions, held, lost and doubled datagrams, at stated times.

Each fault is a rule that the world asks about every datagram that is sent. A rule lets it pass,
loses it, or keeps it; a run without rules asks nobody. Hosts that crash and come back are the
population's business (`population.py`).
"""

from collections.abc import Callable, Collection, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from seattle_p2p.sim.world import Host, Mapped, Sender, World


class Fate(Enum):
    """What a rule decides about a datagram."""

    PASS = auto()
    LOST = auto()
    KEPT = auto()


class Rule(Protocol):
    """One fault while it lasts."""

    def judge(self, source: "Sender", destination: "Host | Mapped", data: Any) -> Fate:
        """Decide about a datagram as it is sent."""
        ...


class Partition:
    """Two sides that do not hear each other.

    Args:
        one_side: Hosts of the first side.
        other_side: Hosts of the second.
        one_way: Lose only what goes from the first side to the second.
    """

    def __init__(
        self, one_side: Collection["Host"], other_side: Collection["Host"], *, one_way: bool
    ) -> None:
        self._one = frozenset(host.index for host in one_side)
        self._other = frozenset(host.index for host in other_side)
        self._one_way = one_way

    def judge(self, source: "Sender", destination: "Host | Mapped", data: Any) -> Fate:
        """Lose what crosses."""
        here, there = source.index, destination.index
        if here in self._one and there in self._other:
            return Fate.LOST
        if not self._one_way and here in self._other and there in self._one:
            return Fate.LOST
        return Fate.PASS


class Gray:
    """Hosts that lose a share of what they send and get, while they seem to be well.

    Args:
        hosts: The ill ones.
        share: Share of their datagrams that is lost.
    """

    def __init__(self, world: "World", hosts: Collection["Host"], share: float) -> None:
        self._hosts = frozenset(host.index for host in hosts)
        self._share = share
        self._draw = world.streams.stream("faults/gray").random

    def judge(self, source: "Sender", destination: "Host | Mapped", data: Any) -> Fate:
        """Toss a coin for what touches an ill host."""
        ill = source.index in self._hosts or destination.index in self._hosts
        return Fate.LOST if ill and self._draw() < self._share else Fate.PASS


class Held:
    """Datagrams to some hosts, kept until they are released, and open to inspection.

    Args:
        hosts: Hosts whose incoming datagrams are kept.
    """

    def __init__(self, world: "World", hosts: Collection["Host"]) -> None:
        self._world = world
        self._hosts = frozenset(host.index for host in hosts)
        self.kept: list[tuple[Any, Sender, Host | Mapped]] = []

    def judge(self, source: "Sender", destination: "Host | Mapped", data: Any) -> Fate:
        """Keep what is for the chosen hosts."""
        if destination.index not in self._hosts:
            return Fate.PASS
        self.kept.append((data, source, destination))
        return Fate.KEPT

    def release(self) -> None:
        """End the rule and send everything on, in the order in which it was kept."""
        self._world.remove_rule(self)
        waiting, self.kept = self.kept, []
        self._world.traffic.kept -= len(waiting)
        for data, source, destination in waiting:
            self._world.forward(data, source, destination)


class Stray:
    """Hosts whose answers leave from another address than the one that was asked.

    Args:
        seem: By host, whom its answers seem to come from.
        is_answer: Whether a datagram is one.
    """

    def __init__(
        self,
        world: "World",
        seem: Mapping[int, "Sender"],
        is_answer: Callable[[Any], bool],
    ) -> None:
        self._world = world
        self._seem = seem
        self._is_answer = is_answer

    def judge(self, source: "Sender", destination: "Host | Mapped", data: Any) -> Fate:
        """Send an answer on under another name, and lose the one that was sent."""
        seeming = self._seem.get(source.index)
        if seeming is None or not self._is_answer(data):
            return Fate.PASS
        self._world.traffic.doubled += 1
        self._world.forward(data, seeming, destination)
        return Fate.LOST


class Nth:
    """Exactly one datagram of the run is lost: the smallest change there is.

    Args:
        number: Which, counted from 0 from the moment the rule begins.
    """

    def __init__(self, number: int) -> None:
        self._left = number

    def judge(self, source: "Sender", destination: "Host | Mapped", data: Any) -> Fate:
        """Count down."""
        self._left -= 1
        return Fate.LOST if self._left == -1 else Fate.PASS


class Doubled:
    """A share of datagrams arrives twice, the second on its own way through the network.

    Args:
        share: Share of datagrams that is doubled.
    """

    def __init__(self, world: "World", share: float) -> None:
        self._world = world
        self._share = share
        self._draw = world.streams.stream("faults/doubled").random

    def judge(self, source: "Sender", destination: "Host | Mapped", data: Any) -> Fate:
        """Send a copy on now and then; the datagram itself passes."""
        if self._draw() < self._share:
            self._world.traffic.doubled += 1
            self._world.forward(data, source, destination)
        return Fate.PASS


def partition(
    world: "World",
    one_side: Collection["Host"],
    other_side: Collection["Host"],
    *,
    at: float,
    until: float,
    one_way: bool = False,
) -> None:
    """Cut two sets of hosts off from each other from `at` to `until` (seconds of the world)."""
    during(world, Partition(one_side, other_side, one_way=one_way), at=at, until=until)


def during(world: "World", rule: Rule, *, at: float, until: float | None) -> None:
    """Let `rule` hold from `at` to `until` seconds; to the end of the run when None."""
    world.at(at, lambda: world.add_rule(rule))
    if until is not None:
        world.at(until, lambda: world.remove_rule(rule))


def hold(world: "World", hosts: Collection["Host"]) -> Held:
    """Keep every datagram to `hosts` from now on; `release` on the result lets them go."""
    rule = Held(world, hosts)
    world.add_rule(rule)
    return rule
