"""Which of many peers are the best for a target: by rank within their IP group, then distance.

The nearest of every IP group come first, then the seconds of every group, and so on. One party
with many ids in few groups therefore cannot fill an answer, however close its ids are; with a
single group, as on a campus or on loopback, the order is plain distance.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final, Protocol

from seattle_p2p.overlay.contact import Peer, leading_bits

REGION_FACTOR: Final = 3


class Block(Protocol):
    """Peers whose ids share a prefix."""

    nodes: list[Peer]


def index_of(peers: list[Peer], id: int) -> int:
    """Where in a list the peer of that id is; -1 when it is not there."""
    leading = leading_bits(id)
    for index, peer in enumerate(peers):
        if peer.leading == leading and peer.id == id:
            return index
    return -1


def move_to_end(peers: list[Peer], peer: Peer) -> bool:
    """Make a peer of a list its last; false when that very peer is not in it."""
    if peers and peers[-1] is peer:
        return True
    index = index_of(peers, peer.id)
    if index < 0 or peers[index] != peer:
        return False
    peers.append(peers.pop(index))
    return True


def nearest(blocks: Sequence[Block], lowest: list[int], target: int, count: int) -> list[Peer]:
    """The `count` peers nearest to `target`, nearest first; exact.

    Args:
        blocks: By rising range; their prefixes are whole, do not overlap and leave out nobody.
        lowest: The lowest id of each block's range.
        target: 0 <= target < 2**160.
        count: At most so many.
    """
    # The block whose range has the target often has enough.
    found = _by_distance(blocks[bisect_right(lowest, target) - 1].nodes, target)
    if len(found) < count:
        for index in _nearest_first(lowest, target)[1:]:
            found += _by_distance(blocks[index].nodes, target)
            if len(found) >= count:
                break
    return found[:count]


def by_distance(blocks: Sequence[Block], lowest: list[int], target: int) -> Iterator[Peer]:
    """Everybody by rising distance from `target`; arguments as for `nearest`."""
    for index in _nearest_first(lowest, target):
        yield from _by_distance(blocks[index].nodes, target)


def are_apart(peers: list[Peer]) -> bool:
    """Whether no two share an IP group."""
    return len({peer.group for peer in peers}) == len(peers)


def crowded_out(peers: list[Peer], newcomer: Peer) -> Peer | None:
    """Who makes room when a place is full: the first of the IP group that has most in it.

    Nobody, unless the newcomer's rank within its own group is better even then. So one party
    in few groups fills no bucket, and nothing ever changes back and forth.
    """
    members = Counter(peer.group for peer in peers)
    first = max(peers, key=lambda peer: members[peer.group])
    return first if members[first.group] > members[newcomer.group] + 1 else None


def _by_distance(peers: list[Peer], target: int) -> list[Peer]:
    return sorted(peers, key=lambda peer: peer.id ^ target)


def _nearest_first(lowest: list[int], target: int) -> list[int]:
    """Numbers of blocks, the one that has the target first.

    A block is a whole prefix, so its ids' distances fill one aligned range, and ranges do not
    overlap: everybody in one block is nearer than anybody in the next, and any id of a block
    tells where it stands.
    """
    return sorted(range(len(lowest)), key=lambda index: lowest[index] ^ target)


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
    if are_apart(head):
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
        if len(chosen) >= REGION_FACTOR * k or peer.id ^ target > region:
            break
        if peer.id not in ids:
            chosen.append(peer)
    return chosen
