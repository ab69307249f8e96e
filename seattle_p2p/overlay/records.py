"""Adverts held for others: a set under each place, newest per node, quotas, expiry, pages.

Holds what it is told to hold: whether a record is sound and its sender is who it speaks for was
checked before. Lifetimes count on the holder's own clock.
"""

import hashlib
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from heapq import heappop, heappush, nlargest
from operator import attrgetter
from typing import Final

from seattle_p2p.identity.keys import ID_BITS, ID_BYTES
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.entry import Entry
from seattle_p2p.overlay.groups import Groups
from seattle_p2p.overlay.params import SECOND, Params
from seattle_p2p.wire.adverts import Record
from seattle_p2p.wire.datagrams import Outcome

DIGEST_BYTES: Final = 8
_REMOVED_KEPT: Final = 256
_ROOM_SHARE: Final = 512
"""Of all a holder may keep, so much makes room at a time for who has less."""
_MARKS_KEPT: Final = 2048
"""Marks remembered in a process: in a simulation twenty holders have the same."""
SPLIT_STEP: Final = 3
"""Bits by which a crowded place goes deeper: eight subkeys at a time."""


_node_of = attrgetter("node")


class Page:
    """Part of a place, ready to be sent; see `wire.datagrams.Adverts`."""

    __slots__ = ("adverts", "digest", "last", "split", "total")

    def __init__(self) -> None:
        self.adverts: list[bytes] = []
        self.total = 0
        self.digest = 0
        self.last = b""
        self.split = 0


class _Place:
    """Adverts of one place.

    Most places have one or two: the count of IP groups is made when somebody asks for it, and
    kept from then on.
    """

    __slots__ = ("depth", "digest", "entries", "groups")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.entries: list[Entry] = []
        """By rising node id."""
        self.digest = 0
        self.groups: Groups | None = None

    def find(self, node: bytes) -> Entry | None:
        """The entry of a node."""
        index = self.first_from(node)
        entries = self.entries
        if index < len(entries) and entries[index].node == node:
            return entries[index]
        return None

    def first_from(self, node: bytes) -> int:
        """Index of the first entry whose node is `node` or comes after it."""
        return bisect_left(self.entries, node, key=_node_of)

    def first_after(self, node: bytes) -> int:
        """Index of the first entry whose node comes after `node`."""
        return bisect_right(self.entries, node, key=_node_of)

    def add(self, entry: Entry) -> None:
        """Take in the entry of a node that has none."""
        entries = self.entries
        if entries:
            self.digest ^= entry.mark
            insort(entries, entry, key=_node_of)
        else:
            # Mostly it stays the only one: no room for more, and one number for both.
            self.digest = entry.mark
            self.entries = [entry]
        if self.groups is not None:
            self.groups.add(entry.peer.group)

    def drop(self, entry: Entry) -> None:
        """Take out an entry that is here."""
        del self.entries[self.first_from(entry.node)]
        self.digest ^= entry.mark
        if self.groups is not None:
            self.groups.drop(entry.peer.group)


class Records:
    """The adverts one node holds.

    Args:
        params: Quotas and lifetimes.
    """

    def __init__(self, params: Params) -> None:
        self._params = params
        self._places: dict[int, _Place] = {}
        self._per_node: Counter[bytes] | None = None
        self._expiries: list[tuple[int, int, bytes]] = []
        self._count = 0
        self._per_group: Groups | None = None
        self._removed: dict[tuple[int, bytes], int] = {}
        """Sequences of what was removed last: a store sent twice must not bring it back."""

    def __len__(self) -> int:
        return self._count

    @property
    def per_node(self) -> Counter[bytes]:
        """How many are held of each node; counted once there may be too many of one."""
        if self._per_node is None:
            self._per_node = Counter(node for _, node, _ in self.contents())
        return self._per_node

    @property
    def per_group(self) -> Groups:
        """How many came from each IP group; counted once there is no room for more."""
        if self._per_group is None:
            self._per_group = Groups(entry.peer.group for _, _, entry in self.contents())
        return self._per_group

    def contents(self) -> Iterator[tuple[int, bytes, Entry]]:
        """Everything held: place, node id, advert."""
        for place, held in self._places.items():
            for entry in held.entries:
                yield place, entry.node, entry

    def verdict(self, place: int, record: Record, group: bytes, depth: int) -> int:
        """What would become of a record, before its signature is worth checking: an `Outcome`.

        Args:
            place: Where it is to lie.
            record: Who it speaks for, and how new it is.
            group: IP group of who brings it.
            depth: Bits of the subkey that `place` is.
        """
        params, node = self._params, record.node
        held = self._places.get(place)
        if held is not None and (known := held.find(node)) is not None:
            # A datagram that was under way for long must not undo a newer one.
            return Outcome.DONE if record.sequence >= known.sequence else Outcome.OLDER
        if record.sequence <= self._removed.get((place, node), -1):
            return Outcome.OLDER
        most = params.max_per_node
        if self._count >= most and self.per_node[node] >= most:
            return Outcome.FULL
        if held is not None and self._is_crowded(held):
            return Outcome.SPLIT if depth < params.split_bits else Outcome.FULL
        if held is not None and len(held.entries) >= params.max_entries:
            return Outcome.DONE if self._groups(held).must_yield(group) else Outcome.FULL
        if self._count < params.max_records or self.per_group.must_yield(group):
            return Outcome.DONE
        return Outcome.FULL

    def split_of(self, place: int) -> int:
        """Bits of the subkeys under which a crowded place goes on; 0 when it is not crowded."""
        held = self._places.get(place)
        if held is None or not self._is_crowded(held):
            return 0
        return min(held.depth + SPLIT_STEP, self._params.split_bits)

    def put(self, place: int, depth: int, record: Record, peer: Peer, now: int) -> int:
        """Hold a record whose `verdict` is DONE, in the place of the node's former one.

        Returns:
            The lifetime granted, in seconds.
        """
        held = self._places.get(place)
        if held is None:
            held = self._places[place] = _Place(depth)
        known = held.find(record.node)
        if known is not None:
            self._drop(place, held, known)
        elif len(held.entries) >= self._params.max_entries:
            largest = self._groups(held).must_yield(peer.group)
            self._drop(place, held, self._newest_of(held, largest))
        elif self._count >= self._params.max_records:
            self._make_room(self.per_group.must_yield(peer.group))
        held = self._places.setdefault(place, held)
        lifetime_s = min(record.lifetime_s, self._params.lifetime_s)
        expires = now + lifetime_s * SECOND
        node = record.node
        mark = mark_of(node, record.sequence)
        entry = Entry(node, record.sequence, record.sealed, peer, expires, 0, mark)
        held.add(entry)
        if self._per_node is not None:
            self._per_node[node] += 1
        if self._per_group is not None:
            self._per_group.add(peer.group)
        self._count += 1
        if known is not None and known.looked_at <= expires:
            entry.looked_at = known.looked_at
        else:
            self._look_at(place, entry)
        return lifetime_s

    def _look_at(self, place: int, entry: Entry) -> None:
        """See to an entry when it expires."""
        entry.looked_at = entry.expires
        heappush(self._expiries, (entry.expires, place, entry.node))

    def remove(self, place: int, node: bytes) -> bool:
        """Drop a node's record; false when there is none."""
        held = self._places.get(place)
        entry = held.find(node) if held else None
        if held is None or entry is None:
            return False
        if len(self._removed) >= _REMOVED_KEPT:
            del self._removed[next(iter(self._removed))]
        self._removed[place, node] = entry.sequence
        self._drop(place, held, entry)
        return True

    def holder_of(self, place: int, node: bytes) -> Peer | None:
        """Who stored the record of `node` at `place`."""
        held = self._places.get(place)
        entry = held.find(node) if held else None
        return entry.peer if entry else None

    def expire(self, now: int) -> None:
        """Drop what has outlived its lifetime."""
        expiries = self._expiries
        while expiries and expiries[0][0] <= now:
            due, place, node = heappop(expiries)
            held = self._places.get(place)
            entry = held.find(node) if held else None
            if not held or not entry or entry.looked_at != due:
                continue
            if entry.expires <= now:
                self._drop(place, held, entry)
            else:
                self._look_at(place, entry)

    def next_expiry(self) -> int | None:
        """When the first record may expire; None when nothing is held."""
        return self._expiries[0][0] if self._expiries else None

    def page(
        self, place: int, *, bits: int, prefix: int, after: bytes, digest: bytes, room: int
    ) -> Page | None:
        """Adverts of nodes whose id begins with `prefix`, by rising id, after `after`.

        Args:
            place: Where they lie.
            bits: Length of `prefix`; 0: all.
            prefix: The first bits of the ids wanted.
            after: Node id after which to begin; empty: at the first.
            digest: What the reader believes the range's digest to be; no advert when it is.
            room: Octets for adverts, each with 3 more than its length.

        Returns:
            None when nothing at all lies at `place`.
        """
        held = self._places.get(place)
        if held is None:
            return None
        page = Page()
        page.split = self.split_of(place)
        lowest, end = range_of(bits, prefix)
        entries = held.entries
        start, stop = held.first_from(lowest), held.first_after(end)
        page.total = stop - start
        if bits == 0:
            page.digest = held.digest
        else:
            for entry in entries[start:stop]:
                page.digest ^= entry.mark
        if digest and page.digest.to_bytes(DIGEST_BYTES) == digest:
            return page
        if after:
            start = max(start, held.first_after(after))
        for index in range(start, stop):
            sealed = entries[index].sealed
            room -= len(sealed) + 3
            if room < 0:
                page.last = entries[index - 1].node if index > start else after
                break
            page.adverts.append(sealed)
        return page

    def _is_crowded(self, held: _Place) -> bool:
        """Whether many want to be here; a few groups alone, however large, are no crowd."""
        params = self._params
        if len(held.entries) < params.split_entries:
            return False
        groups = self._groups(held)
        return len(groups) >= params.split_groups and groups.counted >= params.split_entries

    def _groups(self, held: _Place) -> Groups:
        if held.groups is None:
            share = self._params.split_entries // self._params.split_groups
            held.groups = Groups((entry.peer.group for entry in held.entries), share)
        return held.groups

    def _newest_of(self, held: _Place, group: bytes) -> Entry:
        """The entry of a group that was stored last: who came early stays."""
        mine = (entry for entry in held.entries if entry.peer.group == group)
        return max(mine, key=lambda entry: (entry.expires, entry.node))

    def _make_room(self, group: bytes) -> None:
        """Drop what a group stored last, some of it at once, since it takes a while to find."""
        mine = (
            (entry.expires, place, entry)
            for place, held in self._places.items()
            for entry in held.entries
            if entry.peer.group == group
        )
        most = max(self._params.max_records // _ROOM_SHARE, 1)
        for _, place, entry in nlargest(most, mine, key=lambda each: (*each[:2], each[2].node)):
            self._drop(place, self._places[place], entry)

    def _drop(self, place: int, held: _Place, entry: Entry) -> None:
        held.drop(entry)
        if self._per_group is not None:
            self._per_group.drop(entry.peer.group)
        if self._per_node is not None:
            self._per_node[entry.node] -= 1
            if not self._per_node[entry.node]:
                del self._per_node[entry.node]
        self._count -= 1
        if not held.entries:
            del self._places[place]


@lru_cache(maxsize=_MARKS_KEPT)
def mark_of(node: bytes, sequence: int) -> int:
    """What one advert adds to the digest of its place; digests are exclusive ors of marks."""
    data = node + sequence.to_bytes(8)
    return int.from_bytes(hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest())


def range_of(bits: int, prefix: int) -> tuple[bytes, bytes]:
    """First and last node id that begin with the `bits` bits of `prefix`."""
    rest = ID_BITS - bits
    lowest = (prefix & ((1 << bits) - 1)) << rest
    return lowest.to_bytes(ID_BYTES), (lowest | ((1 << rest) - 1)).to_bytes(ID_BYTES)
