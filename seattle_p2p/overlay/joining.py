"""Entering the network: somebody answers, others see whether they can reach us, we walk home.

1. Whoever is at the given endpoints proves its id.
2. They have strangers knock at our address: that makes us a server, or leaves us a client.
3. A walk to our own id makes us known to those closest to it; a question for each far bucket
   that is still thin makes contacts there.
"""

from collections.abc import Callable, Mapping
from typing import Final

from seattle_p2p.identity.keys import ID_BITS
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import Joined, JoinFailed, RoleFound
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.order import best
from seattle_p2p.overlay.params import nanoseconds
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.overlay.table import Bucket
from seattle_p2p.overlay.walk import Notice, Walk
from seattle_p2p.wire.datagrams import Dialling, DialMe, Found

TimeCall = Callable[[int], None]

_DOORS: Final = 64
"""Most endpoints tried: as many as are remembered."""
_NEXT_DOOR_S = (0.3, 0.3, 0.3, 0.05)
"""Each door is given so long before the next is tried, the last number for ever; whoever finds
three shut is in a hurry. All of them within 4 s."""
_DIALLERS: Final = 3
"""Peers asked to have us dialled."""
_DIALS_REMEMBERED: Final = 16


class RoleFinding(Task):
    """Has strangers knock at our address, and waits for it a short while.

    Args:
        parts: The node's.
        then: Is called with the time once the role is known, or nobody knocked in time.
        wait_s: How long knocks may take.
    """

    def __init__(self, parts: Parts, then: TimeCall, wait_s: float) -> None:
        super().__init__(parts)
        self._then = then
        self._wait_s = wait_s
        self._unanswered = 0
        self._knocks_expected = 0
        self._familiar_knocks = 0
        self._stranger = False

    def start(self, helpers: list[Peer], now: int) -> None:
        """Ask `helpers`; ends at once when there are none or the role was told us."""
        parts = self.parts
        if parts.reach.told or not helpers:
            self._end(now)
            return
        for helper in helpers[:_DIALLERS]:
            self._ask(helper.endpoint, now, again=False)
        for old in list(parts.dials)[:-_DIALS_REMEMBERED]:
            del parts.dials[old]
        parts.agenda.at(now + nanoseconds(self._wait_s), self)

    def on_reply(self, asked: Outstanding, reply: Dialling, now: int) -> None:
        """A helper asked so many to knock; or it has a new token for us, and is asked again.

        Behind a box we are seen at another address each time, where old tokens are worthless.
        """
        self._knocks_expected += reply.asked
        if reply.token and not reply.asked and not asked.about:
            self._ask(asked.endpoint, now, again=True)
        self._settle(now)

    def _ask(self, helper: Endpoint, now: int, *, again: bool) -> None:
        asked = self.parts.exchange.ask(helper, DialMe, (), self, now, again)
        if asked is not None:
            self._unanswered += 1
            self.parts.dials[asked.number] = self

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """A helper does not help."""
        self._settle(now)

    def on_knock(self, stranger: bool, now: int) -> None:
        """Somebody knocked: go on. Whom we wrote to before shows less than a stranger does."""
        self._familiar_knocks += not stranger
        self._stranger |= stranger
        if stranger or (not self._unanswered and self._all_got_through):
            self._end(now)

    def ring(self, now: int) -> None:
        """Nobody knocked in time."""
        self._end(now)

    def _settle(self, now: int) -> None:
        """Where nobody else is, being seen at our own socket's address has to do."""
        self._unanswered -= 1
        if not self._unanswered and self._all_got_through:
            self._end(now)

    @property
    def _all_got_through(self) -> bool:
        """Whether everybody who was to knock did; so it is where there was nobody to knock."""
        return self._familiar_knocks >= self._knocks_expected

    def _end(self, now: int) -> None:
        if self.finished:
            return
        self.give_up()
        reach = self.parts.reach
        expected, familiar = self._knocks_expected, self._familiar_knocks
        if not self._stranger and reach.on_knocks(expected, familiar):
            self.parts.events.append(RoleFound(role=reach.role, seen_at=reach.seen_at))
        # Kept for late knocks; the join that waited for it need not be.
        then, self._then = self._then, _nothing
        then(now)


def _nothing(_now: int) -> None:
    pass


class Filling(Task):
    """Makes contacts in buckets that are thin: one question each, answered by one peer.

    A walk home meets mostly neighbours; a far bucket with a single contact would be one death
    away from being empty.

    Args:
        parts: The node's.
        introducer: The node's own.
        then: Is called with the time at the end.
        is_gentle: Whether there is no hurry; see `_lacking`.
    """

    def __init__(
        self,
        parts: Parts,
        introducer: Introducer,
        then: TimeCall = _nothing,
        *,
        is_gentle: bool = False,
    ) -> None:
        super().__init__(parts)
        self._introducer = introducer
        self._then = then
        self._is_gentle = is_gentle
        self._unanswered = 0

    def start(self, now: int) -> None:
        """Ask for every far bucket that is thin."""
        thin = [b for b in self.parts.table.buckets if len(b.nodes) < self._enough]
        self.ask_for([bucket for bucket in thin if not self._is_own(bucket)], now)

    def ask_for(self, buckets: list[Bucket], now: int) -> None:
        """Ask, for each, the contact closest to a random id; for our own, any neighbour."""
        parts = self.parts
        for bucket in buckets:
            bucket.last_updated = now
            if self._is_own(bucket):
                target = parts.own_id
                helpers = parts.rng.sample(bucket.nodes, min(len(bucket.nodes), 1))
            else:
                target = bucket.lower + parts.rng.getrandbits(ID_BITS) % (bucket.inside + 1)
                helpers = parts.best_contacts(target, 1)
            for helper in helpers:
                if parts.ask_find(self, helper, target, now, bucket):
                    self._unanswered += 1
        if not self._unanswered:
            self._end(now)

    def on_reply(self, asked: Outstanding, reply: Found, now: int) -> None:
        """Introduce ourselves to as many as the bucket lacks; near us, to everybody."""
        parts = self.parts
        bucket: Bucket = asked.about
        lower, upper = bucket.range
        is_own = self._is_own(bucket)
        lacking = parts.params.k if is_own else self._lacking(bucket)
        new = [
            peer
            for peer in parts.usable_peers(reply.peers)
            if lower <= peer.id <= upper and not parts.table.contact(peer.id)
        ]
        for peer in best(new, max(lacking, 0)):
            self._introducer.introduce(
                peer.endpoint, peer.id, now, prove_us=parts.reach.is_server
            )
        if is_own:
            parts.estimate.learn(
                parts.own_id, parts.best_contacts(parts.own_id, parts.params.k)
            )
        self._settle(now)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """Then this bucket stays as it is."""
        self._settle(now)

    def _lacking(self, bucket: Bucket) -> int:
        """How many to take in: at a join what is missing, later only what cannot wait.

        After many joined at once every far bucket of the first of them is thin. A quarter of k
        survives most deaths; what is beyond that may come one by one.
        """
        missing = self._enough - len(bucket.nodes)
        if self._is_gentle:
            return max(missing - self._enough // 2, min(missing, 1))
        return missing

    def _is_own(self, bucket: Bucket) -> bool:
        return bucket.lower ^ self.parts.own_id <= bucket.inside

    @property
    def _enough(self) -> int:
        return max(self.parts.params.k // 2, 1)

    def _settle(self, now: int) -> None:
        self._unanswered -= 1
        if not self._unanswered:
            self._end(now)

    def _end(self, now: int) -> None:
        self.give_up()
        self._then(now)


class Joining(Task):
    """One attempt to enter the network.

    Args:
        parts: The node's.
        endpoints: Where to knock.
        ids: Who must be behind some of these doors.
        introducer: The node's own.
        notice: Is told of every peer that answers a walk.
        number: The application's request number.
    """

    def __init__(
        self,
        parts: Parts,
        endpoints: list[Endpoint],
        ids: Mapping[Endpoint, int],
        introducer: Introducer,
        notice: Notice,
        number: int,
    ) -> None:
        super().__init__(parts, number)
        self._doors = parts.rng.sample(endpoints, len(endpoints))[:_DOORS]
        self._ids = ids
        self._asked = len(self._doors)
        self._porter = Introducer(parts, parts.params.introductions)
        """Knocks at doors; who stays shut is waited for only until we are in."""
        self._introducer = introducer
        self._notice = notice
        self._unanswered = self._asked
        self._knocked = 0
        self._impostors: list[Endpoint] = []
        self._helpers: list[Peer] = []
        self._step: Task | None = None

    def start(self, now: int) -> None:
        """Knock at one door, at the next when it stays shut for long; a proof opens the way.

        Not at all at once: a door we never knocked at can tell whether strangers reach us.
        """
        if not self._doors:
            self._end(now)
        else:
            self._knock(now)

    def ring(self, now: int) -> None:
        """The last door took too long to open."""
        if not self.finished and self._step is None and self._doors:
            self._knock(now)

    @property
    def is_about_to_walk(self) -> bool:
        """Whether it only waits for the role before it makes us known near our id."""
        return isinstance(self._step, RoleFinding)

    def give_up(self) -> None:
        """Stop, with the step that is under way and every door knocked at."""
        self._porter.give_up()
        if self._step is not None:
            self._step.give_up()
        super().give_up()

    def _knock(self, now: int) -> None:
        if len(self._doors) > 1:
            wait_s = _NEXT_DOOR_S[min(self._knocked, len(_NEXT_DOOR_S) - 1)]
            self.parts.agenda.at(now + nanoseconds(wait_s), self)
        self._knocked += 1
        door = self._doors.pop()
        self._porter.introduce(
            door, self._ids.get(door), now, lambda peer, at: self._on_door(door, peer, at)
        )

    def _on_door(self, door: Endpoint, peer: Peer | None, now: int) -> None:
        if self.finished:
            return
        self._unanswered -= 1
        known = self.parts.exchange.acquaintances.at(door)
        if peer is None and door in self._ids and known is not None and known.round_trip:
            self._impostors.append(door)
        if peer is not None:
            self._helpers.append(peer)
            if self._step is None:
                wait_s = self.parts.params.dial_s
                self._step = finding = RoleFinding(self.parts, self._walk_home, wait_s)
                finding.start(self._helpers, now)
        elif not self._unanswered and not self._helpers:
            self.finish(
                JoinFailed(
                    request=self.number, asked=self._asked, impostors=tuple(self._impostors)
                )
            )
        else:
            self.ring(now)

    def _walk_home(self, now: int) -> None:
        self._tell_helpers(now)
        own_id = self.parts.own_id
        self._step = walk = Walk(
            self.parts, own_id, now, notice=self._notice, then=self._fill_far_buckets
        )
        walk.start(now)

    def _tell_helpers(self, now: int) -> None:
        """Whoever let us in, and was no server then, hears that we are one now.

        Two nodes that are each other's only way in may both have been unknown to themselves.
        """
        parts = self.parts
        if not parts.reach.is_server:
            return
        for peer in self._helpers:
            if parts.table.contact(peer.id) is None:
                self._introducer.introduce(peer.endpoint, peer.id, now, prove_us=True)

    def _fill_far_buckets(self, _walk: Walk, now: int) -> None:
        self._step = filling = Filling(self.parts, self._introducer, self._await_proofs)
        filling.start(now)

    def _await_proofs(self, now: int) -> None:
        if self._introducer.idle:
            self._end(now)
        else:
            self._introducer.on_idle.append(self._end)

    def _end(self, now: int) -> None:
        parts = self.parts
        event = Joined(request=self.number, peers=len(parts.table), role=parts.reach.role)
        self.finish(event)
