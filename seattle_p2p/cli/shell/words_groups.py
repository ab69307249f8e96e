"""Words about groups: add, remove, move, show groups."""

from seattle_p2p.cli import output
from seattle_p2p.cli.shell.session import Turn
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.errors import UsageError

CHAPTER = "Groups"


async def _add(turn: Turn) -> int:
    vessels, group = turn.vessels(turn.told.one("TARGET")), _group(turn)
    added = turn.session.groups.add(group, vessels)
    return _said(turn, group, added, f"{added} added to {group}")


async def _remove(turn: Turn) -> int:
    vessels, group = turn.vessels(turn.told.one("TARGET")), _group(turn)
    removed = turn.session.groups.remove(group, vessels)
    return _said(turn, group, removed, f"{removed} removed from {group}")


async def _move(turn: Turn) -> int:
    groups, source, target = turn.session.groups, turn.target, turn.told.one("GROUP")
    if source not in groups:
        raise UsageError(
            f"move from where? the target {source!r} is no group",
            hint="put a group in front: on GROUP move TARGET to GROUP",
        )
    groups.require(target)
    vessels = turn.vessels(turn.told.one("TARGET"))
    moved = groups.remove(source, vessels)
    groups.add(target, vessels)
    return _said(turn, target, moved, f"{moved} moved from {source} to {target}")


def _group(turn: Turn) -> str:
    """The group that was named, or the target if it is one."""
    named = turn.told.one("GROUP")
    if not named and turn.target not in turn.session.groups:
        raise UsageError(
            f"which group? the target {turn.target!r} is none", hint=f"{turn.word.written}"
        )
    return named or turn.target


def _said(turn: Turn, group: str, changed: int, text: str) -> int:
    members = turn.session.known.at(turn.session.groups.places(group))
    if not turn.answer({"group": group, "changed": changed, "size": len(members)}):
        output.note(f"{text}; there are {len(members)} in it")
    return 0


async def _show_groups(turn: Turn) -> int:
    groups, known = turn.session.groups, turn.session.known
    held = {name: known.at(groups.places(name)) for name in groups.names}
    if turn.answer({"groups": {name: [v.name for v in vs] for name, vs in held.items()}}):
        return 0
    rows = [
        (name, len(vs), " ".join(f"%{vessel.number}" for vessel in vs) or "-")
        for name, vs in held.items()
    ]
    output.table(("GROUP", "SIZE", "VESSELS"), rows)
    return 0


WORDS = (
    Word(
        "add",
        "[TARGET] [to GROUP]",
        "Put vessels into a group",
        "Makes the group if there is none of that name. Without TARGET the vessels of the "
        "current target are meant; without GROUP the current target must be a group.",
        "add %1,%3 to lab\nadd browsegood to lab\non lab add %5",
        _add,
        (),
        CHAPTER,
    ),
    Word(
        "remove",
        "[TARGET] [from GROUP]",
        "Take vessels out of a group",
        "The vessels themselves are untouched, and the group stays, even if it is empty.",
        "remove %3 from lab\non lab remove listfail",
        _remove,
        (),
        CHAPTER,
    ),
    Word(
        "move",
        "TARGET to GROUP",
        "Move vessels from the current group to another",
        "The current target must be a group, and GROUP must be there already.",
        "on lab move %1 to spare",
        _move,
        (),
        CHAPTER,
    ),
    Word(
        "show groups",
        "",
        "All groups and what is in them",
        "Every command on vessels leaves two: where it worked and where it failed, e.g. "
        "uploadgood and uploadfail. The next such command makes them anew.",
        "show groups\non uploadfail upload data.txt",
        _show_groups,
        ("show group",),
        CHAPTER,
    ),
)
