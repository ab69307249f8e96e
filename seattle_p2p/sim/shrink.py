"""Makes a scenario that breaches smaller while it still does (delta debugging).

Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input (TSE 2002): of many
smaller candidates the first that still fails is taken, until none does. A candidate has fewer
machines, faults or seconds, or a simpler network, never anything new.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim.invariants import Verdict
from seattle_p2p.sim.run import Result, Run
from seattle_p2p.sim.scenario import (
    Churn,
    Network,
    NodeGroup,
    Scenario,
    require_sense,
)

_SHORTEST_S = 30
"""In less nothing happens, and whatever has to happen in the end is missing for that reason."""
_LEFT_AFTER_BREACH = 1.02
"""A run that ends so much later than the breach still meets it."""


@dataclass(frozen=True)
class Shrunk:
    """The smallest scenario found.

    Args:
        scenario: It breaches with `seed`.
        seed: The seed.
        verdict: What it breaches.
        tried: Runs that it took.
    """

    scenario: Scenario
    seed: int
    verdict: Verdict
    tried: int


def shrink(
    result: Result,
    folder: Path = Path(),
    *,
    budget_s: float = 60,
    tell: Callable[[int, int], None] | None = None,
) -> Shrunk:
    """Make the scenario of a breached run smaller.

    Args:
        result: The run; its first broken verdict is what has to stay broken.
        folder: Where files that the scenario names are looked for.
        budget_s: Seconds of this machine after which no further candidate is tried.
        tell: Called after each run with their number and the smallest number of machines.
    """
    verdict = next(verdict for verdict in result.verdicts if not verdict.holds)
    smallest, tried = _without_other_bounds(result.scenario, verdict), 0
    end = time.monotonic() + budget_s
    ended_s = result.ended_s
    progress = True
    while progress:
        progress = False
        for candidate in _candidates(smallest, ended_s):
            if time.monotonic() > end:
                return Shrunk(smallest, result.seed, verdict, tried)
            found = _breach_of(candidate, result.seed, folder, verdict.name)
            tried += 1
            if tell is not None:
                tell(tried, smallest.hosts)
            if found is not None:
                smallest, (verdict, ended_s), progress = candidate, found, True
                break
    return Shrunk(smallest, result.seed, verdict, tried)


def _breach_of(
    scenario: Scenario, seed: int, folder: Path, name: str
) -> tuple[Verdict, float] | None:
    """The broken verdict of that name and when the run ended; None when it is not broken."""
    try:
        result = Run(scenario, seed, folder).execute()
    except BadPlan:
        return None
    for verdict in result.verdicts:
        if verdict.name == name and not verdict.holds:
            return verdict, result.ended_s
    return None


def _candidates(scenario: Scenario, ended_s: float) -> Iterator[Scenario]:
    """Smaller scenarios that make sense; first those that will do and those that cost least."""
    duration_s = scenario.meta.duration_s
    for candidate in (
        *_shorter(scenario, round(ended_s * _LEFT_AFTER_BREACH, 3)),
        *_few_machines(scenario),
        *_shorter(scenario, duration_s / 2),
        *_shorter(scenario, duration_s * 0.8),
        *_fewer_machines(scenario),
        *_without_faults(scenario),
        *_simpler(scenario),
    ):
        if candidate == scenario:
            continue
        try:
            require_sense(candidate)
        except BadPlan:
            continue
        yield candidate


def _shorter(scenario: Scenario, shorter_s: float) -> Iterator[Scenario]:
    """The scenario with so many seconds, when that is shorter and leaves enough."""
    if _SHORTEST_S <= shorter_s < scenario.meta.duration_s * 0.99:
        meta = replace(scenario.meta, duration_s=shorter_s)
        last_look_s = min(scenario.workload.last_look_s, shorter_s / 4)
        workload = replace(scenario.workload, last_look_s=last_look_s)
        faults = tuple(fault for fault in scenario.faults if fault.at_s < shorter_s)
        yield replace(scenario, meta=meta, workload=workload, faults=faults)


def _few_machines(scenario: Scenario) -> Iterator[Scenario]:
    for divisor in (32, 16, 8, 4, 2):
        groups = tuple(_of(group, group.count // divisor) for group in scenario.nodes)
        yield replace(scenario, nodes=groups)


def _fewer_machines(scenario: Scenario) -> Iterator[Scenario]:
    for index, group in enumerate(scenario.nodes):
        before, after = scenario.nodes[:index], scenario.nodes[index + 1 :]
        rest = (*before, *after)
        if any(other.role == group.role for other in rest) or group.role == "provoker":
            named = {other.name for other in rest} | {""}
            faults = tuple(fault for fault in scenario.faults if fault.group in named)
            yield replace(scenario, nodes=rest, faults=faults)
        for count in (1, group.count // 2, group.count - 1):
            yield replace(scenario, nodes=(*before, _of(group, count), *after))


def _of(group: NodeGroup, count: int) -> NodeGroup:
    return replace(group, count=min(max(count, 1), group.count))


def _without_faults(scenario: Scenario) -> Iterator[Scenario]:
    faults = scenario.faults
    if faults:
        yield replace(scenario, faults=())
    for index in range(len(faults)):
        yield replace(scenario, faults=faults[:index] + faults[index + 1 :])


def _simpler(scenario: Scenario) -> Iterator[Scenario]:
    """The same machines in a world in which less happens."""
    work = scenario.workload
    yield replace(scenario, churn=Churn())
    yield replace(scenario, network=Network(latency="constant"))
    yield replace(
        scenario, network=replace(scenario.network, loss=0, burst_loss=0, duplicate=0)
    )
    yield replace(scenario, workload=replace(work, lookups_per_s=0))
    yield replace(scenario, workload=replace(work, discover_every_s=0))
    yield replace(scenario, workload=replace(work, owners=1, popularity="uniform"))
    for index, group in enumerate(scenario.nodes):
        plain = replace(
            group, vessels=min(group.vessels, 1), nat="none", nat_share=1, ip_group_size=1
        )
        nodes = (*scenario.nodes[:index], plain, *scenario.nodes[index + 1 :])
        yield replace(scenario, nodes=nodes)


def _without_other_bounds(scenario: Scenario, verdict: Verdict) -> Scenario:
    """Bounds on measures are of the whole scenario: only the broken one is kept."""
    kept = tuple(
        expect
        for expect in scenario.expect
        if verdict.kind == "bound" and verdict.name.startswith(f"{expect.measure} is ")
    )
    return replace(scenario, expect=kept)
