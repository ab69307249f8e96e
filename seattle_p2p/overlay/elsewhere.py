"""Peers of the other address family: how a node on IPv4 and IPv6 is found on both.

Each family is a network of its own, with its own tables and holders (after BEP 32); a node that
has both is one node in each, under one key, so whoever has only one of them meets a complete
network there. What joins them: a node asked for peers of the family it was not asked by names
itself and those it knows over there.
"""

from typing import Final

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.overlay.contact import Peer, unpack_peer
from seattle_p2p.overlay.core import PeersElsewhere
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.wire.datagrams import Find, Found

_ASKED: Final = 4
"""Contacts asked: some of them speak both families."""
_MOST: Final = 16


class LookingElsewhere(Task):
    """Asks a few contacts whom they know of another address family.

    Args:
        parts: The node's.
        families: The other family: 1 IPv4, 2 IPv6.
        number: The application's request number.
    """

    def __init__(self, parts: Parts, families: int, number: int) -> None:
        super().__init__(parts, number)
        self._families = families
        self._unanswered = 0
        self._found: dict[bytes, Peer] = {}

    def start(self, now: int) -> None:
        """Ask; ends at once when nobody is known."""
        parts = self.parts
        contacts = list(parts.table)
        for peer in parts.rng.sample(contacts, min(_ASKED, len(contacts))):
            fields = (
                parts.own_id_bytes,
                parts.reach.is_server,
                self._families,
                parts.own_id_bytes,
            )
            if parts.exchange.ask(peer.endpoint, Find, fields, self, now):
                self._unanswered += 1
        self._end_if_done()

    def on_reply(self, asked: Outstanding, reply: Found, now: int) -> None:
        """Take in whom it named; hearsay, until they prove themselves."""
        for packed in reply.peers:
            try:
                peer = unpack_peer(packed)
            except MalformedMessage:
                continue
            wanted = peer.family & self._families and peer.id != self.parts.own_id
            if wanted and len(self._found) < _MOST:
                self._found[packed] = peer
        self._settle()

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """Somebody is not there."""
        self._settle()

    def _settle(self) -> None:
        self._unanswered -= 1
        self._end_if_done()

    def _end_if_done(self) -> None:
        if not self._unanswered:
            peers = tuple(self._found.values())
            self.finish(PeersElsewhere(request=self.number, peers=peers))
