"""What links do to datagrams besides losing them: thin lines, overtaking, wrong bits.

Rules like those of `faults`, but of the whole network and for the whole run.
"""

from collections.abc import Callable
from typing import Any

from seattle_p2p.sim.faults import Fate
from seattle_p2p.sim.world import NS_PER_S, Host, Mapped, Sender, World

_LONGEST_QUEUE_NS = NS_PER_S
"""A home router holds about a second of traffic; what comes on top is lost."""


class _Held:
    """Lets datagrams go on later than they were sent."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _release_in(
        self, wait_ns: int, data: Any, source: Sender, destination: Host | Mapped
    ) -> Fate:
        def go() -> None:
            self._world.traffic.kept -= 1
            self._world.forward(data, source, destination)

        self._world.after(wait_ns / NS_PER_S, go)
        return Fate.KEPT


class ThinLines(_Held):
    """Each machine sends so many bits a second; more of them wait, and are lost after a while.

    Args:
        kbps: Kilobits (1,000 bits) a second of every machine's uplink.
        size_of: Octets of a datagram.
    """

    def __init__(self, world: World, kbps: float, size_of: Callable[[Any], int]) -> None:
        super().__init__(world)
        self._size_of = size_of
        self._ns_per_octet = 8 * NS_PER_S / (1000 * kbps)
        self._free_at: dict[int, int] = {}

    def judge(self, source: Sender, destination: Host | Mapped, data: Any) -> Fate:
        """Queue behind what this machine sent before."""
        now_ns = self._world.now_ns
        begin = max(self._free_at.get(source.index, 0), now_ns)
        if begin - now_ns > _LONGEST_QUEUE_NS:
            return Fate.LOST
        end = begin + round(self._size_of(data) * self._ns_per_octet)
        self._free_at[source.index] = end
        return self._release_in(end - now_ns, data, source, destination)


class Overtaken(_Held):
    """A share of datagrams is held up, so that later ones arrive first.

    Args:
        share: Share that is held up.
        most_ms: They are held evenly between nothing and so long.
    """

    def __init__(self, world: World, share: float, most_ms: float) -> None:
        super().__init__(world)
        self._share = share
        self._most_ns = most_ms * 1e6
        self._draw = world.streams.stream("disturbances/overtaken").random

    def judge(self, source: Sender, destination: Host | Mapped, data: Any) -> Fate:
        """Toss a coin, then draw how long."""
        if self._draw() >= self._share:
            return Fate.PASS
        wait_ns = int(self._draw() * self._most_ns)
        return self._release_in(wait_ns, data, source, destination)


class WrongBits:
    """A share of datagrams arrives with one octet changed; only where datagrams are bytes.

    Args:
        share: Share that is changed: UDP's checksum misses few, middle boxes change more.
    """

    def __init__(self, world: World, share: float) -> None:
        self._world = world
        self._share = share
        self._rng = world.streams.stream("disturbances/wrong-bits")

    def judge(self, source: Sender, destination: Host | Mapped, data: Any) -> Fate:
        """Send a changed copy on in the place of the datagram."""
        if self._rng.random() >= self._share:
            return Fate.PASS
        wrong = bytearray(data)
        wrong[self._rng.randrange(len(wrong))] ^= self._rng.randrange(1, 256)
        self._world.traffic.doubled += 1
        self._world.forward(bytes(wrong), source, destination)
        return Fate.LOST
