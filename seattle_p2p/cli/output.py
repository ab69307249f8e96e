"""How commands speak: data on stdout, everything else on stderr, colour only on a terminal."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
jsonl_option = click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")


def note(text: str) -> None:
    """A word to the person, never data."""
    click.echo(text, err=True)


def document(data: Mapping[str, Any] | Sequence[Any]) -> None:
    """The one JSON document of a command."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def line(data: Mapping[str, Any]) -> None:
    """One line of a JSON stream, sent at once."""
    click.echo(json.dumps(data, ensure_ascii=False))
    sys.stdout.flush()


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as their longest cell; nothing is cut, so pipes see all of it."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    for index, row in enumerate([list(head), *cells]):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(
            click.style(text.rstrip(), bold=True) if index == 0 and colour() else text.rstrip()
        )


def colour(stream: TextIO | None = None) -> bool:
    """Whether escape codes may be written to `stream` (stdout when not given)."""
    return (stream or sys.stdout).isatty() and not os.environ.get("NO_COLOR")


class Progress:
    """One line on stderr that counts; plain lines now and then when it is no terminal."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._last = 0

    def show(self, done: int, failed: int = 0, slow: Sequence[str] = ()) -> None:
        """Say how far it is; `slow` names those still waited for."""
        text = f"{self._what} {done}/{self._total}"
        text += f" · {failed} failed" if failed else ""
        text += f" · waiting for {', '.join(slow[:3])}" if slow else ""
        text += f" and {len(slow) - 3} more" if len(slow) > 3 else ""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K" + text)
            sys.stderr.flush()
        elif done == self._total and done != self._last:
            note(text)
        self._last = done

    def end(self) -> None:
        """Leave the line."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
