"""A report as files: one HTML page that opens offline, a Markdown twin, CSV beside figures.

Verdicts come first. Nothing in it depends on when, where or how fast it was made.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.sim.figures import Figure

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; color: #222;
margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .25rem .75rem .25rem 0;
text-align: left; vertical-align: top; border-bottom: 1px solid #ddd }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.holds { color: #0072B2 } .breached { color: #D55E00; font-weight: bold }
svg { width: 100%; height: auto } figure { margin: 2rem 0; max-width: 46rem }
figcaption { font-weight: 600 } code, pre { background: #f4f4f4; padding: .1rem .3rem }
pre { padding: .5rem 1rem; overflow-x: auto } .scroll { overflow-x: auto }
"""


@dataclass(frozen=True)
class Table:
    """Rows of text under a head.

    Args:
        title: Stands above it; nothing does when empty.
        head: Names of the columns.
        rows: Cells; a first cell `holds` or `breached` is coloured.
        numbers: Whether all but the first column are numbers.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: bool = False


@dataclass(frozen=True)
class Page:
    """A report.

    Args:
        title: Its name.
        holds: Whether everything does.
        verdicts: What was judged.
        facts: What was run, and how to run it again.
        figures: In order.
        tables: Numbers, after the figures.
        source: The scenario's text.
    """

    title: str
    holds: bool
    verdicts: Table
    facts: Sequence[tuple[str, str]]
    figures: Sequence[Figure]
    tables: Sequence[Table]
    source: str

    def write(self, folder: Path, *, drawn: bool) -> list[Path]:
        """Write `report.html`, `report.md`, CSV and, when `drawn`, SVG of each figure.

        Returns:
            What was written.

        Raises:
            UsageError: figures are to be drawn and matplotlib is not installed.
        """
        drawings = {each.name: each.as_svg() for each in self.figures} if drawn else {}
        files = {"report.html": self._html(drawings), "report.md": self._markdown(drawings)}
        for figure in self.figures:
            files[f"{figure.name}.csv"] = figure.as_csv()
            if figure.name in drawings:
                files[f"{figure.name}.svg"] = drawings[figure.name]
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return [folder / name for name in files]

    @property
    def _word(self) -> str:
        return "All verdicts hold." if self.holds else "Breached."

    def _markdown(self, drawings: dict[str, str]) -> str:
        lines = [f"# {self.title}", "", f"**{self._word}**", ""]
        lines += _markdown_table(self.verdicts)
        lines += ["", *_markdown_table(Table("", ("", ""), self.facts))]
        for figure in self.figures:
            lines += ["", f"## {figure.title}", ""]
            if figure.name in drawings:
                lines += [f"![{figure.title}]({figure.name}.svg)", ""]
            lines.append(f"Numbers: [{figure.name}.csv]({figure.name}.csv)")
        for table in self.tables:
            lines += ["", f"## {table.title}", "", *_markdown_table(table)]
        lines += ["", "## The scenario", "", "```toml", self.source.rstrip(), "```"]
        return "\n".join(lines) + "\n"

    def _html(self, drawings: dict[str, str]) -> str:
        e = html.escape
        word = f'<p class="{"holds" if self.holds else "breached"}">{self._word}</p>'
        figures = "".join(
            f"<figure><figcaption>{e(f.title)}</figcaption>{drawings.get(f.name, '')}"
            f"<p>Numbers: <code>{e(f.name)}.csv</code></p></figure>"
            for f in self.figures
        )
        facts = _html_table(Table("", (), self.facts))
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{e(self.title)}</title><style>{_STYLE}</style></head><body>"
            f"<h1>{e(self.title)}</h1>{word}{_html_table(self.verdicts)}{facts}{figures}"
            + "".join(map(_html_table, self.tables))
            + f"<h2>The scenario</h2><pre>{e(self.source)}</pre></body></html>\n"
        )


def _markdown_table(table: Table) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return [line(table.head), line(["---"] * len(table.head)), *map(line, table.rows)]


def _html_table(table: Table) -> str:
    e = html.escape
    title = f"<h2>{e(table.title)}</h2>" if table.title else ""
    head = "".join(f"<th>{e(cell)}</th>" for cell in table.head)
    rows = []
    for row in table.rows:
        cells = []
        for number, cell in enumerate(row):
            kind = cell if number == 0 and cell in ("holds", "breached") else ""
            kind = kind or ("number" if table.numbers and number else "")
            cells.append(
                f'<td class="{kind}">{e(cell)}</td>' if kind else f"<td>{e(cell)}</td>"
            )
        rows.append("<tr>" + "".join(cells) + "</tr>")
    head = f"<tr>{head}</tr>" if head else ""
    return f'{title}<div class="scroll"><table>{head}{"".join(rows)}</table></div>'


def number(value: float) -> str:
    """A number for people: whole ones with commas, others with four digits."""
    return f"{value:,.0f}" if value == int(value) and abs(value) >= 1 else f"{value:.4g}"
