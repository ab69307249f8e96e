"""What a node does when nobody asks it for anything, and small work of its own."""

from typing import Final

from seattle_p2p.identity.keys import ID_BITS
from seattle_p2p.overlay.agenda import Alarm
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import Confirmed, Pinged, Role
from seattle_p2p.overlay.doubts import Doubts
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.joining import Filling, RoleFinding
from seattle_p2p.overlay.params import nanoseconds
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.overlay.walk import Notice, Walk
from seattle_p2p.wire.adverts import Advert
from seattle_p2p.wire.datagrams import Ping, Pong

_LOST_TRIED: Final = 2
_HELPERS: Final = 3
"""Peers asked to have a node dialled that does not know its role."""
_ESTIMATED_LESS: Final = 10
"""Each estimate of the network's size waits so many times longer than the one before."""


class Upkeep(Alarm):
    """Rings now and then: drops expired records, refreshes stale buckets, tries lost peers.

    Args:
        parts: The node's.
        introducer: The node's own.
        doubts: Knows the peers that were lost.
        notice: Is told of every peer that answers a walk.
    """

    def __init__(
        self, parts: Parts, introducer: Introducer, doubts: Doubts, notice: Notice
    ) -> None:
        super().__init__()
        self._parts = parts
        self._introducer = introducer
        self._doubts = doubts
        self._notice = notice
        self._rings = 0
        self._role_asked_at = 0
        self._estimated_at: int | None = None
        self._estimate_wait_s = parts.params.estimate_s

    def start(self, now: int) -> None:
        """Begin at a random moment of the period, so that nodes do not ring together."""
        if self.due is None:
            period = nanoseconds(self._parts.params.upkeep_s)
            self._parts.agenda.at(now + self._parts.rng.randrange(1, period + 1), self)

    def ring(self, now: int) -> None:
        """Look after everything once."""
        parts = self._parts
        parts.agenda.at(now + nanoseconds(parts.params.upkeep_s), self)
        parts.records.expire(now)
        self._refresh_one(now)
        self._estimate(now)
        self._try_lost(now)
        self._walk_home_if_thin(now)
        self._find_role(now)

    def _find_role(self, now: int) -> None:
        """Have strangers knock while the role is unknown, and now and then to be sure of it.

        A server whom strangers ask anything needs no knock; one helper is enough for the rest.
        """
        parts, reach = self._parts, self._parts.reach
        if reach.told or not len(parts.table):
            return
        if reach.role is not Role.UNKNOWN and not reach.in_doubt:
            since = now - max(reach.stranger_at, self._role_asked_at)
            if since < nanoseconds(parts.params.role_s):
                return
        self._role_asked_at = now
        count = _HELPERS if reach.role is Role.UNKNOWN else 1
        helpers = parts.best_contacts(parts.rng.getrandbits(ID_BITS), parts.params.k)[:count]
        before = reach.role

        def then(at: int) -> None:
            if reach.is_server and before is not Role.SERVER:
                self._walk_home(at)

        # Nobody waits for it: a busy machine's late knocks count.
        RoleFinding(parts, then, parts.params.hard_cap_s).start(helpers, now)

    def _walk_home_if_thin(self, now: int) -> None:
        """Whose join met loss knows hardly anybody, and would for an hour: try again.

        At the 1st, 2nd, 4th, 8th … ring, for a network may just be small.
        """
        parts = self._parts
        self._rings += 1
        is_thin = 0 < len(parts.table) < parts.params.k // 2
        if is_thin and self._rings & (self._rings - 1) == 0:
            self._walk_home(now)

    def _refresh_one(self, now: int) -> None:
        """See to the stalest bucket that no lookup touched for long.

        A single question shows whether a contact lives, and names others: those a far bucket
        lacks, or who is new beside us, though newcomers mostly come by themselves.
        """
        parts = self._parts
        stale = now - nanoseconds(parts.params.refresh_s)
        used = [bucket for bucket in parts.table.buckets if bucket.nodes]
        bucket = min(used, key=lambda b: b.last_updated, default=None)
        if bucket is not None and bucket.last_updated <= stale:
            Filling(parts, self._introducer, is_gentle=True).ask_for([bucket], now)

    def _estimate(self, now: int) -> None:
        """Walk to random places until the network's size is known; later ever more seldom.

        What was learned at joining may be of a network that was still growing.
        """
        parts = self._parts
        params = parts.params
        last = self._estimated_at
        waits = last is not None and now - last < nanoseconds(self._estimate_wait_s)
        if waits or not len(parts.table):
            return
        self._estimated_at = now
        if parts.estimate.servers:
            longer_s = _ESTIMATED_LESS * self._estimate_wait_s
            self._estimate_wait_s = min(longer_s, params.reestimate_s)
        target = parts.rng.getrandbits(ID_BITS)
        Walk(
            parts, target, now, notice=self._notice, then=self._on_estimated, is_random=True
        ).start(now)

    def _on_estimated(self, walk: Walk, _now: int) -> None:
        """A network that has changed since the last time is looked at often again."""
        if self._parts.estimate.is_off(walk.target):
            self._estimate_wait_s = self._parts.params.estimate_s

    def _walk_home(self, now: int) -> None:
        own_id = self._parts.own_id
        Walk(
            self._parts, own_id, now, notice=self._notice, then=lambda _walk, _now: None
        ).start(now)

    def _try_lost(self, now: int) -> None:
        """Peers may have been cut off rather than dead; or all of ours may have been."""
        lost = self._doubts.lost
        for id in list(lost)[:_LOST_TRIED]:
            peer = lost.pop(id)
            self._introducer.introduce(
                peer.endpoint, peer.id, now, prove_us=self._parts.reach.is_server
            )


class Confirming(Task):
    """Has the node of one advert prove that it lives.

    Args:
        parts: The node's.
        advert: Whose node.
        number: The application's request number.
    """

    def __init__(self, parts: Parts, advert: Advert, number: int) -> None:
        super().__init__(parts, number)
        self._advert = advert
        self._introducer = Introducer(parts, 1)
        self._tries = [
            (endpoint, patience)
            for patience in parts.params.confirm_patience
            for endpoint in advert.overlay
            if endpoint.family & parts.families
        ]

    def start(self, now: int) -> None:
        """Try its endpoints in their order."""
        self._try_next(None, now)

    def give_up(self) -> None:
        """Stop, with the proof under way."""
        self._introducer.give_up()
        super().give_up()

    def _try_next(self, peer: Peer | None, now: int) -> None:
        if self.finished:
            return
        id = self._advert.node.node_id
        alive = peer is not None or id == self.parts.own_id
        if alive or not self._tries:
            self.finish(Confirmed(request=self.number, advert=self._advert, alive=alive))
            return
        endpoint, patience = self._tries.pop(0)
        self._introducer.introduce(endpoint, id, now, self._try_next, patience=patience)


class Pinging(Task):
    """One ping for an application.

    Args:
        parts: The node's.
        endpoint: Whom.
        number: The application's request number.
    """

    def __init__(self, parts: Parts, endpoint: Endpoint, number: int) -> None:
        super().__init__(parts, number)
        self._endpoint = endpoint

    def start(self, now: int) -> None:
        """Send it."""
        fields = (self.parts.own_id_bytes, self.parts.reach.is_server)
        if self.parts.exchange.ask(self._endpoint, Ping, fields, self, now) is None:
            self._end(None, 0)

    def on_reply(self, asked: Outstanding, reply: Pong, now: int) -> None:
        """Somebody is there."""
        self._end(int.from_bytes(reply.sender), now - asked.sent)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """Nobody is."""
        self._end(None, 0)

    def _end(self, id: int | None, took: int) -> None:
        self.finish(
            Pinged(request=self.number, endpoint=self._endpoint, id=id, round_trip_ns=took)
        )
