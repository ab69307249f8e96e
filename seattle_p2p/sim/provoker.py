"""A node that breaks the rules, one after the other, to see whether anybody lets it.

It is an ordinary node otherwise: it has a key, proves its id and holds adverts for others. Now
and then it visits a contact, gets to know it properly, and then asks for what no honest node
asks. What must come of each request is known beforehand; anything else breaches the run. And
it leaves forged adverts where readers will find them, who must not believe any.
"""

from collections.abc import Callable, Iterator

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import LookedUp
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import SECOND
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.sim.population import Member, Population
from seattle_p2p.sim.provocation import Provocation, Step, forgeries
from seattle_p2p.wire.adverts import (
    place_of,
    sequence_after,
)
from seattle_p2p.wire.codec import Codec
from seattle_p2p.wire.datagrams import (
    Outcome,
    Reply,
    Store,
    Stored,
)

_EVERY_S = 20.0
"""Mean time between two visits."""
_AGAIN_S = 1000
"""Nobody is visited again earlier: all that was left there has to be gone."""
_FLOODS = 8
"""One visit in so many is a flood, too, where so little is enough for one ..."""
_MOST_OF_A_FLOOD = 4000
"""... as this many datagrams."""
_FORGED_PERSONS = 4


class Visit(Task):
    """Gets to know one peer, then asks one thing after the other.

    Args:
        parts: The visitor's.
        peer: Whom it visits.
        steps: What it asks.
        tell: Is told of each rule that was broken, and whether by bad luck perhaps.
    """

    def __init__(
        self,
        parts: Parts,
        peer: Peer,
        steps: Iterator[Step],
        tell: Callable[[str, bool], None],
    ) -> None:
        super().__init__(parts)
        self._peer = peer
        self._steps = steps
        self._tell = tell
        self._step: Step | None = None
        self._kept = b""

    def start(self, now: int) -> None:
        """Have ids proved on both sides."""
        Introducer(self.parts, 1).introduce(
            self._peer.endpoint, self._peer.id, now, self._on_proved, prove_us=True
        )

    def ring(self, now: int) -> None:
        """It is time for the next request."""
        step, exchange = self._step, self.parts.exchange
        assert step is not None
        known = exchange.acquaintances.meet(self._peer.endpoint)
        self._kept = known.token
        if step.token is not None:
            known.token = step.token
        asked = exchange.ask(self._peer.endpoint, step.kind, step.fields, self, now)
        if asked is None:
            self._put_right(step)
            self.give_up()
            return
        for _ in range(step.times - 1):
            exchange.requests.send_again(asked)

    def on_reply(self, asked: Outstanding, reply: Reply, now: int) -> None:
        """See what came of it, and go on."""
        step = self._step
        assert step is not None
        self._put_right(step)
        if not step.keeps(asked, reply):
            broken = f"{step.what}: not at {self._peer}, which answered {reply}"[:300]
            self._tell(broken, step.odds)
        unknown = isinstance(reply, Stored) and reply.outcome == Outcome.UNPROVED
        if unknown and step.token is None:
            self.give_up()  # It has forgotten us meanwhile.
        else:
            self._on_with_it(now)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """The peer is gone, or a datagram was lost twice."""
        assert self._step is not None
        self._put_right(self._step)
        self.give_up()

    def _on_proved(self, peer: Peer | None, now: int) -> None:
        if peer is None:
            self.give_up()
        else:
            self._on_with_it(now)

    def _on_with_it(self, now: int) -> None:
        self._step = next(self._steps, None)
        if self._step is None:
            self.give_up()
        else:
            self.parts.agenda.at(now + round(self._step.wait_s * SECOND), self)

    def _put_right(self, step: Step) -> None:
        """Have the peer's own token again."""
        if step.token is not None:
            self.parts.exchange.acquaintances.meet(self._peer.endpoint).token = self._kept


class Provoker:
    """Has one member visit its contacts for as long as the run lasts.

    Every other one only lays forgeries: they use up what a holder keeps of one node, and the
    quota could not be told from them.

    Args:
        population: Where it lives.
        member: The provoker.
        codec: What datagrams are counted by.
    """

    def __init__(self, population: Population, member: Member, codec: Codec) -> None:
        self._population = population
        self._world = population.world
        self._member = member
        self._codec = codec
        self._rng = population.world.streams.stream(f"provoker/{member.index}")
        self._forges = member.index % 2 == 1
        self._visited: dict[int, int] = {}
        self._plan_next()

    def _plan_next(self) -> None:
        self._world.after(self._rng.expovariate(1 / _EVERY_S), self._go)

    def _go(self) -> None:
        self._plan_next()
        core = self._member.host.core
        if not self._member.joined or not isinstance(core, OverlayNode):
            return
        if self._forges:
            self._forge(core)
            return
        long_ago = self._world.now_ns - _AGAIN_S * SECOND
        contacts = sorted(core.parts.table, key=lambda peer: peer.id)
        fresh = [peer for peer in contacts if self._visited.get(peer.id, long_ago) <= long_ago]
        if fresh and len(contacts) > 1:
            peer = self._rng.choice(fresh)
            other = self._rng.choice([each for each in contacts if each is not peer]).id
            self._visited[peer.id] = self._world.now_ns
            owner = PublicKey(self._rng.randbytes(32))
            steps = Provocation(
                core.parts,
                self._codec,
                peer,
                owner,
                other,
                self._token_of_another(peer),
                self._population.tally.provocations % _FLOODS == 0
                and core.parts.params.source_burst <= _MOST_OF_A_FLOOD // 2,
            ).steps()
            self._visit(core, peer, steps)

    def _token_of_another(self, peer: Peer) -> bytes:
        """A token that the peer gave to some other address lately."""
        for member in self._population.live_members():
            core = member.host.core
            if member is self._member or not isinstance(core, OverlayNode):
                continue
            known = core.parts.exchange.acquaintances.at(peer.endpoint)
            if known is not None and known.token:
                return known.token
        return b""

    def _visit(self, core: OverlayNode, peer: Peer, steps: Iterator[Step]) -> None:
        tally = self._population.tally
        tally.provocations += 1
        Visit(core.parts, peer, steps, tally.give_in).start(self._world.now_ns)
        self._world.collect(self._member.host)

    def _forge(self, core: OverlayNode) -> None:
        """Find who holds a person's adverts, and add some of our own making."""
        population = self._population
        person = population.persons[
            self._rng.randrange(len(population.persons)) % _FORGED_PERSONS
        ]
        others = [
            member
            for member in population.live_members()
            if member.is_ordinary
            and member.joined
            and person not in member.owners
            and member is not self._member
        ]
        if not others:
            return
        sequence = sequence_after(1 << 16) + self._world.now_ns // SECOND
        other = self._rng.choice(others)
        records = list(forgeries(core.parts, person.key, other, sequence))

        def then(found: LookedUp) -> None:
            for peer, record in zip(found.peers, records * len(found.peers), strict=False):
                step = Step("", Store, (b"", b"", 0, record), lambda _, __: True)
                self._visit(core, peer, iter((step,)))

        place = place_of(core.parts.cryptography.storage_key(person.key).public.raw)
        population.look_up(self._member, place, then)
