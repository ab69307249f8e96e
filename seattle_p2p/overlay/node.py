"""One node of the overlay: datagram in → handler → datagrams, events, timer out.

The table of contents of a node. Reads top to bottom: its parts, what applications ask for, what
drivers call. Which handler takes which message is in `intake`, how contacts come and go in
`company`, longer work in tasks of their own modules; all share the node's `Parts`. Opens
nothing and waits for nothing; see `overlay.core` for the contract.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.overlay.company import Company
from seattle_p2p.overlay.contact import Endpoint, Peer, PeerBook
from seattle_p2p.overlay.core import (
    Cryptography,
    Event,
    LookedUp,
    Role,
    Signer,
    Statistics,
)
from seattle_p2p.overlay.doubts import Doubts
from seattle_p2p.overlay.elsewhere import LookingElsewhere
from seattle_p2p.overlay.intake import Intake
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.joining import Joining
from seattle_p2p.overlay.params import SECOND, Params
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.proofs import RealCryptography
from seattle_p2p.overlay.publisher import Publisher
from seattle_p2p.overlay.reading import Reading
from seattle_p2p.overlay.showing import count_up, view_table
from seattle_p2p.overlay.upkeep import Confirming, Pinging, Upkeep
from seattle_p2p.overlay.views import TableView
from seattle_p2p.overlay.walk import Walk
from seattle_p2p.wire.adverts import Advert
from seattle_p2p.wire.codec import Codec, Datagram, WireCodec

_NO_IDS: Mapping[Endpoint, int] = MappingProxyType({})


class OverlayNode:
    """The overlay's core (`overlay.core.Overlay`): tell it what happened, ask what to do.

    Args:
        key: Signs for the node; the node's id follows from its public half.
        network: Name of the network; datagrams of others are dropped.
        params: Numbers to run by.
        rng: Choices that may be guessed; a seeded one makes runs repeatable.
        entropy: ``entropy(n)`` gives n octets nobody can guess.
        role: UNKNOWN finds out; CLIENT (an experimenter) never serves; SERVER is told so.
        codec: Messages ↔ what the driver carries; real bytes when None.
        cryptography: Checks signatures; Ed25519 when None.
        book: Peers already read, which nodes of one process may share; an own one when None.
    """

    def __init__(
        self,
        key: Signer,
        *,
        network: str,
        rng: random.Random,
        entropy: Callable[[int], bytes],
        params: Params | None = None,
        role: Role = Role.UNKNOWN,
        codec: Codec | None = None,
        cryptography: Cryptography | None = None,
        book: PeerBook | None = None,
    ) -> None:
        self.params = params or Params()
        codec = codec or WireCodec(network)
        self._parts = parts = Parts(
            key,
            codec=codec,
            params=self.params,
            rng=rng,
            entropy=entropy,
            cryptography=cryptography or RealCryptography(),
            book=book or PeerBook(),
            role=role,
        )
        self._introducer = introducer = Introducer(parts, self.params.introductions)
        doubts = Doubts(parts)
        self._company = company = Company(parts, introducer, doubts)
        self._notice = company.notice
        self._publisher = Publisher(parts, introducer)
        self._upkeep = Upkeep(parts, introducer, doubts, company.notice)
        self._intake = Intake(parts, codec, introducer, doubts, company.notice)
        self._numbers = 0
        self._now = 0

    # What applications ask for

    @property
    def id(self) -> int:
        """This node's identifier, 0 <= id < 2**160."""
        return self._parts.own_id

    @property
    def public(self) -> PublicKey:
        """This node's key."""
        return self._parts.public

    @property
    def role(self) -> Role:
        """What this node is to others."""
        return self._parts.reach.role

    @property
    def seen_at(self) -> Endpoint | None:
        """Where most peers see this node; None while nobody has said."""
        return self._parts.reach.seen_at

    def set_local_endpoints(self, endpoints: Iterable[Endpoint]) -> None:
        """Tell the node where its socket is, or is known to be reached from outside."""
        endpoints = list(endpoints)
        self._parts.reach.set_local(endpoints)
        families = 0
        for endpoint in endpoints:
            families |= endpoint.family
        self._parts.families = families or self._parts.families

    def join(
        self, endpoints: Sequence[Endpoint], now: int, *, ids: Mapping[Endpoint, int] = _NO_IDS
    ) -> int:
        """Enter the network through any of `endpoints` → `Joined` or `JoinFailed`.

        Whoever is at an endpoint named in `ids` must prove that node id.
        """
        self._upkeep.start(now)
        return self._begin(
            lambda number: Joining(
                self._parts, list(endpoints), ids, self._introducer, self._notice, number
            ),
            now,
        )

    def meet(self, endpoints: Iterable[Endpoint], now: int) -> None:
        """Offer the table whoever proves an id at these addresses: peers of another time."""
        self._now = max(self._now, now)
        self._company.meet(endpoints, now)

    def look_up(self, target: int, now: int) -> int:
        """Find the live peers closest to `target` → `LookedUp`."""

        def then(walk: Walk, _now: int) -> None:
            peers = walk.lookup.answered
            event = LookedUp(
                request=walk.number,
                target=target,
                peers=tuple(peers),
                complete=walk.complete,
                asked=walk.lookup.asked,
                after_ns=tuple(walk.answered_at[peer.id] - now for peer in peers),
                hops=walk.lookup.hops(peers[0]) if peers else 0,
            )
            self._parts.events.append(event)

        return self._begin(
            lambda number: Walk(
                self._parts,
                target,
                now,
                notice=self._notice,
                then=then,
                number=number,
                hurry=True,
            ),
            now,
        )

    def find_adverts(
        self, person: PublicKey, now: int, *, confirm: bool = True, enough: int = 0
    ) -> int:
        """Find who advertises under `person` → `AdvertFound` each, then `AdvertsRead`.

        Args:
            person: An owner or a user.
            now: Nanoseconds.
            confirm: Whether each node must show that it lives, answering under its id where
                its advert says that it is, before it is told of.
            enough: End once so many were told of; 0: all.
        """
        return self._begin(
            lambda number: Reading(
                self._parts,
                person,
                confirm=confirm,
                enough=enough,
                notice=self._notice,
                number=number,
            ),
            now,
        )

    def publish(
        self,
        person: PublicKey,
        now: int,
        *,
        overlay: Sequence[Endpoint],
        commands: Sequence[Endpoint],
        sequence: int = 0,
    ) -> int:
        """Advertise this node under `person` and keep it so → `Published`.

        Args:
            person: An owner or a user.
            now: Nanoseconds.
            overlay: Where this node's overlay socket is reached (UDP), best first.
            commands: Where its command service is (TCP), best first.
            sequence: The advert's is at least this; a node that remembers a number across
                restarts gives one higher than any it used before.
        """
        number = self._next_number()
        self._publisher.publish(person, tuple(overlay), tuple(commands), sequence, number, now)
        return number

    def withdraw(self, person: PublicKey, now: int) -> int:
        """Stop advertising under `person` → `Withdrawn`; at once when never published."""
        number = self._next_number()
        self._publisher.withdraw(person, number, now)
        return number

    def confirm(self, advert: Advert, now: int) -> int:
        """Ask the advert's node to prove that it lives → `Confirmed`."""
        return self._begin(lambda number: Confirming(self._parts, advert, number), now)

    def ping(self, endpoint: Endpoint, now: int) -> int:
        """Ask whoever is at `endpoint` for a sign of life → `Pinged`."""
        return self._begin(lambda number: Pinging(self._parts, endpoint, number), now)

    def look_elsewhere(self, families: int, now: int) -> int:
        """Ask contacts whom they know of another address family → `PeersElsewhere`."""
        return self._begin(lambda number: LookingElsewhere(self._parts, families, number), now)

    def set_elsewhere(self, named: Callable[[int, int], Sequence[Peer]]) -> None:
        """Say whom to name to those who ask for another address family."""
        self._parts.elsewhere = named

    def closest(self, target: int, count: int) -> list[Peer]:
        """Our best contacts for a target, asking nobody."""
        return self._parts.best_contacts(target, count)

    def cancel(self, request: int, now: int) -> None:
        """Give up a request: no event follows, nothing of it stays, nothing more is sent."""
        self._now = max(self._now, now)
        task = self._parts.tasks.get(request)
        if task is not None:
            self._parts.exchange.take_back(task.give_up)

    def peers(self) -> list[Peer]:
        """Contacts worth remembering for the next start, longest known first."""
        return [peer for peer in self._parts.table if peer.id not in self._parts.suspects]

    @property
    def busy(self) -> bool:
        """Whether a request waits for its answer, or work for an application is under way."""
        return bool(self._parts.tasks) or len(self._parts.exchange.requests) > 0

    @property
    def parts(self) -> Parts:
        """What the node is made of: for those who look inside, not for applications."""
        return self._parts

    def statistics(self) -> Statistics:
        """What was counted so far; a snapshot that never changes."""
        return count_up(self._parts, published=len(self._publisher))

    def view_table(self, now: int) -> TableView:
        """The routing table, for people who look inside."""
        return view_table(self._parts, now)

    def _begin(self, make: Callable[[int], Any], now: int) -> int:
        """Start a task for an application."""
        self._now = max(self._now, now)
        number = self._next_number()
        task = make(number)
        self._parts.tasks[number] = task
        task.start(now)
        return number

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    # What drivers call

    def receive_datagram(self, data: Datagram, source: Endpoint, now: int) -> None:
        """Take in one datagram; whatever is wrong with it is counted."""
        if now > self._now:
            self._now = now
        self._intake.take(data, source, now)

    def handle_timer(self, now: int) -> None:
        """Do what is due at `now`; harmless when nothing is."""
        self._now = max(self._now, now)
        self._parts.agenda.ring_due(now)

    def datagrams_to_send(self) -> list[tuple[Datagram, Endpoint]]:
        """Datagrams since the last call, in order; they are the driver's from here on."""
        return self._parts.exchange.take_outbox()

    def events(self) -> list[Event]:
        """What happened since the last call, in order."""
        if not self._parts.events:
            return []
        happened, self._parts.events = self._parts.events, []
        return happened

    def next_timer(self) -> float | None:
        """Seconds from the latest `now` the core was told until `handle_timer` is wanted.

        Never negative: 0.0 when something is due already. None when nothing ever will be.
        """
        due = self._parts.agenda.next_due()
        return None if due is None else max(due - self._now, 0) / SECOND

    @property
    def deadline(self) -> int | None:
        """The same as an absolute time in nanoseconds."""
        return self._parts.agenda.next_due()
