"""Figures of one run: what owners, lookups and lines went through, and what was remembered."""

from typing import TYPE_CHECKING, Any

from seattle_p2p.sim.figures import (
    COLOURS,
    DASHES,
    GREY,
    Figure,
    Rows,
    ecdf_figure,
    lorenz,
    mark_faults,
    plain_numbers,
)
from seattle_p2p.sim.lookup_figures import lookup_figures
from seattle_p2p.sim.measures import gini
from seattle_p2p.sim.soundings import remembered
from seattle_p2p.sim.spot_figures import id_ring, map_of_places, space_time

if TYPE_CHECKING:
    from seattle_p2p.sim.run import Result


def all_figures(result: "Result") -> list[Figure]:
    """Every figure that the run has numbers for."""
    return [
        figure
        for figure in (
            _discovery_times(result),
            _discoveries_over_time(result),
            _publishing_times(result),
            _forgetting(result),
            *lookup_figures(result),
            _traffic_over_time(result),
            _bytes_over_time(result),
            _stale_over_time(result),
            _connectivity(result),
            _load(result),
            _messages_by_kind(result),
            map_of_places(result),
            id_ring(result),
            space_time(result),
        )
        if figure.rows
    ]


def _discovery_times(result: "Result") -> Figure:
    looks = [look for look in result.tally.discoveries if look.done_ns is not None]
    first = [min(k.found.values()) - k.started_ns for k in looks if k.found]
    done = [k.done_ns - k.started_ns for k in looks if k.done_ns is not None]
    whole = [
        max(look.found[member] for member in look.lived) - look.started_ns
        for look in looks
        if look.lived and not look.missing
    ]
    series = {"first vessel": first, "last live vessel": whole, "end of the look": done}
    return ecdf_figure(
        "discovery_time",
        "How long an owner looks for vessels: share of looks that came so far within a time",
        {name: [value / 1e6 for value in each] for name, each in series.items()},
        "share of looks",
    )


def _discoveries_over_time(result: "Result") -> Figure:
    looks = [look for look in result.tally.discoveries if look.done_ns is not None]
    rows: Rows = [
        (
            k.started_ns / 1e9,
            len(k.lived) - len(k.missing),
            len(k.lived),
            k.dead_shown,
            k.given_up,
        )
        for k in sorted(looks, key=lambda look: look.started_ns)
        if k.lived
    ]

    def draw(axes: Any) -> None:
        times = [row[0] for row in rows]
        shares = [float(row[1]) / float(row[2]) for row in rows]
        axes.plot(times, shares, "o", ms=3, color=COLOURS[0], label="found ÷ live")
        dead = [row for row in rows if row[3]]
        if dead:
            axes.plot(
                [row[0] for row in dead],
                [0] * len(dead),
                "X",
                ms=6,
                color=COLOURS[1],
                label="a dead vessel was shown",
            )
        mark_faults(axes, result.scenario.faults)
        axes.set(xlabel="virtual seconds", ylabel="share found", ylim=(-0.05, 1.05))
        axes.legend(loc="lower left")

    return Figure(
        "discovery_recall",
        "Live advertised vessels that an owner's look found, look by look",
        ("started_s", "found", "live", "dead_shown", "dead_given_up"),
        rows,
        draw,
    )


def _publishing_times(result: "Result") -> Figure:
    return ecdf_figure(
        "publishing_time",
        "How long it takes until all holders of a first advert have it",
        {"first advert": [value / 1e6 for value in result.tally.first_published_ns]},
        "share of adverts",
    )


def _forgetting(result: "Result") -> Figure:
    points = remembered(result.soundings)
    whole, left_over = points[0][1], points[-1][1]
    rows: Rows = [(age_s, left, left / whole) for age_s, left in points if whole]
    lifetime_s = result.scenario.overlay.lifetime_s

    def draw(axes: Any) -> None:
        axes.step([row[0] for row in rows], [row[2] for row in rows], "-", where="post")
        if points[-1][0] > lifetime_s / 2:
            axes.axvline(lifetime_s, color=GREY, ls=":", lw=1)
            axes.annotate("lifetime ", (lifetime_s, 0.95), fontsize=7, ha="right")
        axes.set(
            xlabel="seconds since the machine went down",
            ylabel="share of its adverts still held",
            ylim=(0, 1.02),
            xlim=(0, None),
        )

    return Figure(
        "forgetting",
        f"How long holders keep adverts of machines that are down: {whole:,} followed,"
        f" {left_over:,} there to the end",
        ("since_s", "adverts", "share"),
        rows,
        draw,
    )


def _connectivity(result: "Result") -> Figure:
    cuts = sorted(result.cuts, key=lambda cut: (cut.least, cut.most))
    rows: Rows = [(cut.source, cut.target, cut.least, cut.most) for cut in cuts]

    def draw(axes: Any) -> None:
        pairs = range(1, len(rows) + 1)
        least, most = [row[2] for row in rows], [row[3] for row in rows]
        axes.vlines(pairs, least, most, color=GREY, lw=1)
        axes.plot(pairs, most, "_", ms=9, color=COLOURS[1], label="at most")
        axes.plot(pairs, least, "o", ms=4, color=COLOURS[0], label="at least")
        axes.set(xlabel="pairs of nodes, the weakest first", ylabel="nodes that have to fall")
        axes.set_ylim(0, None)
        axes.legend(loc="lower right")

    return Figure(
        "vertex_cut",
        f"Nodes that have to fall to part one of a pair from the other: {len(rows)} pairs",
        ("source", "target", "cut_at_least", "cut_at_most"),
        rows,
        draw,
    )


def _traffic_over_time(result: "Result") -> Figure:
    rows: Rows = []
    before_s = 0.0
    for sample in result.tally.samples:
        span_s, up = sample.now_s - before_s, max(sample.up, 1)
        rows.append(
            (sample.now_s, sample.up, sample.sent / span_s / up, sample.lost / span_s / up)
        )
        before_s = sample.now_s

    def draw(axes: Any) -> None:
        times = [row[0] for row in rows]
        axes.plot(times, [row[2] for row in rows], color=COLOURS[0], lw=1, label="sent")
        lost = [row[3] for row in rows]
        axes.plot(times, lost, DASHES[1], color=COLOURS[1], lw=1, label="lost")
        mark_faults(axes, result.scenario.faults)
        axes.set(xlabel="virtual seconds", ylabel="datagrams per node and second")
        axes.set_ylim(0, None)
        beside = axes.twinx()
        up = [row[1] for row in rows]
        beside.plot(times, up, DASHES[3], color=COLOURS[6], label="machines up (right)")
        beside.set(ylabel="machines up", ylim=(0, None))
        beside.grid(visible=False)
        lines = [*axes.get_lines()[:2], *beside.get_lines()]
        axes.legend(lines, [line.get_label() for line in lines], loc="center right")

    return Figure(
        "traffic",
        "Datagrams that a node sends and loses each second, and how many machines are up",
        ("time_s", "up", "sent_per_node_s", "lost_per_node_s"),
        rows,
        draw,
    )


def _bytes_over_time(result: "Result") -> Figure:
    rows: Rows = []
    before_s = 0.0
    for sample in result.tally.samples:
        span_s, up = sample.now_s - before_s, max(sample.up, 1)
        rows.append((sample.now_s, sample.sent_bytes / span_s / up))
        before_s = sample.now_s

    def draw(axes: Any) -> None:
        axes.plot([row[0] for row in rows], [row[1] for row in rows], color=COLOURS[0], lw=1)
        mark_faults(axes, result.scenario.faults)
        axes.set(xlabel="virtual seconds", ylabel="octets per node and second")
        axes.set_ylim(0, None)

    return Figure(
        "octets",
        "Octets that a node sends each second",
        ("time_s", "octets_per_node_s"),
        rows,
        draw,
    )


def _stale_over_time(result: "Result") -> Figure:
    rows: Rows = [
        (each.now_s, each.contacts, each.stale, each.stale / each.contacts)
        for each in result.soundings.taken
        if each.contacts
    ]
    if not any(row[2] for row in rows):
        rows = []

    def draw(axes: Any) -> None:
        times, shares = [row[0] for row in rows], [row[3] for row in rows]
        axes.plot(times, shares, "o-", ms=2.5, lw=1, color=COLOURS[0])
        mark_faults(axes, result.scenario.faults)
        axes.set(xlabel="virtual seconds", ylabel="share of contacts that are down")
        axes.set_ylim(0, None)

    return Figure(
        "stale",
        "Contacts in tables whose machine is down",
        ("time_s", "contacts", "stale", "share"),
        rows,
        draw,
    )


def _load(result: "Result") -> Figure:
    series = {"datagrams received": result.load.received, "adverts held": result.load.records}
    rows: Rows = []
    for name, values in series.items():
        if sum(values):
            rows += [(name, *point) for point in lorenz(values)]

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=GREY, lw=0.8)
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
        axes.legend(loc="upper left")

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
    rows: Rows = sorted(counts.items(), key=lambda item: (item[1], item[0]))

    def draw(axes: Any) -> None:
        kinds, numbers = [row[0] for row in rows], [row[1] for row in rows]
        axes.plot(numbers, kinds, "o", color=COLOURS[0])
        axes.set(xlabel="datagrams delivered (logarithmic)", xscale="log")
        plain_numbers(axes.xaxis)

    return Figure(
        "messages",
        "Datagrams delivered, by kind of message",
        ("kind", "count"),
        rows,
        draw,
        (6.4, 4.0),
    )
