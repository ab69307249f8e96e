"""What a figure of a report is: a table of numbers first, then, with matplotlib, a drawing.

The palette is Okabe and Ito's, made for all kinds of colour vision; lines also differ in dash.
Drawings carry no date and no random ids, so that a second run gives the same bytes.
"""

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from seattle_p2p.errors import UsageError
from seattle_p2p.sim.scenario import Fault

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (3, 1)), "-")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GREY = "#999999"
_FAULTS = "#E69F00"
_MOST_POINTS = 400
_Z95 = 1.96

Rows: TypeAlias = list[tuple[float | str, ...]]
"""What the CSV holds, and the drawing is made of."""


@dataclass(frozen=True)
class Figure:
    """One figure.

    Args:
        name: File name without its ending.
        title: What it shows, in a sentence.
        columns: Names of the columns.
        rows: The numbers.
        draw: Draws them on matplotlib axes.
        inches: Width and height.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Rows
    draw: Callable[[Any], None]
    inches: tuple[float, float] = (6.4, 3.6)

    def as_csv(self) -> str:
        """The numbers, with a header."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow(
                [f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row]
            )
        return out.getvalue()

    def as_svg(self) -> str:
        """The drawing.

        Raises:
            UsageError: matplotlib is not installed.
        """
        require_drawing()
        import matplotlib

        matplotlib.use("svg")
        from matplotlib import pyplot

        settings: Any = {
            "svg.hashsalt": self.name,
            "svg.fonttype": "path",
            "font.size": 9,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.alpha": 0.25,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
        }
        with pyplot.rc_context(settings):
            canvas, axes = pyplot.subplots(figsize=self.inches, layout="constrained")
            self.draw(axes)
            out = io.StringIO()
            canvas.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
            pyplot.close(canvas)
        text = out.getvalue()
        return text[text.index("<svg") :]


def require_drawing() -> None:
    """Say now, rather than after a long run, that no figure can be drawn.

    Raises:
        UsageError: matplotlib is not installed.
    """
    try:
        import matplotlib  # noqa: F401  # only whether it is there
    except ImportError as reason:
        raise UsageError(
            "figures need matplotlib, which is not installed",
            hint="pip install 'seattle-p2p[sim]', or ask for a report without figures",
        ) from reason


def ecdf_rows(series: Mapping[str, Sequence[float]]) -> Rows:
    """(name, value, share of values up to it), at most some hundred points of each series."""
    rows: Rows = []
    for name, values in series.items():
        ordered = sorted(values)
        step = max(len(ordered) // _MOST_POINTS, 1)
        ranks = sorted({*range(step, len(ordered) + 1, step), len(ordered)} - {0})
        rows += [(name, float(ordered[rank - 1]), rank / len(ordered)) for rank in ranks]
    return rows


def draw_ecdf(axes: Any, rows: Sequence[tuple[Any, ...]], xlabel: str, ylabel: str) -> None:
    """Steps over a logarithmic axis, one line for each name."""
    for number, name in enumerate(dict.fromkeys(row[0] for row in rows)):
        points = [row for row in rows if row[0] == name]
        axes.step(
            [row[1] for row in points],
            [row[2] for row in points],
            where="post",
            linestyle=DASHES[number],
            color=COLOURS[number],
            label=name,
        )
    axes.set(xlabel=f"{xlabel} (logarithmic)", ylabel=ylabel, xscale="log", ylim=(0, 1.02))
    plain_numbers(axes.xaxis)
    axes.legend(loc="best")


def ecdf_figure(
    name: str, title: str, times_ms: Mapping[str, Sequence[float]], of_what: str
) -> Figure:
    """Times as shares over a logarithmic axis, a line for each series that has any."""
    rows = ecdf_rows(times_ms)
    return Figure(
        name,
        title,
        ("what", "ms", "share"),
        rows,
        lambda axes: draw_ecdf(axes, rows, "milliseconds", of_what),
    )


def plain_numbers(axis: Any) -> None:
    """Write 100 and 2,000 along a logarithmic axis, not powers of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.12g}"))
    axis.set_minor_formatter(NullFormatter())


def lorenz(values: Sequence[float]) -> list[tuple[float, float]]:
    """(share of the least loaded, share of the load that they carry), from (0, 0) to (1, 1)."""
    ordered, total, sum_ = sorted(values), sum(values), 0.0
    points = [(0.0, 0.0)]
    step = max(len(ordered) // _MOST_POINTS, 1)
    for rank, value in enumerate(ordered, 1):
        sum_ += value
        if rank % step == 0 or rank == len(ordered):
            points.append((rank / len(ordered), sum_ / total))
    return points


def share_interval(count: int, of: int) -> tuple[float, float]:
    """95 % interval of a share that was seen `count` times in `of` (Wilson, 1927)."""
    share, z2 = count / of, _Z95**2
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    spread = _Z95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(centre - spread, 0.0), min(centre + spread, 1.0)


def mark_faults(axes: Any, faults: Sequence[Fault]) -> None:
    """Shade what lasts, draw a line where something happens once, and say what it is."""
    for number, fault in enumerate(faults):
        if fault.for_s:
            axes.axvspan(fault.at_s, fault.at_s + fault.for_s, color=_FAULTS, alpha=0.2, lw=0)
        else:
            axes.axvline(fault.at_s, color=_FAULTS, lw=1)
        axes.annotate(
            f" {fault.kind}",
            (fault.at_s, 1.0 - 0.05 * (number % 4)),
            xycoords=("data", "axes fraction"),
            fontsize=7,
            va="bottom" if number % 4 == 0 else "top",
        )
