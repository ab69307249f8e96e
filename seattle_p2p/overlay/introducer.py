"""Proving ids: ours to others, theirs to us.

A ping brings the token without which nobody signs anything; then each side signs the other's
nonce. Whoever asks may sign first, as soon as it knows that the endpoint at which it is seen is
its own; otherwise it asks the other side to go first.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.proofs import NONCE_BYTES, check_proof, make_proof
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.wire.datagrams import Introduce, Introduced, Ping, Pong

Then = Callable[[Peer | None, int], None]
"""Is told the proved peer, or None, and the time."""

_SLOW_FACTOR: Final = 4
"""Introductions under way in all, as a multiple of those that are not slow."""
_MOST_ROUNDS: Final = 4
"""Ping, an outdated token, they first, we second: no honest introduction takes more."""


class _Introduction:
    __slots__ = (
        "claimed",
        "endpoint",
        "greet",
        "other",
        "patience",
        "prove_us",
        "proved",
        "rounds",
        "signed",
        "slow",
        "then",
    )

    def __init__(
        self,
        endpoint: Endpoint,
        claimed: int | None,
        prove_us: bool,
        patience: int,
        greet: bool,
    ) -> None:
        self.endpoint = endpoint
        self.patience = patience
        self.greet = greet
        self.claimed = claimed
        self.other = claimed
        self.prove_us = prove_us
        self.proved: Peer | None = None
        self.rounds = 0
        self.signed = False
        self.slow = False
        self.then: list[Then] = []


class Introducer(Task):
    """Carries out introductions, a bounded number at a time.

    Whoever is slow to answer makes room for the next, up to a point, so that many who are not
    there hold up few who are.

    Args:
        parts: The node's.
        at_once: Most introductions in flight that are not slow; the rest wait their turn.
    """

    def __init__(self, parts: Parts, at_once: int) -> None:
        super().__init__(parts)
        self._at_once = at_once
        self._running: dict[Endpoint, _Introduction] = {}
        self._slow = 0
        self._waiting: deque[_Introduction] = deque()
        self._newest: dict[Endpoint, _Introduction] = {}
        """The last of those that wait, by endpoint."""
        self.on_idle: list[Callable[[int], None]] = []
        """Are called once, when nothing runs or waits any more."""

    @property
    def idle(self) -> bool:
        """Whether no introduction is under way."""
        return not self._running and not self._waiting

    def introduce(
        self,
        endpoint: Endpoint,
        claimed: int | None,
        now: int,
        then: Then | None = None,
        *,
        prove_us: bool = False,
        patience: int = 1,
        greet: bool = False,
    ) -> None:
        """Have whoever is at `endpoint` prove its id, now, even if it did before.

        Args:
            endpoint: Where.
            claimed: Id that it must be; None: whichever it is.
            now: Nanoseconds.
            then: Is told the outcome.
            prove_us: Whether our id is to be proved there as well.
            patience: How many times the usual hard deadline each of its requests may take.
            greet: An answer under the id claimed is enough: nobody signs, nobody enters the
                table. Either all introductions of one introducer are so or none is.
        """
        known = self._running.get(endpoint) or self._newest.get(endpoint)
        if known is not None and (claimed is None or known.claimed == claimed):
            known.prove_us |= prove_us
        else:
            known = _Introduction(endpoint, claimed, prove_us, patience, greet)
            self._waiting.append(known)
            self._newest[endpoint] = known
        if then is not None:
            known.then.append(then)
        self._pump(now)

    def _pump(self, now: int) -> None:
        if self.finished:
            return
        held: list[_Introduction] = []
        while self._waiting and self._has_room:
            introduction = self._waiting.popleft()
            if introduction.endpoint in self._running:
                held.append(introduction)
                continue
            if self._newest.get(introduction.endpoint) is introduction:
                del self._newest[introduction.endpoint]
            self._running[introduction.endpoint] = introduction
            self._step(introduction, now)
        self._waiting.extendleft(reversed(held))
        if self.idle and self.on_idle:
            waiting, self.on_idle = self.on_idle, []
            for call in waiting:
                call(now)

    @property
    def _has_room(self) -> bool:
        running = len(self._running)
        return running - self._slow < self._at_once and running < _SLOW_FACTOR * self._at_once

    def _step(self, introduction: _Introduction, now: int) -> None:
        """Send the next request of an introduction, or end it."""
        parts, endpoint = self.parts, introduction.endpoint
        introduction.rounds += 1
        if introduction.rounds > _MOST_ROUNDS:
            self._end(introduction, now)
            return
        known = parts.exchange.acquaintances.meet(endpoint)
        server = parts.reach.is_server
        kind: type[Ping | Introduce] = Introduce
        fields: tuple[Any, ...]
        if introduction.greet or not known.token or introduction.other is None:
            kind, fields = Ping, (parts.own_id_bytes, server)
        else:
            may_sign = introduction.proved or parts.reach.is_ours(known.seen_us_at)
            introduction.signed = introduction.prove_us and bool(may_sign)
            signature = b""
            if introduction.signed:
                signature = make_proof(
                    parts.key,
                    asker=introduction.other,
                    nonce=known.token,
                    seen=known.seen_us_at,
                )
                parts.count("proofs.made")
            seen = parts.exchange.packed(endpoint)
            fields = (parts.public.raw, server, seen, signature)
        patience = introduction.patience
        if not parts.exchange.ask(
            endpoint, kind, fields, self, now, introduction, patience=patience, hurry=False
        ):
            self._end(introduction, now)

    def on_reply(self, asked: Outstanding, reply: Pong | Introduced, now: int) -> None:
        """A token came, or a proof."""
        introduction: _Introduction = asked.about
        if isinstance(reply, Pong):
            self._on_pong(introduction, reply, now)
        else:
            self._on_introduced(introduction, asked.number, reply, now)

    def on_slow(self, asked: Outstanding, now: int) -> None:
        """Somebody takes long: on with the next."""
        introduction: _Introduction = asked.about
        if not introduction.slow:
            introduction.slow = True
            self._slow += 1
            self._pump(now)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """Nobody is there, or nobody who proves anything."""
        self._end(asked.about, now)

    def _on_pong(self, introduction: _Introduction, reply: Pong, now: int) -> None:
        said = int.from_bytes(reply.sender)
        if introduction.claimed is not None and said != introduction.claimed:
            self._end(introduction, now)
            return
        introduction.other = said
        if introduction.greet:
            introduction.proved = self.parts.book.peer(said, introduction.endpoint)
            self._end(introduction, now)
        else:
            self._step(introduction, now)

    def _on_introduced(
        self, introduction: _Introduction, number: int, reply: Introduced, now: int
    ) -> None:
        if not reply.key:
            if not reply.token:
                introduction.prove_us = True
            if introduction.signed and not reply.token:
                self._end(introduction, now)
            else:
                self._step(introduction, now)
            return
        if introduction.proved is None:
            introduction.proved = self._checked(introduction, number, reply)
            if introduction.proved is None:
                self._end(introduction, now)
                return
            self._on_proof(introduction.proved, reply.server, now)
        if introduction.prove_us and not reply.known:
            self._step(introduction, now)
        else:
            self._end(introduction, now)

    def _checked(
        self, introduction: _Introduction, number: int, reply: Introduced
    ) -> Peer | None:
        parts = self.parts
        parts.count("proofs.checked")
        prover = check_proof(
            parts.cryptography,
            reply.key,
            reply.signature,
            asker=parts.own_id,
            nonce=number.to_bytes(NONCE_BYTES),
            seen=parts.exchange.packed(introduction.endpoint),
        )
        if prover is None or prover.node_id != introduction.other:
            parts.count("dropped.false_proof")
            return None
        return parts.book.peer(prover.node_id, introduction.endpoint)

    def _on_proof(self, peer: Peer, server: bool, now: int) -> None:
        known = self.parts.exchange.acquaintances.meet(peer.endpoint)
        known.peer = peer
        known.server = server
        if server:
            self.parts.admit(peer, now)

    def _end(self, introduction: _Introduction, now: int) -> None:
        if self._running.get(introduction.endpoint) is introduction:
            del self._running[introduction.endpoint]
            self._slow -= introduction.slow
        for then in introduction.then:
            then(introduction.proved, now)
        self._pump(now)
