"""What this node advertises, and when to write it again."""

from collections.abc import Callable

from seattle_p2p.identity.keys import ID_BITS, ID_BYTES, PublicKey, sealing_secret
from seattle_p2p.overlay.agenda import Alarm
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import Published, Role, Signer, Withdrawn
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.params import SECOND, nanoseconds
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.proofs import make_proof
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.overlay.walk import Notice, Walk
from seattle_p2p.wire.adverts import NONCE_BYTES, Advert, Record, place_of, seal_advert
from seattle_p2p.wire.datagrams import Outcome, Store, Stored, Withdraw

_LATER = 4
"""Each of the first renewals comes so many times later than the one before."""


class Advertised(Alarm):
    """What is advertised under one person's key; rings when it is to be written again.

    Attributes:
        rounds: How often it was written.
        holders: Those who took the advert within its lifetime: by place and id, and when.
    """

    def __init__(self, parts: Parts, person: PublicKey, renew: Callable[..., None]) -> None:
        super().__init__()
        self.person = person
        self.storage: Signer = parts.cryptography.storage_key(person)
        self.secret = sealing_secret(person)
        self.overlay: tuple[Endpoint, ...] = ()
        self.commands: tuple[Endpoint, ...] = ()
        self.sequence = 0
        self.rounds = 0
        self.holders: dict[tuple[int, int], tuple[Peer, int]] = {}
        self.round: Publication | None = None
        self._renew = renew

    def ring(self, now: int) -> None:
        """It is time to write it again."""
        self._renew(self, now)


class Publisher:
    """Keeps a node's adverts alive at their holders.

    Args:
        parts: The node's.
        introducer: Proves us where a holder wants more than a signature in passing.
        notice: Is told of every peer that answers a walk.
    """

    def __init__(self, parts: Parts, introducer: Introducer, notice: Notice) -> None:
        self._parts = parts
        self._introducer = introducer
        self._notice = notice
        self._advertised: dict[PublicKey, Advertised] = {}
        self._sequence = 0
        """The latest of any advert: one that is withdrawn and comes back is newer, too."""

    def __len__(self) -> int:
        return len(self._advertised)

    def publish(
        self,
        person: PublicKey,
        overlay: tuple[Endpoint, ...],
        commands: tuple[Endpoint, ...],
        sequence: int,
        number: int,
        now: int,
    ) -> None:
        """Advertise under `person` from now on, with a sequence of at least `sequence`."""
        entry = self._advertised.get(person)
        if entry is None:
            entry = self._advertised[person] = Advertised(self._parts, person, self._renew)
        entry.overlay, entry.commands = overlay, commands
        self._sequence = max(self._sequence, sequence - 1)
        self._round(entry, number, now)

    def withdraw(self, person: PublicKey, number: int, now: int) -> None:
        """Have everyone who may still hold the advert remove it."""
        entry = self._advertised.pop(person, None)
        if entry is None:
            self._parts.tasks.pop(number, None)
            self._parts.events.append(Withdrawn(request=number, person=person, holders=0))
            return
        self._parts.agenda.cancel(entry)
        if entry.round is not None:
            entry.round.give_up()
        Withdrawal(self._parts, entry, number).start(now)

    def renew_all(self, now: int) -> None:
        """Write everything again at once: our endpoints or the network changed."""
        for entry in self._advertised.values():
            self._renew(entry, now)

    def _renew(self, entry: Advertised, now: int) -> None:
        self._round(entry, 0, now)

    def _round(self, entry: Advertised, number: int, now: int) -> None:
        params = self._parts.params
        if entry.round is not None:
            number = number or entry.round.number
            entry.round.give_up()
        self._sequence += 1
        entry.sequence = self._sequence
        early = self._parts.rng.random() * params.renew_jitter
        wait_s = min(params.renew_s, params.first_renewal_s * _LATER**entry.rounds)
        entry.rounds += 1
        self._parts.agenda.at(now + nanoseconds(wait_s * (1 - early)), entry)
        entry.round = Publication(self._parts, entry, self._introducer, self._notice, number)
        entry.round.start(now)


class Publication(Task):
    """One round: find the region of each place, store there, go deeper where it is crowded.

    Args:
        parts: The node's.
        entry: What is published.
        introducer: Proves us where need be.
        notice: Is told of every peer that answers a walk.
        number: The application's request number; 0 for a renewal.
    """

    def __init__(
        self,
        parts: Parts,
        entry: Advertised,
        introducer: Introducer,
        notice: Notice,
        number: int,
    ) -> None:
        super().__init__(parts, number)
        self._entry = entry
        self._introducer = introducer
        self._notice = notice
        self._walks: dict[int, Walk] = {}
        self._depths: set[int] = set()
        self._holders: set[int] = set()
        self._refused = 0
        self._waiting = 0
        self._record = self._sealed()

    def start(self, now: int) -> None:
        """Begin at the place itself."""
        self._go_to_depth(0, now)

    def give_up(self) -> None:
        """Stop, with every walk under way."""
        for walk in list(self._walks.values()):
            walk.give_up()
        super().give_up()

    def on_reply(self, asked: Outstanding, reply: Stored, now: int) -> None:
        """A holder took the advert, or did not."""
        self._waiting -= 1
        place, depth, peer, tried = asked.about
        if reply.outcome == Outcome.DONE:
            self._holders.add(peer.id)
            self._entry.holders[place, peer.id] = (peer, now)
        elif reply.outcome == Outcome.UNPROVED and not tried:
            self._prove_then_store(place, depth, peer, now)
        else:
            self._refused += 1
            if reply.outcome == Outcome.SPLIT and reply.split > depth:
                self._go_to_depth(reply.split, now)
        self._end_if_done(now)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """A holder has gone, or the store or its answer was lost: once more."""
        self._waiting -= 1
        place, depth, peer, tried = asked.about
        if not tried:
            self._store(place, depth, peer, now, tried=True)
        self._end_if_done(now)

    def _sealed(self) -> Record:
        parts, entry = self.parts, self._entry
        lifetime_s = parts.params.lifetime_s
        advert = Advert(parts.public, entry.overlay, entry.commands, entry.sequence, lifetime_s)
        return seal_advert(
            advert,
            node=parts.key,
            storage=entry.storage,
            secret=entry.secret,
            nonce=parts.entropy(NONCE_BYTES),
        )

    def _go_to_depth(self, depth: int, now: int) -> None:
        """Find who should hold the advert under the subkey of so many bits."""
        if depth in self._depths:
            return
        self._depths.add(depth)
        prefix = self.parts.own_id >> (ID_BITS - depth) if depth else 0
        place = place_of(self._entry.storage.public.raw, depth, prefix)
        walk = Walk(
            self.parts,
            place,
            now,
            notice=self._notice,
            then=lambda walk, at: self._on_region(depth, walk, at),
            region=self.parts.estimate.radius(self.parts.params.k),
        )
        self._walks[depth] = walk
        walk.start(now)

    def _on_region(self, depth: int, walk: Walk, now: int) -> None:
        del self._walks[depth]
        answered = walk.lookup.answered
        for peer in answered:
            self._store(walk.target, depth, peer, now)
        self._keep_if_close(walk.target, depth, answered, now)
        self._end_if_done(now)

    def _keep_if_close(self, place: int, depth: int, holders: list[Peer], now: int) -> None:
        """Hold our own advert too where we are among the closest ourselves."""
        parts = self.parts
        own = parts.own_id ^ place
        among = len(holders) < parts.params.k or any(own < peer.id ^ place for peer in holders)
        where = self._entry.overlay[:1]
        if among and where and parts.reach.role is not Role.CLIENT:
            me = parts.book.remember(Peer(parts.own_id, where[0]))
            parts.records.put(place, depth, self._record, me, now)
            self._holders.add(me.id)

    def _store(
        self, place: int, depth: int, peer: Peer, now: int, *, tried: bool = False
    ) -> None:
        key, signature = proof_in_passing(self.parts, peer)
        fields = (key, signature, depth, self._record)
        about = (place, depth, peer, tried)
        if self.parts.exchange.ask(peer.endpoint, Store, fields, self, now, about):
            self._waiting += 1

    def _prove_then_store(self, place: int, depth: int, peer: Peer, now: int) -> None:
        self._waiting += 1

        def then(proved: Peer | None, at: int) -> None:
            if self.finished:
                return
            self._waiting -= 1
            if proved is not None:
                self._store(place, depth, peer, at, tried=True)
            self._end_if_done(at)

        self._introducer.introduce(peer.endpoint, peer.id, now, then, prove_us=True)

    def _end_if_done(self, now: int) -> None:
        if self._waiting or self._walks or self.finished:
            return
        entry = self._entry
        oldest = now - self._record.lifetime_s * SECOND
        entry.holders = {key: held for key, held in entry.holders.items() if held[1] > oldest}
        entry.round = None
        self.finish(
            Published(
                request=self.number,
                person=entry.person,
                holders=len(self._holders),
                refused=self._refused,
            )
        )


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
        for (place, _), (peer, _) in self._entry.holders.items():
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


def proof_in_passing(parts: Parts, peer: Peer) -> tuple[bytes, bytes]:
    """Our key and a proof for `peer`, to go with a store; two empty ones when not needed.

    Not given, though perhaps needed, where the peer has no proof of its own id and sees us at
    an endpoint we do not know as ours: somebody could be passing on another one's words. The
    peer will ask, and a full introduction follows.
    """
    known = parts.exchange.acquaintances.at(peer.endpoint)
    if known is None or known.knows_us or not known.token:
        return b"", b""
    if known.peer != peer and not parts.reach.is_ours(known.seen_us_at):
        return b"", b""
    parts.count("proofs.made")
    signature = make_proof(parts.key, asker=peer.id, nonce=known.token, seen=known.seen_us_at)
    return parts.public.raw, signature
