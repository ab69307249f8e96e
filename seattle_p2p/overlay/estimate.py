"""How many servers there are, from how close the best of random targets lie."""

from statistics import median_low

from seattle_p2p.identity.keys import ID_BITS
from seattle_p2p.overlay.contact import Peer

_SAMPLES = 8
"""The latest targets: a network may grow a hundredfold within an hour."""
_FEWEST = 4
"""Targets that make an estimate: our own id, where we advertise, and two at random."""
_PER_GROUP = 2


class SizeEstimate:
    """A running estimate, from the latest targets of lookups, each counted once.

    Around a key liars may crowd, and then seem to be many: around our own id, and where we
    advertise, but not around most. Of an even number of samples the lower one of the middle
    counts, so that two crowded ones of four do not: a region too large costs a few datagrams,
    one too small an advert.

    With n ids spread evenly, the i-th closest to any target lies at i/n of the space, so each
    distance d of rank i says n = i·2^160/d; the mean over ranks steadies a sample, the median
    over samples keeps single liars out. At most two ids of an IP group are counted.
    """

    def __init__(self) -> None:
        self._samples: dict[int, float] = {}

    @property
    def servers(self) -> int:
        """Servers in the network; 0 while unknown."""
        samples = self._samples.values()
        return round(median_low(samples)) if len(samples) >= _FEWEST else 0

    def learn(self, target: int, closest: list[Peer]) -> None:
        """Take in the peers found closest to a random target."""
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
        self._samples.pop(target, None)
        if len(self._samples) >= _SAMPLES:
            del self._samples[next(iter(self._samples))]
        self._samples[target] = ranks * 2.0**ID_BITS / max(total, 1)

    def radius(self, count: int) -> int:
        """Distance within which `count` servers should lie; 0 while unknown."""
        servers = self.servers
        if not servers:
            return 0
        return min(count * (1 << ID_BITS) // servers, (1 << ID_BITS) - 1)
