"""Tables for notebooks: HTML in which nothing that a vessel said is markup."""

from collections.abc import Iterable, Sequence
from html import escape

LONGEST_CELL = 200
"""Characters of a cell that are shown."""


def html_table(head: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> str:
    """A table; `note` stands beneath it."""
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows
    )
    caption = f"<p>{escape(note)}</p>" if note else ""
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>{caption}"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return escape(text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…")
