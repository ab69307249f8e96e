"""Reading who advertises under a key: walk to the place, take in pages, try each node.

The walk asks for adverts as it goes, so the first ones come with the first holder's answer.
A large set is read from one holder in ranges of node ids, many at a time; the other holders
are only asked where their digest differs from what is known by then.
"""

from typing import Any, Final

import msgspec

from seattle_p2p.errors import PeerError
from seattle_p2p.identity.keys import ID_BYTES, PublicKey, sealing_secret
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import AdvertsRead
from seattle_p2p.overlay.params import nanoseconds
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.overlay.roll import Roll
from seattle_p2p.overlay.shelf import Range, Shelf
from seattle_p2p.overlay.walk import Notice, Path, Walk, disjoint_paths
from seattle_p2p.wire.adverts import open_advert, place_of
from seattle_p2p.wire.datagrams import Adverts, Read, Report

_REPORTED_TO: Final = 3
"""Holders told of a dead node; each sees for itself."""
_EVERYTHING: Final = 1 << 30
_CAUTION: Final = 3
"""Answers awaited one by one where peers are near, until there is an advert if all are wanted:
whoever is asked first may well have enough."""
_NEWCOMERS: Final = 2
"""Peers that a walk to a key's place may bring into the table: each costs both sides
signatures, while somebody waits; joining and refreshing fill the table without that."""


class ReadingWalk(Walk):
    """A walk whose queries ask for adverts as well.

    Args:
        reading: Is given every answer.
        shelf: What is known of the place walked to.
        path: The whole walk, or one of several that share no peer.
    """

    def __init__(self, reading: "Reading", shelf: Shelf, path: Path, now: int) -> None:
        super().__init__(
            reading.parts,
            shelf.place,
            now,
            notice=reading.notice,
            then=lambda walk, at: reading.on_walked(shelf, walk, at),
            one_by_one=_CAUTION if path.taken is None and not reading.parts.is_far else 0,
            hurry=True,
            path=path,
        )
        self._reading = reading
        self._shelf = shelf

    def _ask(self, peer: Peer, now: int) -> Outstanding | None:
        parts, shelf = self.parts, self._shelf
        digest = shelf.digest(Range(0, 0)) if shelf.settled else b""
        fields = (self._target_bytes, parts.families, 0, 0, b"", digest)
        return parts.exchange.ask(
            peer.endpoint,
            Read,
            fields,
            self,
            now,
            peer,
            patience=self._patience,
            afar=self._is_far,
        )

    def _take(self, peer: Peer, reply: Any, now: int) -> None:
        if reply.adverts and self._reading.wants_all:
            self.lookup.ask_widely()
        self._reading.on_first_page(self._shelf, peer, reply, now)


class Reading(Task):
    """One request for the adverts of a person.

    Args:
        parts: The node's.
        person: Whose adverts.
        confirm: Whether each node must show that it lives before it is told of.
        enough: End once so many were told of; 0: all.
        notice: Is told of every peer that answers a walk.
        number: The application's request number.
    """

    def __init__(
        self,
        parts: Parts,
        person: PublicKey,
        *,
        confirm: bool,
        enough: int,
        notice: Notice,
        number: int,
    ) -> None:
        super().__init__(parts, number)
        self.notice = notice
        self._storage = parts.cryptography.storage_key(person).public.raw
        self._secret = sealing_secret(person)
        self.wants_all = not enough
        self._enough = enough
        self._roll = Roll(
            parts,
            number,
            confirm=confirm,
            on_told=self._end_if_enough,
            on_dead=self._report,
            on_tried=self._end_if_done,
        )
        self._walks: dict[int, list[Walk]] = {}
        self._ends: dict[int, list[list[Peer]]] = {}
        self._alarm = False
        self._shelves: dict[int, Shelf] = {}
        self._seen: set[bytes] = set()
        self._holders: dict[int, Peer] = {}
        self._sources: set[int] = set()
        self._left = parts.params.read_requests
        self._complete = False
        self._is_cut_short = False

    def start(self, now: int) -> None:
        """Walk to the place."""
        self.parts.agenda.at(now + nanoseconds(self.parts.params.lookup_s), self)
        self._walk_to(0, 0, now)

    def ring(self, now: int) -> None:
        """It took too long: end with what there is."""
        self._is_cut_short = True
        self._end()

    def give_up(self) -> None:
        """Stop, with every walk and every proof under way."""
        for walks in self._walks.values():
            for walk in walks:
                walk.give_up()
        self._roll.give_up()
        super().give_up()

    def on_first_page(self, shelf: Shelf, peer: Peer, reply: Adverts, now: int) -> None:
        """What a peer answered to the walk's query."""
        self._sources.add(peer.id)
        if not reply.total and not reply.split:
            return
        self._holders[peer.id] = peer
        good = self._take_in(shelf, reply.adverts, now)
        shelf.on_page(peer, Range(0, 0), reply if good else _nothing_more(reply))
        shelf.on_split(peer, reply.split)
        self._turn_pages(shelf, now)

    def on_walked(self, shelf: Shelf, walk: Walk, now: int) -> None:
        """A walk has ended; after the last to its place, see whether it goes on deeper."""
        if self.finished:
            return
        if shelf.depth == 0:
            self._complete = self._complete or walk.complete
        answered = walk.lookup.answered
        self._ends.setdefault(shelf.place, []).append(answered)
        self._get_to_know(answered, now)
        self._walks[shelf.place].remove(walk)
        if self._walks[shelf.place]:
            return
        del self._walks[shelf.place]
        self._alarm = self._alarm or disagree(
            shelf.place, self._ends[shelf.place], self.parts.params.k
        )
        if shelf.is_split:
            for prefix in shelf.subkeys():
                self._walk_to(shelf.split, prefix, now)
        self._end_if_done(now)

    def on_reply(self, asked: Outstanding, reply: Any, now: int) -> None:
        """A further page, or a report that was heard."""
        if not isinstance(reply, Adverts):
            return
        shelf, peer, part = asked.about
        good = self._take_in(shelf, reply.adverts, now)
        shelf.on_page(peer, part, reply if good else _nothing_more(reply))
        self._turn_pages(shelf, now)
        self._end_if_done(now)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """A holder does not go on: the next one's turn."""
        if asked.about is None:
            return
        shelf, peer, part = asked.about
        shelf.on_silence(peer, part)
        self._turn_pages(shelf, now)
        self._end_if_done(now)

    def _get_to_know(self, answered: list[Peer], now: int) -> None:
        """Make contacts once a walk has ended; one that is given up costs nobody a proof."""
        wants = self.parts.table.wants
        newcomers = 0
        for peer in answered:
            newcomers += wants(peer.id)
            if newcomers <= _NEWCOMERS or not wants(peer.id):
                self.notice(peer, False, now)

    def _walk_to(self, depth: int, prefix: int, now: int) -> None:
        place = place_of(self._storage, depth, prefix)
        if place in self._shelves:
            return
        shelf = self._shelves[place] = Shelf(
            place, depth, prefix, self.parts.params.pages_in_flight
        )
        paths = disjoint_paths(self.parts, place, self.parts.params.disjoint_paths)
        walks = [ReadingWalk(self, shelf, path, now) for path in paths]
        # Before our own adverts: if they name nobody alive, there is still somewhere to look.
        self._walks[place] = [*walks]
        own = self.parts.records.page(
            place, bits=0, prefix=0, after=b"", digest=b"", room=_EVERYTHING
        )
        if own is not None:
            self._take_in(shelf, own.adverts, now)
        if self.finished:
            return
        for walk in walks:
            walk.start(now)

    def _turn_pages(self, shelf: Shelf, now: int) -> None:
        """Ask for the pages that may be asked for now."""
        if self.finished:
            return
        while pages := shelf.pages():
            for peer, part in pages:
                self._left -= 1
                if self._left < 0 or not self._ask_page(shelf, peer, part, now):
                    self._is_cut_short = True
                    shelf.on_silence(peer, part)

    def _ask_page(self, shelf: Shelf, peer: Peer, part: Range, now: int) -> bool:
        """Whether a page could be asked for."""
        place, digest = shelf.place.to_bytes(ID_BYTES), shelf.digest(part)
        fields = (place, 0, part.bits, part.prefix, part.after, digest)
        about = (shelf, peer, part)
        return bool(self.parts.exchange.ask(peer.endpoint, Read, fields, self, now, about))

    def _take_in(self, shelf: Shelf, sealed_adverts: list[bytes], now: int) -> bool:
        """Believe what its node signed; each sealed form is looked at once. Was any good?"""
        verify = self.parts.cryptography.verify
        any_good = False
        for sealed in sealed_adverts:
            if self.finished:
                return any_good
            known = sealed in self._seen
            if known and shelf.has(sealed):
                any_good = True
                continue
            self._seen.add(sealed)
            try:
                advert = open_advert(
                    sealed, storage=self._storage, secret=self._secret, verify=verify
                )
            except PeerError:
                self.parts.count("dropped.false_advert")
                continue
            any_good = True
            shelf.add(sealed, advert.node.node_id, advert.sequence)
            if not known:
                self._roll.take(advert, now)
        return any_good

    def _report(self, id: int, now: int) -> None:
        """Tell some holders that a node they hold an advert of seems to be dead."""
        node = id.to_bytes(ID_BYTES)
        for shelf in self._shelves.values():
            holders = shelf.holders_of(id)
            chosen = self.parts.rng.sample(holders, min(_REPORTED_TO, len(holders)))
            for peer in chosen:
                fields = (shelf.place.to_bytes(ID_BYTES), node)
                self.parts.exchange.ask(peer.endpoint, Report, fields, self, now)

    def _end_if_enough(self) -> None:
        if self._roll.told == self._enough:
            self._end()

    def _end_if_done(self, now: int) -> None:
        if self._walks or self._roll.is_trying or self.finished:
            return
        if all(shelf.settled for shelf in self._shelves.values()):
            self._end()

    def _end(self) -> None:
        self.finish(
            AdvertsRead(
                request=self.number,
                found=self._roll.told,
                dead=self._roll.dead,
                holders=len(self._holders),
                complete=self._complete and not self._is_cut_short,
                one_source=len(self._sources) == 1,
                alarm=self._alarm,
            )
        )


def disagree(place: int, ends: list[list[Peer]], k: int) -> bool:
    """Whether some of several paths ended elsewhere: with none of the best k that all found.

    Whoever leads readers astray has to do so on every path that meets a friend of his.
    """
    found = sorted(peer.id ^ place for end in ends for peer in end)[:k]
    return any(end and min(peer.id ^ place for peer in end) > found[-1] for end in ends)


def _nothing_more(page: Adverts) -> Adverts:
    """A page without a word that is true: whoever sent it is not asked for the next."""
    return msgspec.structs.replace(page, last=b"")
