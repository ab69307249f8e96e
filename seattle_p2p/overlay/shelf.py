"""What a reader knows of one place, and which page to ask of whom next. Pure bookkeeping."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, deque
from typing import Final, NamedTuple

from seattle_p2p.identity.keys import ID_BITS, ID_BYTES
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.records import DIGEST_BYTES, mark_of, range_of
from seattle_p2p.wire.datagrams import Adverts
from seattle_p2p.wire.limits import MAX_DATAGRAM_BYTES

_DEEPEST_BITS: Final = 16
_DRILL_BITS: Final = 4
"""A range mostly known is cut in sixteen, and again where digests differ: few differences are
found with few questions."""
_LARGEST_PLACE: Final = 4096
"""More adverts than any honest holder keeps of one place; a liar may claim billions."""
_USUAL_ADVERT_BYTES: Final = 180
_PAGE_BYTES: Final = MAX_DATAGRAM_BYTES - 100
"""What a page without contacts has for adverts."""
_HELPERS: Final = 3
"""Holders that are read beside the one whose turn it is."""
_COMPARED_AT_ONCE: Final = 4
_ENOUGH_OF_A_CROWD: Final = 4
_PAGES_IN_A_ROW: Final = 3
"""A range of at most so many pages is read on; a longer one is cut and read side by side."""


class Range(NamedTuple):
    """Node ids that begin with the `bits` bits of `prefix`, from behind `after` on."""

    bits: int
    prefix: int
    after: bytes = b""


class _Turn(NamedTuple):
    """A holder that has more than its first page, and what it said of all of it."""

    peer: Peer
    digest: bytes
    total: int
    last: bytes
    a_page: int
    again: bool = False


class _Plan:
    """What is still to be read, and of whom.

    Args:
        peer: The holder whose turn it is.
        is_shared: Whether others may be asked as well, for they should have the same.
    """

    def __init__(self, peer: Peer, is_shared: bool) -> None:
        self.readers = {peer.id: peer}
        self.is_shared = is_shared
        self.ranges: deque[Range] = deque()
        self.in_flight: Counter[int] = Counter()

    @property
    def done(self) -> bool:
        """Whether nothing is to be asked for and nothing is on its way."""
        return not self.ranges and not any(self.in_flight.values())

    def pages(self, most: int) -> list[tuple[Peer, Range]]:
        """What to ask for now, so much of each reader at most."""
        found = []
        for peer in self.readers.values():
            while self.ranges and self.in_flight[peer.id] < most:
                self.in_flight[peer.id] += 1
                found.append((peer, self.ranges.popleft()))
        return found


class Shelf:
    """The adverts known of one place.

    Holders take turns: the first is read in full, others helping, for they should have the
    same; any whose digest of the whole place still differs from ours then, the first included,
    is read where it differs.

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
        self._turns: deque[_Turn] = deque()
        self._begun: set[int] = set()
        """Ids of holders that are or were read, and did not fall silent."""
        self._plans: list[_Plan] = []
        self._asked: dict[tuple[int, Range], _Plan] = {}
        self._holders: dict[int, Peer] = {}
        self._splitters: dict[int, int] = {}

    @property
    def settled(self) -> bool:
        """Whether no page is to be asked for and none is on its way."""
        return not self._turns and not self._asked and all(plan.done for plan in self._plans)

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
        a_page = _adverts_a_page(reply)
        plan = self._asked.pop((peer.id, part), None)
        if plan is not None:
            plan.in_flight[peer.id] -= 1
            # Who fell silent once and now answers is there; nobody else may have the rest.
            plan.readers.setdefault(peer.id, peer)
            self._cut(plan, part, reply.total, reply.digest, reply.last, a_page)
        elif reply.last:
            self._turns.append(_Turn(peer, reply.digest, reply.total, reply.last, a_page))

    def on_silence(self, peer: Peer, part: Range) -> None:
        """A holder did not answer for a page: no more of it."""
        plan = self._asked.pop((peer.id, part), None)
        if plan is None:
            return
        plan.in_flight[peer.id] -= 1
        plan.readers.pop(peer.id, None)
        self._turns = deque(turn for turn in self._turns if turn.peer.id != peer.id)
        self._begun.discard(peer.id)
        plan.ranges.append(part)
        if not plan.readers and not any(plan.in_flight.values()):
            plan.ranges.clear()

    def pages(self) -> list[tuple[Peer, Range]]:
        """Pages to ask for now; each is named once."""
        self._plans = [plan for plan in self._plans if not plan.done]
        while self._turns and self._may_begin(turn := self._next_turn()):
            self._turns.remove(turn)
            self._begin(turn)
        found: list[tuple[Peer, Range]] = []
        for plan in self._plans:
            if plan.is_shared:
                self._recruit(plan)
            for peer, part in plan.pages(self._pages_in_flight):
                self._asked[peer.id, part] = plan
                found.append((peer, part))
        return found

    def _next_turn(self) -> "_Turn":
        """Of a crowded place the nearest holder's, for it has most; else who answered first."""
        if not self.is_split:
            return self._turns[0]
        return min(self._turns, key=lambda turn: (turn.again, turn.peer.id ^ self.place))

    def _may_begin(self, turn: "_Turn") -> bool:
        """Mostly unknown holders come one by one, since others may help; comparisons do not."""
        if any(plan.is_shared for plan in self._plans):
            return False
        if self._is_news(turn):
            return not self._plans
        return len(self._plans) < _COMPARED_AT_ONCE

    def _is_news(self, turn: "_Turn") -> bool:
        return not turn.again and 2 * self._count(Range(0, 0)) < turn.total

    def _begin(self, turn: "_Turn") -> None:
        """Plan what to read of one holder; of a crowded place, the nearest few will do.

        For who was turned away by one holder of a crowded place went on to its subkeys. Who
        was met on the way there may hold little of it.
        """
        if self.is_split and self._is_farther_than_enough(turn.peer):
            return
        self._begun.add(turn.peer.id)
        plan = _Plan(turn.peer, self._is_news(turn))
        if plan.is_shared:
            self._turns.append(turn._replace(again=True))
        self._cut(plan, Range(0, 0), turn.total, turn.digest, turn.last, turn.a_page)
        if not plan.done:
            self._plans.append(plan)

    def _is_farther_than_enough(self, peer: Peer) -> bool:
        """Whether enough holders that are nearer were read."""
        distance = peer.id ^ self.place
        nearer = sum(id ^ self.place < distance for id in self._begun)
        return nearer >= _ENOUGH_OF_A_CROWD

    def _recruit(self, plan: "_Plan") -> None:
        """Have others help who say to have about as much."""
        for turn in self._turns:
            if len(plan.readers) > _HELPERS:
                return
            if not turn.again:
                plan.readers[turn.peer.id] = turn.peer

    def _cut(
        self, plan: "_Plan", part: Range, total: int, digest: bytes, last: bytes, a_page: int
    ) -> None:
        """Plan the rest of a range that has come up to `last`, so many adverts to a page."""
        if not last or digest == self.digest(part):
            return
        pages = -(-min(total, _LARGEST_PLACE) // a_page)
        if pages <= _PAGES_IN_A_ROW or part.bits >= _DEEPEST_BITS:
            plan.ranges.append(Range(part.bits, part.prefix, last))
            return
        more = min((pages // _PAGES_IN_A_ROW).bit_length(), _DEEPEST_BITS - part.bits)
        if 2 * self._count(part) >= total:
            more = min(more, _DRILL_BITS)
        bits = part.bits + more
        reached = int.from_bytes(last) >> (ID_BITS - bits)
        for low in range(1 << more):
            prefix = part.prefix << more | low
            if prefix == reached:
                plan.ranges.append(Range(bits, prefix, last))
            elif prefix > reached:
                plan.ranges.append(Range(bits, prefix))


def _adverts_a_page(reply: Adverts) -> int:
    """How many adverts a page will have that leaves no room to contacts, judged by this one."""
    longest = max(map(len, reply.adverts), default=_USUAL_ADVERT_BYTES)
    return max(_PAGE_BYTES // (longest + 3), 1)
