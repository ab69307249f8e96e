"""Which of many peers are the best for a target: by rank within their IP group, then distance.

The nearest of every IP group come first, then the seconds of every group, and so on. One party
with many ids in few groups therefore cannot fill an answer, however close its ids are; with a
single group, as on a campus or on loopback, the order is plain distance.
"""

from collections.abc import Iterable
from itertools import chain, islice

from seattle_p2p.overlay.contact import Peer

_REGION_FACTOR = 3


def best(nearest_first: Iterable[Peer], count: int) -> list[Peer]:
    """The best `count` of peers that come by rising distance, best first.

    Takes no more of them than it needs when there are `count` groups among the nearest.
    """
    if isinstance(nearest_first, list):
        head = nearest_first[:count]
        rest = iter(nearest_first[count:])
    else:
        rest = iter(nearest_first)
        head = list(islice(rest, count))
    if len({peer.group for peer in head}) == len(head):
        return head
    ranks: dict[bytes, int] = {}
    tiers: list[list[Peer]] = [[]]
    first = tiers[0]
    for peer in chain(head, rest):
        rank = ranks.get(peer.group, 0)
        ranks[peer.group] = rank + 1
        if rank == len(tiers):
            tiers.append([])
        tiers[rank].append(peer)
        if len(first) == count:
            return first
    chosen: list[Peer] = []
    for tier in tiers:
        chosen += tier[: count - len(chosen)]
        if len(chosen) == count:
            break
    return chosen


def with_region(
    chosen: list[Peer], nearest_first: list[Peer], target: int, region: int, k: int
) -> list[Peer]:
    """The best k, then everybody else within the distance `region`, up to 3k in all."""
    if not region:
        return chosen
    ids = {peer.id for peer in chosen}
    chosen = list(chosen)
    for peer in nearest_first:
        if len(chosen) >= _REGION_FACTOR * k or peer.id ^ target > region:
            break
        if peer.id not in ids:
            chosen.append(peer)
    return chosen
