"""Writing one advert to its holders.

The first rounds, and now and then a later one, walk to the place to find out who should hold
the advert. The others go straight to those who answered last time, after one of them was asked
who is near the place now: a walk costs more than all the stores.
"""

from collections.abc import Callable, Sequence
from typing import Final

from seattle_p2p.identity.keys import ID_BITS, PublicKey, sealing_secret
from seattle_p2p.overlay.agenda import Alarm
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import Published, Role, Signer
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.order import best, with_region
from seattle_p2p.overlay.params import SECOND
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.proofs import make_proof
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.overlay.walk import Path, Walk, disjoint_paths
from seattle_p2p.wire.adverts import NONCE_BYTES, Advert, Record, place_of, seal_advert
from seattle_p2p.wire.datagrams import Found, Outcome, Store, Stored

_MOVED: Final = 4
"""One part in so many of k may be new, or gone, before a renewal walks after all."""
_PATHS, _LARGE_NETWORK = 4, 256
"""Walks that share no peer, from so many servers on."""
_SECOND_PATIENCE: Final = 3
"""A store is tried twice, the second time waiting so many times as long."""


class Advertised(Alarm):
    """What is advertised under one person's key; rings when it is to be written again.

    Attributes:
        rounds: How often it was written.
        holders: Those who took the advert within its lifetime: by place, and when.
        regions: Those who answered the latest round, whatever they said, by place.
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
        self.holders: dict[int, dict[Peer, int]] = {}
        self.regions: dict[int, list[Peer]] = {}
        self.round: Task | None = None
        self._renew = renew

    def ring(self, now: int) -> None:
        """It is time to write it again."""
        self._renew(self, now)


class Publication(Task):
    """One round: find who should hold the advert, store there, go deeper where it is crowded.

    Args:
        parts: The node's.
        entry: What is published.
        introducer: Proves us where need be.
        number: The application's request number; 0 for a renewal.
        walk: Whether to walk to each place, rather than to ask one of the last round's holders
            who is near it now and to walk only where much has changed.
    """

    def __init__(
        self,
        parts: Parts,
        entry: Advertised,
        introducer: Introducer,
        number: int,
        *,
        walk: bool,
    ) -> None:
        super().__init__(parts, number)
        self._entry = entry
        self._walk = walk
        self._introducer = introducer
        self._walks: dict[int, list[Walk]] = {}
        self._met: dict[int, dict[int, Peer]] = {}
        """Who answered walks to a place so far, by id."""
        self._missed: set[int] = set()
        """Places where some walk did not get to know the closest: they say nothing of the
        network's size."""
        self._depths: dict[int, int] = {}
        """Places written to, and the bits of the subkey that each is."""
        self._holders: set[int] = set()
        self._answered: dict[int, list[Peer]] = {}
        self._refused = 0
        self._waiting = 0
        self._record = self._sealed()

    def start(self, now: int) -> None:
        """Begin at the place itself."""
        self._go_to_depth(0, now)

    def give_up(self) -> None:
        """Stop, with every walk under way."""
        for walk in [walk for walks in self._walks.values() for walk in walks]:
            walk.give_up()
        super().give_up()

    def on_reply(self, asked: Outstanding, reply: Stored | Found, now: int) -> None:
        """A holder took the advert, or did not; or said who is near the place."""
        self._waiting -= 1
        place, peer, tried = asked.about
        if isinstance(reply, Found):
            self._on_neighbours(place, self.parts.usable_peers(reply.peers), now)
        else:
            self._on_stored(place, peer, tried, reply, now)
        self._end_if_done(now)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """A holder has gone, or the store or its answer was lost: once more."""
        self._waiting -= 1
        place, peer, tried = asked.about
        if asked.expects is Found:
            self._walk_to(place, now)
        elif not tried:
            self._store(place, peer, now, tried=True)
        self._end_if_done(now)

    def _on_stored(self, place: int, peer: Peer, tried: bool, reply: Stored, now: int) -> None:
        if reply.outcome == Outcome.UNPROVED and not tried:
            self._prove_then_store(place, peer, now)
            return
        if reply.outcome not in (Outcome.UNPROVED, Outcome.REFUSED):
            self._answered.setdefault(place, []).append(peer)
        if reply.outcome == Outcome.DONE:
            self._holders.add(peer.id)
            self._entry.holders.setdefault(place, {})[peer] = now
            return
        self._refused += 1
        if reply.outcome == Outcome.SPLIT and reply.split > self._depths[place]:
            self._go_to_depth(reply.split, now)

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
        """See to the place itself, or to our subkey of so many bits."""
        prefix = self.parts.own_id >> (ID_BITS - depth) if depth else 0
        place = place_of(self._entry.storage.public.raw, depth, prefix)
        if place in self._depths:
            return
        self._depths[place] = depth
        known = self._entry.regions.get(place)
        if self._walk or not known:
            self._walk_to(place, now)
            return
        helper = self.parts.rng.choice(known)
        if self.parts.ask_find(self, helper, place, now, (place, helper, True)):
            self._waiting += 1
        else:
            self._walk_to(place, now)

    def _walk_to(self, place: int, now: int) -> None:
        """Find who is near a place; in a large network along paths that share no peer.

        There a single walk that meets one of many who name only each other ends among them,
        and the advert with it. Paths share out what a single walk would ask.
        """
        paths: Sequence[Path | None] = (None,)
        if self.parts.estimate.servers >= _LARGE_NETWORK:
            paths = disjoint_paths(self.parts, place, _PATHS)
        self._met[place] = {}
        self._start_walks(place, paths, now)

    def _start_walks(self, place: int, paths: Sequence[Path | None], now: int) -> None:
        parts = self.parts
        self._missed.discard(place)
        walks = [
            Walk(
                parts,
                place,
                now,
                notice=self._touch,
                then=self._on_walked,
                region=parts.estimate.radius(parts.params.k),
                path=path,
            )
            for path in paths
        ]
        self._walks[place] = [*walks]
        for walk in walks:
            walk.start(now)

    def _touch(self, peer: Peer, _wanted: bool, _now: int) -> None:
        """A contact lives. Acquaintances are made elsewhere; here they would cost too much."""
        self.parts.table.touch(peer)

    def _on_walked(self, walk: Walk, now: int) -> None:
        place = walk.target
        self._met[place].update({peer.id: peer for peer in walk.lookup.answered})
        if not walk.complete:
            self._missed.add(place)
        self._walks[place].remove(walk)
        if self._walks[place]:
            return
        del self._walks[place]
        if walk.is_a_part and place in self._missed:
            # Who invents peers uses up what each path may ask. One walk that asks them all sees
            # sooner who names nobody; what the paths met counts as well.
            self._start_walks(place, (None,), now)
            return
        near = self._nearest(place, self._met.pop(place))
        if place not in self._missed:
            self.parts.estimate.learn(place, near[: self.parts.params.k])
        done = self._answered.get(place, [])
        for peer in near:
            if peer not in done:
                self._store(place, peer, now)
        self._keep_if_close(place, near, now)
        self._end_if_done(now)

    def _on_neighbours(self, place: int, named: list[Peer], now: int) -> None:
        """One of the last round's holders names who is near: mostly the same as then.

        Whoever is new proves its id before it is sent anything.
        """
        parts = self.parts
        k = parts.params.k
        known = {peer.id: peer for peer in self._entry.regions[place]}
        near = self._nearest(place, {peer.id: peer for peer in named} | known)
        new = [peer for peer in near if peer.id not in known]
        if len(new) > k // _MOVED:
            self._walk_to(place, now)
            return
        parts.estimate.learn(place, near[:k])
        for peer in near:
            if peer.id in known:
                self._store(place, peer, now)
        for peer in new:
            self._prove_then_store(place, peer, now)
        self._keep_if_close(place, near, now)

    def _nearest(self, place: int, peers: dict[int, Peer]) -> list[Peer]:
        """Those of some peers, by id, who should hold what lies at a place."""
        parts, k = self.parts, self.parts.params.k
        nearest_first = sorted(peers.values(), key=lambda peer: peer.id ^ place)
        chosen = best(nearest_first, k)
        return with_region(chosen, nearest_first, place, parts.estimate.radius(k), k)

    def _keep_if_close(self, place: int, holders: list[Peer], now: int) -> None:
        """Hold our own advert too where we are among the closest ourselves."""
        parts = self.parts
        own = parts.own_id ^ place
        among = len(holders) < parts.params.k or any(own < peer.id ^ place for peer in holders)
        where = self._entry.overlay[:1]
        if not among or not where or parts.reach.role is Role.CLIENT:
            return
        me, depth = parts.book.peer(parts.own_id, where[0]), self._depths[place]
        if parts.records.verdict(place, self._record, me.group, depth) == Outcome.DONE:
            parts.records.put(place, depth, self._record, me, now)
            self._holders.add(me.id)

    def _store(self, place: int, peer: Peer, now: int, *, tried: bool = False) -> None:
        key, signature = proof_in_passing(self.parts, peer)
        fields = (key, signature, self._depths[place], self._record)
        about = (place, peer, tried)
        patience = _SECOND_PATIENCE if tried else 1
        if self.parts.exchange.ask(
            peer.endpoint, Store, fields, self, now, about, patience=patience
        ):
            self._waiting += 1

    def _prove_then_store(self, place: int, peer: Peer, now: int) -> None:
        self._waiting += 1

        def then(proved: Peer | None, at: int) -> None:
            if self.finished:
                return
            self._waiting -= 1
            if proved is not None:
                self._store(place, peer, at, tried=True)
            self._end_if_done(at)

        self._introducer.introduce(peer.endpoint, peer.id, now, then, prove_us=True)

    def _end_if_done(self, now: int) -> None:
        if self._waiting or self._walks or self.finished:
            return
        if not self._walk and self._walk_where_many_went(now):
            return
        entry = self._entry
        oldest = now - self._record.lifetime_s * SECOND
        entry.holders = {
            place: kept
            for place, held in entry.holders.items()
            if (kept := {peer: at for peer, at in held.items() if at > oldest})
        }
        entry.regions = self._answered
        entry.round = None
        self.finish(
            Published(
                request=self.number,
                person=entry.person,
                holders=len(self._holders),
                refused=self._refused,
            )
        )

    def _walk_where_many_went(self, now: int) -> bool:
        """Of the last round's holders too many are not there any more: walk after all."""
        self._walk = True
        before, now_there = self._entry.regions, self._answered
        most = self.parts.params.k // _MOVED
        for place in list(self._depths):
            if len(before.get(place, ())) - len(now_there.get(place, ())) > most:
                self._walk_to(place, now)
        return bool(self._walks or self._waiting) or self.finished


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
