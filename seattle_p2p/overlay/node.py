"""One node of the overlay: datagram in → handler → datagrams, events, timer out.

The table of contents of a node. Reads top to bottom: the parts and which handler takes which
message, what applications ask for, what drivers call, how contacts come and go. Handlers are in
`answering`, `holding` and `knocking`, longer work in tasks of their own modules; all share the
node's `Parts`. Opens nothing and waits for nothing; see `overlay.core` for the contract.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from seattle_p2p.errors import MalformedMessage, VersionMismatch
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.overlay.answering import Answering
from seattle_p2p.overlay.askers import Askers
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
from seattle_p2p.overlay.exchange import Asker
from seattle_p2p.overlay.holding import Holding
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.joining import Joining
from seattle_p2p.overlay.knocking import Knocking
from seattle_p2p.overlay.params import SECOND, Params, nanoseconds
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.proofs import RealCryptography
from seattle_p2p.overlay.publisher import Publisher
from seattle_p2p.overlay.rates import Rates
from seattle_p2p.overlay.reading import Reading
from seattle_p2p.overlay.showing import view_table
from seattle_p2p.overlay.upkeep import Confirming, Pinging, Upkeep
from seattle_p2p.overlay.views import TableView
from seattle_p2p.overlay.walk import Walk
from seattle_p2p.wire.adverts import Advert
from seattle_p2p.wire.codec import Codec, Datagram, WireCodec
from seattle_p2p.wire.datagrams import (
    Dial,
    DialMe,
    Find,
    Introduce,
    Ping,
    Read,
    Reply,
    Report,
    Request,
    Store,
    Withdraw,
)

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
        self._codec = codec or WireCodec(network)
        self._parts = parts = Parts(
            key,
            codec=self._codec,
            params=self.params,
            rng=rng,
            entropy=entropy,
            cryptography=cryptography or RealCryptography(),
            book=book or PeerBook(),
            role=role,
        )
        parts.admit = self._admit
        parts.exchange.on_silent_endpoint = self._on_silent_endpoint
        self._introducer = Introducer(parts, self.params.introductions)
        self._doubts = Doubts(parts)
        parts.report = self._doubts.report
        self._publisher = Publisher(parts, self._introducer)
        self._upkeep = Upkeep(parts, self._introducer, self._doubts, self._notice)
        self._sources = Rates(self.params.source_rate, self.params.source_burst)
        self._numbers = 0
        self._now = 0
        askers = Askers(parts)
        answering = Answering(parts, askers)
        holding = Holding(parts, askers, self._introducer, self._doubts)
        self._knocking = Knocking(parts, self._notice)
        self._handlers: dict[type[Request], Callable[[Any, Asker, int], None]] = {
            Ping: answering.on_ping,
            Introduce: answering.on_introduce,
            Find: answering.on_find,
            Read: holding.on_read,
            Store: holding.on_store,
            Withdraw: holding.on_withdraw,
            Report: holding.on_report,
            DialMe: self._knocking.on_dial_me,
            Dial: self._knocking.on_dial,
        }
        """One message that asks ↔ one handler; `Knock`, which nobody answers, is not here."""

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
        known = {peer.endpoint for peer in self._parts.table}
        for endpoint in endpoints:
            if endpoint not in known:
                self._introducer.introduce(
                    endpoint, None, now, prove_us=self._parts.reach.is_server
                )

    def look_up(self, target: int, now: int) -> int:
        """Find the live peers closest to `target` → `LookedUp`."""

        def then(walk: Walk, _now: int) -> None:
            event = LookedUp(
                request=walk.number,
                target=target,
                peers=tuple(walk.lookup.answered),
                complete=walk.complete,
                asked=walk.lookup.asked,
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
        parts = self._parts
        return Statistics(
            role=parts.reach.role,
            contacts=len(parts.table),
            buckets=len(parts.table.buckets),
            size_estimate=parts.estimate.servers,
            records=len(parts.records),
            outstanding=len(parts.exchange.requests),
            activities=len(parts.tasks),
            acquaintances=len(parts.exchange.acquaintances),
            timers=len(parts.agenda),
            published=len(self._publisher),
            counts={_name(key): count for key, count in parts.exchange.counts.items()},
        )

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
        exchange = self._parts.exchange
        counts = exchange.counts
        size = self._codec.size(data)
        counts["octets.received"] += size
        if not self._sources.allow(source, now):
            counts["dropped.rate"] += 1
            return
        try:
            message: Any = self._codec.decode(data)
        except VersionMismatch:
            counts["dropped.other_network"] += 1
            return
        except MalformedMessage:
            counts["dropped.malformed"] += 1
            return
        kind: type[Any] = type(message)
        counts[kind] += 1
        handler = self._handlers.get(kind)
        if handler is not None:
            asker = exchange.asker(message, source, size, now)
            known = asker.acquaintance
            if asker.token and (known is None or not known.asked):
                self._knocking.on_stranger(now)
            handler(message, asker, now)
        elif isinstance(message, Reply):
            exchange.take_reply(message, source, now)
        else:
            self._knocking.on_knock(message, source, now)

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

    # How contacts come and go

    def _notice(self, peer: Peer, wanted: bool, now: int) -> None:
        """A peer answered a walk: get to know it if our table has room, or it wants us."""
        parts = self._parts
        known = parts.exchange.acquaintances.at(peer.endpoint)
        if known is not None and parts.table.contact(peer.id) is peer:
            known.peer = peer  # The table remembers a proof longer.
        if known is not None and known.peer is not None and known.peer.id == peer.id:
            parts.table.touch(known.peer)
            if not (wanted and parts.reach.is_server and not known.knows_us):
                return
        elif not parts.table.wants(peer.id) and not (wanted and parts.reach.is_server):
            return
        self._introducer.introduce(peer.endpoint, peer.id, now, prove_us=parts.reach.is_server)

    def _admit(self, peer: Peer, now: int) -> None:
        """Offer the table a server whose id is proved; ping whom it might replace."""
        head = self._parts.table.add_contact(peer)
        if head is None:
            return
        known = self._parts.exchange.acquaintances.at(head.endpoint)
        quiet = nanoseconds(self.params.quiet_s)
        if known is None or now - known.heard > quiet:
            self._doubts.check(head, now)

    def _on_silent_endpoint(self, endpoint: Endpoint, now: int) -> None:
        """Somebody left a request of ours without an answer."""
        contact = self._parts.table.at(endpoint)
        if contact is not None:
            self._doubts.on_silent(contact, now)


def _name(key: Any) -> str:
    """The public name of a count."""
    if isinstance(key, tuple):
        return f"sent.{key[0].__name__}"
    return f"received.{key.__name__}" if isinstance(key, type) else str(key)
