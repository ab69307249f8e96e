"""What a node does with other people's records: hand out, hold, drop.

Only a node that proved its id may have its own record held or dropped, and checking any
signature is paid from the quota of the asker's IP group (`askers.Askers.may_check`). How much
is held, and whose, is for `records.Records` to say.
"""

from typing import Final

from seattle_p2p.errors import PeerError
from seattle_p2p.identity.keys import ID_BITS, ID_BYTES, KEY_BYTES
from seattle_p2p.overlay.askers import Askers
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import Role
from seattle_p2p.overlay.doubts import Doubts
from seattle_p2p.overlay.exchange import Asker
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.records import DIGEST_BYTES
from seattle_p2p.wire.adverts import place_of, require_sound_record
from seattle_p2p.wire.datagrams import (
    Adverts,
    Noted,
    Outcome,
    Read,
    Report,
    Store,
    Stored,
    Withdraw,
)

_ADVERTS_HEAD_BYTES: Final = 106
"""Octets of a reply without its contents, addresses of IPv6 and a fresh token included."""


class Holding:
    """Handles `Read`, `Store`, `Withdraw` and `Report`; each is answered at once.

    Args:
        parts: The node's.
        askers: The node's own.
        introducer: The node's own; asks nodes that are said to be dead.
        doubts: Checks contacts that are.
    """

    def __init__(
        self, parts: Parts, askers: Askers, introducer: Introducer, doubts: Doubts
    ) -> None:
        self._parts = parts
        self._askers = askers
        self._introducer = introducer
        self._doubts = doubts

    def on_read(self, message: Read, asker: Asker, now: int) -> None:
        """Hand out a page of what is held at a place, after the contacts closest to it."""
        parts = self._parts
        self._askers.heard_from(asker)
        parts.records.expire(now)
        own_id, place = parts.own_id_bytes, int.from_bytes(message.place)
        room = asker.room - _ADVERTS_HEAD_BYTES
        peers = parts.packed_contacts(place, message.families, but=asker.endpoint, room=room)
        page = parts.records.page(
            place,
            bits=message.bits,
            prefix=message.prefix,
            after=message.after,
            digest=message.digest,
            room=room - sum(map(len, peers)) - 2 * len(peers),
        )
        if page is None:
            parts.exchange.answer(asker, Adverts, (own_id, peers, 0, b"", b"", 0, []))
            return
        digest = page.digest.to_bytes(DIGEST_BYTES)
        fields = (own_id, peers, page.total, digest, page.last, page.split, page.adverts)
        parts.exchange.answer(asker, Adverts, fields)

    def on_store(self, message: Store, asker: Asker, now: int) -> None:
        """Hold a record of the proved sender itself, if it is sound and there is room."""
        parts, record = self._parts, message.record
        outcome, lifetime_s, split = Outcome.REFUSED, 0, 0
        sender = self._askers.proved_sender(message, asker, now)
        if sender is None:
            outcome = Outcome.UNPROVED
        elif parts.reach.role is not Role.CLIENT and record.node == sender.id.to_bytes(
            ID_BYTES
        ):
            place = _place_of_record(message, sender)
            parts.records.expire(now)
            outcome = parts.records.verdict(place, record, sender.group, message.depth)
            if outcome == Outcome.SPLIT:
                split = parts.records.split_of(place)
            elif outcome == Outcome.DONE and self._is_sound(message, asker, now):
                lifetime_s = parts.records.put(place, message.depth, record, sender, now)
            elif outcome == Outcome.DONE:
                outcome = Outcome.REFUSED
        parts.exchange.answer(asker, Stored, (outcome, lifetime_s, split))

    def on_withdraw(self, message: Withdraw, asker: Asker, now: int) -> None:
        """Drop the record of the proved sender itself; there need not be one."""
        parts = self._parts
        sender = self._askers.proved_sender(message, asker, now)
        outcome = Outcome.UNPROVED
        if sender is not None:
            parts.records.remove(int.from_bytes(message.place), sender.id.to_bytes(ID_BYTES))
            outcome = Outcome.DONE
        parts.exchange.answer(asker, Stored, (outcome, 0, 0))

    def on_report(self, message: Report, asker: Asker, now: int) -> None:
        """See for ourselves whether a node is dead that we know or hold an advert of."""
        parts = self._parts
        place = int.from_bytes(message.place)
        if asker.token:
            self._doubts.on_report(int.from_bytes(message.node), now)
        peer = parts.records.holder_of(place, message.node)
        if asker.token and peer is not None and self._askers.may_check(asker, now):

            def then(proved: Peer | None, _now: int) -> None:
                if proved is None:
                    parts.records.remove(place, message.node)
                    parts.count("records.dead")

            self._introducer.introduce(peer.endpoint, peer.id, now, then)
        parts.exchange.answer(asker, Noted, ())

    def _is_sound(self, message: Store, asker: Asker, now: int) -> bool:
        """Whether the storage key signed the record."""
        if not self._askers.may_check(asker, now):
            return False
        try:
            require_sound_record(message.record, self._parts.cryptography.verify)
        except PeerError:
            self._parts.count("dropped.false_record")
            return False
        return True


def _place_of_record(message: Store, sender: Peer) -> int:
    storage, depth = message.record.storage, message.depth
    if len(storage) != KEY_BYTES:
        return 0
    return place_of(storage, depth, sender.id >> (ID_BITS - depth) if depth else 0)
