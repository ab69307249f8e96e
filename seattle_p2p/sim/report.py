"""A report of a run: one HTML page that opens offline, a Markdown twin, CSV beside figures.

Verdicts come first. Nothing in it depends on when, where or how fast the run was made, so the
same seed gives the same files.
"""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seattle_p2p import __version__
from seattle_p2p.sim.figures import Figure, all_figures

if TYPE_CHECKING:
    from seattle_p2p.sim.run import Result

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem;
margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .25rem .75rem .25rem 0;
text-align: left; vertical-align: top; border-bottom: 1px solid #ddd }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.holds { color: #0072B2 } .breached { color: #D55E00; font-weight: bold }
svg { width: 100%; height: auto } figure { margin: 2rem 0 } figcaption { font-weight: 600 }
code { background: #f4f4f4; padding: .1rem .3rem }
"""


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
    chosen = all_figures(result)
    drawings = {figure.name: figure.as_svg() for figure in chosen} if figures else {}
    files = {
        "report.html": _as_html(result, chosen, drawings, command, beside or {}),
        "report.md": _as_markdown(result, chosen, drawings, command, beside or {}),
    }
    for figure in chosen:
        files[f"{figure.name}.csv"] = figure.as_csv()
        if figure.name in drawings:
            files[f"{figure.name}.svg"] = drawings[figure.name]
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in files.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _facts(result: "Result", command: str) -> list[tuple[str, str]]:
    scenario = result.scenario
    return [
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


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) and abs(value) >= 1 else f"{value:.4g}"


def _as_markdown(
    result: "Result",
    figures: Sequence[Figure],
    drawings: dict[str, str],
    command: str,
    beside: dict[str, float],
) -> str:
    word = "All verdicts hold." if result.holds else "**Breached.**"
    lines = [f"# {result.scenario.meta.name}", "", word, ""]
    lines += ["| verdict | kind | what | numbers |", "| --- | --- | --- | --- |"]
    for verdict in result.verdicts:
        said = "holds" if verdict.holds else "**breached**"
        lines.append(f"| {said} | {verdict.kind} | {verdict.name} | {verdict.detail} |")
    lines += ["", "| | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in _facts(result, command)]
    for figure in figures:
        lines += ["", f"## {figure.title}", ""]
        if figure.name in drawings:
            lines += [f"![{figure.title}]({figure.name}.svg)", ""]
        lines.append(f"Numbers: [{figure.name}.csv]({figure.name}.csv)")
    lines += ["", "## Measures", "", "| measure | value |", "| --- | --- |"]
    measures = {**result.measures, **beside}
    lines += [f"| {name} | {_number(value)} |" for name, value in measures.items()]
    return "\n".join(lines) + "\n"


def _as_html(
    result: "Result",
    figures: Sequence[Figure],
    drawings: dict[str, str],
    command: str,
    beside: dict[str, float],
) -> str:
    e = html.escape
    name = e(result.scenario.meta.name)
    verdicts = "".join(
        f'<tr><td class="{"holds" if v.holds else "breached"}">'
        f"{'holds' if v.holds else 'breached'}</td><td>{v.kind}</td>"
        f"<td>{e(v.name)}</td><td>{e(v.detail)}</td></tr>"
        for v in result.verdicts
    )
    facts = "".join(
        f"<tr><th>{e(fact)}</th><td>{e(value)}</td></tr>"
        for fact, value in _facts(result, command)
    )
    drawn = "".join(
        f"<figure><figcaption>{e(f.title)}</figcaption>{drawings.get(f.name, '')}"
        f"<p>Numbers: <code>{f.name}.csv</code></p></figure>"
        for f in figures
    )
    measures = "".join(
        f'<tr><td>{e(measure)}</td><td class="number">{_number(value)}</td></tr>'
        for measure, value in {**result.measures, **beside}.items()
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{name}</h1>"
        f"<table><tr><th>verdict</th><th>kind</th><th>what</th><th>numbers</th></tr>{verdicts}"
        f"</table><table>{facts}</table>{drawn}<h2>Measures</h2><table>{measures}</table>"
        "</body></html>\n"
    )
