"""The report of a run.

Nothing in it depends on when, where or how fast the run was made: the same seed gives the same
files.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from seattle_p2p import __version__
from seattle_p2p.sim.page import Page, Table, number
from seattle_p2p.sim.run_figures import all_figures
from seattle_p2p.sim.scenario_text import scenario_text

if TYPE_CHECKING:
    from seattle_p2p.sim.run import Result


def write_report(
    result: "Result",
    folder: Path,
    *,
    command: str,
    beside: dict[str, float] | None = None,
    figures: bool = True,
) -> list[Path]:
    """Write `report.html`, `report.md` and, for each figure, CSV and SVG.

    Args:
        result: The run.
        folder: Made when it is not there; files in it are replaced.
        command: What makes the same run again.
        beside: Measures of the stock package, when it was run too.
        figures: Without, only the numbers are written and matplotlib is not needed.

    Returns:
        What was written.

    Raises:
        UsageError: figures are wanted and matplotlib is not installed.
    """
    verdicts = [
        ("holds" if v.holds else "breached", v.kind, v.name, v.detail) for v in result.verdicts
    ]
    measures = {**result.measures, **(beside or {})}
    page = Page(
        title=result.scenario.meta.name,
        holds=result.holds,
        verdicts=Table("", ("verdict", "kind", "what", "numbers"), verdicts),
        facts=_facts(result, command),
        figures=all_figures(result),
        tables=[
            Table(
                "Measures",
                ("measure", "value"),
                [(name, number(value)) for name, value in measures.items()],
                numbers=True,
            )
        ],
        source=scenario_text(result.scenario),
    )
    return page.write(folder, drawn=figures)


def _facts(result: "Result", command: str) -> list[tuple[str, str]]:
    scenario = result.scenario
    facts = [
        ("question", scenario.meta.question or "none stated"),
        ("machines", f"{scenario.hosts:,}"),
        ("virtual seconds", f"{scenario.meta.duration_s:g}"),
        ("network", f"{scenario.network.latency}, loss {scenario.network.loss:.1%}"),
        ("churn", scenario.churn.preset),
        ("seed", str(result.seed)),
        ("trace", result.trace_hash),
        ("version", __version__),
        ("again", command),
    ]
    if result.ended_s < scenario.meta.duration_s:
        facts.insert(3, ("ended early, at", f"{result.ended_s:g} s"))
    return facts
