"""How many servers there are, from how close the best of random targets lie."""

from statistics import median_low
from typing import Final

from seattle_p2p.identity.keys import ID_BITS
from seattle_p2p.overlay.contact import Peer

_RANDOM, _CHOSEN = 5, 3
"""The latest targets of either kind: a network may grow a hundredfold within an hour."""
_FEWEST: Final = 4
"""Targets that make an estimate: our own id, where we advertise, and two at random."""
_PER_GROUP: Final = 2
_OFF: Final = 2
"""A network has changed when a random target says so many times more or less."""


class SizeEstimate:
    """A running estimate, from the latest targets of lookups, each counted once.

    Around a key liars may crowd, and then seem to be many: around our own id, and where we
    advertise or look, but not around a place drawn at random. Of targets that somebody chose
    no more count than of those, and of an even number of samples the lower one of the middle
    counts, so that two crowded ones of four do not: a region too large costs a few datagrams,
    one too small an advert.

    With n ids spread evenly, the i-th closest to any target lies at i/n of the space, so each
    distance d of rank i says n = i·2^160/d; the mean over ranks steadies a sample, the median
    over samples keeps single liars out. At most two ids of an IP group are counted.
    """

    def __init__(self) -> None:
        self._random: dict[int, float] = {}
        self._chosen: dict[int, float] = {}

    @property
    def servers(self) -> int:
        """Servers in the network; 0 while unknown."""
        drawn = [*self._random.values()]
        samples = drawn + [*self._chosen.values()][-len(drawn) :] if drawn else []
        return round(median_low(samples)) if len(samples) >= _FEWEST else 0

    def learn(self, target: int, closest: list[Peer], *, is_random: bool = False) -> None:
        """Take in the peers found closest to a target.

        Args:
            target: Where.
            closest: Who is there.
            is_random: Whether the target was drawn at random; else somebody chose it.
        """
        seen: dict[bytes, int] = {}
        distances = []
        single = len({peer.group for peer in closest}) == 1
        for peer in sorted(closest, key=lambda p: p.id ^ target):
            seen[peer.group] = seen.get(peer.group, 0) + 1
            if single or seen[peer.group] <= _PER_GROUP:
                distances.append(peer.id ^ target)
        if len(distances) < 2:
            return
        total = sum(distances)
        ranks = len(distances) * (len(distances) + 1) // 2
        samples, most = (self._random, _RANDOM) if is_random else (self._chosen, _CHOSEN)
        samples.pop(target, None)
        if len(samples) >= most:
            del samples[next(iter(samples))]
        samples[target] = ranks * 2.0**ID_BITS / max(total, 1)

    def is_off(self, target: int) -> bool:
        """Whether a random target says that the network is far larger or smaller."""
        servers, said = self.servers, self._random.get(target)
        if not servers or said is None:
            return False
        return not servers / _OFF <= said <= servers * _OFF

    def radius(self, count: int) -> int:
        """Distance within which `count` servers should lie; 0 while unknown."""
        servers = self.servers
        if not servers:
            return 0
        return min(count * (1 << ID_BITS) // servers, (1 << ID_BITS) - 1)
