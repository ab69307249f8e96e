"""One scenario, one seed: lets it happen, watches it, judges it."""

import gc
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.overlay.core import Role
from seattle_p2p.sim import invariants
from seattle_p2p.sim.atlas import Place, make_atlas
from seattle_p2p.sim.cuts import Cut, sample_cuts
from seattle_p2p.sim.invariants import Breach, Verdict, Watch
from seattle_p2p.sim.measures import Cost, Sample, Tally, gini, mean
from seattle_p2p.sim.scenario import Scenario
from seattle_p2p.sim.soundings import Soundings
from seattle_p2p.sim.spotlight import Operation
from seattle_p2p.sim.staging import Stage
from seattle_p2p.sim.trace import Delivery

_SLICES = 200
"""A run is watched, sampled and its progress told so many times."""
_SLICES_PER_LOOK = 20
"""Every core is looked into after so many slices."""
_SLICES_PER_COUNT = 5
"""Contacts in tables are counted after so many slices."""
_CRASHES_PER_COLLECTION = 0.15
"""Crashed cores are cycles of objects; they are collected once they are such a share of all."""


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Args:
        now_s: Virtual seconds so far.
        end_s: Virtual seconds in all.
        up: Machines that run now.
        delivered: Datagrams so far.
        lookups: Looks of owners, and plain lookups, so far.
        found: Vessels found by owners so far.
        expected: Vessels that there were to find.
    """

    now_s: float
    end_s: float
    up: int
    delivered: int
    lookups: int
    found: int
    expected: int


@dataclass(frozen=True)
class Load:
    """What lies on each machine that is up at the end.

    Args:
        received: Datagrams it got.
        records: Adverts it holds for others; ordinary nodes only.
    """

    received: list[int]
    records: list[int]


@dataclass(frozen=True)
class Result:
    """What came of a run.

    Args:
        scenario: What was run.
        seed: With which seed.
        ended_s: When it ended, in virtual seconds: early when an invariant was breached.
        trace_hash: Stands for every delivered datagram.
        verdicts: All of them.
        measures: Numbers by name; the same for the same seed.
        tally: What they were made of.
        soundings: What was known of machines that are gone.
        load: What lay on whom in the end.
        cuts: How well connected some pairs of nodes were then.
        worst: The worst of the looks and lookups that were watched whole.
        atlas: Who was where in the end.
        cost: What it cost this machine.
        last: The last deliveries.
    """

    scenario: Scenario
    seed: int
    ended_s: float
    trace_hash: str
    verdicts: list[Verdict]
    measures: dict[str, float]
    tally: Tally
    soundings: Soundings
    load: Load
    cuts: list[Cut]
    worst: Operation | None
    atlas: list[Place]
    cost: Cost
    last: list[Delivery]

    @property
    def holds(self) -> bool:
        """Whether every verdict does."""
        return all(verdict.holds for verdict in self.verdicts)


class Run:
    """A scenario about to happen.

    Args:
        scenario: What to run.
        seed: The scenario's own when None.
        folder: Where files that the scenario names are looked for.
    """

    def __init__(
        self, scenario: Scenario, seed: int | None = None, folder: Path = Path()
    ) -> None:
        self.scenario = scenario
        self.seed = scenario.meta.seed if seed is None else seed
        self.stage = Stage(scenario, self.seed, folder)
        self.world = self.stage.world
        self._watch = Watch(
            self.world,
            self.stage.population,
            self.stage.params.max_outstanding,
            self.stage.signatures,
        )
        self._soundings = Soundings(self.stage.population)
        self._cuts: list[Cut] = []
        self._before = (0, 0, 0)
        self._collected_crashes = 0

    def execute(self, tell: Callable[[Progress], None] | None = None) -> Result:
        """Let everything happen and judge it.

        Args:
            tell: Called now and then with how far it is.
        """
        wall, cpu = time.perf_counter(), time.process_time()
        breach: list[Verdict] = []
        try:
            with _rare_collections():
                self._let_happen(tell)
        except Breach as caught:
            breach.append(caught.verdict)
        tally = self.stage.tally
        measures = self._measures()
        verdicts = breach or [
            *self._watch.verdicts(),
            *invariants.eventually(self.stage.population, tally),
            *invariants.sometimes(
                self.stage.population,
                deaths=self.stage.population.crashes,
                lost=self.world.traffic.lost_in_network,
            ),
            *invariants.commands(self.stage.researchers),
            *invariants.bounds(self.scenario.expect, measures),
        ]
        if self.stage.researchers is not None:
            self.stage.researchers.close()
        cost = Cost(
            cpu_s=time.process_time() - cpu,
            wall_s=time.perf_counter() - wall,
            peak_rss_bytes=_peak_rss_bytes(),
            messages=self.world.traffic.delivered,
        )
        trace = self.world.trace
        return Result(
            scenario=self.scenario,
            seed=self.seed,
            ended_s=self.world.now_s,
            trace_hash=trace.hash,
            verdicts=verdicts,
            measures=measures,
            tally=tally,
            soundings=self._soundings,
            load=self._load(),
            cuts=self._cuts,
            worst=self.stage.population.spotlight.worst,
            atlas=make_atlas(self.world, self.stage.population),
            cost=cost,
            last=trace.last,
        )

    def _let_happen(self, tell: Callable[[Progress], None] | None) -> None:
        end_s = self.scenario.meta.duration_s
        for slice_ in range(1, _SLICES + 1):
            self._go_on(end_s * slice_ / _SLICES)
            self._watch.check(thoroughly=slice_ % _SLICES_PER_LOOK == 0)
            if self._many_crashed():
                gc.collect()
            self.stage.tally.samples.append(self._sample())
            self._soundings.take(self.world.now_ns, tables=slice_ % _SLICES_PER_COUNT == 0)
            if tell is not None:
                tell(self._progress())

    def _many_crashed(self) -> bool:
        since = self.stage.population.crashes - self._collected_crashes
        if since <= _CRASHES_PER_COLLECTION * len(self.world.hosts):
            return False
        self._collected_crashes += since
        return True

    def _go_on(self, until_s: float) -> None:
        """Let the world happen; what a core raises is a breach, not the end of the program."""
        try:
            self.world.run(until=until_s)
        except Exception as reason:
            where = traceback.extract_tb(reason.__traceback__)[-1]
            detail = (
                f"at {self.world.now_s:.6f} s, {type(reason).__name__}: {reason}"
                f" ({where.name} in {Path(where.filename).name}, line {where.lineno})"
            )
            raise Breach(Verdict("no core raises", "always", False, detail)) from reason

    def _load(self) -> Load:
        live = self.stage.population.live_members()
        records = [m.core.statistics().records for m in live if m.is_ordinary]
        return Load([member.host.received for member in live], records)

    def _sample(self) -> Sample:
        traffic = self.world.traffic
        lost = traffic.lost_in_network + traffic.lost_to_faults + traffic.lost_to_nobody
        now = (traffic.sent, traffic.sent_bytes, lost)
        since = [after - before for after, before in zip(now, self._before, strict=True)]
        self._before = now
        return Sample(self.world.now_s, self._up(), *since)

    def _up(self) -> int:
        return sum(host.up for host in self.world.hosts)

    def _progress(self) -> Progress:
        looks = self.stage.tally.discoveries
        done = [look for look in looks if look.done_ns is not None]
        return Progress(
            now_s=self.world.now_s,
            end_s=self.scenario.meta.duration_s,
            up=self._up(),
            delivered=self.world.traffic.delivered,
            lookups=len(looks) + len(self.stage.tally.lookups),
            found=sum(len(look.found.keys() & look.expected) for look in done),
            expected=sum(len(look.expected) for look in done),
        )

    def _measures(self) -> dict[str, float]:
        world, tally, churn = self.world, self.stage.tally, self.stage.churn
        traffic, hosts, duration_s = world.traffic, len(world.hosts), max(world.now_s, 1e-9)
        live = self.stage.population.live_members()
        statistics = [member.core.statistics() for member in live if member.is_ordinary]
        looks = len(tally.discoveries)
        self._cuts = sample_cuts(self.stage.population, world.streams.stream("cuts"))
        measures: dict[str, float] = {
            "nodes.live": len(live),
            **tally.membership_measures(),
            **tally.discovery_measures(),
            **tally.lookup_measures(),
            **self._soundings.measures(),
            "discovery.reads_mean": world.trace.kinds.get("Read", 0) / max(looks, 1),
            "churn.departures": churn.departures,
            "churn.returns": churn.returns,
            "traffic.sent": traffic.sent,
            "traffic.delivered": traffic.delivered,
            "traffic.messages_per_node_per_s": traffic.sent / hosts / duration_s,
            "traffic.bytes_per_node_per_s": traffic.sent_bytes / hosts / duration_s,
            "load.gini_requests": gini(host.received for host in world.hosts if host.up),
            "load.gini_records": gini(known.records for known in statistics),
            "table.contacts_mean": mean([known.contacts for known in statistics]),
            "table.cut_least": min((cut.least for cut in self._cuts), default=0),
            "table.cut_mean": mean([cut.least for cut in self._cuts]),
            "table.live_dropped_share": self._watch.live_dropped_share,
            "size.estimate_mean": mean([known.size_estimate for known in statistics]),
            "size.error_mean": self._size_error(),
        }
        if self.stage.researchers is not None:
            measures |= self.stage.researchers.errands.measures()
        for kind in sorted(world.trace.kinds):
            measures[f"messages.{kind}"] = world.trace.kinds[kind]
        return {name: round(value, 6) for name, value in measures.items()}

    def _size_error(self) -> float:
        """By how much nodes that have an estimate are off, as a share of what is true."""
        live = self.stage.population.live_members()
        servers = sum(member.core.role is Role.SERVER for member in live)
        estimates = [m.core.statistics().size_estimate for m in live if m.is_ordinary]
        return mean([abs(known / max(servers, 1) - 1) for known in estimates if known])


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Keep the collector of cycles still: it walks every node again and again, a fifth of a
    run's time, and finds only the cores of machines that crashed. What was there before the
    run is not walked at all: many small runs may share a large process."""
    was_enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def _peak_rss_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
