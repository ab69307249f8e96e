"""Words that only the owner of a vessel may use, and those about what vessels may use."""

from collections.abc import Sequence

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.shell.session import Turn
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.errors import UsageError
from seattle_p2p.experiment.group import GroupResult
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import TEXT_LENGTH, PublicKey
from seattle_p2p.vessel.resources import COUNTED, PORTS, RENEWABLE
from seattle_p2p.vessel.restrictions import parse_restrictions
from seattle_p2p.wire.commands import VesselInfo
from seattle_p2p.wire.limits import MAX_USERS

CHAPTER = "Owners"


def _public(turn: Turn, named: str) -> PublicKey:
    """The key of that name here, or written out."""
    if named not in turn.session.identities.names and len(named) >= TEXT_LENGTH:
        return PublicKey.from_text(named)
    return turn.session.identities.find(named).public


async def _set_users(turn: Turn) -> int:
    named = turn.told.all("IDENTITY")
    users = list(dict.fromkeys(_public(turn, name) for name in named))
    if len(users) > MAX_USERS:
        raise UsageError(f"{len(users)} users, limit {MAX_USERS}", hint="split the vessel")
    result = await turn.fan_out(
        lambda me, vessels, report: me.engine.run(
            vessels, lambda node, v: node.change_users(v.id, users), report=report
        )
    )
    known, owner = turn.session.known, turn.session.identities.find(turn.identity).public
    for vessel in result.ok:
        for other in turn.session.identities:
            if other.public in users:
                known.take_in(vessel, other.name)
            elif other.public != owner:
                known.lose(vessel, other.name)
    said = f"users are {', '.join(named)} now in" if named else "nobody but the owner uses"
    return turn.finish(result, said=said)


async def _set_owner(turn: Turn) -> int:
    named, keep = turn.told.one("IDENTITY"), turn.told.has("--keep-users")
    owner = _public(turn, named)
    result = await turn.fan_out(
        lambda me, vessels, report: me.engine.run(
            vessels,
            lambda node, v: node.change_owner(v.id, owner, keep_users=keep),
            report=report,
        )
    )
    known = turn.session.known
    mine = {i.name for i in turn.session.identities if i.public == owner}
    for vessel in result.ok:
        known.lose(vessel, turn.identity)
        for name in mine:
            known.take_in(vessel, name)
    return turn.finish(result, said=f"{named} owns now")


async def _set_ownerinfo(turn: Turn) -> int:
    text = " ".join(turn.told.all("TEXT"))
    return await turn.do(
        lambda me, vessels, report: me.engine.run(
            vessels, lambda node, v: node.change_information(v.id, text), report=report
        ),
        said=f"labelled {text!r}" if text else "label taken off",
    )


async def _set_advertise(turn: Turn) -> int:
    on = turn.told.has("on")
    return await turn.do(
        lambda me, vessels, report: me.engine.run(
            vessels, lambda node, v: node.change_advertise(v.id, on), report=report
        ),
        said="found by browsing now:" if on else "not found by browsing any more:",
    )


async def _show_resources(turn: Turn) -> int:
    result: GroupResult[VesselInfo] = await turn.fan_out(
        lambda me, vessels, report: me.status(vessels, report=report)
    )
    if not turn.session.as_json:
        rows = [
            (f"%{vessel.number}", *row) for vessel, i in result.ok.items() for row in _rows(i)
        ]
        output.table(("%", "RESOURCE", "GRANTED", "USED NOW", "UNIT"), rows)
    return turn.finish(
        result, value=lambda info: {"restrictions": info.restrictions, "used": info.used}
    )


def _rows(info: VesselInfo) -> list[tuple[str, str, str, str]]:
    granted = parse_restrictions(info.restrictions)
    rows = [
        (name, f"{granted.amount(name):.15g}", _used(info, name), _unit(name))
        for name in (*RENEWABLE, *COUNTED)
        if granted.amount(name)
    ]
    for name in PORTS:
        ports = sorted(granted.ports(name))
        if ports:
            rows.append((name, " ".join(map(str, ports)), "", "ports"))
    return rows


def _used(info: VesselInfo, name: str) -> str:
    if name == "cpu":
        return f"{info.used['cpu_s']:.1f} s in all" if "cpu_s" in info.used else ""
    return f"{info.used[name]:.15g}" if name in info.used else ""


def _unit(name: str) -> str:
    if name == "cpu":
        return "cores"
    if name in RENEWABLE:
        return "bytes/s"
    return "bytes" if name in ("memory", "diskused") else "pieces"


def _one_a_machine(vessels: Sequence[Vessel]) -> list[Vessel]:
    """The first vessel of each machine, in order."""
    first: dict[PublicKey, Vessel] = {}
    for vessel in vessels:
        first.setdefault(vessel.node, vessel)
    return list(first.values())


async def _show_offcut(turn: Turn) -> int:
    result = await turn.fan_out(
        lambda me, vessels, report: me.engine.run(
            _one_a_machine(vessels),
            lambda node, _: node.offcut(),
            report=report,
        )
    )
    if not turn.session.as_json:
        for vessel, text in result.ok.items():
            click.echo(f"machine {vessel.node.short}")
            click.echo("".join(f"    {line}\n" for line in text.splitlines()), nl=False)
    return turn.finish(result, value=lambda text: {"offcut": text})


async def _set_keep_running(turn: Turn) -> int:
    on = turn.told.has("on")
    return await turn.do(
        lambda me, vessels, report: me.engine.run(
            vessels, lambda node, v: node.change_keep_running(v.id, on), report=report
        ),
        said="kept running:" if on else "not kept running any more:",
    )


WORDS = (
    Word(
        "set keeprunning",
        "on|off",
        "Say whether a program that ends is started again",
        "After a crash of the program or a restart of the machine, with longer and longer "
        "pauses in between. A program that you stop stays stopped.",
        "on lab set keeprunning on",
        _set_keep_running,
        (),
        CHAPTER,
    ),
    Word(
        "set users",
        "[IDENTITY]...",
        "Say who may use vessels, instead of those who might before",
        f"Without names: nobody but the owner. At most {MAX_USERS}. A user may do everything "
        "with programs, files and logs, and nothing with owners and users.",
        "on %1 set users bob carol\non %1 set users",
        _set_users,
        ("set user",),
        CHAPTER,
    ),
    Word(
        "set owner",
        "[--keep-users] IDENTITY",
        "Hand vessels over",
        "Afterwards they are not yours any more. Users go too, unless --keep-users; the label "
        "is taken off; the new owner finds them by browsing at once.",
        "on %1 set owner bob",
        _set_owner,
        (),
        CHAPTER,
    ),
    Word(
        "set ownerinfo",
        "[TEXT]...",
        "Put a label on vessels",
        "One line of at most 256 characters; without TEXT it is taken off.",
        "on lab set ownerinfo course of 2026, group 3",
        _set_ownerinfo,
        (),
        CHAPTER,
    ),
    Word(
        "set advertise",
        "on|off",
        "Say whether vessels are found by browsing",
        "Those who know where a vessel is can use it all the same.",
        "on %1 set advertise off",
        _set_advertise,
        (),
        CHAPTER,
    ),
    Word(
        "show resources",
        "",
        "What vessels may use, and use now",
        "Granted is what the restrictions say; a split divides it.",
        "on %1 show resources",
        _show_resources,
        ("show resource",),
        CHAPTER,
    ),
    Word(
        "show offcut",
        "",
        "What one split costs",
        "Every vessel needs a little for itself. A join gives it back. Each machine is asked.",
        "show offcut",
        _show_offcut,
        (),
        CHAPTER,
    ),
)
