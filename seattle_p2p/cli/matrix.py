"""A matrix of round trips as a table for people."""

from collections.abc import Mapping, Sequence

import click

DIAGONAL, MISSING = "·", "-"
FAST_MS, SLOW_MS = 1.5, 2.5
"""Multiples of the median at which a cell stops being green, and begins to be red."""

Rows = Mapping[str, Mapping[str, float | None]]
"""Milliseconds by who asked and who answered; None when no answer came."""


def read_row(text: str) -> dict[str, float | None]:
    """What the all-pairs program writes into ``row.txt``: NAME MILLISECONDS, or NAME -."""
    row: dict[str, float | None] = {}
    for line in text.splitlines():
        name, _, value = line.strip().partition(" ")
        if not name:
            continue
        try:
            row[name] = float(value)
        except ValueError:
            row[name] = None
    return row


def measured(rows: Rows) -> list[float]:
    """All round trips that were measured, the shortest first."""
    return sorted(value for row in rows.values() for value in row.values() if value is not None)


def complete(rows: Rows, names: Sequence[str]) -> bool:
    """Whether each of `names` measured each other one."""
    return all(
        rows.get(asker, {}).get(answerer) is not None
        for asker in names
        for answerer in names
        if asker != answerer
    )


def matrix_lines(rows: Rows, names: Sequence[str], *, width: int, colour: bool) -> list[str]:
    """The table: one row and one column a name, numbered from 1, milliseconds.

    Args:
        names: Order of rows and columns.
        width: Columns of the terminal; decimals are dropped when they do not fit.
        colour: Whether escape codes may be used.
    """
    values = measured(rows)
    middle = values[len(values) // 2] if values else 0.0
    wide = 4 + 6 * len(names) <= width
    cell = 5 if wide else 3
    head = " " * 3 + "".join(f" {number:>{cell}}" for number in range(1, len(names) + 1))
    lines = [click.style(head, bold=True) if colour else head]
    for number, asker in enumerate(names, start=1):
        line = f"{number:>3}"
        for answerer in names:
            value = rows.get(asker, {}).get(answerer)
            text = DIAGONAL if asker == answerer else _cell(value, wide)
            text = f"{text:>{cell}}"
            line += " " + (_painted(text, value, middle) if colour else text)
        lines.append(line)
    return lines


def _cell(value: float | None, wide: bool) -> str:
    if value is None:
        return MISSING
    if wide:
        return f"{value:.2f}" if value < 100 else f"{value:.0f}"
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _painted(text: str, value: float | None, middle: float) -> str:
    if value is None:
        return click.style(text, dim=True)
    if value <= FAST_MS * middle:
        return click.style(text, fg="green")
    return click.style(text, fg="yellow" if value <= SLOW_MS * middle else "red")
