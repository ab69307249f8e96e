"""Words that find vessels and say how they are: browse, contact, list, update."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from seattle_p2p.cli import output
from seattle_p2p.cli.browse import show_vessels, silent_entries, state_of, tell_silent
from seattle_p2p.cli.fanout import EXIT_SOME_FAILED, described
from seattle_p2p.cli.shell.session import Turn, number_of
from seattle_p2p.cli.shell.targets import Place, status_groups
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.errors import NotPermitted, UsageError
from seattle_p2p.experiment.browsed import Browsed
from seattle_p2p.experiment.group import GroupResult
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.experiment.session import Experimenter
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.results import VesselInfo

CHAPTER = "Finding vessels"
LOOK_AGAIN_S = 1.0
"""Between two looks with ``--wait``."""


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
    if not turn.answer(_browsed_document(found, states, lost)):
        _show_browsed(found, states, lost)
    return EXIT_SOME_FAILED if found.silent else 0


def _browsed_document(
    found: Browsed, states: Mapping[Vessel, VesselInfo], lost: Sequence[Vessel]
) -> dict[str, Any]:
    return {
        "nodes": found.nodes,
        "vessels": [described(v) | state_of(info) for v, info in states.items()],
        "silent": silent_entries(found),
        "missing": [vessel.name for vessel in lost],
        "warnings": list(found.warnings),
    }


def _show_browsed(
    found: Browsed, states: Mapping[Vessel, VesselInfo], lost: Sequence[Vessel]
) -> None:
    show_vessels(list(states.items()))
    output.note(f"{len(states)} vessels on {found.nodes} machines; group browsegood")
    tell_silent(found)
    if lost:
        names = ", ".join(vessel.name for vessel in lost)
        output.note(f"known before and not found now: {names}; group browsefail")
    if not found.vessels and not found.silent:
        output.note("  next: is your key in the planner's plan? `show identities`")


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


async def states_of(turn: Turn) -> GroupResult[VesselInfo]:
    """Ask every vessel of the target how it is."""
    result = await turn.fan_out(lambda me, vessels, report: me.status(vessels, report=report))
    for vessel, error in result.failed.items():
        if error.code == NotPermitted.code:
            turn.session.known.lose(vessel, turn.identity)
    return result


async def _list(turn: Turn) -> int:
    result = await states_of(turn)
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
    return turn.finish(await states_of(turn), value=state_of)


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
)
