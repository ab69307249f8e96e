"""The whole way of a program: bytes of Python 2 in, text of our language out; pure."""

import re
from dataclasses import dataclass

from seattle_p2p.errors import ProgramRefused, UsageError
from seattle_p2p.vessel.language import compile_program
from seattle_p2p.vessel.migration.edits import Remark, apply, innermost
from seattle_p2p.vessel.migration.expressions import look_over
from seattle_p2p.vessel.migration.helpers import HELPERS
from seattle_p2p.vessel.migration.statements import Statements
from seattle_p2p.vessel.migration.tokens import tokens_of

MAX_PROGRAM_BYTES = 1_000_000
"""Longest text that is translated; the largest program of Seattle's has a tenth of it."""

_MAX_ROUNDS = 60
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_MARK = "  # LOOK: "


@dataclass(frozen=True, slots=True)
class Translation:
    """What came of a program.

    Args:
        text: In our language, or as near as could be.
        remarks: By line of the original, those that a person must look at among them.
        added_lines: Lines of helpers in front: line n of the original is n + added_lines.
        refused: What the language still refuses, by line of the original; empty when nothing.
    """

    text: str
    remarks: tuple[Remark, ...]
    added_lines: int
    refused: tuple[Remark, ...]

    @property
    def to_look_at(self) -> tuple[Remark, ...]:
        """What a person must decide."""
        return tuple(remark for remark in self.remarks if remark.look)


def translate(program: bytes, *, marks: bool = True) -> Translation:
    """Translate Repy V2 or Python 2.

    Args:
        program: As it lies in its file.
        marks: Add a comment to every line that a person must look at.

    Raises:
        UsageError: No Python 2 text, with the line; or too long.
    """
    if len(program) > MAX_PROGRAM_BYTES:
        raise UsageError(f"a program of {len(program)} bytes, limit {MAX_PROGRAM_BYTES}")
    text, remarks = _decode(program)
    try:
        text, found = _rewrite(_plain_blanks(text))
    except (RecursionError, MemoryError):
        raise UsageError("the program is nested too deeply to be translated") from None
    remarks += found.remarks
    refused = tuple(found.unreadable) or _refusals(text)
    every = tuple(sorted(set(remarks)))
    if marks:
        text = _with_marks(text, [remark for remark in every if remark.look])
    front = _front(found.helpers)
    return Translation(front + text, every, front.count("\n"), refused)


@dataclass(frozen=True, slots=True)
class _Found:
    remarks: list[Remark]
    helpers: set[str]
    unreadable: list[Remark]


def _rewrite(text: str) -> tuple[str, _Found]:
    first = Statements(text)
    text, remarks = apply(text, first.edits), set(first.remarks)
    helpers: set[str] = set()
    for _ in range(_MAX_ROUNDS):
        try:
            step = look_over(text, helpers)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", 0) or 1
            what = f"cannot be read as Python 3 yet: {getattr(error, 'msg', error)}"
            return text, _Found(sorted(remarks), helpers, [Remark(line, True, what)])
        remarks |= set(step.done)
        chosen = innermost(step.edits)
        if not chosen:
            remarks |= set(step.open)
            break
        text = apply(text, chosen)
    return text, _Found(sorted(remarks), helpers, [])


def _refusals(text: str) -> tuple[Remark, ...]:
    try:
        compile_program(text, "program")
    except ProgramRefused as refusal:
        return (Remark(refusal.line, True, refusal.message),)
    return ()


def _decode(program: bytes) -> tuple[str, list[Remark]]:
    program = program.removeprefix(b"\xef\xbb\xbf")
    program = program.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\0" in program:
        line = program[: program.index(b"\0")].count(b"\n") + 1
        raise UsageError(f"line {line}: a NUL character, so this is no program")
    encoding = "utf-8"
    for number, row in enumerate(program.split(b"\n", 2)[:2]):
        if found := _COOKIE.match(row):
            encoding = found[1].decode("ascii", "replace")
            break
        if number == 0 and row.strip() and not row.lstrip().startswith(b"#"):
            break
    try:
        return program.decode(encoding), []
    except (UnicodeError, LookupError):
        text = program.decode("latin-1")
        line = next(n for n, r in enumerate(text.split("\n"), 1) if not r.isascii() or n > 1)
        what = f"not {encoding[:20]}: each byte was read as one character"
        return text, [Remark(line, True, what)]


def _plain_blanks(text: str) -> str:
    """Tabs in front of lines become blanks, as many as Python 2 took them for."""
    if "\t" not in text:
        return text
    parts, line_begins = [], True
    for token in tokens_of(text):
        if token.kind == "space" and line_begins:
            parts.append(token.text.expandtabs(8))
        else:
            parts.append(token.text)
        line_begins = token.kind in ("end", "newline")
    return "".join(parts)


def _with_marks(text: str, looks: list[Remark]) -> str:
    """Comments at the ends of lines, where a comment can stand."""
    by_line: dict[int, list[str]] = {}
    for remark in looks:
        by_line.setdefault(remark.line, []).append(remark.what)
    lines = text.split("\n")
    free = set(range(1, len(lines) + 1))
    for token in tokens_of(text):
        if token.kind in ("string", "continuation"):
            free -= set(range(token.line, token.line + token.text.count("\n")))
    for number, words in by_line.items():
        if number in free and number <= len(lines):
            lines[number - 1] = lines[number - 1].rstrip() + _MARK + "; ".join(words)
    return "\n".join(lines)


def _front(helpers: set[str]) -> str:
    if not helpers:
        return ""
    return "# What Python 2 or Seattle had, and the language has not:\n\n" + "".join(
        HELPERS[name] + "\n\n" for name in HELPERS if name in helpers
    )
