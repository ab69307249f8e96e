"""How contacts come and go: whom a node gets to know, who enters its table, who is doubted.

Nobody enters without a proof of its id (`introducer`), and nobody leaves for one lost datagram
(`doubts`).
"""

from collections.abc import Iterable

from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.doubts import Doubts
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.params import nanoseconds
from seattle_p2p.overlay.parts import Parts


class Company:
    """Whom a node keeps company with; hooks itself into the node's parts.

    Args:
        parts: The node's.
        introducer: The node's own; has peers prove their ids.
        doubts: The node's own; checks contacts that fell silent.
    """

    def __init__(self, parts: Parts, introducer: Introducer, doubts: Doubts) -> None:
        self._parts = parts
        self._introducer = introducer
        self._doubts = doubts
        self._quiet = nanoseconds(parts.params.quiet_s)
        parts.admit = self.admit
        parts.report = doubts.report
        parts.exchange.on_silent_endpoint = self.on_silent_endpoint

    def meet(self, endpoints: Iterable[Endpoint], now: int) -> None:
        """Offer the table whoever proves an id at these addresses: peers of another time."""
        known = {peer.endpoint for peer in self._parts.table}
        for endpoint in endpoints:
            if endpoint not in known:
                self._introduce(endpoint, None, now)

    def notice(self, peer: Peer, wanted: bool, now: int) -> None:
        """A peer answered a walk: get to know it if our table has room, or it wants us."""
        parts = self._parts
        known = parts.exchange.acquaintances.at(peer.endpoint)
        if known is not None and parts.table.touch(peer):
            known.peer = peer  # The table remembers a proof longer.
        if known is not None and known.peer is not None and known.peer.id == peer.id:
            if not (wanted and parts.reach.is_server and not known.knows_us):
                return
        elif not parts.table.wants(peer.id) and not (wanted and parts.reach.is_server):
            return
        self._introduce(peer.endpoint, peer.id, now)

    def admit(self, peer: Peer, now: int) -> None:
        """Offer the table a server whose id is proved; ping whom it might replace."""
        head = self._parts.table.add_contact(peer)
        if head is None:
            return
        known = self._parts.exchange.acquaintances.at(head.endpoint)
        if known is None or now - known.heard > self._quiet:
            self._doubts.check(head, now)

    def on_silent_endpoint(self, endpoint: Endpoint, now: int) -> None:
        """Somebody left a request of ours without an answer."""
        contact = self._parts.table.at(endpoint)
        if contact is not None:
            self._doubts.on_silent(contact, now)

    def _introduce(self, endpoint: Endpoint, claimed: int | None, now: int) -> None:
        prove_us = self._parts.reach.is_server
        self._introducer.introduce(endpoint, claimed, now, prove_us=prove_us)
