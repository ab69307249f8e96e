"""Keeping the table true: contacts that fall silent are pinged, and leave when they stay so."""

from typing import Final

from seattle_p2p.identity.keys import ID_BYTES
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.params import nanoseconds
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.wire.datagrams import Noted, Ping, Pong, Report

_REMEMBERED: Final = 64
_TOLD, _TOLD_OF_ONE = 8, 3
"""How many are told after one lookup of those who are gone, and of one of them."""
_LAST_PATIENCE: Final = 2


class Doubts(Task):
    """Checks contacts one by one; a single lost datagram costs nobody its place.

    Args:
        parts: The node's.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._silences: dict[int, int] = {}
        self.lost: dict[int, Peer] = {}
        """Contacts that were dropped, the latest last: they may only have been cut off."""

    def on_silent(self, peer: Peer, now: int) -> None:
        """A contact left a request without an answer."""
        if peer.id in self._silences:
            return
        self.parts.suspects.add(peer.id)
        self.check(peer, now)

    def check(self, peer: Peer, now: int) -> None:
        """See whether a contact is still there: its bucket is full and others wait."""
        if peer.id not in self._silences:
            self._silences[peer.id] = 0
            self._ping(peer, now)

    def report(self, place: int, missing: list[tuple[Peer, list[Peer]]], now: int) -> None:
        """Tell some of those who named peers that did not answer; each sees for itself.

        Else whoever looks here next would wait for the dead again.
        """
        told = 0
        for peer, namers in missing:
            for namer in namers[: min(_TOLD_OF_ONE, _TOLD - told)]:
                fields = (place.to_bytes(ID_BYTES), peer.packed[:ID_BYTES])
                self.parts.exchange.ask(namer.endpoint, Report, fields, self, now)
                told += 1

    def on_report(self, id: int, now: int) -> None:
        """Somebody says that a contact is gone: see, unless it was heard from just now."""
        peer = self.parts.table.contact(id)
        if peer is None:
            return
        known = self.parts.exchange.acquaintances.at(peer.endpoint)
        if known is None or now - known.heard > nanoseconds(self.parts.params.hard_cap_s):
            self.check(peer, now)

    def on_reply(self, asked: Outstanding, reply: Pong | Noted, now: int) -> None:
        """The contact lives, or somebody else has its address now; or a report was heard."""
        if isinstance(reply, Noted):
            return
        peer: Peer = asked.about
        self._settle(peer)
        if int.from_bytes(reply.sender) == peer.id:
            self.parts.table.touch(peer)
        else:
            self._drop(peer)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """Ping again, or drop the contact."""
        if asked.about is None:
            return
        peer: Peer = asked.about
        self.parts.suspects.add(peer.id)
        self._silences[peer.id] += 1
        if self._silences[peer.id] < self.parts.params.silences:
            self._ping(peer, now)
            return
        self._settle(peer)
        self._drop(peer)
        self.lost.pop(peer.id, None)
        if len(self.lost) >= _REMEMBERED:
            del self.lost[next(iter(self.lost))]
        self.lost[peer.id] = peer

    def _ping(self, peer: Peer, now: int) -> None:
        """Ping, the last time patiently: nobody is sent to a contact in doubt meanwhile."""
        is_last = self._silences[peer.id] == self.parts.params.silences - 1
        patience = _LAST_PATIENCE if is_last else 1
        fields = (self.parts.own_id_bytes, self.parts.reach.is_server)
        if not self.parts.exchange.ask(
            peer.endpoint, Ping, fields, self, now, peer, patience=patience
        ):
            self._settle(peer)

    def _settle(self, peer: Peer) -> None:
        self._silences.pop(peer.id, None)
        self.parts.suspects.discard(peer.id)

    def _drop(self, peer: Peer) -> None:
        parts = self.parts
        if parts.table.contact(peer.id) != peer:
            return
        parts.table.remove_contact(peer)
        known = parts.exchange.acquaintances.at(peer.endpoint)
        if known is not None:
            known.peer = None
            known.server = False
        parts.count("evicted")
