"""Figures of a sweep: each measure against what was varied, with 95 % bands over the seeds."""

from collections.abc import Iterator, Sequence
from typing import Any

from seattle_p2p.sim.figures import COLOURS, DASHES, MARKERS, Figure, Rows, plain_numbers
from seattle_p2p.sim.sweep import Summary

_LOGARITHMIC_FROM = 8
"""An axis whose values span so large a factor is drawn by its logarithm."""
_SHARES = ("recall", "precision", "correct", "exact", "share", "gini")
"""Measures of such names are at most 1."""


def sweep_figures(summaries: Sequence[Summary], measures: Sequence[str]) -> list[Figure]:
    """A line with its band for each measure; with two axes a heat map, too."""
    figures: list[Figure] = []
    axes = [path for path, _ in summaries[0].values]
    for measure in measures:
        if not all(measure in each.means for each in summaries):
            continue
        if axes:
            figures.append(_against(summaries, axes, measure))
        if len(axes) == 2:
            figures.append(_heat_map(summaries, axes, measure))
    return figures


def interval(summary: Summary, measure: str) -> tuple[float, float]:
    """The 95 % interval of a mean, cut where the measure cannot be; the mean for one seed."""
    mean, margin = summary.means[measure], summary.margins.get(measure, 0.0)
    high = mean + margin
    return max(mean - margin, 0.0), min(high, 1.0) if _is_share(measure) else high


def _against(summaries: Sequence[Summary], axes: Sequence[str], measure: str) -> Figure:
    rows: Rows = []
    for each in summaries:
        values = (value for _, value in each.values)
        rows.append((*values, each.runs, each.means[measure], *interval(each, measure)))
    along = _longest_scale(rows, len(axes))
    seeds = summaries[0].runs
    bands = f"with 95 % bands over {seeds} seeds" if seeds > 1 else "one seed, without a band"
    return Figure(
        measure.replace(".", "_"),
        f"{measure} against {' and '.join(axes)}, {bands}",
        (*axes, "runs", "mean", "low", "high"),
        rows,
        lambda canvas: _draw_bands(canvas, rows, axes, along, measure),
    )


def _draw_bands(canvas: Any, rows: Rows, axes: Sequence[str], along: int, measure: str) -> None:
    """A line for each combination of the other axes, over the values of axis `along`."""
    values = [row[along] for row in rows]
    is_scale = all(_is_number(value) for value in values)
    place = {value: number for number, value in enumerate(dict.fromkeys(values))}
    for number, (name, line) in enumerate(_lines(rows, axes, along)):
        xs = [row[along] if is_scale else place[row[along]] for row in line]
        style = {"color": COLOURS[number % 7], "marker": MARKERS[number % 7], "ms": 4}
        dash = DASHES[number % 7] if is_scale else "none"
        means = [float(row[-3]) for row in line]
        low, high = [float(row[-2]) for row in line], [float(row[-1]) for row in line]
        canvas.plot(xs, means, linestyle=dash, lw=1.2, label=name, **style)
        if is_scale:
            canvas.fill_between(xs, low, high, color=style["color"], alpha=0.2, lw=0)
        below = [mean - each for mean, each in zip(means, low, strict=True)]
        above = [each - mean for mean, each in zip(means, high, strict=True)]
        canvas.errorbar(xs, means, (below, above), fmt="none", ecolor=style["color"], lw=0.8)
    label = axes[along]
    if is_scale and _spans(values):
        canvas.set_xscale("log")
        label += " (logarithmic)"
        canvas.set_xticks(sorted(place))
        plain_numbers(canvas.xaxis)
    elif not is_scale:
        canvas.set_xticks(list(place.values()), [str(value) for value in place])
    canvas.set(xlabel=label, ylabel=measure)
    if _is_share(measure):
        canvas.set_ylim(min(0.95, min(float(row[-2]) for row in rows) - 0.02), 1.005)
    if len(axes) > 1:
        canvas.legend(fontsize=8)


def _lines(rows: Rows, axes: Sequence[str], along: int) -> Iterator[tuple[str, Rows]]:
    def others(row: tuple[Any, ...]) -> tuple[str, ...]:
        return tuple(str(row[n]) for n in range(len(axes)) if n != along)

    lines: dict[tuple[str, ...], Rows] = {}
    for row in rows:
        lines.setdefault(others(row), []).append(row)
    for key, line in lines.items():
        named = zip((a for n, a in enumerate(axes) if n != along), key, strict=True)
        yield ", ".join(f"{axis} {value}" for axis, value in named), line


def _heat_map(summaries: Sequence[Summary], axes: Sequence[str], measure: str) -> Figure:
    rows: Rows = [
        (each.values[0][1], each.values[1][1], each.means[measure], *interval(each, measure))
        for each in summaries
    ]

    def draw(canvas: Any) -> None:
        across = list(dict.fromkeys(row[1] for row in rows))
        down = list(dict.fromkeys(row[0] for row in rows))
        cells = [[0.0] * len(across) for _ in down]
        for row in rows:
            cells[down.index(row[0])][across.index(row[1])] = float(row[2])
        image = canvas.imshow(cells, cmap="cividis", aspect="auto")
        middle = (image.norm.vmin + image.norm.vmax) / 2
        for row in rows:
            y, x, value = down.index(row[0]), across.index(row[1]), float(row[2])
            margin = (float(row[4]) - float(row[3])) / 2
            text = short(value) + (f"\n± {short(margin)}" if margin else "")
            colour = "white" if value < middle else "black"
            canvas.text(x, y, text, ha="center", va="center", color=colour, fontsize=8)
        canvas.set_xticks(range(len(across)), [str(value) for value in across])
        canvas.set_yticks(range(len(down)), [str(value) for value in down])
        canvas.set(xlabel=axes[1], ylabel=axes[0])
        canvas.grid(visible=False)
        canvas.figure.colorbar(image, label=measure)

    return Figure(
        "heat_" + measure.replace(".", "_"),
        f"{measure} by {axes[0]} and {axes[1]}, with half the 95 % interval over seeds",
        (*axes, "mean", "low", "high"),
        rows,
        draw,
    )


def short(value: float) -> str:
    """A number in a few characters: large ones whole, small ones with three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _is_share(measure: str) -> bool:
    return any(word in measure for word in _SHARES)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _longest_scale(rows: Rows, axes: int) -> int:
    """The axis of numbers that has most of them; the first axis when none is of numbers."""
    columns = [{row[axis] for row in rows} for axis in range(axes)]
    return max(
        range(axes),
        key=lambda axis: len(columns[axis]) * all(_is_number(v) for v in columns[axis]),
    )


def _spans(values: Sequence[Any]) -> bool:
    return min(values) > 0 and bool(max(values) / min(values) >= _LOGARITHMIC_FROM)
