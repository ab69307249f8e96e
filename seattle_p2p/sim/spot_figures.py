"""Maps with one operation on them, and its space-time diagram.

The operation is the worst of those that were watched; after a breach, the last datagrams.
"""

import math
from typing import TYPE_CHECKING, Any

from seattle_p2p.identity.keys import ID_BITS
from seattle_p2p.sim.figures import COLOURS, GREY, MARKERS, Figure, Rows
from seattle_p2p.sim.spotlight import Operation, last_deliveries

if TYPE_CHECKING:
    from seattle_p2p.sim.run import Result

_LOOKS = {
    "donor": (COLOURS[5], "o", 12),
    "seed": (COLOURS[2], "D", 28),
    "researcher": (COLOURS[4], "s", 20),
    "attacker": (COLOURS[1], "X", 28),
    "down": (GREY, "x", 12),
}
_MOST_PEERS = 60
_MOST_ARROWS = 600
_KINDS = ("Find", "Found", "Read", "Adverts", "Introduce", "Introduced")


def map_of_places(result: "Result") -> Figure:
    """Machines in the plane of latencies, and the ways of one operation."""
    rows: Rows = []
    at: dict[int, tuple[float, float]] = {}
    for place in result.atlas:
        if place.x_ms is not None and place.y_ms is not None:
            at[place.index] = place.x_ms, place.y_ms
            rows.append((place.index, place.what, place.x_ms, place.y_ms))

    def draw(axes: Any) -> None:
        _draw_ways(axes, result.worst, at)
        _draw_places(axes, rows)
        axes.set(xlabel="milliseconds", ylabel="milliseconds", aspect="equal")

    return Figure(
        "map",
        "Where machines lie, a millisecond of round trip apart for each along the axes"
        + _with(result.worst),
        ("machine", "what", "x_ms", "y_ms"),
        rows,
        draw,
        (6.4, 5.0),
    )


def id_ring(result: "Result") -> Figure:
    """Machines by their ids on a circle, and the same ways."""
    rows: Rows = []
    at: dict[int, tuple[float, float]] = {}
    for place in result.atlas:
        turn = 2 * math.pi * place.id / (1 << ID_BITS)
        at[place.index] = x, y = math.sin(turn), math.cos(turn)
        rows.append((place.index, place.what, x, y, f"{place.id:040x}"))

    def draw(axes: Any) -> None:
        _draw_ways(axes, result.worst, at)
        _draw_places(axes, rows)
        for number, prefix in enumerate(("000…", "010…", "100…", "110…")):
            turn = math.pi * number / 2
            axes.text(1.12 * math.sin(turn), 1.1 * math.cos(turn), prefix, ha="center")
        axes.set(aspect="equal", xlim=(-1.3, 1.3), ylim=(-1.25, 1.25))
        axes.axis("off")

    return Figure(
        "ring",
        "Machines by their node ids, from 0 at the top round to the highest"
        + _with(result.worst),
        ("machine", "what", "x", "y", "id"),
        rows,
        draw,
        (6.4, 5.0),
    )


def space_time(result: "Result") -> Figure:
    """When which datagram of one operation left, and when it came."""
    shown = result.worst if result.holds else last_deliveries(result.last)
    if shown is None:
        shown = last_deliveries(())
    began_ns = shown.began_ns
    rows: Rows = []
    for step in shown.steps:
        arrived = "" if step.arrived_ns is None else (step.arrived_ns - began_ns) / 1e6
        sent = (step.sent_ns - began_ns) / 1e6
        rows.append((sent, arrived, step.source, step.destination, step.kind))
    title = f"Datagrams of machine {shown.home} during {shown.what}"
    if shown.missing:
        title += f", which missed {shown.missing}"
    return Figure(
        "operation",
        title + "; a cross is one that never arrived",
        ("sent_ms", "arrived_ms", "source", "destination", "kind"),
        rows,
        lambda axes: _draw_space_time(axes, shown.home, rows),
        (6.4, 5.4),
    )


def _with(operation: Operation | None) -> str:
    if operation is None:
        return ""
    return f"; the lines go to those whom machine {operation.home} asked in {operation.what}"


def _draw_places(axes: Any, rows: Rows) -> None:
    for what, (colour, marker, size) in _LOOKS.items():
        points = [row for row in rows if row[1] == what]
        if points:
            xs, ys = [row[2] for row in points], [row[3] for row in points]
            label = f"{what} ({len(points):,})"
            axes.scatter(xs, ys, s=size, c=colour, marker=marker, label=label, zorder=3, lw=1)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8)


def _draw_ways(
    axes: Any, operation: Operation | None, at: dict[int, tuple[float, float]]
) -> None:
    """A line to each who was asked: full when anything came back, dotted when nothing did."""
    if operation is None or operation.home not in at:
        return
    home = operation.home
    asked = dict.fromkeys(s.destination for s in operation.steps if s.source == home)
    heard = {s.source for s in operation.steps if s.arrived_ns is not None}
    for peer in asked:
        if peer in at:
            (x, y), (u, v) = at[home], at[peer]
            style, colour = ("-", COLOURS[0]) if peer in heard else (":", COLOURS[1])
            axes.plot([x, u], [y, v], style, color=colour, lw=0.8, alpha=0.7, zorder=2)


def _draw_space_time(axes: Any, home: int, rows: Rows) -> None:
    peers = dict.fromkeys(
        peer for row in rows for peer in (int(row[2]), int(row[3])) if peer != home
    )
    level = {peer: number for number, peer in enumerate(list(peers)[:_MOST_PEERS], 1)}
    level[home] = 0
    kinds = [*_KINDS, "other"]
    labelled: set[str] = set()
    for sent, arrived, source, destination, kind in rows[:_MOST_ARROWS]:
        if int(source) not in level or int(destination) not in level:
            continue
        name = str(kind) if kind in _KINDS else "other"
        number = kinds.index(name)
        colour, mark = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
        label = None if name in labelled else name
        labelled.add(name)
        here, there = level[int(source)], level[int(destination)]
        if arrived == "":
            half = here + (there - here) * 0.5
            axes.plot([sent, sent], [here, half], ":", color=colour, lw=0.8, label=label)
            axes.plot([sent], [half], "x", color=COLOURS[1], ms=4)
        else:
            axes.plot([sent, arrived], [here, there], "-", color=colour, lw=0.7)
            axes.plot([arrived], [there], mark, color=colour, ms=2.5, label=label)
    # Most happens at once, and the last word takes seconds: a root shows both.
    axes.set_xscale("function", functions=(_root, _square))
    axes.set(
        xlabel="milliseconds since it began (square root)",
        ylabel="machines in the order in which they come in; 0 is the one that looks",
        xlim=(0, None),
    )
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=7, fontsize=7)


def _root(values: Any) -> Any:
    return abs(values) ** 0.5


def _square(values: Any) -> Any:
    return values**2
