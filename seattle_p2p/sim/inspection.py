"""Laws that every core keeps by itself, looked up in its own memory.

A peer sees only what a core says; here its table, its requests and the records it holds are
read as they are. Nothing is changed, and no randomness of the run is used, so a run is the same
whether it is inspected or not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from random import Random

from seattle_p2p.errors import PeerError
from seattle_p2p.identity.keys import ID_BITS, sealing_secret
from seattle_p2p.overlay.agenda import Alarm
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import Cryptography
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import SECOND
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.records import Entry
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.sim.population import Member, Population
from seattle_p2p.wire.adverts import open_advert, place_of

_OVERDUE_S = 120
"""Records are swept out now and then; none is there so long after its end."""
_SAME_ROUND_S = 60
"""A store whose answer was lost is sent again within that time."""
_MISSED_BY = 3
"""So many holders may not have heard that an advert was taken back."""
_OPENED_KEPT = 50_000
_LEAST_PAIRS = 200
"""Fewer neighbours in buckets say nothing about their order."""


class Inspector:
    """Reads the memories of cores; remembers of each what it held the last time.

    Args:
        cryptography: That of the run.
        population: Whose cores they are.
    """

    def __init__(self, cryptography: Cryptography, population: Population) -> None:
        self._cryptography = cryptography
        self._population = population
        self._places: dict[int, tuple[bytes, bytes, int]] = {}
        for person in population.persons:
            storage = cryptography.storage_key(person.key).public.raw
            secret = sealing_secret(person.key)
            self._places[place_of(storage)] = storage, secret, person.index
        self._held: dict[int, dict[tuple[int, bytes], tuple[int, int]]] = {}
        self._opened: dict[bytes, str] = {}
        self.seen_first = self.seen_later = 0
        self._left_over: Counter[tuple[bytes, int]] = Counter()

    def broken_laws(self, member: Member, now_ns: int) -> Iterator[str]:
        """What is wrong inside one core, in sentences."""
        core = member.core
        if not isinstance(core, OverlayNode):
            return  # An attacker's: it keeps what laws it likes.
        parts = core.parts
        yield from table_laws(parts)
        yield from request_laws(parts)
        yield from self._record_laws(member, parts, now_ns)
        yield from self._laws_of_answers(parts)
        first, later = order_of_buckets(parts)
        self.seen_first += first
        self.seen_later += later

    def laws_over_all(self) -> Iterator[str]:
        """What no single memory shows, after a round over all of them."""
        left_over, self._left_over = self._left_over, Counter()
        for (node, person), holders in left_over.items():
            if holders > _MISSED_BY:
                yield f"{holders} hold what {node.hex()[:8]} took back from owner {person}"
        if self.seen_first + self.seen_later >= _LEAST_PAIRS and (
            self.seen_first <= self.seen_later
        ):
            yield (
                "contacts seen least recently do not come first:"
                f" {self.seen_first:,} neighbours in order, {self.seen_later:,} not"
            )

    def _laws_of_answers(self, parts: Parts) -> Iterator[str]:
        """What came from another address than the one that was asked is no answer."""
        for index, whence in self._population.strays.items():
            where = self._population.members[index].host.endpoint
            for endpoint in (where, whence):
                known = parts.exchange.acquaintances.at(endpoint)
                if known is not None and known.round_trip:
                    yield f"an answer of {where} was taken, though it came from {whence}"

    def _record_laws(self, member: Member, parts: Parts, now_ns: int) -> Iterator[str]:
        params, per_node = parts.params, Counter[bytes]()
        before, held = self._held.get(member.index, {}), {}
        places: dict[int, list[Entry]] = defaultdict(list)
        for place, node, entry in parts.records.contents():
            per_node[node] += 1
            places[place].append(entry)
            held[place, node] = entry.sequence, entry.expires
            self._note_left_over(place, node, now_ns)
            yield from self._entry_laws(place, node, entry)
            if (
                not now_ns - _OVERDUE_S * SECOND
                <= entry.expires
                <= (now_ns + params.lifetime_s * SECOND)
            ):
                yield f"an advert lives until {entry.expires / SECOND:.0f} s"
            sequence, expires = before.get((place, node), (-1, 0))
            if entry.sequence < sequence:
                yield f"a sequence fell from {sequence} to {entry.sequence}"
            if entry.sequence == sequence and entry.expires > expires + _SAME_ROUND_S * SECOND:
                yield f"sequence {sequence} was renewed without a higher one"
        self._held[member.index] = held
        if per_node and max(per_node.values()) > params.max_per_node:
            yield f"{max(per_node.values())} adverts of one node are held"
        for entries in places.values():
            if len(entries) > params.max_entries:
                yield f"{len(entries)} adverts are held at one place"
        if len(held) != len(parts.records) or len(held) > params.max_records:
            yield f"{len(held)} adverts are held, {len(parts.records)} are counted"

    def _note_left_over(self, place: int, node: bytes, now_ns: int) -> None:
        if place in self._places:
            slot = node, self._places[place][2]
            taken_back = self._population.withdrawn.get(slot, now_ns)
            self._left_over[slot] += now_ns - taken_back > _SAME_ROUND_S * SECOND

    def _entry_laws(self, place: int, node: bytes, entry: Entry) -> Iterator[str]:
        """At the place of a person, only what a node itself wrote for that person is held."""
        known = self._places.get(place)
        if known is None:
            return
        problem = self._opened.get(entry.sealed)
        if problem is None:
            if len(self._opened) >= _OPENED_KEPT:
                self._opened.clear()
            problem = self._problem(known[0], known[1], node, entry)
            self._opened[entry.sealed] = problem
        if problem:
            yield problem

    def _problem(self, storage: bytes, secret: bytes, node: bytes, entry: Entry) -> str:
        try:
            advert = open_advert(
                entry.sealed,
                storage=storage,
                secret=secret,
                verify=self._cryptography.verify,
            )
        except PeerError:
            return ""  # Holders cannot see inside; readers must not believe it.
        if advert.sequence != entry.sequence and advert.node.node_id == int.from_bytes(node):
            return f"sequence {entry.sequence} outside, {advert.sequence} inside"
        return ""


def table_laws(parts: Parts) -> Iterator[str]:
    """Buckets cover the space, hold what belongs into them, and the nearest are the nearest."""
    expected, known = 0, Counter[int]()
    for bucket in parts.table.buckets:
        lower, upper = bucket.range
        if lower != expected:
            yield f"buckets leave a gap before {lower:040x}"
        expected = upper + 1
        if len(bucket.nodes) > parts.params.k:
            yield f"a bucket holds {len(bucket.nodes)} contacts"
        if any(not lower <= peer.id <= upper for peer in bucket.nodes):
            yield "a contact stands in the wrong bucket"
        known.update(peer.id for peer in bucket.nodes)
    if expected != 1 << ID_BITS:
        yield "buckets do not reach the end of the space"
    if parts.own_id in known:
        yield "a node is its own contact"
    if known and max(known.values()) > 1:
        yield "a contact stands there twice"
    target = Random(parts.own_id).getrandbits(ID_BITS)
    k = parts.params.k
    if parts.table.nearest(target, k) != nearest_by_rank(parts.table, target, k):
        yield f"the nearest of {target:040x} are not the nearest"


def nearest_by_rank(peers: Iterable[Peer], target: int, count: int) -> list[Peer]:
    """The best `count` peers of a target by the overlay's order, worked out the long way.

    By rank within the IP group, then by distance: see `overlay.order`, whose mistakes this
    must not share.
    """
    groups: dict[bytes, list[Peer]] = defaultdict(list)
    for peer in sorted(peers, key=lambda peer: peer.id ^ target):
        groups[peer.group].append(peer)
    ranked = [
        (rank, peer.id ^ target, peer)
        for group in groups.values()
        for rank, peer in enumerate(group)
    ]
    ranked.sort(key=lambda item: item[:2])
    return [peer for _, _, peer in ranked[:count]]


def request_laws(parts: Parts) -> Iterator[str]:
    """Whoever waits will be called, and nobody is called who does not wait."""
    requests = parts.exchange.requests
    alarms: list[Alarm] = list(parts.agenda)
    waiting = [alarm for alarm in alarms if isinstance(alarm, Outstanding)]
    for asked in waiting:
        if asked not in requests:
            yield f"an alarm is set for request {asked.number:x}, which is over"
    if len(waiting) < len(requests):
        yield f"{len(requests)} requests wait, {len(waiting)} alarms are set"
    for number, task in parts.tasks.items():
        if task.finished:
            yield f"task {number} is over and still there"


def order_of_buckets(parts: Parts) -> tuple[int, int]:
    """Neighbours in buckets heard from in the right order, and in the wrong one."""
    first = later = 0
    for bucket in parts.table.buckets:
        heard = []
        for peer in bucket.nodes:
            known = parts.exchange.acquaintances.at(peer.endpoint)
            if known is not None:
                heard.append(known.heard)
        for one, next_ in pairwise(heard):
            first += one < next_
            later += one > next_
    return first, later
