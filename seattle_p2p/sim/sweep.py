"""Many runs of one scenario: every combination of some values, with every seed.

Runs are independent, so they use all cores; each is written down as it ends, so that a sweep
that was stopped goes on where it was.
"""

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim import compiled
from seattle_p2p.sim.measures import mean
from seattle_p2p.sim.paths import set_at
from seattle_p2p.sim.scenario import Scenario, Sweep, require_sense
from seattle_p2p.sim.scenario_text import scenario_text

ROWS = "rows.jsonl"

# Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom.
_T95 = (
    12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13,
    2.12, 2.11, 2.10, 2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04,
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One run of a sweep.

    Args:
        values: Value of each axis, by its path in the scenario.
        seed: With which seed.
    """

    values: tuple[tuple[str, Any], ...]
    seed: int

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return json.dumps([list(map(list, self.values)), self.seed])


@dataclass(frozen=True)
class Row:
    """What came of one run.

    Args:
        point: Which.
        trace_hash: Of the run.
        breached: Verdicts that did not hold.
        measures: Its numbers.
        cpu_s: What it cost.
        scenario: Stands for the scenario that was swept, without its sweep table.
    """

    point: Point
    trace_hash: str
    breached: list[str]
    measures: dict[str, float]
    cpu_s: float
    scenario: str


@dataclass(frozen=True)
class Summary:
    """One combination of values over all seeds.

    Args:
        values: The combination.
        runs: How many seeds.
        breached: In how many of them a verdict did not hold.
        means: Mean of each measure.
        margins: Half the width of its 95 % interval.
    """

    values: tuple[tuple[str, Any], ...]
    runs: int
    breached: int
    means: dict[str, float]
    margins: dict[str, float]


def points(scenario: Scenario, seeds: Sequence[int]) -> list[Point]:
    """Every run of the scenario's sweep; its own seeds when `seeds` is empty."""
    axes = scenario.sweep.axes
    chosen = tuple(seeds) or scenario.sweep.seeds or (scenario.meta.seed,)
    combinations = itertools.product(*axes.values())
    return [
        Point(tuple(zip(axes, values, strict=True)), seed)
        for values in combinations
        for seed in chosen
    ]


def at_point(scenario: Scenario, point: Point) -> Scenario:
    """The scenario with the values of `point`.

    Paths name tables and fields: ``network.loss``, ``nodes.donors.count`` by the group's name,
    ``faults.0.share`` by number.

    Raises:
        BadPlan: no such field, or a value it cannot have.
    """
    content = msgspec.to_builtins(scenario)
    for path, value in point.values:
        set_at(content, path, value)
    try:
        changed = msgspec.convert(content, Scenario)
        require_sense(changed)
    except msgspec.ValidationError as reason:
        raise BadPlan(f"sweep: {_said(point)}: {reason}") from None
    except BadPlan as reason:
        raise BadPlan(f"sweep: {_said(point)}: {reason}", hint=reason.hint) from None
    return changed


def _said(point: Point) -> str:
    return ", ".join(f"{path} = {value!r}" for path, value in point.values)


def run_sweep(
    scenario: Scenario,
    folder: Path,
    out: Path,
    *,
    seeds: Sequence[int] = (),
    jobs: int = 1,
    tell: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """Run what is not in `out` yet, several at a time.

    Args:
        scenario: With a `sweep` table, or at least with several seeds.
        folder: Where files it names are.
        out: Folder for `rows.jsonl`; what is there already is not run again.
        seeds: Instead of the scenario's.
        jobs: Processes at a time.
        tell: Called with runs done and runs in all.

    Raises:
        BadPlan: an axis that is none, or rows of another sweep in `out`.
    """
    plan = points(scenario, seeds)
    for point in plan:
        at_point(scenario, point)
    out.mkdir(parents=True, exist_ok=True)
    kept = list(read_rows(out / ROWS))
    same = fingerprint(scenario)
    if any(row.scenario != same for row in kept):
        raise BadPlan(
            f"{out / ROWS} has rows of another scenario, or of this one before it was changed",
            hint="name another folder, or remove that file",
        )
    done = {row.point.name: row for row in kept}
    _write_anew(out / ROWS, kept)
    missing = [point for point in plan if point.name not in done]
    data = msgspec.json.encode(scenario)
    # Children begin afresh: what a run gives must not depend on what ran before it.
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=get_context("spawn"),
        max_tasks_per_child=1,
        initializer=compiled.use,
    )
    try:
        waiting = [pool.submit(run_point, data, point, folder, same) for point in missing]
        with (out / ROWS).open("a") as file:
            for future in as_completed(waiting):
                row = future.result()
                done[row.point.name] = row
                file.write(_line(row))
                file.flush()
                if tell is not None:
                    tell(sum(p.name in done for p in plan), len(plan))
    finally:
        # Who stops a sweep does not wait for the runs that have not begun.
        pool.shutdown(cancel_futures=True)
    return [done[point.name] for point in plan]


def _write_anew(path: Path, rows: Sequence[Row]) -> None:
    """Rows without the half line that a run which was killed may have left."""
    beside = path.with_suffix(".new")
    beside.write_text("".join(map(_line, rows)))
    beside.replace(path)


def fingerprint(scenario: Scenario) -> str:
    """Stands for everything in a scenario but what its sweep table says."""
    text = scenario_text(msgspec.structs.replace(scenario, sweep=Sweep()))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def run_point(data: bytes, point: Point, folder: Path, fingerprint: str) -> Row:
    """Run one point in this process."""
    from seattle_p2p.sim.run import Run

    scenario = at_point(msgspec.json.decode(data, type=Scenario), point)
    result = Run(scenario, point.seed, folder).execute()
    breached = [verdict.name for verdict in result.verdicts if not verdict.holds]
    return Row(
        point=point,
        trace_hash=result.trace_hash,
        breached=breached,
        measures=result.measures,
        cpu_s=result.cost.cpu_s,
        scenario=fingerprint,
    )


def read_rows(path: Path) -> Iterator[Row]:
    """Rows written so far; a last line that was cut short is passed over."""
    if not path.exists():
        return
    for line in path.read_text().splitlines():
        try:
            row = msgspec.json.decode(line, type=Row)
        except (msgspec.DecodeError, msgspec.ValidationError):
            continue
        yield row


def summarise(rows: Sequence[Row]) -> list[Summary]:
    """Means over seeds with 95 % intervals (Student's t), one for each combination."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(json.dumps(list(map(list, row.point.values))), []).append(row)
    return [_summary(group) for group in groups.values()]


def as_csv(summaries: Sequence[Summary], measures: Sequence[str]) -> str:
    """A line for each combination: its values, then mean and margin of each measure."""
    axes = [path for path, _ in summaries[0].values] if summaries else []
    head = [*axes, "runs", "breached"]
    head += [f"{name}{end}" for name in measures for end in ("", " ±")]
    lines = [",".join(head)]
    for each in summaries:
        cells = [str(value) for _, value in each.values] + [str(each.runs), str(each.breached)]
        for name in measures:
            cells += [f"{each.means.get(name, math.nan):.6g}"]
            cells += [f"{each.margins.get(name, math.nan):.3g}"]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    return msgspec.json.encode(row).decode() + "\n"


def _summary(rows: Sequence[Row]) -> Summary:
    names = [name for name in rows[0].measures if all(name in row.measures for row in rows)]
    means, margins = {}, {}
    for name in names:
        values = [row.measures[name] for row in rows]
        means[name] = centre = mean(values)
        degrees = len(values) - 1
        if degrees:
            spread = math.sqrt(sum((value - centre) ** 2 for value in values) / degrees)
            t = _T95[min(degrees, len(_T95)) - 1]
            margins[name] = t * spread / math.sqrt(len(values))
    breached = sum(bool(row.breached) for row in rows)
    return Summary(rows[0].point.values, len(rows), breached, means, margins)
