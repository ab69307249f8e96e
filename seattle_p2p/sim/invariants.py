"""What must hold: always, in the end, and within the bounds that a scenario states.

`always` invariants are checked while the run goes on and stop it at the first breach; those of
`eventually` are judged by the last looks of all owners; `sometimes` ones say that a scenario
showed what it was made for; bounds compare one measure with a number.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from seattle_p2p.overlay.core import Cryptography, Overlay, Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.sim.errands import Researchers
from seattle_p2p.sim.inspection import Inspector
from seattle_p2p.sim.measures import Tally
from seattle_p2p.sim.population import Population
from seattle_p2p.sim.scenario import Expect
from seattle_p2p.sim.world import World

_LOOKED_INTO = 1000
"""Of a larger population so many memories are looked into, always the same."""

Kind = Literal["always", "eventually", "sometimes", "bound"]


@dataclass(frozen=True)
class Verdict:
    """One invariant's outcome.

    Args:
        name: The sentence that should be true.
        kind: When it should be.
        holds: Whether it was.
        detail: The numbers behind it.
    """

    name: str
    kind: Kind
    holds: bool
    detail: str


class Breach(Exception):
    """An `always` invariant does not hold: the run stops here.

    Args:
        verdict: Which, and how.
    """

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.name)
        self.verdict = verdict


class Watch:
    """Checks the `always` invariants of a run.

    Args:
        world: What is watched.
        population: Its members; their cores' statistics are checked.
        max_outstanding: Most requests a core may have without answer.
        cryptography: That of the run.
    """

    def __init__(
        self,
        world: World,
        population: Population,
        max_outstanding: int,
        cryptography: Cryptography,
    ) -> None:
        self._world = world
        self._population = population
        self._max_outstanding = max_outstanding
        self._inspector = Inspector(cryptography, population)
        self._now_ns = 0

    def check(self, *, thoroughly: bool) -> None:
        """Look at the world, and into every core if asked.

        Raises:
            Breach: something that must always hold does not.
        """
        for verdict in self.verdicts() if thoroughly else [self._clock(), self._accounts()]:
            if not verdict.holds:
                raise Breach(verdict)

    @property
    def live_dropped_share(self) -> float:
        """Of contacts that were looked at twice, those that left a table and were up."""
        inspector = self._inspector
        return inspector.live_dropped / max(inspector.contacts_seen, 1)

    def verdicts(self) -> list[Verdict]:
        """All of them, as they are now."""
        return [
            self._clock(),
            self._accounts(),
            self._requests(),
            self._contacts(),
            self._memories(),
            self._rules(),
        ]

    def _clock(self) -> Verdict:
        before, self._now_ns = self._now_ns, self._world.now_ns
        holds = self._world.now_ns >= before
        return Verdict("the clock never goes back", "always", holds, f"{self._world.now_s:g} s")

    def _accounts(self) -> Verdict:
        traffic, under_way = self._world.traffic, self._world.under_way
        lost = traffic.lost_in_network + traffic.lost_to_faults + traffic.lost_to_nobody
        added = traffic.delivered + lost + traffic.kept + under_way - traffic.doubled
        detail = (
            f"{traffic.sent:,} sent + {traffic.doubled:,} doubled ="
            f" {traffic.delivered:,} delivered + {lost:,} lost + {traffic.kept:,} kept"
            f" + {under_way:,} under way"
        )
        holds = traffic.sent == added
        return Verdict("every datagram is accounted for", "always", holds, detail)

    def _requests(self) -> Verdict:
        most = 0
        for member in self._population.members:
            if member.host.up:
                most = max(most, _outstanding(member.core))
        holds = most <= self._max_outstanding
        detail = f"at most {most}, bound {self._max_outstanding}"
        return Verdict("requests in flight stay within bounds", "always", holds, detail)

    def _contacts(self) -> Verdict:
        """Nobody holds a contact that was made up, or one at somebody else's address."""
        population, wrong, seen = self._population, [], 0
        members = population.members
        for member in members[:: max(len(members) // _LOOKED_INTO, 1)]:
            for peer in member.core.peers() if member.host.up else ():
                seen += 1
                there = self._world.host_at(peer.endpoint)
                # A box forgets mappings: what nobody has any more proves nothing.
                who = population.host_of(peer.id)
                is_elsewhere = there is not None and there.index != who
                if who is None or is_elsewhere:
                    wrong.append(f"{member.index} holds {peer}")
        detail = f"{seen:,} contacts looked at" + _some(wrong)
        return Verdict(
            "every contact is a node at its own address", "always", not wrong, detail
        )

    def _memories(self) -> Verdict:
        """Tables, requests and records inside every core keep their laws."""
        wrong, looked_into = [], 0
        members = self._population.members
        for member in members[:: max(len(members) // _LOOKED_INTO, 1)]:
            if member.host.up:
                looked_into += 1
                laws = self._inspector.broken_laws(member, self._world.now_ns)
                wrong += [f"{member.index}: {law}" for law in laws]
        wrong += self._inspector.laws_over_all()
        detail = f"{looked_into:,} memories looked into" + _some(wrong)
        return Verdict("every core keeps its own books right", "always", not wrong, detail)

    def _rules(self) -> Verdict:
        """Nobody gave in to those who try."""
        tally = self._population.tally
        detail = f"{tally.provocations:,} visits of provokers" + _some(tally.given_in)
        return Verdict("nobody lets rules be broken", "always", not tally.given_in, detail)


def _outstanding(core: Overlay) -> int:
    """Requests of a core without an answer; a whole account of it would cost much more."""
    if isinstance(core, OverlayNode):
        return len(core.parts.exchange.requests)
    return core.statistics().outstanding


def _some(wrong: Sequence[str]) -> str:
    more = f"; and {len(wrong) - 3:,} more" if len(wrong) > 3 else ""
    return "".join(f"; {each}" for each in wrong[:3]) + more


def sometimes(population: Population, *, deaths: int, lost: int) -> list[Verdict]:
    """What a scenario with deaths or losses must have shown, or it showed nothing.

    Args:
        population: Whose cores counted.
        deaths: Machines that went down without a word.
        lost: Datagrams the network lost.
    """
    live = population.live_members()
    evicted = sum(member.core.statistics().counts.get("evicted", 0) for member in live)
    verdicts = []
    if deaths:
        verdicts.append(
            Verdict(
                "a dead contact leaves a table",
                "sometimes",
                evicted > 0,
                f"{evicted:,} evicted, {deaths:,} deaths",
            )
        )
    if lost:
        verdicts.append(
            Verdict("the network loses datagrams", "sometimes", True, f"{lost:,} lost")
        )
    return verdicts


def eventually(population: Population, tally: Tally) -> list[Verdict]:
    """What the end of the run, and the last look of every owner, must show."""
    pieces, largest = components(population)
    waiting = [m.index for m in population.live_members() if not m.joined]
    last = [look for look in tally.discoveries if look.last]
    unfinished = [look for look in last if look.done_ns is None]
    missing = sum(len(look.missing) for look in last)
    lived = sum(len(look.lived) for look in last)
    dead = sum(look.dead_shown for look in tally.discoveries)
    strangers = sorted({index for look in tally.discoveries for index in look.strangers})
    twice = sum(look.told_twice for look in tally.discoveries)
    owners = sorted({look.owner for look in last if look.missing})
    who = f"; owners that miss some: {owners[:8]}" if owners else ""
    return [
        Verdict(
            "every live advertised vessel is found by its owner",
            "eventually",
            bool(last) and not missing and lived > 0,
            f"{lived - missing} of {lived} found by {len(last)} owners{who}",
        ),
        Verdict(
            "no dead vessel is shown as alive",
            "always",
            not dead,
            f"{dead} shown in {len(tally.discoveries)} looks",
        ),
        Verdict(
            "nobody is shown who did not advertise",
            "always",
            not strangers,
            f"members shown to owners of none of their vessels: {strangers[:8] or 'none'}",
        ),
        Verdict(
            "nobody is shown twice",
            "always",
            not twice,
            f"{twice} shown again in {len(tally.discoveries)} looks",
        ),
        Verdict(
            "every look ends",
            "eventually",
            not unfinished,
            f"{len(unfinished)} of {len(last)} last looks without an end",
        ),
        Verdict(
            "every join ends",
            "eventually",
            not waiting,
            f"{len(tally.joins_ns):,} joined; still waiting: {waiting[:8] or 'nobody'}",
        ),
        Verdict(
            "every departure ends",
            "eventually",
            not population.leaving,
            f"still leaving: {sorted(population.leaving)[:8] or 'nobody'}",
        ),
        Verdict(
            "the network is one piece",
            "eventually",
            pieces == 1,
            f"{pieces} piece(s), the largest of {largest:,} nodes",
        ),
    ]


def commands(researchers: Researchers | None) -> list[Verdict]:
    """What signed commands must have come to; nothing where nobody sent any."""
    if researchers is None:
        return []
    errands = researchers.errands
    wrong, twice = [*errands.wrong, *researchers.failures], researchers.twice()
    forgotten = researchers.forgotten()
    return [
        Verdict(
            "rights are kept: strangers are refused, owners served",
            "always",
            not wrong,
            f"{sum(errands.sent.values()):,} served, {errands.refused:,} refused,"
            f" {errands.gone:,} at nodes that were gone" + _some(wrong),
        ),
        Verdict(
            "every start happens exactly once",
            "always",
            not twice,
            f"{len(errands.started):,} starts" + _some(twice),
        ),
        Verdict(
            "what was acknowledged is kept",
            "always",
            not forgotten,
            f"{len(errands.told):,} vessels described" + _some(forgotten),
        ),
    ]


def components(population: Population) -> tuple[int, int]:
    """Weak components of who knows whom among live servers: number, and the largest's size."""
    group = {m.index: m.index for m in population.live_members() if m.core.role is Role.SERVER}

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for index in list(group):
        for peer in population.members[index].core.peers():
            there = population.host_of(peer.id)
            if there in group:
                group[root(index)] = root(there)
    sizes = Counter(root(index) for index in group)
    return len(sizes), max(sizes.values(), default=0)


def bounds(expected: Sequence[Expect], measures: Mapping[str, float]) -> list[Verdict]:
    """Compare measures with the bounds of the scenario; an unknown measure is a breach."""
    return [_bound(expect, measures.get(expect.measure)) for expect in expected]


def _bound(expect: Expect, value: float | None) -> Verdict:
    wanted = " and ".join(
        f"{word} {limit:g}"
        for word, limit in (("at least", expect.at_least), ("at most", expect.at_most))
        if limit is not None
    )
    name = f"{expect.measure} is {wanted}"
    if value is None:
        return Verdict(name, "bound", False, "the run has no such measure")
    low = -float("inf") if expect.at_least is None else expect.at_least
    high = float("inf") if expect.at_most is None else expect.at_most
    return Verdict(name, "bound", low <= value <= high, f"{value:g}")
