"""What the parts of one node share, and what every longer piece of work is."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

from seattle_p2p.identity.keys import ID_BYTES, PublicKey
from seattle_p2p.overlay.agenda import Agenda
from seattle_p2p.overlay.contact import Endpoint, Peer, PeerBook, leading_bits
from seattle_p2p.overlay.core import Cryptography, Event, Role, Signer
from seattle_p2p.overlay.estimate import SizeEstimate
from seattle_p2p.overlay.exchange import Exchange
from seattle_p2p.overlay.params import Params, nanoseconds
from seattle_p2p.overlay.reach import Reach
from seattle_p2p.overlay.records import Records
from seattle_p2p.overlay.requests import Activity, Outstanding
from seattle_p2p.overlay.table import PeerTable
from seattle_p2p.wire.codec import Codec
from seattle_p2p.wire.datagrams import Find

_BOTH_FAMILIES: Final = 3
_LARGEST_PEER_BYTES: Final = 41


class Expecting(Protocol):
    """What waits for somebody to knock."""

    def on_knock(self, stranger: bool, now: int) -> None:
        """Somebody did; `stranger`: it is an address we did not write to."""


class Parts:
    """The parts of a node, handed to each piece of work; arguments as for `OverlayNode`."""

    def __init__(
        self,
        key: Signer,
        *,
        codec: Codec,
        params: Params,
        rng: random.Random,
        entropy: Callable[[int], bytes],
        cryptography: Cryptography,
        book: PeerBook,
        role: Role,
    ) -> None:
        self.key = key
        self.public: PublicKey = key.public
        self.own_id = key.public.node_id
        self.own_id_bytes = self.own_id.to_bytes(ID_BYTES)
        self.params = params
        self.rng = rng
        self.entropy = entropy
        self.cryptography = cryptography
        self.book = book
        self.families = _BOTH_FAMILIES
        """Address families our socket can use: 1 IPv4, 2 IPv6, 3 both."""
        self.agenda = Agenda()
        self.reach = Reach(role)
        self.exchange = Exchange(codec, params, entropy, self.agenda, self.reach, book)
        self.table = PeerTable(self.own_id, params.k)
        self.records = Records(params)
        self.estimate = SizeEstimate()
        self.events: list[Event] = []
        self.tasks: dict[int, Task] = {}
        """Work under way that an application asked for, by request number."""
        self.suspects: set[int] = set()
        """Contacts that left a request without an answer and are being checked."""
        self.dials: dict[int, Expecting] = {}
        """Who waits for knocks, by the numbers of our latest `DialMe`, which knocks name."""
        self.elsewhere: Callable[[int, int], Sequence[Peer]] = _nobody
        """Whom to name, at most so many near a target, to who asks for another family."""
        self.admit: Callable[[Peer, int], None]
        """Offers the table a server whose id is proved; set by the node."""
        self.report: Callable[[int, list[tuple[Peer, list[Peer]]], int], None]
        """Tells those who named peers near a target that did not answer; set by the node."""

    def count(self, what: str) -> None:
        """Count something that happened."""
        self.exchange.count(what)

    def usable_peers(self, packed: Iterable[bytes]) -> list[Peer]:
        """The peers somebody named that are not us and that we could write to."""
        known, read = self.book.known, self.book.read
        own, families, leading = self.own_id, self.families, leading_bits(self.own_id)
        return [
            peer
            for data in packed
            if (peer := known.get(data) or read(data)) is not None
            and peer.family & families
            and (peer.leading != leading or peer.id != own)
        ]

    def best_contacts(self, target: int, count: int) -> list[Peer]:
        """The best contacts of a target, without those that seem to have died."""
        if not self.suspects:
            return self.table.nearest(target, count)
        found = self.table.nearest(target, count + len(self.suspects))
        return [peer for peer in found if peer.id not in self.suspects][:count]

    def packed_contacts(
        self, target: int, families: int, *, but: Endpoint, room: int
    ) -> list[bytes]:
        """The best contacts of a target for an answer, packed.

        Args:
            target: 0 <= target < 2**160.
            families: Those the asker can use: 1 IPv4, 2 IPv6, 3 both, 0 wants none.
            but: The asker's own address.
            room: Octets they may take, two of framing for each included.
        """
        if not families:
            return []
        asker = self.proved_peer(but)
        packed = [
            peer.packed
            for peer in self.best_contacts(target, self.params.k)
            if peer.family & families and peer is not asker
        ]
        if _LARGEST_PEER_BYTES * len(packed) > room:
            while packed and sum(map(len, packed)) + 2 * len(packed) > room:
                packed.pop()
        return packed

    def packed_elsewhere(self, target: int, families: int, *, room: int) -> list[bytes]:
        """Peers for an answer to somebody who asks for a family that is not ours."""
        if not families & ~self.families:
            return []
        peers = self.elsewhere(target, room // (_LARGEST_PEER_BYTES + 2))
        return [peer.packed for peer in peers if peer.family & families]

    def ask_find(
        self, activity: Task, peer: Peer, target: int, now: int, about: Any
    ) -> Outstanding | None:
        """Ask a peer whom it knows near a target; None when too much is outstanding."""
        fields = (
            self.own_id_bytes,
            self.reach.is_server,
            self.families,
            target.to_bytes(ID_BYTES),
        )
        return self.exchange.ask(peer.endpoint, Find, fields, activity, now, about)

    @property
    def is_far(self) -> bool:
        """Whether round trips are so long that to wait for one costs more than to ask more."""
        trip = self.exchange.acquaintances.usual_trip
        return trip > nanoseconds(self.params.far_s)

    def proved_peer(self, endpoint: Endpoint) -> Peer | None:
        """Whose id was proved to us at `endpoint`."""
        known = self.exchange.acquaintances.at(endpoint)
        return known.peer if known is not None else None


def _nobody(_target: int, _count: int) -> Sequence[Peer]:
    return ()


class Task(Activity):
    """Work that spans several requests; ends by itself, or is given up.

    Args:
        parts: The node's.
        number: The application's request number; 0 for the node's own work.
    """

    def __init__(self, parts: Parts, number: int = 0) -> None:
        super().__init__()
        self.parts = parts
        self.number = number
        self.finished = False

    def give_up(self) -> None:
        """Stop: nothing of it stays, and nobody is told."""
        if self.finished:
            return
        self.finished = True
        self.parts.exchange.requests.give_up(self)
        self.parts.agenda.cancel(self)
        self.parts.tasks.pop(self.number, None)

    def finish(self, event: Event | None = None) -> None:
        """Stop, and tell the application `event`, if it asked for anything."""
        if self.finished:
            return
        self.give_up()
        if event is not None:
            self.parts.events.append(event)
