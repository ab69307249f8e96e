"""Words that find vessels and say how they are: browse, contact, list, update, show …"""

import asyncio
import socket
from dataclasses import dataclass
from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.browse import show_vessels, state_of
from seattle_p2p.cli.fanout import EXIT_SOME_FAILED, described
from seattle_p2p.cli.shell.session import Turn, number_of
from seattle_p2p.cli.shell.targets import Place, status_groups
from seattle_p2p.cli.shell.words import Action, Word
from seattle_p2p.errors import UsageError
from seattle_p2p.experiment.group import GroupResult
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.experiment.session import Browsed, Experimenter
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.commands import VesselInfo

CHAPTER = "Finding vessels"
LOOK_AGAIN_S = 1.0
"""Between two looks with ``--wait``."""

NAME_S = 5.0
"""Longest wait for a name service."""


async def _browse(turn: Turn) -> int:
    me, known = await turn.me(), turn.session.known
    contacts = turn.told.all("ADDRESS")
    if not contacts and not me.memory.contacts:
        contacts = turn.session.contacts
    if contacts:
        me.contacts = tuple(PeerAddress.from_text(text) for text in contacts)
    before = known.of(turn.identity)
    found = await _look(turn, me, {vessel.place for vessel in before})
    turn.session.contacts = me.memory.contacts
    states = {known.take_in(v, turn.identity): found.states[v] for v in found.vessels}
    kept = {vessel.place for vessel in states}
    silent = set(found.silent)
    lost = [v for v in before if v.place not in kept and v.node not in silent]
    for vessel in lost:
        known.lose(vessel, turn.identity)
    unheard = [v for v in before if v.node in silent]
    turn.session.groups.set("browsegood", states)
    turn.session.groups.set("browsefail", [*lost, *unheard])
    for warning in found.warnings:
        output.note(f"warning: {warning}")
    if not turn.answer(
        {
            "nodes": found.nodes,
            "vessels": [described(v) | state_of(info) for v, info in states.items()],
            "silent": [
                {"node": node.text, "code": error.code, "message": error.message}
                for node, error in found.silent.items()
            ],
            "missing": [vessel.name for vessel in lost],
            "warnings": list(found.warnings),
        }
    ):
        show_vessels(list(states.items()))
        output.note(f"{len(states)} vessels on {found.nodes} machines; group browsegood")
        for node, error in found.silent.items():
            output.note(f"machine {node.short} is there but does not answer: {error.message}")
        if lost:
            names = ", ".join(vessel.name for vessel in lost)
            output.note(f"known before and not found now: {names}; group browsefail")
        if not found.vessels and not found.silent:
            output.note("  next: is your key in the planner's plan? `show identities`")
    return EXIT_SOME_FAILED if found.silent else 0


async def _look(turn: Turn, me: Experimenter, known: set[Place]) -> Browsed:
    """Browse, with ``--wait`` again until something is found and nothing known is missing."""
    timeout_s = turn.session.options.timeout_s
    loop = asyncio.get_running_loop()
    end = loop.time() + number_of(turn.told.one("SECONDS", "0"), 0, 1e9)
    while True:
        found = await me.browse(timeout_s=timeout_s)
        places = {vessel.place for vessel in found.vessels}
        if (places and known <= places) or loop.time() + LOOK_AGAIN_S > end:
            return found
        await asyncio.sleep(LOOK_AGAIN_S)


async def _contact(turn: Turn) -> int:
    address, vessel_id = _vessel_address(turn.told.one("ADDRESS"))
    if address.key is None:
        raise UsageError(
            "who must answer there? an address alone proves nothing",
            hint="KEY@HOST:PORT, as `seattle donor status` prints it on that machine",
        )
    me = await turn.me()
    door = Vessel(0, address.key, "", (str(PeerAddress(address.host, address.port)),))

    async def ask(client: NodeClient, _: Vessel) -> list[VesselInfo]:
        return await client.vessels()

    answers = await me.engine.run([door], ask)
    answers.raise_for_failures()
    infos = [i for i in answers.ok[door] if not vessel_id or i.name == vessel_id]
    states = {
        turn.session.known.take_in(
            Vessel(0, door.node, i.name, door.endpoints), turn.identity
        ): i
        for i in infos
    }
    turn.session.groups.set("contactgood", states)
    if not turn.answer({"vessels": [described(v) | state_of(i) for v, i in states.items()]}):
        show_vessels(list(states.items()))
        if not states:
            output.note(f"{turn.identity} controls nothing there")
    return 0


def _vessel_address(text: str) -> tuple[PeerAddress, str]:
    """An address, and the vessel named behind it if one is."""
    front, colon, last = text.rpartition(":")
    if colon and last.startswith("v") and last[1:].isdigit():
        return PeerAddress.from_text(front), last
    return PeerAddress.from_text(text), ""


async def _states(turn: Turn) -> GroupResult[VesselInfo]:
    """Ask every vessel of the target how it is."""
    result = await turn.fan_out(lambda me, vessels, report: me.status(vessels, report=report))
    for error_vessel, error in result.failed.items():
        if error.code == "not_permitted":
            turn.session.known.lose(error_vessel, turn.identity)
    return result


async def _list(turn: Turn) -> int:
    result = await _states(turn)
    groups = turn.session.groups
    for name in [n for n in groups.names if n.startswith("list")]:
        if name not in ("listgood", "listfail"):
            groups.set(name, [])
    states = {vessel: info.state for vessel, info in result.ok.items()}
    for name, vessels in status_groups(states).items():
        groups.set(name, vessels)
    if not turn.session.as_json:
        show_vessels(list(result.ok.items()))
    return turn.finish(result, value=state_of)


async def _update(turn: Turn) -> int:
    return turn.finish(await _states(turn), value=state_of)


async def _show_info(turn: Turn) -> int:
    result = await _states(turn)
    if not turn.session.as_json:
        for vessel, info in result.ok.items():
            click.echo(f"%{vessel.number} {vessel.name} at {', '.join(vessel.endpoints)}")
            for name, value in _facts(turn, info).items():
                click.echo(f"    {name:<12} {value}")
    return turn.finish(result, value=lambda info: state_of(info) | _whose(info))


def _facts(turn: Turn, info: VesselInfo) -> dict[str, str]:
    """What is known of a vessel, in words."""
    for_s = f" for {info.for_s:.0f} s" if info.for_s >= 0 else ""
    ended = f" ({info.text.strip() or info.cause})" if info.cause else ""
    people = _people(turn, info)
    users = "only the owner knows" if info.role == "user" else ", ".join(people.users)
    return {
        "state": f"{info.state}{for_s}{ended}",
        "program": " ".join((info.program, *info.arguments)) or "-",
        "you are": info.role,
        "owner": people.owner,
        "users": users or "-",
        "information": info.information or "-",
        "advertised": "yes" if info.advertise else "no",
        "log": f"{info.log_start} to {info.log_end}",
    }


@dataclass(frozen=True)
class _People:
    owner: str
    users: tuple[str, ...]


def _people(turn: Turn, info: VesselInfo) -> _People:
    """Owner and users by the names they have here."""
    name = turn.session.identities.name_of
    return _People(
        name(PublicKey(info.owner)), tuple(name(PublicKey(user)) for user in info.users)
    )


def _whose(info: VesselInfo) -> dict[str, object]:
    """What a vessel's people set, for JSON."""
    return {
        "owner": PublicKey(info.owner).text,
        "users": [PublicKey(user).text for user in info.users],
        "information": info.information,
        "advertise": info.advertise,
    }


def _show_one(fact: str, head: str) -> Action:
    """An action that shows one fact of each vessel."""

    async def show(turn: Turn) -> int:
        result = await _states(turn)
        if not turn.session.as_json:
            rows = [
                (v.number, v.name, _facts(turn, info)[fact]) for v, info in result.ok.items()
            ]
            output.table(("%", "VESSEL", head), rows)
        return turn.finish(result, value=_whose)

    return show


async def _show_targets(turn: Turn) -> int:
    session = turn.session
    everything = session.known.everything
    if turn.answer(
        {
            "target": session.target,
            "vessels": [
                described(v) | {"identities": session.known.people(v)} for v in everything
            ],
        }
    ):
        return 0
    output.table(
        ("%", "VESSEL", "FOUND BY", "GROUPS", "AT"),
        [
            (
                v.number,
                v.name,
                ", ".join(session.known.people(v)),
                ", ".join(_groups_of(turn, v)) or "-",
                v.endpoints[0],
            )
            for v in everything
        ],
    )
    return 0


def _groups_of(turn: Turn, vessel: Vessel) -> list[str]:
    groups = turn.session.groups
    return [name for name in groups.names if vessel.place in groups.places(name)]


async def _show_ip(turn: Turn) -> int:
    hosts = _hosts(turn)
    if turn.answer({"addresses": hosts}):
        return 0
    text = "".join(f"{host}\n" for host in hosts)
    if path := turn.told.one("FILE"):
        Path(path).expanduser().write_text(text)
        output.note(f"wrote {len(hosts)} addresses to {path}")
    else:
        click.echo(text, nl=False)
    return 0


async def _show_hostname(turn: Turn) -> int:
    names = {}
    for host in _hosts(turn):
        names[host] = await _name_of(host)
    if not turn.answer({"names": names}):
        output.table(("ADDRESS", "NAME"), [(h, n or "has no name") for h, n in names.items()])
    return 0


def _hosts(turn: Turn) -> list[str]:
    found = [PeerAddress.from_text(v.endpoints[0]).host for v in turn.vessels()]
    return list(dict.fromkeys(found))


async def _name_of(host: str) -> str:
    try:
        async with asyncio.timeout(NAME_S):
            name, _ = await asyncio.get_running_loop().getnameinfo(
                (host, 0), socket.NI_NAMEREQD
            )
    except (TimeoutError, OSError):
        return ""
    return name


WORDS = (
    Word(
        "browse",
        "[--wait SECONDS] [ADDRESS]...",
        "Find every vessel of your key",
        "Asks the overlay who holds vessels for the key that speaks, and then those machines "
        "themselves. Only machines that answer now are shown. The first time, name any machine "
        "of the network; after that the peers met are remembered. A vessel that was handed "
        "over a moment ago is announced within seconds: --wait looks again for so long.",
        "browse KEY@192.0.2.7:4711\nbrowse --wait 20\non browsegood list",
        _browse,
        (),
        CHAPTER,
    ),
    Word(
        "contact",
        "ADDRESS",
        "Take in the vessels of one machine, asking nobody else",
        "ADDRESS is KEY@HOST:PORT, as `seattle donor status` prints it; with :v3 behind it "
        "only that vessel. The key is needed: it is how you know who answers.",
        "contact KEY@192.0.2.7:4711\ncontact KEY@192.0.2.7:4711:v3",
        _contact,
        (),
        CHAPTER,
    ),
    Word(
        "list",
        "",
        "Vessels of the target, with their state now",
        "Also makes one group for each state: liststarted, listended, listfresh, liststopped, "
        "and listfail of those that did not answer.",
        "list\non liststarted stop",
        _list,
        (),
        CHAPTER,
    ),
    Word(
        "update",
        "",
        "Look whether vessels answer, and show nothing else",
        "Sorts the target into the groups updategood and updatefail.",
        "update\non updategood run hello.r2py",
        _update,
        (),
        CHAPTER,
    ),
    Word(
        "show info",
        "",
        "All that a vessel tells its people",
        "State and why, program, owner, users, label, log.",
        "on %1 show info",
        _show_info,
        (),
        CHAPTER,
    ),
    Word(
        "show owner",
        "",
        "Whose each vessel is",
        "By the name of the key here, or its first characters.",
        "show owner",
        _show_one("owner", "OWNER"),
        ("show owners",),
        CHAPTER,
    ),
    Word(
        "show users",
        "",
        "Who may use each vessel",
        "Only the owner is told.",
        "show users",
        _show_one("users", "USERS"),
        ("show user",),
        CHAPTER,
    ),
    Word(
        "show ownerinfo",
        "",
        "The owner's label on each vessel",
        "Set it with `set ownerinfo`.",
        "show ownerinfo",
        _show_one("information", "LABEL"),
        (),
        CHAPTER,
    ),
    Word(
        "show advertise",
        "",
        "Whether each vessel can be found by browsing",
        "Set it with `set advertise`.",
        "show advertise",
        _show_one("advertised", "FOUND BY BROWSING"),
        (),
        CHAPTER,
    ),
    Word(
        "show targets",
        "",
        "All vessels of this session, and the groups they are in",
        "A target is %1, 1-3, all, a group, a vessel's name or its beginning, or several of "
        "these with commas between.",
        "show targets",
        _show_targets,
        ("show target",),
        CHAPTER,
    ),
    Word(
        "show ip",
        "[to|> FILE]",
        "Addresses of the target's machines, one a line",
        "With `to FILE` they go into a file here.",
        "show ip\nshow ip to addresses.txt",
        _show_ip,
        ("show ips",),
        CHAPTER,
    ),
    Word(
        "show hostname",
        "",
        "What the name service calls the target's machines",
        "Many machines have no name.",
        "show hostname",
        _show_hostname,
        ("show hostnames",),
        CHAPTER,
    ),
)
