"""How commands speak: data on stdout, everything else on stderr, colour only on a terminal."""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
jsonl_option = click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")

_COMMANDING = re.compile(r"[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Delete, the C1 control characters, and what turns the direction of writing."""


def harmless(text: str) -> str:
    """`text` without what could command a terminal: programs and nodes are anybody's.

    Line ends are among it: one text of theirs is never two lines of ours.
    """
    return "".join(c if c.isprintable() or c == "\t" else repr(c)[1:-1] for c in text)


def note(text: str, *, fg: str | None = None) -> None:
    """A word to the person, never data; in a colour when it can be seen."""
    lines = [harmless(each) for each in text.split("\n")]
    if fg and colour(sys.stderr):
        lines = [click.style(each, fg=fg) for each in lines]
    click.echo("\n".join(lines), err=True)


def document(data: Mapping[str, Any] | Sequence[Any]) -> None:
    """The one JSON document of a command."""
    click.echo(_harmless_json(json.dumps(data, indent=2, ensure_ascii=False)))


def line(data: Mapping[str, Any]) -> None:
    """One line of a JSON stream, sent at once."""
    click.echo(_harmless_json(json.dumps(data, ensure_ascii=False)))
    sys.stdout.flush()


def _harmless_json(text: str) -> str:
    """JSON escapes control characters below a blank only; terminals obey others, too."""
    return _COMMANDING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(found: Any) -> dict[str, Any]:
    """A struct or dataclass as plain data, for JSON."""
    import msgspec

    data = msgspec.to_builtins(found)
    assert isinstance(data, dict)
    return data


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as their longest cell; nothing is cut, so pipes see all of it."""
    lines = [[harmless(str(cell)) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in lines) for i in range(len(head))]
    for index, row in enumerate(lines):
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
