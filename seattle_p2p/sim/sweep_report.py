"""The report of a sweep: which combinations keep their verdicts, then means with bands."""

import json
from collections.abc import Sequence
from pathlib import Path

from seattle_p2p import __version__
from seattle_p2p.sim.page import Page, Table
from seattle_p2p.sim.scenario import Scenario
from seattle_p2p.sim.scenario_text import scenario_text
from seattle_p2p.sim.sweep import Row, Summary, summarise
from seattle_p2p.sim.sweep_figures import interval, sweep_figures


def write_sweep_report(
    scenario: Scenario, rows: Sequence[Row], folder: Path, *, command: str, figures: bool = True
) -> list[Path]:
    """Write `report.html`, `report.md` and, for each measure, CSV and SVG.

    Args:
        scenario: What was swept.
        rows: Every run of it.
        folder: Made when it is not there; files in it are replaced.
        command: What makes the same sweep again.
        figures: Without, only the numbers are written and matplotlib is not needed.

    Returns:
        What was written.

    Raises:
        UsageError: figures are wanted and matplotlib is not installed.
    """
    summaries = summarise(rows)
    measures = scenario.sweep.measures
    axes = [path for path, _ in summaries[0].values]
    page = Page(
        title=f"{scenario.meta.name}: a sweep",
        holds=not any(row.breached for row in rows),
        verdicts=Table(
            "",
            ("verdict", *axes, "seeds", "breached", "what"),
            [_verdict(each, rows) for each in summaries],
        ),
        facts=[
            ("question", scenario.meta.question or "none stated"),
            ("runs", f"{len(rows):,}"),
            ("seeds", ", ".join(map(str, dict.fromkeys(row.point.seed for row in rows)))),
            ("machines", f"{scenario.hosts:,}, where nothing else is said"),
            ("virtual seconds", f"{scenario.meta.duration_s:g}"),
            ("version", __version__),
            ("again", command),
        ],
        figures=sweep_figures(summaries, measures),
        tables=[_means(summaries, axes, measures), _runs(rows, axes)],
        source=scenario_text(scenario),
    )
    return page.write(folder, drawn=figures)


def _verdict(summary: Summary, rows: Sequence[Row]) -> tuple[str, ...]:
    broken: dict[str, list[int]] = {}
    for row in rows:
        if row.point.values == summary.values:
            for name in row.breached:
                broken.setdefault(name, []).append(row.point.seed)
    what = "; ".join(
        f"{name} (seed {', '.join(map(str, seeds))})" for name, seeds in broken.items()
    )
    values = [_text(value) for _, value in summary.values]
    said = "breached" if summary.breached else "holds"
    return (said, *values, str(summary.runs), str(summary.breached), what or "every verdict")


def _means(summaries: Sequence[Summary], axes: Sequence[str], measures: Sequence[str]) -> Table:
    lines = []
    for each in summaries:
        cells = [_text(value) for _, value in each.values]
        for name in measures:
            if name not in each.means:
                cells.append("–")
                continue
            low, high = interval(each, name)
            cells.append(f"{each.means[name]:.4g}")
            if name in each.margins:
                cells[-1] += f" ({low:.4g} to {high:.4g})"
        lines.append(cells)
    return Table("Means and their 95 % intervals", [*axes, *measures], lines)


def _runs(rows: Sequence[Row], axes: Sequence[str]) -> Table:
    lines = [
        [*(_text(value) for _, value in row.point.values), str(row.point.seed), row.trace_hash]
        for row in rows
    ]
    return Table("Runs", [*axes, "seed", "trace"], lines)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
