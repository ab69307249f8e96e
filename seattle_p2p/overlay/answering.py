"""What a node tells anybody: that it lives, who it is, whom it knows near a target."""

from typing import Final

from seattle_p2p.identity.keys import node_id_of
from seattle_p2p.overlay.askers import Askers
from seattle_p2p.overlay.exchange import Asker
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.proofs import NONCE_BYTES, make_proof
from seattle_p2p.wire.datagrams import Find, Found, Introduce, Introduced, Ping, Pong

_FOUND_HEAD_BYTES: Final = 80
"""Octets of a reply without its contents, addresses of IPv6 and a fresh token included."""


class Answering:
    """Handles `Ping`, `Introduce` and `Find`; each is answered at once.

    Args:
        parts: The node's.
        askers: The node's own.
    """

    def __init__(self, parts: Parts, askers: Askers) -> None:
        self._parts = parts
        self._askers = askers

    def on_ping(self, message: Ping, asker: Asker, now: int) -> None:
        """We live; whoever asked with our token does, too."""
        parts = self._parts
        self._askers.heard_from(asker)
        parts.exchange.answer(asker, Pong, (parts.own_id_bytes, parts.reach.is_server))

    def on_introduce(self, message: Introduce, asker: Asker, now: int) -> None:
        """Take in the asker's proof, if there is one, and give ours."""
        parts = self._parts
        server = parts.reach.is_server
        if not asker.token or not self._askers.may_check(asker, now):
            parts.exchange.answer(asker, Introduced, (b"", server, b""))
            return
        if message.signature:
            proved = self._askers.prove(asker, message.key, message.signature, now)
            if proved is not None:
                asker.acquaintance.server = message.server  # type: ignore[union-attr]
                if message.server:
                    parts.admit(proved, now)
        known = asker.acquaintance
        asker_id = node_id_of(message.key)
        proved_here = known is not None and known.peer is not None and known.peer.id == asker_id
        if not proved_here and not parts.reach.is_ours(message.seen):
            parts.exchange.answer(asker, Introduced, (b"", server, b""))
            return
        parts.count("proofs.made")
        signature = make_proof(
            parts.key,
            asker=asker_id,
            nonce=message.number.to_bytes(NONCE_BYTES),
            seen=message.seen,
        )
        parts.exchange.answer(asker, Introduced, (parts.public.raw, server, signature))

    def on_find(self, message: Find, asker: Asker, now: int) -> None:
        """Name our best contacts for a target, and say whether we want the asker as one."""
        parts = self._parts
        sender = int.from_bytes(message.sender)
        self._askers.heard_from(asker)
        target, families = int.from_bytes(message.target), message.families
        room = asker.room - _FOUND_HEAD_BYTES
        peers = parts.packed_contacts(target, families, but=asker.endpoint, room=room)
        if families & ~parts.families:
            room -= sum(map(len, peers)) + 2 * len(peers)
            peers += parts.packed_elsewhere(target, families, room=room)
        wanted = message.server and parts.table.wants(sender)
        parts.exchange.answer(asker, Found, (parts.own_id_bytes, wanted, peers))
