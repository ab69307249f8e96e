"""`seattle sim`: questions to the overlay, answered in virtual time."""

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seattle_p2p.cli import output

if TYPE_CHECKING:
    from seattle_p2p.sim.run import Progress, Result
    from seattle_p2p.sim.sweep import Summary

EXIT_BREACHED = 3


@click.group()
def sim() -> None:
    """Run the overlay in virtual time: same code, same seed, same run."""


@sim.command("compile")
@output.json_option
def compile_core(as_json: bool) -> None:
    """Compile the core, once, so that runs of many nodes take two thirds of the time.

    Takes about a minute, a C compiler and `pip install 'seattle-p2p[compile]'`. From then on
    `run`, `plan` and `sweep` use it by themselves; their outcome is the same. After an update
    or a change of the sources, compile again.
    """
    from seattle_p2p.sim import compiled

    began = time.monotonic()
    if not compiled.folder().is_dir():
        output.note("compiling the core: about a minute")
    folder = compiled.build()
    if as_json:
        output.document({"folder": str(folder), "took_s": round(time.monotonic() - began, 1)})
    else:
        output.note(f"compiled: {folder}")


@sim.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--seed", type=int, help="Instead of the scenario's own.")
@click.option("--drop-datagram", type=click.IntRange(min=0), metavar="N", help="Lose the Nth.")
@click.option("--report", type=click.Path(path_type=Path), help="Folder for a report.")
@click.option("--no-figures", is_flag=True, help="Only numbers in the report.")
@click.option("--baseline", is_flag=True, help="The stock kademlia package beside it.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    help="Folder for what a breach leaves; NAME-SEED-breach here by default.",
)
@click.option(
    "--shrink-s",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds to spend on making a breach smaller.",
)
@click.option("--quiet", is_flag=True, help="No progress line.")
@output.json_option
def run(
    scenario: Path,
    seed: int | None,
    drop_datagram: int | None,
    report: Path | None,
    no_figures: bool,
    baseline: bool,
    keep: Path | None,
    shrink_s: float,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run one SCENARIO and judge it.

    SCENARIO is a file, or a folder with scenario.toml and, perhaps, expected.toml.

    Exit code 0: all verdicts hold; 3: one is breached; 2: the scenario makes no sense. A breach
    leaves the last datagrams and the smallest scenario that still breaches.
    """
    import psutil

    from seattle_p2p.sim.faults import Nth
    from seattle_p2p.sim.run import Run
    from seattle_p2p.sim.scenario import read_scenario, require_memory

    if report is not None and not no_figures:
        from seattle_p2p.sim.figures import require_drawing

        require_drawing()
    plan = read_scenario(scenario)
    require_memory(plan, psutil.virtual_memory().available)
    folder = scenario if scenario.is_dir() else scenario.parent
    prepared = Run(plan, seed, folder)
    if drop_datagram is not None:
        prepared.world.add_rule(Nth(drop_datagram))
    line = None if quiet or not sys.stderr.isatty() else _Line(plan.meta.name)
    try:
        result = prepared.execute(line.show if line else None)
    finally:
        if line:
            line.end()
    stock = _run_baseline(result) if baseline else {}
    command = f"seattle sim run {scenario} --seed {result.seed}"
    if report is not None:
        from seattle_p2p.sim.report import write_report

        write_report(result, report, command=command, beside=stock, figures=not no_figures)
        output.note(f"report: {report / 'report.html'}")
    if not as_json:
        _tell(result, stock)
    if not result.holds:
        from seattle_p2p.cli.sim_breach import keep_breach

        safe = re.sub(r"[^\w.-]+", "-", plan.meta.name).lstrip(".") or "scenario"
        kept_in = keep or Path(f"{safe}-{result.seed}-breach")
        smallest = keep_breach(result, folder, kept_in, shrink_s)
        output.note(f"again: {command}")
        output.note(f"again, at its smallest: {smallest}")
        command = smallest
    if as_json:
        output.document(_as_document(result, stock, command))
    return 0 if result.holds else EXIT_BREACHED


@sim.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@output.json_option
def plan(scenario: Path, as_json: bool) -> None:
    """Say what SCENARIO will cost here.

    Found out by a small pilot of it, within a factor of two or so. What cannot fit is refused.
    """
    from seattle_p2p.sim.plan import estimate
    from seattle_p2p.sim.scenario import read_scenario

    folder = scenario if scenario.is_dir() else scenario.parent
    expected = estimate(read_scenario(scenario), folder)
    expected.require_room()
    if as_json:
        output.document(asdict(expected))
        return
    rows = [
        ("machines", f"{expected.hosts:,}"),
        ("datagrams", f"{expected.messages:,}"),
        ("time", f"{expected.cpu_s:,.0f} s of one core"),
        ("memory", f"{expected.memory_bytes / 2**20:,.0f} MiB"),
        ("free memory", f"{expected.free_bytes / 2**20:,.0f} MiB"),
    ]
    output.table(("what", "about"), rows)


@sim.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for rows and report."
)
@click.option("--seeds", type=click.IntRange(min=1), help="Seeds 1 to N instead of its own.")
@click.option("--jobs", type=click.IntRange(min=1), help="Runs at a time; one per core.")
@click.option("--no-figures", is_flag=True, help="Only numbers in the report.")
@click.option("--quiet", is_flag=True, help="No progress line.")
@output.json_option
def sweep(
    scenario: Path,
    out: Path,
    seeds: int | None,
    jobs: int | None,
    no_figures: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run SCENARIO with many values and seeds.

    Every combination of the values in its sweep table is run with every seed, and each measure
    is shown with its 95 % interval over the seeds. What is in the folder already is not run
    again, so a sweep that was stopped goes on where it was. Exit codes as for `run`.
    """
    import os

    import psutil

    from seattle_p2p.sim.figures import require_drawing
    from seattle_p2p.sim.scenario import read_scenario, require_memory
    from seattle_p2p.sim.sweep import as_csv, at_point, points, run_sweep, summarise
    from seattle_p2p.sim.sweep_report import write_sweep_report

    if not no_figures:
        require_drawing()
    plan = read_scenario(scenario)
    folder = scenario if scenario.is_dir() else scenario.parent
    at_a_time = jobs or os.cpu_count() or 1
    chosen = range(1, seeds + 1) if seeds else ()
    room = psutil.virtual_memory().available // at_a_time
    for point in points(plan, chosen):
        require_memory(at_point(plan, point), room)
    progress: list[output.Progress] = []

    def tell(done: int, total: int) -> None:
        if quiet:
            return
        if not progress:
            progress.append(output.Progress("runs", total))
        progress[0].show(done)

    try:
        rows = run_sweep(plan, folder, out, seeds=chosen, jobs=at_a_time, tell=tell)
    finally:
        if progress:
            progress[0].end()
    summaries = summarise(rows)
    (out / "summary.csv").write_text(as_csv(summaries, plan.sweep.measures))
    command = f"seattle sim sweep {scenario} --out {out}" + (
        f" --seeds {seeds}" if seeds else ""
    )
    write_sweep_report(plan, rows, out, command=command, figures=not no_figures)
    if as_json:
        output.document([asdict(summary) for summary in summaries])
    else:
        _tell_summaries(summaries, plan.sweep.measures)
        output.note(f"numbers: {out / 'summary.csv'}")
        output.note(f"report: {out / 'report.html'}")
    return EXIT_BREACHED if any(row.breached for row in rows) else 0


def _tell_summaries(summaries: "list[Summary]", measures: Sequence[str]) -> None:
    from seattle_p2p.sim.sweep_figures import short

    axes = [path for path, _ in summaries[0].values]
    rows = []
    for each in summaries:
        cells = [f"{v}" for _, v in each.values] + [str(each.runs), str(each.breached)]
        for name in measures:
            margin = f" ± {short(each.margins[name])}" if name in each.margins else ""
            cells.append(f"{each.means[name]:,.4g}{margin}" if name in each.means else "–")
        rows.append(cells)
    output.table([*axes, "runs", "breached", *measures], rows)


def _run_baseline(result: "Result") -> dict[str, float]:
    from seattle_p2p.sim.baseline import Baseline

    return Baseline(result.scenario, result.seed).execute()


class _Line:
    """The live line on a terminal."""

    def __init__(self, name: str) -> None:
        import psutil

        self._name = name
        self._began = time.monotonic()
        self._process = psutil.Process()

    def show(self, now: "Progress") -> None:
        """Say how far it is."""
        passed = time.monotonic() - self._began
        left = passed * (now.end_s / now.now_s - 1)
        looked = f" · {now.lookups:,} lookups" if now.lookups else ""
        found = f" · found {now.found / now.expected:.1%}" if now.expected else ""
        memory = self._process.memory_info().rss / 2**20
        sys.stderr.write(
            f"\r\x1b[K{self._name} {now.now_s:.0f}/{now.end_s:.0f} s"
            f" · {now.up} up{looked}{found}"
            f" · {now.delivered / max(passed, 1e-9):,.0f} messages/s · {memory:,.0f} MiB"
            f" · {left:.0f} s left"
        )
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _as_document(result: "Result", stock: dict[str, float], command: str) -> dict[str, object]:
    return {
        "scenario": result.scenario.meta.name,
        "seed": result.seed,
        "trace_hash": result.trace_hash,
        "holds": result.holds,
        "verdicts": [asdict(verdict) for verdict in result.verdicts],
        "measures": {**result.measures, **stock},
        "again": command,
    }


def _tell(result: "Result", stock: dict[str, float]) -> None:
    scenario = result.scenario
    click.echo(
        f"{scenario.meta.name}: {scenario.hosts} machines, {scenario.meta.duration_s:g} virtual"
        f" seconds, seed {result.seed}"
    )
    output.table(
        ("verdict", "kind", "what", "numbers"),
        [
            ("holds" if v.holds else "BREACHED", v.kind, v.name, v.detail)
            for v in result.verdicts
        ],
    )
    if stock:
        output.table(("stock kademlia", ""), [(k, f"{v:g}") for k, v in stock.items()])
    click.echo(f"seed {result.seed}  trace {result.trace_hash}")
    cost = result.cost
    output.note(
        f"{cost.messages:,} datagrams in {cost.wall_s:.1f} s,"
        f" {cost.us_per_message:.1f} µs of CPU each,"
        f" at most {cost.peak_rss_bytes / 2**20:.0f} MiB"
    )
