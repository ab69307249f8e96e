"""Words that make vessels of vessels: split, join."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from seattle_p2p.cli import output
from seattle_p2p.cli.shell.session import Turn
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.errors import UsageError
from seattle_p2p.experiment.group import GroupResult
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.vessel.division import equal_parts, keeping
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.restrictions import format_restrictions, parse_restrictions
from seattle_p2p.wire.limits import MAX_PARTS, MAX_RESTRICTIONS

CHAPTER = "Owners"

Cut = Callable[[Resources, Resources], list[Resources]]
"""From what a vessel has, and what one split costs there, to the parts to ask for."""


@dataclass(frozen=True)
class _Pieces:
    """What came out of one vessel: the parts asked for, in order, then the leftover."""

    vessels: tuple[Vessel, ...]


async def _split(turn: Turn) -> int:
    cut, stop = _cut(turn), turn.told.has("--stop")

    async def divide(node: NodeClient, vessel: Vessel) -> _Pieces:
        whole = parse_restrictions((await node.status(vessel.id)).restrictions)
        parts = cut(whole, parse_restrictions(await node.offcut()))
        made = await node.split(vessel.id, [format_restrictions(p) for p in parts], stop=stop)
        names = (*made.requested, made.leftover)
        return _Pieces(tuple(replace(vessel, number=0, id=name) for name in names))

    result = await turn.fan_out(
        lambda me, vessels, report: me.engine.run(vessels, divide, report=report)
    )
    pieces = {old: _take_in(turn, (old,), made.vessels) for old, made in result.ok.items()}
    _note_split(turn, pieces, result)
    if not turn.session.as_json:
        for old, made in pieces.items():
            *parts, left = [f"%{v.number} {v.name}" for v in made]
            output.note(f"%{old.number} {old.name} → {', '.join(parts)}; leftover {left}")
    return turn.finish(
        result,
        value=lambda made: {
            "requested": [v.name for v in made.vessels[:-1]],
            "leftover": made.vessels[-1].name,
        },
    )


def _note_split(
    turn: Turn, pieces: Mapping[Vessel, list[Vessel]], result: GroupResult[_Pieces]
) -> None:
    """Groups split1, split2, … of the first parts, the second parts, …; the leftover last."""
    groups = turn.session.groups
    for name in [n for n in groups.names if n.removeprefix("split").isdigit()]:
        groups.set(name, [])
    count = max((len(made) for made in pieces.values()), default=0)
    for index in range(count):
        groups.set(f"split{index + 1}", [made[index] for made in pieces.values()])
    groups.set("splitleft", [made[-1] for made in pieces.values()])
    turn.note_groups([v for made in pieces.values() for v in made], result.failed)


def _cut(turn: Turn) -> Cut:
    """How every vessel of the target is to be cut, as it was told.

    Raises:
        UsageError: not exactly one way was named, or it makes no sense.
    """
    into, keep, path = (turn.told.one(kind) for kind in ("COUNT", "PERCENT", "FILE"))
    if sum(map(bool, (into, keep, path))) != 1:
        raise UsageError(
            "split how?", hint="split --into COUNT, split --keep PERCENT, or split FILE"
        )
    if into:
        count = _whole_number(into)
        return lambda whole, offcut: equal_parts(whole, count, offcut)
    if keep:
        percent = _whole_number(keep.removesuffix("%"))
        return lambda whole, offcut: keeping(whole, percent, offcut)
    with Path(path).expanduser().open("rb") as file:
        part = parse_restrictions(file.read(MAX_RESTRICTIONS + 1).decode())
    return lambda whole, offcut: [part]


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(f"{text!r} is not a whole number")
    return int(text)


async def _join(turn: Turn) -> int:
    me, stop = await turn.me(), turn.told.has("--stop")
    nodes: dict[PublicKey, list[Vessel]] = {}
    for vessel in turn.vessels():
        nodes.setdefault(vessel.node, []).append(vessel)
    alone = [held[0] for held in nodes.values() if len(held) == 1]
    several = {held[0]: held for held in nodes.values() if len(held) > 1}
    if not several:
        raise UsageError(
            "no machine has two vessels of the target",
            hint="only vessels of one machine can be joined; see `list`",
        )

    async def unite(node: NodeClient, first: Vessel) -> Vessel:
        name = await node.join([vessel.id for vessel in several[first]], stop=stop)
        return replace(first, number=0, id=name)

    result = await me.engine.run(several, unite)
    made = {first: _take_in(turn, several[first], [new])[0] for first, new in result.ok.items()}
    failed = [vessel for first in result.failed for vessel in several[first]]
    turn.note_groups(list(made.values()), dict.fromkeys([*failed, *alone]))
    if not turn.session.as_json:
        for first, new in made.items():
            old = ", ".join(f"%{vessel.number}" for vessel in several[first])
            output.note(f"{old} → %{new.number} {new.name}")
        if alone:
            names = ", ".join(vessel.name for vessel in alone)
            output.note(f"left as they are, alone on their machines: {names}")
    return turn.finish(result, value=_named)


def _named(new: Vessel) -> dict[str, Any]:
    return {"joined": new.name}


def _take_in(turn: Turn, old: Iterable[Vessel], new: Iterable[Vessel]) -> list[Vessel]:
    """Know the new vessels, with numbers of their own, instead of the old ones."""
    known = turn.session.known
    for vessel in old:
        for identity in known.people(vessel):
            known.lose(vessel, identity)
    return [known.take_in(vessel, turn.identity) for vessel in new]


WORDS = (
    Word(
        "split",
        "[--stop] [--into COUNT] [--keep PERCENT] [FILE]",
        "Cut vessels into several",
        f"--into 3 makes three of equal size (at most {MAX_PARTS}); --keep 20% cuts off all "
        "but a fifth; FILE is a resource file that says what the cut-off vessel has. The old "
        "vessel is gone with its files and log; the new ones have its owner, users and label, "
        "and are the groups split1, split2, …; the leftover is the last of them, also "
        "splitleft. Each cut costs an offcut (`show offcut`). Running programs "
        "are in the way unless --stop.",
        "on %1 split --into 2\non split1 set owner ada\non %2 split --keep 20%\n"
        "on %4 split small.resources",
        _split,
        (),
        CHAPTER,
    ),
    Word(
        "join",
        "[--stop]",
        "Make one vessel of those of a machine",
        "All vessels of the target that are on one machine become one, on each machine; you "
        "must own them all. Files and logs are lost; users and label come from the first. The "
        "offcuts come back. The new ones are the group joingood.",
        "on %5,%6 join\non split1,split2 join",
        _join,
        (),
        CHAPTER,
    ),
)
