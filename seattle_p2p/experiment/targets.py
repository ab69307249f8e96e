"""What people write to name vessels, and the vessels they mean.

Vessels have a number in the list of the person who looks at them, and a name that is the same
for everybody: ``NODESHORT:v1``, the first characters of the node's key and the vessel's id.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seattle_p2p.errors import UsageError
from seattle_p2p.identity.keys import PublicKey

_NUMBERS = re.compile(r"%?([0-9]+)(?:-%?([0-9]+))?")
_EVERYTHING = ("all", "%all")
_SHOWN = 4


@dataclass(frozen=True)
class Vessel:
    """A vessel as a researcher knows it; says where it is, not how it is.

    Args:
        number: Its number in this person's list, from 1.
        node: Key of the node that holds it.
        id: What the node calls it, e.g. ``"v1"``.
        endpoints: Where the node takes commands, ``HOST:PORT``, best first.
    """

    number: int
    node: PublicKey
    id: str
    endpoints: tuple[str, ...]

    @property
    def name(self) -> str:
        """The same for everybody; what tables and messages show."""
        return f"{self.node.short}:{self.id}"

    @property
    def place(self) -> tuple[bytes, str]:
        """What makes it this vessel and no other, wherever its node has moved."""
        return (self.node.raw, self.id)


def choose(words: Iterable[str], vessels: Sequence[Vessel]) -> list[Vessel]:
    """The vessels that `words` name, in the order they are named, each once.

    A word is a number (``2``, ``%2``), a range (``1-3``), a name, a prefix that fits one vessel
    only (of the whole name, or of the node with ``:v1`` behind it), or ``all``. Several words
    may stand in one, parted by commas.

    Raises:
        UsageError: a word fits no vessel, or several; or there is no word.
    """
    parts = [part for word in words for part in word.split(",") if part]
    if not parts:
        raise UsageError("which vessels?", hint="give numbers, names or `all`")
    if not vessels:
        raise UsageError(
            "no vessels are known yet", hint="find yours: seattle browse --contact HOST:PORT"
        )
    found = [vessel for part in parts for vessel in _meant(part, vessels)]
    return list(dict.fromkeys(found))


def _meant(word: str, vessels: Sequence[Vessel]) -> list[Vessel]:
    if word.lower() in _EVERYTHING:
        return list(vessels)
    if numbers := _NUMBERS.fullmatch(word):
        return _numbered(word, int(numbers[1]), int(numbers[2] or numbers[1]), vessels)
    return [_named(word.lower(), vessels)]


def _numbered(word: str, first: int, last: int, vessels: Sequence[Vessel]) -> list[Vessel]:
    found = [vessel for vessel in vessels if first <= vessel.number <= last]
    if found:
        return found
    numbers = sorted(vessel.number for vessel in vessels)
    raise UsageError(
        f"no vessel has number {word}",
        hint=f"numbers go from {numbers[0]} to {numbers[-1]}; see `seattle list`",
    )


def _named(word: str, vessels: Sequence[Vessel]) -> Vessel:
    node, _, vessel_id = word.partition(":")
    exact = [v for v in vessels if v.node.text.startswith(node) and v.id == vessel_id]
    found = exact or [v for v in vessels if f"{v.node.text}:{v.id}".startswith(word)]
    found = found or [v for v in vessels if v.name.startswith(word)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"no vessel is named {word!r}",
            hint="vessels come first: by number, name or `all`; see `seattle list`",
        )
    shown = ", ".join(vessel.name for vessel in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    raise UsageError(f"{word!r} fits {shown}{more}", hint="give more of the name")
