"""Laws that every core keeps by itself, looked up in its own memory.

A peer sees only what a core says; here its table, its requests and the records it holds are
read as they are. Nothing is changed, and no randomness of the run is used, so a run is the same
whether it is inspected or not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from seattle_p2p.errors import PeerError
from seattle_p2p.identity.keys import sealing_secret
from seattle_p2p.overlay.core import Cryptography, Role
from seattle_p2p.overlay.entry import Entry
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import SECOND
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.records import SPLIT_STEP
from seattle_p2p.sim.core_laws import (
    alarm_laws,
    has_stale_buckets,
    order_of_buckets,
    request_laws,
    table_laws,
)
from seattle_p2p.sim.nat import Box
from seattle_p2p.sim.population import Member, Population
from seattle_p2p.wire.adverts import open_advert, place_of

_OVERDUE_S: Final = 120
"""Records are swept out now and then; none is there so long after its end."""
_SAME_ROUND_S: Final = 60
"""A store whose answer was lost is sent again within that time."""
_MISSED_BY: Final = 3
"""So many holders may not have heard that an advert was taken back."""
_OPENED_KEPT: Final = 50_000
_SUBKEYS_KNOWN: Final = 1000
"""Of so many persons the first subkeys are looked at, too, under which a crowd goes on."""
_MOSTLY: Final = 1.5
"""So many times more neighbours in buckets are in order than not: four or five as a rule, for
there are signs of life that move nobody."""
_UNREFRESHED, _FEW_UNREFRESHED = 0.05, 3
"""So large a share of nodes, and so many, may have a bucket that was empty for long."""
_LEAST_PAIRS: Final = 200
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
            known = storage, sealing_secret(person.key), person.index
            self._places[place_of(storage)] = known
            if person.index < _SUBKEYS_KNOWN:
                for low in range(1 << SPLIT_STEP):
                    self._places[place_of(storage, SPLIT_STEP, low)] = known
        self._held: dict[int, dict[tuple[int, bytes], tuple[int, int]]] = {}
        self._opened: dict[bytes, str] = {}
        self.seen_first = self.seen_later = 0
        self._unrefreshed = 0
        self.contacts_seen = self.live_dropped = 0
        self._contacts: dict[int, tuple[int, set[int]]] = {}
        self._left_over: Counter[tuple[bytes, int]] = Counter()

    def broken_laws(self, member: Member, now_ns: int) -> Iterator[str]:
        """What is wrong inside one core, in sentences."""
        core = member.core
        if not isinstance(core, OverlayNode):
            return  # An attacker's: it keeps what laws it likes.
        parts = core.parts
        self._note_dropped(member, parts, now_ns)
        yield from table_laws(parts)
        yield from request_laws(parts)
        if member.joined:
            yield from alarm_laws(parts, now_ns)
            up_s = (now_ns - member.host.started_ns) / SECOND
            self._unrefreshed += has_stale_buckets(parts, now_ns, up_s)
        yield from self._laws_of_roles(member, parts)
        yield from self._record_laws(member, parts, now_ns)
        yield from self._laws_of_answers(parts)
        first, later = order_of_buckets(parts)
        self.seen_first += first
        self.seen_later += later

    def _note_dropped(self, member: Member, parts: Parts, now_ns: int) -> None:
        """Count contacts that left a table though they were up since it was last read."""
        then_ns, before = self._contacts.get(member.index, (0, set[int]()))
        now = {peer.id for peer in parts.table}
        self._contacts[member.index] = now_ns, now
        if member.host.started_ns > then_ns:
            return
        self.contacts_seen += len(before)
        for id in before - now:
            index = self._population.host_of(id)
            there = None if index is None else self._population.members[index]
            if there is not None and there.host.up and there.host.started_ns < then_ns:
                self.live_dropped += there.signer.public.node_id == id

    def laws_over_all(self) -> Iterator[str]:
        """What no single memory shows, after a round over all of them."""
        unrefreshed, self._unrefreshed = self._unrefreshed, 0
        if unrefreshed > max(_UNREFRESHED * len(self._held), _FEW_UNREFRESHED):
            yield f"{unrefreshed} have not refreshed a bucket for long"
        left_over, self._left_over = self._left_over, Counter()
        for (node, person), holders in left_over.items():
            if holders > _MISSED_BY:
                yield f"{holders} hold what {node.hex()[:8]} took back from owner {person}"
        if self.seen_first + self.seen_later >= _LEAST_PAIRS and (
            self.seen_first <= _MOSTLY * self.seen_later
        ):
            yield (
                "contacts seen least recently do not come first:"
                f" {self.seen_first:,} neighbours in order, {self.seen_later:,} not"
            )

    def _laws_of_roles(self, member: Member, parts: Parts) -> Iterator[str]:
        """Who cannot be reached is no server, and who is none stands in no table."""
        box = member.host.box
        if parts.reach.is_server and isinstance(box, Box) and not box.lets_strangers_in:
            yield "it takes itself for a server, and no stranger can reach it"
        for peer in parts.table:
            index = self._population.host_of(peer.id)
            if index is not None and self._population.members[index].role is Role.CLIENT:
                yield f"{index}, who only asks, is a contact"

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
