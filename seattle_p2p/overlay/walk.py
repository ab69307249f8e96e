"""Driving one lookup: queries out, answers in, acquaintances made on the way."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from seattle_p2p.identity.keys import ID_BYTES
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.lookup import Lookup
from seattle_p2p.overlay.params import nanoseconds
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.wire.datagrams import Find, Found

_UNANSWERED_PATIENCE: Final = 4
_AFAR: Final = 3
"""So many times more are asked at once where peers are far and somebody waits."""

Notice = Callable[[Peer, bool, int], None]
"""Is told that a peer answered, whether it wants us in its table, and the time."""


class Path(NamedTuple):
    """One of several walks to a target that share no peer (S/Kademlia, section 4.4)."""

    seeds: list[Peer]
    k: int
    taken: set[int] | None
    """Ids asked by any of them: one set, shared."""


def disjoint_paths(parts: Parts, target: int, count: int) -> list[Path]:
    """Starts for `count` paths, the best contacts dealt out in turn; fewer with few contacts.

    Together they find a little more than k peers.
    """
    contacts = parts.best_contacts(target, parts.params.k)
    count = min(count, len(contacts))
    if count < 2:
        return [Path(contacts, parts.params.k, None)]
    taken: set[int] = set()
    return [Path(contacts[i::count], parts.params.k // count + 2, taken) for i in range(count)]


class Walk(Task):
    """Find the best live peers of a target, within bounds of requests and time.

    Args:
        parts: The node's.
        target: Identifier looked for.
        now: Nanoseconds.
        notice: Is told of every peer that answers.
        then: Is told the walk when it has ended.
        number: The application's request number, if it asked.
        one_by_one: Answers awaited one by one first; see `Lookup`.
        hurry: Whether an application waits for the end.
        region: Distance within which everybody is looked for; see `Lookup`.
        path: Where to start and whom to leave to others, when it is one of several.
        is_random: Whether the target was drawn at random: it tells more about the network.
    """

    def __init__(
        self,
        parts: Parts,
        target: int,
        now: int,
        *,
        notice: Notice,
        then: Callable[["Walk", int], None],
        number: int = 0,
        one_by_one: int = 0,
        hurry: bool = False,
        region: int = 0,
        path: Path | None = None,
        is_random: bool = False,
    ) -> None:
        super().__init__(parts, number)
        self.target = target
        self._target_bytes = target.to_bytes(ID_BYTES)
        self._notice = notice
        self._then = then
        params = parts.params
        path = path or Path(parts.best_contacts(target, params.k), params.k, None)
        # Somebody waits, and peers are far: time is worth more than questions.
        self._is_far = is_far = hurry and parts.is_far
        self._asked_again: set[int] = set()
        self._overdue: list[Outstanding] = []
        self._answered_at = 0
        self.is_a_part = path.taken is not None
        """Whether others walk to the same target and leave to each other whom they ask."""
        self._is_random = is_random
        self.answered_at: dict[int, int] = {}
        """When each peer answered, in nanoseconds, by id; kept for applications only."""
        self.lookup = Lookup(
            target,
            path.seeds,
            k=path.k,
            taken=path.taken,
            alpha=_AFAR * params.alpha if is_far else params.alpha,
            eager=is_far,
            most_requests=params.lookup_requests,
            one_by_one=one_by_one,
            region=region,
            avoid=(parts.own_id,),
        )
        self.complete = False
        parts.agenda.at(now + nanoseconds(params.lookup_s), self)
        parts.table.bucket_of(target).last_updated = now

    def start(self, now: int) -> None:
        """Send the first queries; ends at once when nobody is known."""
        self._pump(now)

    def ring(self, now: int) -> None:
        """It took too long: end with what there is."""
        self._end(now)

    def on_reply(self, asked: Outstanding, reply: Any, now: int) -> None:
        """Somebody answered; who says to be somebody else was named under a false id."""
        peer: Peer = asked.about
        if reply.sender != peer.packed[:ID_BYTES]:
            self.parts.count("dropped.other_id")
            self.on_silence(asked, now)
            return
        worthless = asked.had_token and reply.token and not reply.peers
        if worthless and peer.id not in self._asked_again:
            self._asked_again.add(peer.id)
            if self._ask(peer, now) is not None:
                return
        self._answered_at = now
        if self.number:
            self.answered_at[peer.id] = now
        self._take(peer, reply, now)
        if self.finished:
            return
        self.lookup.on_reply(peer, self.parts.usable_peers(reply.peers))
        self._go_on_without_overdue(now)
        self._pump(now)

    def on_slow(self, asked: Outstanding, now: int) -> None:
        """Somebody takes long."""
        self.lookup.on_slow(asked.about)
        self._pump(now)

    def on_overdue(self, asked: Outstanding, now: int) -> None:
        """Somebody takes very long: on without it, if others answer."""
        if asked not in self._overdue:
            self._overdue.append(asked)
        self._go_on_without_overdue(now)
        self._pump(now)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """Somebody is not there."""
        self.lookup.on_silence(asked.about)
        self._pump(now)

    def _ask(self, peer: Peer, now: int) -> Outstanding | None:
        parts = self.parts
        fields = (
            parts.own_id_bytes,
            parts.reach.is_server,
            parts.families,
            self._target_bytes,
        )
        return parts.exchange.ask(
            peer.endpoint,
            Find,
            fields,
            self,
            now,
            peer,
            patience=self._patience,
            afar=self._is_far,
        )

    @property
    def _patience(self) -> int:
        """How many usual hard deadlines to wait: while nobody answers, it may be our fault."""
        return 1 if self._answered_at else _UNANSWERED_PATIENCE

    def _take(self, peer: Peer, reply: Any, now: int) -> None:
        found: Found = reply
        self._notice(peer, found.wanted, now)

    def _go_on_without_overdue(self, now: int) -> None:
        """Give up those who are overdue though others, asked no earlier, answered meanwhile.

        Where nobody answers it is our own line that is slow, or this process stood still.
        """
        waiting, self._overdue = self._overdue, []
        for asked in waiting:
            if asked not in self.parts.exchange.requests:
                continue
            if asked.sent >= self._answered_at:
                self._overdue.append(asked)
                continue
            if now < asked.late_due and self._may_live(asked.about):
                self._overdue.append(asked)
                self.parts.exchange.requests.wait_longer(asked)
                continue
            self.parts.exchange.on_missed(asked, now)
            self.lookup.on_silence(asked.about)

    def _may_live(self, peer: Peer) -> bool:
        """Whether its neighbours name a peer; one who is not needed hurries nobody."""
        return peer not in self.lookup.closest or self.lookup.is_widely_named(peer)

    def _pump(self, now: int) -> None:
        if self.finished:
            return
        exchange = self.parts.exchange
        is_short = True
        while is_short:
            is_short = False
            for peer in self.lookup.queries():
                # Who did not answer the last time is asked, but not waited for.
                is_missing = self._answered_at and exchange.has_missed(peer.endpoint)
                if self._ask(peer, now) is None or is_missing:
                    self.lookup.on_silence(peer)
                    is_short = True
        if self.lookup.done:
            self._end(now)

    def _end(self, now: int) -> None:
        self.complete = self.lookup.all_answered
        if self.complete and not self.is_a_part:
            closest = self.lookup.answered[: self.parts.params.k]
            self.parts.estimate.learn(self.target, closest, is_random=self._is_random)
        self.give_up()
        if missing := self.lookup.missing():
            self.parts.report(self.target, missing, now)
        self._then(self, now)
