"""`seattle browse`: find every vessel that a key controls."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.fanout import EXIT_SOME_FAILED, described
from seattle_p2p.cli.loop import run_loop
from seattle_p2p.cli.person import open_person, person_options
from seattle_p2p.cli.places import research_dir
from seattle_p2p.cli.ways_in import read_ways, seeds_option

if TYPE_CHECKING:
    from seattle_p2p.experiment.browsed import Browsed
    from seattle_p2p.experiment.targets import Vessel
    from seattle_p2p.wire.results import VesselInfo


@click.command()
@click.option(
    "--contact",
    "contacts",
    multiple=True,
    metavar="[KEY@]HOST:PORT",
    help="Any node of the network; remembered, with the peers met there.",
)
@seeds_option
@click.option("--lan", is_flag=True, help="Ask the local network when nobody else answers.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=30.0,
    show_default=True,
    help="Seconds for asking the overlay, and for each node found.",
)
@click.option(
    "--paths",
    type=click.IntRange(1, 4),
    default=1,
    show_default=True,
    help="Ways through the network that share no peer; you are told when they disagree.",
)
@person_options
@output.json_option
def browse(
    contacts: tuple[str, ...],
    seeds: tuple[str, ...],
    signer: str,
    lan: bool,
    timeout: float,
    paths: int,
    key_name: str,
    network: str,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Find every vessel that your key controls, and remember them.

    Only machines that answer now are shown. Vessels keep their numbers for ever.
    """
    person = open_person(key_name, network, passphrase_file)
    from seattle_p2p.experiment.session import Experimenter

    ways = read_ways([*contacts, *seeds], network=person.network, signer=signer)

    async def look() -> "Browsed":
        async with Experimenter(
            person.key,
            network=person.network,
            contacts=[way.text for way in ways],
            lan=lan,
            folder=research_dir(),
            timeout_s=timeout,
        ) as me:
            return await me.browse(timeout_s=timeout, paths=paths)

    found = run_loop(look())
    for warning in found.warnings:
        output.note(f"warning: {warning}")
    if as_json:
        output.document(_document(found, network))
    else:
        show_vessels([(vessel, found.states[vessel]) for vessel in found.vessels])
        _tell(found, network)
    if found.silent:
        click.get_current_context().exit(EXIT_SOME_FAILED)


def show_vessels(rows: "list[tuple[Vessel, VesselInfo]]") -> None:
    """A table of vessels and how they are."""
    output.table(
        ("%", "VESSEL", "ROLE", "STATE", "PROGRAM", "WHY", "AT"),
        [
            (v.number, v.name, i.role, i.state, i.program or "-", why(i), v.endpoints[0])
            for v, i in rows
        ],
    )


def why(info: "VesselInfo") -> str:
    """Why the last run ended, in a few words; ``-`` while there is nothing to say."""
    place = f", line {info.line}" if info.line else ""
    first = info.text.strip().splitlines()[0] if info.text.strip() else info.cause
    return f"{first}{place}" if first else "-"


def state_of(info: "VesselInfo") -> dict[str, Any]:
    """How a vessel is, for JSON."""
    return {
        "role": info.role,
        "state": info.state,
        "cause": info.cause,
        "text": info.text,
        "line": info.line,
        "run": info.run,
        "program": info.program,
        "arguments": list(info.arguments),
        "for_s": round(info.for_s, 3),
        "log_start": info.log_start,
        "log_end": info.log_end,
        "restrictions": info.restrictions,
        "used": info.used,
    }


def silent_entries(found: "Browsed") -> list[dict[str, str]]:
    """Nodes that are there and do not answer, for JSON."""
    return [
        {"node": node.text, "code": error.code, "message": error.message}
        for node, error in found.silent.items()
    ]


def tell_silent(found: "Browsed") -> None:
    """The same for people."""
    for node, error in found.silent.items():
        output.note(f"machine {node.short} is there but does not answer: {error.message}")


def _document(found: "Browsed", network: str) -> dict[str, Any]:
    return {
        "network": network,
        "nodes": found.nodes,
        "vessels": [
            described(vessel)
            | {"node": vessel.node.text, "endpoints": list(vessel.endpoints)}
            | state_of(found.states[vessel])
            for vessel in found.vessels
        ],
        "silent": silent_entries(found),
        "missing": [vessel.name for vessel in found.missing],
        "warnings": list(found.warnings),
    }


def _tell(found: "Browsed", network: str) -> None:
    machines = "1 machine" if found.nodes == 1 else f"{found.nodes} machines"
    output.note(f"{len(found.vessels)} vessels on {machines} of {network!r}")
    tell_silent(found)
    if found.missing:
        names = ", ".join(vessel.name for vessel in found.missing)
        output.note(f"known before and not found now: {names}")
    if not found.vessels and not found.silent:
        output.note("  next: give the planner your key (seattle keys show), or try again later")
