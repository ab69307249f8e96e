"""One node of the overlay: datagram in → handler → datagrams, events, timer out.

Reads top to bottom: what applications ask for, what drivers call, one handler for each message
that asks, what several of them share. Longer work is in tasks of their own modules; they share
the node's `Parts`. Opens nothing and waits for nothing; see `overlay.core` for the contract.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from seattle_p2p.errors import MalformedMessage, PeerError, VersionMismatch
from seattle_p2p.identity.keys import ID_BITS, ID_BYTES, KEY_BYTES, PublicKey, storage_key
from seattle_p2p.overlay.contact import Endpoint, Peer, PeerBook
from seattle_p2p.overlay.core import (
    Cryptography,
    Event,
    LookedUp,
    Role,
    RoleFound,
    Signer,
    Statistics,
)
from seattle_p2p.overlay.exchange import Asker
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.joining import Dialler, Joining
from seattle_p2p.overlay.keeper import Keeper
from seattle_p2p.overlay.params import SECOND, Params, nanoseconds
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.proofs import NONCE_BYTES, check_proof, make_proof
from seattle_p2p.overlay.publisher import Publisher
from seattle_p2p.overlay.rates import Rates
from seattle_p2p.overlay.reading import Reading
from seattle_p2p.overlay.records import DIGEST_BYTES
from seattle_p2p.overlay.upkeep import Confirming, Pinging, Upkeep
from seattle_p2p.overlay.walk import Walk
from seattle_p2p.wire.adverts import Advert, place_of, require_sound_record
from seattle_p2p.wire.codec import Codec, WireCodec
from seattle_p2p.wire.datagrams import (
    Adverts,
    Dial,
    Dialling,
    DialMe,
    Find,
    Found,
    Introduce,
    Introduced,
    Knock,
    Noted,
    Outcome,
    Ping,
    Pong,
    Read,
    Reply,
    Report,
    Request,
    Store,
    Stored,
    Withdraw,
)
from seattle_p2p.wire.endpoints import ip_group, unpack_endpoint

_FOUND_HEAD_BYTES = 58
_ADVERTS_HEAD_BYTES = 84
"""Octets of a reply without its contents, addresses of IPv6 and a fresh token included."""
_LARGEST_PEER_BYTES = 41
_KNOCKERS = 3
_NO_IDS: Mapping[Endpoint, int] = MappingProxyType({})


class RealCryptography:
    """Ed25519, as `identity.keys` has it."""

    def verify(self, key: PublicKey, message: bytes, signature: bytes) -> None:
        """Accept a signature. Raises `BadSignature`."""
        key.verify(message, signature)

    def storage_key(self, person: PublicKey) -> Signer:
        """The key that writes the records of `person`."""
        return storage_key(person)


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
        parts.exchange.requests.on_silent_endpoint = self._on_silent_endpoint
        self._introducer = Introducer(parts, self.params.introductions)
        self._keeper = Keeper(parts)
        self._publisher = Publisher(parts, self._introducer, self._notice)
        self._upkeep = Upkeep(parts, self._introducer, self._keeper, self._notice)
        self._sources = Rates(self.params.source_rate, self.params.source_burst)
        self._checks = Rates(self.params.check_rate, self.params.check_burst)
        self._numbers = 0
        self._now = 0
        self._handlers: dict[type[Any], Callable[[Any, Asker, int], None]] = {
            Ping: self._on_ping,
            Introduce: self._on_introduce,
            Find: self._on_find,
            Read: self._on_read,
            Store: self._on_store,
            Withdraw: self._on_withdraw,
            Report: self._on_report,
            DialMe: self._on_dial_me,
            Dial: self._on_dial,
        }

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
                self._parts, target, now, notice=self._notice, then=then, number=number
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
            confirm: Whether each node must prove that it lives before it is told of.
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

    def cancel(self, request: int, now: int) -> None:
        """Give up a request: no event follows and nothing of it stays."""
        self._now = max(self._now, now)
        task = self._parts.tasks.get(request)
        if task is not None:
            task.give_up()

    def peers(self) -> list[Peer]:
        """Contacts worth remembering for the next start, longest known first."""
        return [peer for peer in self._parts.table if peer.id not in self._parts.suspects]

    @property
    def busy(self) -> bool:
        """Whether a request waits for its answer, or work for an application is under way."""
        return bool(self._parts.tasks) or len(self._parts.exchange.requests) > 0

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

    # What drivers call

    def receive_datagram(self, data: bytes, source: Endpoint, now: int) -> None:
        """Take in one datagram; whatever is wrong with it is counted."""
        self._now = max(self._now, now)
        exchange = self._parts.exchange
        size = self._codec.size(data)
        exchange.counts["octets.received"] += size
        if not self._sources.allow(source, now):
            exchange.counts["dropped.rate"] += 1
            return
        try:
            message = self._codec.decode(data)
        except VersionMismatch:
            exchange.counts["dropped.other_network"] += 1
            return
        except MalformedMessage:
            exchange.counts["dropped.malformed"] += 1
            return
        exchange.counts[type(message)] += 1
        if isinstance(message, Reply):
            exchange.take_reply(message, source, now)
        elif isinstance(message, Knock):
            self._on_knock(message, source, now)
        elif isinstance(message, Request):
            asker = exchange.asker(message, source, size, now)
            if self.role is Role.UNKNOWN:
                self._on_stranger(asker, now)
            self._handlers[type(message)](message, asker, now)

    def handle_timer(self, now: int) -> None:
        """Do what is due at `now`; harmless when nothing is."""
        self._now = max(self._now, now)
        self._parts.agenda.ring_due(now)

    def datagrams_to_send(self) -> list[tuple[bytes, Endpoint]]:
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

    # One handler for each message that asks

    def _on_ping(self, message: Ping, asker: Asker, now: int) -> None:
        parts = self._parts
        self._heard_from(asker)
        parts.exchange.answer(asker, Pong, (parts.own_id_bytes, parts.reach.is_server))

    def _on_introduce(self, message: Introduce, asker: Asker, now: int) -> None:
        """Take in the asker's proof, if there is one, and give ours."""
        parts = self._parts
        server = parts.reach.is_server
        if not asker.token or not self._may_check(asker, now):
            parts.exchange.answer(asker, Introduced, (b"", server, b""))
            return
        if message.signature:
            proved = self._prove_asker(asker, message.key, message.signature, now)
            if proved is not None:
                asker.acquaintance.server = message.server  # type: ignore[union-attr]
                if message.server:
                    self._admit(proved, now)
        known = asker.acquaintance
        asker_id = PublicKey(message.key).node_id
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

    def _on_find(self, message: Find, asker: Asker, now: int) -> None:
        parts = self._parts
        sender = int.from_bytes(message.sender)
        self._heard_from(asker)
        peers = self._peers_for(
            asker, int.from_bytes(message.target), message.families, _FOUND_HEAD_BYTES
        )
        wanted = message.server and parts.table.wants(sender)
        parts.exchange.answer(asker, Found, (wanted, peers))

    def _on_read(self, message: Read, asker: Asker, now: int) -> None:
        parts = self._parts
        self._heard_from(asker)
        parts.records.expire(now)
        place = int.from_bytes(message.place)
        peers = self._peers_for(asker, place, message.families, _ADVERTS_HEAD_BYTES)
        used = _ADVERTS_HEAD_BYTES + sum(map(len, peers)) + 2 * len(peers)
        page = parts.records.page(
            place,
            bits=message.bits,
            prefix=message.prefix,
            after=message.after,
            digest=message.digest,
            room=asker.room - used,
        )
        if page is None:
            parts.exchange.answer(asker, Adverts, (peers, 0, b"", b"", 0, []))
            return
        digest = page.digest.to_bytes(DIGEST_BYTES)
        fields = (peers, page.total, digest, page.last, page.split, page.adverts)
        parts.exchange.answer(asker, Adverts, fields)

    def _on_store(self, message: Store, asker: Asker, now: int) -> None:
        """Hold a record of the proved sender itself, if it is sound and there is room."""
        parts, record = self._parts, message.record
        outcome, lifetime_s, split = Outcome.REFUSED, 0, 0
        sender = self._proved_sender(message, asker, now)
        if sender is None:
            outcome = Outcome.UNPROVED
        elif parts.reach.role is not Role.CLIENT and record.node == sender.id.to_bytes(
            ID_BYTES
        ):
            place = self._place_of_record(message, sender)
            parts.records.expire(now)
            outcome = parts.records.verdict(place, record.node, sender.group, message.depth)
            if outcome == Outcome.SPLIT:
                split = parts.records.split_of(place)
            elif outcome == Outcome.DONE and self._is_sound(message, asker, now):
                lifetime_s = parts.records.put(place, message.depth, record, sender, now)
            elif outcome == Outcome.DONE:
                outcome = Outcome.REFUSED
        parts.exchange.answer(asker, Stored, (outcome, lifetime_s, split))

    def _on_withdraw(self, message: Withdraw, asker: Asker, now: int) -> None:
        parts = self._parts
        sender = self._proved_sender(message, asker, now)
        outcome = Outcome.UNPROVED
        if sender is not None:
            parts.records.remove(int.from_bytes(message.place), sender.id.to_bytes(ID_BYTES))
            outcome = Outcome.DONE
        parts.exchange.answer(asker, Stored, (outcome, 0, 0))

    def _on_report(self, message: Report, asker: Asker, now: int) -> None:
        """See for ourselves whether a node we hold an advert of is dead; then drop it."""
        parts = self._parts
        place = int.from_bytes(message.place)
        peer = parts.records.holder_of(place, message.node)
        if asker.token and peer is not None and self._may_check(asker, now):

            def then(proved: Peer | None, _now: int) -> None:
                if proved is None:
                    parts.records.remove(place, message.node)
                    parts.count("records.dead")

            self._introducer.introduce(peer.endpoint, peer.id, now, then)
        parts.exchange.answer(asker, Noted, ())

    def _on_dial_me(self, message: DialMe, asker: Asker, now: int) -> None:
        """Have some contacts of ours knock at the asker's proved address."""
        parts = self._parts
        knockers: list[Peer] = []
        if asker.token:
            others = [
                peer
                for peer in parts.table
                if peer.endpoint != asker.endpoint
                and peer.endpoint.family == asker.endpoint.family
            ]
            knockers = parts.rng.sample(others, min(_KNOCKERS, len(others)))
        packed = parts.exchange.packed(asker.endpoint)
        for peer in knockers:
            Dialler(parts, peer.endpoint, (packed, message.number)).start(now)
        parts.exchange.answer(asker, Dialling, (len(knockers),))

    def _on_dial(self, message: Dial, asker: Asker, now: int) -> None:
        """Knock at an address for a peer that has proved its own, unless we are known there."""
        parts = self._parts
        if (
            asker.token
            and asker.acquaintance is not None
            and asker.acquaintance.peer is not None
        ):
            try:
                endpoint = unpack_endpoint(message.endpoint)
            except MalformedMessage:
                endpoint = None
            if endpoint is not None and endpoint.family & parts.families:
                parts.exchange.send(Knock(message.code, b""), endpoint)
        parts.exchange.answer(asker, Noted, ())

    def _on_knock(self, message: Knock, source: Endpoint, now: int) -> None:
        """Somebody we never wrote to reaches us, and knows the number we gave out for it."""
        parts = self._parts
        known = parts.exchange.acquaintances.at(source)
        if message.number not in parts.dials or (known is not None and known.asked):
            return
        self._become_server(now)
        for task in list(parts.tasks.values()):
            if isinstance(task, Joining):
                task.on_knock(now)

    # What several of them share

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

    def _peers_for(self, asker: Asker, target: int, families: int, head: int) -> list[bytes]:
        """Packed peers for an answer: the best that the asker can use and that fit."""
        parts = self._parts
        if not families:
            return []
        where = asker.endpoint
        packed = [
            peer.packed
            for peer in parts.best_contacts(target, parts.params.k)
            if peer.family & families and peer.endpoint != where
        ]
        room = asker.room - head
        if _LARGEST_PEER_BYTES * len(packed) > room:
            while packed and sum(map(len, packed)) + 2 * len(packed) > room:
                packed.pop()
        return packed

    def _heard_from(self, asker: Asker) -> None:
        """A request came from an address that returned our token: its contact lives."""
        known = asker.acquaintance
        if asker.token and known is not None and known.peer is not None:
            self._parts.table.touch(known.peer)

    def _notice(self, peer: Peer, wanted: bool, now: int) -> None:
        """A peer answered a walk: get to know it if our table has room, or it wants us."""
        parts = self._parts
        known = parts.exchange.acquaintances.at(peer.endpoint)
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
            self._keeper.check(head, now)

    def _on_silent_endpoint(self, endpoint: Endpoint, now: int) -> None:
        """Somebody left a request of ours without an answer."""
        known = self._parts.exchange.acquaintances.at(endpoint)
        if known is None:
            return
        known.silences += 1
        if known.peer is not None and self._parts.table.contact(known.peer.id) == known.peer:
            self._keeper.on_silent(known.peer, now)

    def _on_stranger(self, asker: Asker, now: int) -> None:
        """Somebody we never wrote to reaches us: so others can, too."""
        known = asker.acquaintance
        if asker.token and (known is None or not known.asked):
            self._become_server(now)

    def _become_server(self, now: int) -> None:
        parts = self._parts
        if parts.reach.role is not Role.UNKNOWN:
            return
        parts.reach.role = Role.SERVER
        parts.events.append(RoleFound(role=Role.SERVER, seen_at=parts.reach.seen_at))
        if len(parts.table) and not any(isinstance(t, Joining) for t in parts.tasks.values()):
            Walk(
                parts, parts.own_id, now, notice=self._notice, then=lambda _walk, _now: None
            ).start(now)

    def _may_check(self, asker: Asker, now: int) -> bool:
        """Whether the asker's IP group may cost us another signature."""
        if self._checks.allow(ip_group(self._parts.exchange.packed(asker.endpoint)), now):
            return True
        self._parts.count("dropped.check_rate")
        return False

    def _prove_asker(self, asker: Asker, key: bytes, signature: bytes, now: int) -> Peer | None:
        """The asker, if the proof that came with its request holds; remembered from here on."""
        parts = self._parts
        known = asker.acquaintance
        before = known.peer if known is not None else None
        if before is not None and before.id == _id_of(key):
            return before
        parts.count("proofs.checked")
        prover = check_proof(
            parts.cryptography,
            key,
            signature,
            asker=parts.own_id,
            nonce=asker.token,
            seen=parts.exchange.packed(asker.endpoint),
        )
        if prover is None:
            parts.count("dropped.false_proof")
            return None
        peer = parts.book.remember(Peer(prover.node_id, asker.endpoint))
        asker.acquaintance = parts.exchange.acquaintances.meet(asker.endpoint)
        asker.acquaintance.peer = peer
        asker.acquaintance.heard = now
        return peer

    def _proved_sender(self, message: Store | Withdraw, asker: Asker, now: int) -> Peer | None:
        """Who sent a message that only a proved node may send."""
        if not asker.token:
            return None
        if message.signature and self._may_check(asker, now):
            return self._prove_asker(asker, message.key, message.signature, now)
        return asker.acquaintance.peer if asker.acquaintance is not None else None

    def _place_of_record(self, message: Store, sender: Peer) -> int:
        storage, depth = message.record.storage, message.depth
        if len(storage) != KEY_BYTES:
            return 0
        return place_of(storage, depth, sender.id >> (ID_BITS - depth) if depth else 0)

    def _is_sound(self, message: Store, asker: Asker, now: int) -> bool:
        """Whether the storage key signed the record."""
        if not self._may_check(asker, now):
            return False
        try:
            require_sound_record(message.record, self._parts.cryptography.verify)
        except PeerError:
            self._parts.count("dropped.false_record")
            return False
        return True


def _id_of(key: bytes) -> int | None:
    """Node id of a raw public key; None when it is none."""
    return PublicKey(key).node_id if len(key) == KEY_BYTES else None


def _name(key: Any) -> str:
    """The public name of a count."""
    if isinstance(key, tuple):
        return f"sent.{key[0].__name__}"
    return f"received.{key.__name__}" if isinstance(key, type) else str(key)
