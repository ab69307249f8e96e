"""Asking every holder of an advert to remove it."""

from seattle_p2p.identity.keys import ID_BITS, ID_BYTES
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import Withdrawn
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.publication import Advertised, proof_in_passing
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.wire.adverts import place_of
from seattle_p2p.wire.datagrams import Outcome, Stored, Withdraw


class Withdrawal(Task):
    """Asks every holder to remove an advert.

    Args:
        parts: The node's.
        entry: What was published.
        number: The application's request number.
    """

    def __init__(self, parts: Parts, entry: Advertised, number: int) -> None:
        super().__init__(parts, number)
        self._entry = entry
        self._waiting = 0
        self._removed = 0

    def start(self, now: int) -> None:
        """Ask them all at once, and remove what we hold of it ourselves."""
        own = self.parts.own_id
        for depth in range(self.parts.params.split_bits + 1):
            prefix = own >> (ID_BITS - depth) if depth else 0
            place = place_of(self._entry.storage.public.raw, depth, prefix)
            self.parts.records.remove(place, self.parts.own_id_bytes)
        for place, holders in self._entry.holders.items():
            for peer in holders:
                self._ask(place, peer, False, now)
        self._end_if_done()

    def on_reply(self, asked: Outstanding, reply: Stored, now: int) -> None:
        """A holder removed it, or did not."""
        self._waiting -= 1
        place, peer, tried = asked.about
        if reply.outcome == Outcome.DONE:
            self._removed += 1
        elif reply.outcome == Outcome.UNPROVED and not tried:
            self._ask(place, peer, True, now)
        self._end_if_done()

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """Once more, in case a datagram was lost."""
        self._waiting -= 1
        place, peer, tried = asked.about
        if not tried:
            self._ask(place, peer, True, now)
        self._end_if_done()

    def _ask(self, place: int, peer: Peer, tried: bool, now: int) -> None:
        key, signature = proof_in_passing(self.parts, peer)
        fields = (key, signature, place.to_bytes(ID_BYTES))
        about = (place, peer, tried)
        if self.parts.exchange.ask(peer.endpoint, Withdraw, fields, self, now, about):
            self._waiting += 1

    def _end_if_done(self) -> None:
        if not self._waiting:
            person = self._entry.person
            self.finish(Withdrawn(request=self.number, person=person, holders=self._removed))
