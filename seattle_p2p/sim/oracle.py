"""What a perfect lookup would answer: knows every server of the world.

Orders peers by the overlay's own rule (`overlay.order`), but over all servers that are up
rather than over one table, and by another way than the table does, so that a mistake in the
table's order shows.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from seattle_p2p.identity.keys import ID_BITS
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.order import best


class Oracle:
    """The servers of a world at one moment.

    Args:
        servers: All of them.
    """

    def __init__(self, servers: Iterable[Peer]) -> None:
        self._peers = sorted(servers, key=lambda peer: peer.id)
        self._ids = [peer.id for peer in self._peers]

    def __len__(self) -> int:
        return len(self._ids)

    def closest(
        self, target: int, count: int, counts: Callable[[Peer], bool] | None = None
    ) -> list[Peer]:
        """The best `count` servers for `target`, best first.

        Args:
            target: 0 <= target < 2**160.
            count: How many.
            counts: Which of them to count, when not all: those that are up just now, say.
        """
        return best(filter(counts, self._by_distance(target)), count)

    def _by_distance(self, target: int) -> Iterator[Peer]:
        # Ids that share a longer prefix with the target are closer than all that share a
        # shorter one, so the space falls into one block per length of prefix.
        inner_low, inner_high = target, target + 1
        yield from self._between(inner_low, inner_high, target)
        for bit in range(ID_BITS):
            low = target >> (bit + 1) << (bit + 1)
            high = low + (2 << bit)
            yield from self._between(low, inner_low, target)
            yield from self._between(inner_high, high, target)
            inner_low, inner_high = low, high

    def _between(self, low: int, high: int, target: int) -> list[Peer]:
        found = self._peers[bisect_left(self._ids, low) : bisect_left(self._ids, high)]
        return sorted(found, key=lambda peer: peer.id ^ target)
