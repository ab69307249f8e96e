"""Words that make vessels of vessels: split, join."""

from collections.abc import Iterable, Mapping

from seattle_p2p.cli.dividing import (
    joined_in_json,
    pieces_in_json,
    read_cut,
    tell_join,
    tell_split,
)
from seattle_p2p.cli.shell.session import Turn
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.experiment.group import GroupResult
from seattle_p2p.experiment.owner import Pieces
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.wire.limits import MAX_PARTS

CHAPTER = "Owners"


async def _split(turn: Turn) -> int:
    cut = read_cut(*(turn.told.one(kind) for kind in ("COUNT", "PERCENT", "FILE")))
    stop = turn.told.has("--stop")
    result = await turn.fan_out(
        lambda me, vessels, report: me.owner.split(vessels, cut, stop=stop, report=report)
    )
    pieces = {old: _take_in(turn, (old,), made.vessels) for old, made in result.ok.items()}
    _note_split(turn, pieces, result)
    if not turn.session.as_json:
        tell_split(pieces)
    return turn.finish(result, value=pieces_in_json)


def _note_split(
    turn: Turn, pieces: Mapping[Vessel, list[Vessel]], result: GroupResult[Pieces]
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


async def _join(turn: Turn) -> int:
    me = await turn.me()
    joined = await me.owner.join(turn.vessels(), stop=turn.told.has("--stop"))
    made = {
        first: _take_in(turn, joined.old[first], [new])[0]
        for first, new in joined.result.ok.items()
    }
    left = dict.fromkeys([*joined.result.failed, *joined.alone])
    turn.note_groups(list(made.values()), left)
    if not turn.session.as_json:
        tell_join(made, joined)
    return turn.finish(joined.result, value=joined_in_json)


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
