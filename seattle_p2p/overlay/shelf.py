"""What a reader knows of one place, and which page to ask of whom next. Pure bookkeeping."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from typing import NamedTuple

from seattle_p2p.identity.keys import ID_BITS, ID_BYTES
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.records import DIGEST_BYTES, mark_of, range_of
from seattle_p2p.wire.datagrams import Adverts
from seattle_p2p.wire.limits import MAX_DATAGRAM_BYTES

_DEEPEST_BITS = 16
_DRILL_BITS = 4
"""A range mostly known is cut in sixteen, and again where digests differ: few differences are
found with few questions."""
_LARGEST_PLACE = 4096
"""More adverts than any honest holder keeps of one place; a liar may claim billions."""
_USUAL_ADVERT_BYTES = 180
_PAGE_BYTES = MAX_DATAGRAM_BYTES - 100
"""What a page without contacts has for adverts."""
_PAGES_IN_A_ROW = 3
"""A range of at most so many pages is read on; a longer one is cut and read side by side."""


class Range(NamedTuple):
    """Node ids that begin with the `bits` bits of `prefix`, from behind `after` on."""

    bits: int
    prefix: int
    after: bytes = b""


class Shelf:
    """The adverts known of one place.

    Holders take turns: the first is read in full, a later one only when its digest of the whole
    place differs from ours by then.

    Args:
        place: Where.
        depth: Bits of the subkey that it is; 0 for the key itself.
        prefix: That subkey.
        pages_in_flight: Most pages asked of one holder at a time.
    """

    def __init__(self, place: int, depth: int, prefix: int, pages_in_flight: int) -> None:
        self.place = place
        self.depth = depth
        self.prefix = prefix
        self.split = 0
        self._pages_in_flight = pages_in_flight
        self._ids: list[bytes] = []
        self._marks: dict[bytes, int] = {}
        self._sequences: dict[bytes, int] = {}
        self._sealed: set[bytes] = set()
        self._turns: deque[tuple[Peer, Range, bytes, int, bytes, int]] = deque()
        self._reader_of: Peer | None = None
        self._ranges: deque[Range] = deque()
        self._in_flight = 0
        self._holders: dict[int, Peer] = {}
        self._splitters: dict[int, int] = {}

    @property
    def settled(self) -> bool:
        """Whether no page is to be asked for and none is on its way."""
        return not self._turns and not self._ranges and not self._in_flight

    @property
    def is_split(self) -> bool:
        """Whether enough holders say that more lies under subkeys: two, or half of them."""
        votes = len(self._splitters)
        return votes >= 2 or (votes > 0 and 2 * votes >= len(self._holders))

    def subkeys(self) -> list[int]:
        """Prefixes of `split` bits under which the place goes on."""
        more = self.split - self.depth
        return [self.prefix << more | low for low in range(1 << more)]

    def holders_of(self, id: int) -> list[Peer]:
        """Holders that may have an advert of that node."""
        return list(self._holders.values()) if id.to_bytes(ID_BYTES) in self._marks else []

    def has(self, sealed: bytes) -> bool:
        """Whether that very advert was added."""
        return sealed in self._sealed

    def add(self, sealed: bytes, node: int, sequence: int) -> None:
        """Know an advert of `node`; the highest sequence counts."""
        self._sealed.add(sealed)
        id = node.to_bytes(ID_BYTES)
        if id not in self._marks:
            insort(self._ids, id)
        elif self._sequences[id] >= sequence:
            return
        self._marks[id] = mark_of(id, sequence)
        self._sequences[id] = sequence

    def digest(self, part: Range) -> bytes:
        """Our digest of a range, as a holder of the same adverts has it; empty when of none."""
        lowest, highest = range_of(part.bits, part.prefix)
        start, stop = bisect_left(self._ids, lowest), bisect_right(self._ids, highest)
        if start == stop:
            return b""
        digest = 0
        for id in self._ids[start:stop]:
            digest ^= self._marks[id]
        return digest.to_bytes(DIGEST_BYTES)

    def _count(self, part: Range) -> int:
        lowest, highest = range_of(part.bits, part.prefix)
        return bisect_right(self._ids, highest) - bisect_left(self._ids, lowest)

    def on_split(self, peer: Peer, split: int) -> None:
        """A holder says that more lies under subkeys of so many bits."""
        if split > self.depth:
            self._splitters[peer.id] = split
            self.split = min(self._splitters.values())

    def on_page(self, peer: Peer, part: Range, reply: Adverts) -> None:
        """A page has come and its adverts were added: see what is left to ask for."""
        self._holders[peer.id] = peer
        if self._reader_of is not None and peer.id == self._reader_of.id:
            self._in_flight -= 1
            self._cut(part, reply.total, reply.digest, reply.last, _adverts_a_page(reply))
        elif reply.last:
            turn = (peer, part, reply.digest, reply.total, reply.last, _adverts_a_page(reply))
            self._turns.append(turn)

    def on_silence(self, peer: Peer) -> None:
        """A holder did not answer for a page: no more of it."""
        if self._reader_of is not None and peer.id == self._reader_of.id:
            self._in_flight -= 1
            self._ranges.clear()

    def pages(self) -> list[tuple[Peer, Range]]:
        """Pages to ask for now; each is named once."""
        while self._turns and not self._ranges and not self._in_flight:
            peer, part, digest, total, last, a_page = self._turns.popleft()
            self._reader_of = peer
            self._cut(part, total, digest, last, a_page)
        found: list[tuple[Peer, Range]] = []
        while self._ranges and self._in_flight < self._pages_in_flight and self._reader_of:
            self._in_flight += 1
            found.append((self._reader_of, self._ranges.popleft()))
        return found

    def _cut(self, part: Range, total: int, digest: bytes, last: bytes, a_page: int) -> None:
        """Plan the rest of a range that has come up to `last`, so many adverts to a page."""
        if not last or digest == self.digest(part):
            return
        pages = -(-min(total, _LARGEST_PLACE) // a_page)
        if pages <= _PAGES_IN_A_ROW or part.bits >= _DEEPEST_BITS:
            self._ranges.append(Range(part.bits, part.prefix, last))
            return
        more = min((pages // _PAGES_IN_A_ROW).bit_length(), _DEEPEST_BITS - part.bits)
        if 2 * self._count(part) >= total:
            more = min(more, _DRILL_BITS)
        bits = part.bits + more
        reached = int.from_bytes(last) >> (ID_BITS - bits)
        for low in range(1 << more):
            prefix = part.prefix << more | low
            if prefix == reached:
                self._ranges.append(Range(bits, prefix, last))
            elif prefix > reached:
                self._ranges.append(Range(bits, prefix))


def _adverts_a_page(reply: Adverts) -> int:
    """How many adverts a page will have that leaves no room to contacts, judged by this one."""
    longest = max(map(len, reply.adverts), default=_USUAL_ADVERT_BYTES)
    return max(_PAGE_BYTES // (longest + 3), 1)
