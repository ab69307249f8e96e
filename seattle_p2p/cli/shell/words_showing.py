"""Words that show what vessels and machines are: show info, owner, users, targets, ip …"""

import asyncio
import socket
from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.browse import state_of
from seattle_p2p.cli.fanout import described
from seattle_p2p.cli.owner import facts_of, people_of
from seattle_p2p.cli.shell.session import Turn
from seattle_p2p.cli.shell.words import Action, Word
from seattle_p2p.cli.shell.words_finding import states_of
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.results import VesselInfo

CHAPTER = "Finding vessels"
NAME_S = 5.0
"""Longest wait for a name service."""


async def _show_info(turn: Turn) -> int:
    result = await states_of(turn)
    if not turn.session.as_json:
        for vessel, info in result.ok.items():
            click.echo(f"%{vessel.number} {vessel.name} at {', '.join(vessel.endpoints)}")
            for name, value in _facts(turn, info).items():
                click.echo(f"    {name:<12} {output.harmless(value)}")
    return turn.finish(result, value=lambda info: state_of(info) | people_of(info))


def _facts(turn: Turn, info: VesselInfo) -> dict[str, str]:
    """What is known of a vessel, in words; people by the names they have in the session."""
    name = turn.session.identities.name_of
    return facts_of(info, lambda raw: name(PublicKey(raw)))


def _show_one(fact: str, head: str) -> Action:
    """An action that shows one fact of each vessel."""

    async def show(turn: Turn) -> int:
        result = await states_of(turn)
        if not turn.session.as_json:
            rows = [
                (v.number, v.name, _facts(turn, info)[fact]) for v, info in result.ok.items()
            ]
            output.table(("%", "VESSEL", head), rows)
        return turn.finish(result, value=people_of)

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
                ", ".join(session.groups.of(v)) or "-",
                v.endpoints[0],
            )
            for v in everything
        ],
    )
    return 0


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
        "show layers",
        "",
        "Security layers above which each vessel's programs run",
        "The first stands lowest. Set them with `set layers`.",
        "show layers",
        _show_one("layers", "LAYERS"),
        ("show layer",),
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
