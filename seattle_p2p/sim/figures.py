"""Figures of a report: each a table of numbers first, then, with matplotlib, a drawing.

The palette is Okabe and Ito's, made for all kinds of colour vision; lines also differ in dash.
Drawings carry no date and no random ids, so that a second run gives the same bytes.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seattle_p2p.errors import UsageError
from seattle_p2p.sim.measures import gini

if TYPE_CHECKING:
    from seattle_p2p.sim.run import Result

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (3, 1)), "-")
_MOST_POINTS = 400


@dataclass(frozen=True)
class Figure:
    """One figure.

    Args:
        name: File name without its ending.
        title: What it shows, in a sentence.
        columns: Names of the columns.
        rows: The numbers.
        draw: Draws them on matplotlib axes.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[float | str, ...]]
    draw: Callable[[Any], None]

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
        try:
            import matplotlib
        except ImportError as reason:
            raise UsageError(
                "figures need matplotlib, which is not installed",
                hint="pip install 'seattle-p2p[sim]', or ask for a report without figures",
            ) from reason
        matplotlib.use("svg")
        from matplotlib import pyplot

        settings = {
            "svg.hashsalt": self.name,
            "svg.fonttype": "path",
            "font.size": 9,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
        with pyplot.rc_context(settings):
            canvas, axes = pyplot.subplots(figsize=(6.4, 3.6), layout="constrained")
            self.draw(axes)
            out = io.StringIO()
            canvas.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
            pyplot.close(canvas)
        text = out.getvalue()
        return text[text.index("<svg") :]


def all_figures(result: "Result") -> list[Figure]:
    """Every figure that the run has numbers for."""
    return [
        figure
        for figure in (
            _discovery_times(result),
            _discoveries_over_time(result),
            _lookup_times(result),
            _lookup_requests(result),
            _traffic_over_time(result),
            _load(result),
            _messages_by_kind(result),
        )
        if figure.rows
    ]


def _discovery_times(result: "Result") -> Figure:
    looks = [look for look in result.tally.discoveries if look.done_ns is not None]
    first = [min(k.found.values()) - k.started_ns for k in looks if k.found]
    done = [k.done_ns - k.started_ns for k in looks if k.done_ns is not None]
    series = {"first vessel": first, "all vessels": done}
    rows = _ecdf_rows({name: [value / 1e6 for value in each] for name, each in series.items()})
    return Figure(
        "discovery_time",
        "How long an owner looks for vessels: share of looks answered within a time",
        ("what", "ms", "share"),
        rows,
        lambda axes: _draw_ecdf(axes, rows, "milliseconds", "share of looks"),
    )


def _discoveries_over_time(result: "Result") -> Figure:
    looks = [look for look in result.tally.discoveries if look.done_ns is not None]
    rows: list[tuple[float | str, ...]] = [
        (k.started_ns / 1e9, len(k.lived) - len(k.missing), len(k.lived), k.dead_shown)
        for k in sorted(looks, key=lambda look: look.started_ns)
        if k.lived
    ]

    def draw(axes: Any) -> None:
        times = [row[0] for row in rows]
        shares = [float(row[1]) / float(row[2]) for row in rows]
        axes.plot(times, shares, "o", ms=3, color=COLOURS[0], label="found ÷ live")
        _mark_faults(axes, result)
        axes.set(xlabel="virtual seconds", ylabel="share found", ylim=(-0.05, 1.05))
        axes.legend(frameon=False, loc="lower left")

    return Figure(
        "discovery_recall",
        "Live advertised vessels that an owner's look found, look by look",
        ("started_s", "found", "live", "dead_shown"),
        rows,
        draw,
    )


def _lookup_times(result: "Result") -> Figure:
    times = [sample.took_ns / 1e6 for sample in result.tally.lookups]
    rows = _ecdf_rows({"lookup": times} if times else {})
    return Figure(
        "lookup_time",
        "How long plain lookups of random targets take",
        ("what", "ms", "share"),
        rows,
        lambda axes: _draw_ecdf(axes, rows, "milliseconds", "share of lookups"),
    )


def _lookup_requests(result: "Result") -> Figure:
    counts: dict[int, int] = {}
    for sample in result.tally.lookups:
        counts[sample.asked] = counts.get(sample.asked, 0) + 1
    rows: list[tuple[float | str, ...]] = [(asked, counts[asked]) for asked in sorted(counts)]

    def draw(axes: Any) -> None:
        axes.bar([row[0] for row in rows], [row[1] for row in rows], color=COLOURS[0])
        axes.set(xlabel="requests of a lookup", ylabel="lookups")

    return Figure(
        "lookup_requests", "Requests that a lookup takes", ("requests", "lookups"), rows, draw
    )


def _traffic_over_time(result: "Result") -> Figure:
    rows: list[tuple[float | str, ...]] = []
    before_s = 0.0
    for sample in result.tally.samples:
        span_s, up = sample.now_s - before_s, max(sample.up, 1)
        rows.append(
            (sample.now_s, sample.up, sample.sent / span_s / up, sample.lost / span_s / up)
        )
        before_s = sample.now_s

    def draw(axes: Any) -> None:
        times = [row[0] for row in rows]
        axes.plot(times, [row[2] for row in rows], color=COLOURS[0], label="sent")
        axes.plot(times, [row[3] for row in rows], DASHES[1], color=COLOURS[1], label="lost")
        _mark_faults(axes, result)
        axes.set(
            xlabel="virtual seconds", ylabel="datagrams per node and second", yscale="symlog"
        )
        axes.legend(frameon=False, loc="upper left")
        beside = axes.twinx()
        beside.plot(times, [row[1] for row in rows], DASHES[3], color=COLOURS[6], label="up")
        beside.set(ylabel="machines up", ylim=(0, None))
        beside.grid(visible=False)
        beside.legend(frameon=False, loc="center right")

    return Figure(
        "traffic",
        "Datagrams that a node sends and loses each second, and how many machines are up",
        ("time_s", "up", "sent_per_node_s", "lost_per_node_s"),
        rows,
        draw,
    )


def _load(result: "Result") -> Figure:
    series = {"datagrams received": result.load.received, "adverts held": result.load.records}
    rows: list[tuple[float | str, ...]] = []
    for name, values in series.items():
        if sum(values):
            rows += [(name, *point) for point in _lorenz(values)]

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color="#999999", lw=0.8)
        for number, (name, values) in enumerate(series.items()):
            points = [row for row in rows if row[0] == name]
            axes.plot(
                [row[1] for row in points],
                [row[2] for row in points],
                linestyle=DASHES[number],
                color=COLOURS[number],
                label=f"{name} (Gini {gini(values):.2f})",
            )
        axes.set(xlabel="share of nodes, least loaded first", ylabel="share of the load")
        axes.legend(frameon=False, loc="upper left")

    return Figure(
        "load",
        "How evenly work lies on nodes (Lorenz curves; the diagonal is perfectly even)",
        ("what", "share_of_nodes", "share_of_load"),
        rows,
        draw,
    )


def _messages_by_kind(result: "Result") -> Figure:
    prefix = "messages."
    counts = {
        name.removeprefix(prefix): value
        for name, value in result.measures.items()
        if name.startswith(prefix)
    }
    rows: list[tuple[float | str, ...]] = sorted(
        counts.items(), key=lambda item: (item[1], item[0])
    )

    def draw(axes: Any) -> None:
        axes.barh([row[0] for row in rows], [row[1] for row in rows], color=COLOURS[0])
        axes.set(xlabel="datagrams delivered", xscale="log")

    return Figure(
        "messages", "Datagrams delivered, by kind of message", ("kind", "count"), rows, draw
    )


def _ecdf_rows(series: dict[str, list[float]]) -> list[tuple[float | str, ...]]:
    rows: list[tuple[float | str, ...]] = []
    for name, values in series.items():
        ordered = sorted(values)
        step = max(len(ordered) // _MOST_POINTS, 1)
        ranks = range(step, len(ordered) + 1, step)
        rows += [(name, ordered[rank - 1], rank / len(ordered)) for rank in ranks]
    return rows


def _draw_ecdf(axes: Any, rows: Sequence[tuple[Any, ...]], xlabel: str, ylabel: str) -> None:
    names = dict.fromkeys(row[0] for row in rows)
    for number, name in enumerate(names):
        points = [row for row in rows if row[0] == name]
        axes.step(
            [row[1] for row in points],
            [row[2] for row in points],
            where="post",
            linestyle=DASHES[number],
            color=COLOURS[number],
            label=name,
        )
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale="log", ylim=(0, 1.02))
    axes.legend(frameon=False, loc="lower right")


def _lorenz(values: Sequence[float]) -> list[tuple[float, float]]:
    ordered, total, sum_ = sorted(values), sum(values), 0.0
    points = [(0.0, 0.0)]
    step = max(len(ordered) // _MOST_POINTS, 1)
    for rank, value in enumerate(ordered, 1):
        sum_ += value
        if rank % step == 0 or rank == len(ordered):
            points.append((rank / len(ordered), sum_ / total))
    return points


def _mark_faults(axes: Any, result: "Result") -> None:
    for fault in result.scenario.faults:
        if fault.for_s:
            axes.axvspan(fault.at_s, fault.at_s + fault.for_s, color="#E69F00", alpha=0.2, lw=0)
        else:
            axes.axvline(fault.at_s, color="#E69F00", lw=1)
        axes.annotate(
            fault.kind,
            (fault.at_s, 1),
            xycoords=("data", "axes fraction"),
            fontsize=7,
            va="top",
        )
