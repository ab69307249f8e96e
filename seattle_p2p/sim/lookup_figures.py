"""Figures of plain lookups: time beside its floor, hops beside a model, requests."""

from collections import Counter
from collections.abc import Iterable
from math import log2
from typing import TYPE_CHECKING, Any

from seattle_p2p.sim.figures import (
    COLOURS,
    GREY,
    Figure,
    Rows,
    ecdf_figure,
    share_interval,
)

if TYPE_CHECKING:
    from seattle_p2p.sim.run import Result


def lookup_figures(result: "Result") -> list[Figure]:
    """All of them; without rows when nobody looked anything up."""
    return [_times(result), _hops(result), _requests(result)]


def _times(result: "Result") -> Figure:
    samples = result.tally.lookups
    return ecdf_figure(
        "lookup_time",
        "How long plain lookups of random targets take, and how long they have to: the slowest"
        " round trip to those who must answer",
        {
            "whole lookup": [sample.took_ns / 1e6 for sample in samples],
            "closest has answered": [sample.closest_ns / 1e6 for sample in samples],
            "slowest round trip": [sample.floor_ns / 1e6 for sample in samples],
        },
        "share of lookups",
    )


def expected_hops(nodes: int, k: int) -> float:
    """Questions in a row to the closest of so many nodes, by a model of full buckets.

    Of a target, whoever is asked names the best of the k contacts in its bucket: they share one
    bit more with the target than it does, and the best of k random ones log2 k more.
    """
    return max(log2(max(nodes, 2)) / (1 + log2(max(k, 2))), 1.0)


def _hops(result: "Result") -> Figure:
    rows = _shares(sample.hops for sample in result.tally.lookups)
    nodes = len(result.load.received)
    model = expected_hops(nodes, result.scenario.overlay.k)

    def draw(axes: Any) -> None:
        _bars(axes, rows)
        axes.axvline(model, color=GREY, ls="--", lw=1.2)
        axes.annotate(
            f" log2 N ÷ (1 + log2 k) = {model:.1f}",
            (model, 0.99),
            xycoords=("data", "axes fraction"),
            fontsize=8,
            va="top",
        )
        axes.set(xlabel="hops: questions to the closest peer, each by the answer before")
        axes.set_ylim(0, 1.15 * max(float(row[4]) for row in rows))
        axes.xaxis.get_major_locator().set_params(integer=True)

    return Figure(
        "lookup_hops",
        f"Hops of a lookup among {nodes:,} machines, and what a model of full buckets expects",
        ("hops", "lookups", "share", "low", "high"),
        rows,
        draw,
    )


def _requests(result: "Result") -> Figure:
    rows = _shares(sample.asked for sample in result.tally.lookups)

    def draw(axes: Any) -> None:
        _bars(axes, rows)
        axes.set(xlabel="requests of a lookup")

    return Figure(
        "lookup_requests",
        "Requests that a lookup takes",
        ("requests", "lookups", "share", "low", "high"),
        rows,
        draw,
    )


def _shares(values: Iterable[int]) -> Rows:
    """Each value with its count, its share and the share's 95 % interval."""
    counts = Counter(values)
    whole = counts.total()
    return [
        (value, counts[value], counts[value] / whole, *share_interval(counts[value], whole))
        for value in sorted(counts)
    ]


def _bars(axes: Any, rows: Rows) -> None:
    values, shares = [row[0] for row in rows], [float(row[2]) for row in rows]
    # Rounding may put an end of an interval on the wrong side of the share itself.
    below = [max(float(row[2]) - float(row[3]), 0.0) for row in rows]
    above = [max(float(row[4]) - float(row[2]), 0.0) for row in rows]
    axes.bar(values, shares, color=COLOURS[5])
    axes.errorbar(values, shares, (below, above), fmt="none", color=COLOURS[6], lw=0.8)
    axes.set(ylabel="share of lookups, with 95 % intervals")
