"""Contacts whose ids are proved, in k-buckets: the kademlia package's, specialised.

What differs from the package, and why:

* bucket ranges are whole prefixes: the package's first bucket ends one past the last id;
* the bucket of an identifier is found by bisection over the ranges, not by a walk whose
  comparison is off by one at their edges;
* `nearest` visits buckets by the distance of their prefixes, so it is exact; the package takes
  the first k it meets and may stop with half of the table unseen;
* a full bucket names a contact to ping instead of starting a task;
* whom a full bucket has many of, by IP group, makes room for whom it has few of.

And for size: a bucket keeps its contacts in lists, since tens of thousands of tables may share
a process; and only the bucket around our own id splits, because the package's other rule
compares ids as strings of bits at each contact that meets a full bucket.

The only module of the core that imports the package.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import Final

from kademlia.node import Node
from kademlia.routing import KBucket, RoutingTable

from seattle_p2p.identity.keys import ID_BITS, ID_BYTES
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.order import (
    are_apart,
    best,
    by_distance,
    crowded_out,
    index_of,
    move_to_end,
    nearest,
)

_FEW: Final = 5
"""Contacts wanted in any bucket, however small k is."""
_REPLACEMENTS: Final = 4
"""Peers remembered for a place that falls free; a bucket of 20 loses fewer in an hour."""


class Bucket(KBucket):  # type: ignore[misc]  # the package is untyped
    """Contacts of one prefix, least recently seen first, and a few waiting for a place."""

    __slots__ = (
        "inside",
        "ksize",
        "last_updated",
        "lower",
        "nodes",
        "range",
        "replacement_nodes",
    )

    def __init__(self, lower: int, upper: int, ksize: int) -> None:
        self.range = (lower, upper)
        self.lower = lower
        self.inside = upper - lower
        """The bits that differ within the bucket."""
        self.ksize = ksize
        self.nodes: list[Peer] = []
        self.replacement_nodes: list[Peer] = []
        self.last_updated = 0
        """When a lookup last touched it, in nanoseconds; set by the table's owner."""

    def get_nodes(self) -> list[Peer]:
        """Contacts, least recently seen first."""
        return list(self.nodes)

    def find(self, id: int) -> Peer | None:
        """The contact of that id."""
        index = index_of(self.nodes, id)
        return None if index < 0 else self.nodes[index]

    def take(self, id: int) -> Peer | None:
        """Take the contact of that id out; by id, for to compare peers takes longer."""
        index = index_of(self.nodes, id)
        return None if index < 0 else self.nodes.pop(index)

    def is_new_node(self, node: Peer) -> bool:
        """Whether the bucket does not hold that very peer."""
        return self.find(node.id) is None

    def head(self) -> Peer:
        """The contact seen least recently."""
        return self.nodes[0]

    def add_node(self, node: Peer) -> bool:
        """Take in a peer seen just now; false when it only waits for a place."""
        if self.take(node.id) is not None:
            self.nodes.append(node)
            return True
        if len(self.nodes) < self.ksize:
            self.nodes.append(node)
            self.replacement_nodes = [p for p in self.replacement_nodes if p.id != node.id]
            return True
        self._have_wait(node)
        return False

    def add_for_variety(self, node: Peer) -> bool:
        """Take in a peer that had to wait, in the place of one whose IP group has many here."""
        crowded = crowded_out(self.nodes, node)
        if crowded is None:
            return False
        self.take(crowded.id)
        self._have_wait(crowded)
        return self.add_node(node)

    def remove_node(self, node: Peer) -> None:
        """Drop a peer; of those that wait, one of the IP group with fewest takes its place."""
        waiting = [p for p in self.replacement_nodes if p.id != node.id]
        if self.take(node.id) is not None and waiting:
            members = Counter(peer.group for peer in self.nodes)
            chosen = min(reversed(waiting), key=lambda peer: members[peer.group])
            waiting.remove(chosen)
            self.nodes.append(chosen)
        self.replacement_nodes = waiting

    def _have_wait(self, node: Peer) -> None:
        """Remember a peer; of too many, one of the IP group that has most is forgotten."""
        waiting = [p for p in self.replacement_nodes if p.id != node.id]
        if len(waiting) >= _REPLACEMENTS:
            waiting.remove(crowded_out(waiting, node) or waiting[0])
        self.replacement_nodes = [*waiting, node]

    def split(self) -> tuple["Bucket", "Bucket"]:
        """The two halves of the range, contacts in their order."""
        lower, upper = self.range
        middle = (lower + upper) // 2
        halves = (Bucket(lower, middle, self.ksize), Bucket(middle + 1, upper, self.ksize))
        for half in halves:
            half.last_updated = self.last_updated
            half.nodes = [peer for peer in self.nodes if half.has_in_range(peer)]
            for peer in self.replacement_nodes:
                if half.has_in_range(peer):
                    half.add_node(peer)
        return halves


class PeerTable(RoutingTable):  # type: ignore[misc]  # the package is untyped
    """The routing table of one node.

    Args:
        own_id: The node's id; never a contact.
        k: Contacts in a bucket.
    """

    buckets: list[Bucket]

    def __init__(self, own_id: int, k: int) -> None:
        super().__init__(None, k, Node(own_id.to_bytes(ID_BYTES)))
        self.own_id = own_id

    def __len__(self) -> int:
        return sum(len(bucket.nodes) for bucket in self.buckets)

    def __iter__(self) -> Iterator[Peer]:
        for bucket in self.buckets:
            yield from bucket.nodes

    def flush(self) -> None:
        """Forget everybody."""
        self._group: bytes | None = None
        self._is_mixed = False
        self._are_apart: bool | None = None
        """Whether no two contacts share an IP group; None when that has to be seen again."""
        self.buckets = [Bucket(0, 2**ID_BITS - 1, self.ksize)]
        self._lowest = [0]

    def get_bucket_for(self, node: Peer) -> int:
        """Index of the bucket whose range has the peer's id."""
        return bisect_right(self._lowest, node.long_id) - 1

    def bucket_of(self, id: int) -> Bucket:
        """The bucket whose range has `id`, 0 <= id < 2**160."""
        return self.buckets[bisect_right(self._lowest, id) - 1]

    def contact(self, id: int) -> Peer | None:
        """The contact of that id."""
        return self.bucket_of(id).find(id)

    def at(self, endpoint: Endpoint) -> Peer | None:
        """The contact at that endpoint. Looks at all of them: for what is rare."""
        return next((peer for peer in self if peer.endpoint == endpoint), None)

    def split_bucket(self, index: int) -> None:
        """Replace a bucket by its two halves."""
        super().split_bucket(index)
        self._lowest = [bucket.range[0] for bucket in self.buckets]

    def wants(self, id: int) -> bool:
        """Whether a peer of that id, not a contact yet, is worth an introduction.

        Near us everybody is; a far bucket that is half full routes as well as a full one and
        survives the death of most in it, so it is left to fill by itself.
        """
        if id == self.own_id:
            return False
        bucket = self.bucket_of(id)
        if bucket.lower ^ self.own_id > bucket.inside:
            return len(bucket.nodes) < max(self.ksize // 2, _FEW) and bucket.find(id) is None
        return bucket.find(id) is None

    def add_contact(self, node: Peer) -> Peer | None:
        """Take in a peer whose id is proved, or note that a contact was heard from.

        Returns:
            The contact to ping when its bucket is full: the one seen least recently. If it
            does not answer, `remove_contact` gives its place to who waits.
        """
        if node.id == self.own_id:
            return None
        self._are_apart = None
        if self._group is None:
            self._group = node.group
        self._is_mixed = self._is_mixed or node.group != self._group
        while True:
            index = self.get_bucket_for(node)
            bucket = self.buckets[index]
            if bucket.add_node(node):
                return None
            if not bucket.has_in_range(self.node) or bucket.range[0] == bucket.range[1]:
                if self._is_mixed and bucket.add_for_variety(node):
                    return None
                return bucket.head()
            self.split_bucket(index)

    def remove_contact(self, node: Peer) -> None:
        """Drop a contact; one of those that wait takes its place."""
        self._are_apart = None
        super().remove_contact(node)

    def touch(self, peer: Peer) -> bool:
        """Note that a contact was heard from; false when that very peer is none."""
        return move_to_end(self.buckets[bisect_right(self._lowest, peer.id) - 1].nodes, peer)

    def nearest(self, target: int, count: int) -> list[Peer]:
        """The best `count` contacts of a target (see `overlay.order`), best first; exact."""
        found = nearest(self.buckets, self._lowest, target, count)
        if not self._is_mixed:
            return found
        if self._are_apart is None:
            self._are_apart = are_apart(list(self))
        if self._are_apart or are_apart(found):
            return found
        return best(self.by_distance(target), count)

    def by_distance(self, target: int) -> Iterator[Peer]:
        """Every contact by rising distance from `target`."""
        return by_distance(self.buckets, self._lowest, target)
