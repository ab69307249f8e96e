"""Changes to a text by place, and what is said about them; pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Characters `start` to `end` of a text become `new`; nothing is cut where both are one."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """What happened in a line of the original, or what a person must decide there.

    Args:
        line: From 1 on.
        look: True when a person must look.
        what: One sentence.
    """

    line: int
    look: bool
    what: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all edits; one inside another is left out."""
    parts, done = [], 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end > e.start, -e.end, e.new)):
        if edit.start < done:
            continue
        parts += [text[done : edit.start], edit.new]
        done = edit.end
    return "".join([*parts, text[done:]])


def innermost(edits: Iterable[Edit]) -> list[Edit]:
    """Those that contain no other; what is around them comes in another round."""
    chosen: list[Edit] = []
    # Shorter ones first at the same end, so an outer one always finds its inner one chosen.
    for edit in sorted(set(edits), key=lambda e: (e.end, -e.start)):
        if not chosen or edit.start >= chosen[-1].end:
            chosen.append(edit)
    return chosen
