"""`seattle seed`: a node that is kept up so that newcomers can join through it."""

import asyncio
from pathlib import Path
from typing import Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.person import network_option
from seattle_p2p.cli.places import seed_dir
from seattle_p2p.errors import SeattleError, Unreachable


@click.group()
def seed() -> None:
    """Run a node that others join through, or see whether one is well.

    A seed holds no vessels and decides nothing; once others know each other it may go.
    """


@seed.command()
@click.option(
    "--bind", default="0.0.0.0", show_default=True, metavar="ADDR", help="Address to listen at."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="UDP port (default: any free one, the same the next time).",
)
@click.option("--public", default="", metavar="ADDR", help="Address that others reach it at.")
@click.option("--join", "joins", multiple=True, metavar="[KEY@]HOST:PORT", help="Another node.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Its key and the peers it remembers, when not in the usual place.",
)
@network_option
@output.json_option
def run(
    bind: str,
    port: int,
    public: str,
    joins: tuple[str, ...],
    folder: Path | None,
    network: str,
    as_json: bool,
) -> None:
    """Be a way into the network until Ctrl-C; prints the address to hand out."""
    from seattle_p2p.cli.seed_node import SeedNode

    def ready(facts: dict[str, Any]) -> None:
        if as_json:
            output.line(facts)
            return
        click.echo(facts["address"])
        output.note(f"a way into network {network!r}: hand the line above to planners")
        output.note("Ctrl-C ends it; those who joined go on without it")

    node = SeedNode(folder or seed_dir(), network, bind, port, public, joins)
    asyncio.run(node.run(ready))
    output.note("ended")


@seed.command()
@click.argument("address", metavar="[KEY@]HOST:PORT")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=5.0, show_default=True)
@network_option
@output.json_option
def check(address: str, timeout: float, network: str, as_json: bool) -> None:
    """Join through a seed as any newcomer would; says whether it is well."""
    from seattle_p2p.experiment.browse import look_in
    from seattle_p2p.wire.address import PeerAddress

    wanted = PeerAddress.from_text(address)
    problem: SeattleError | None = None
    peers: tuple[str, ...] = ()
    try:
        peers, warnings = asyncio.run(look_in(wanted, network=network, timeout_s=timeout))
        if warnings:
            problem = Unreachable(warnings[0])
    except Unreachable as reason:
        problem = reason
    if as_json:
        output.document(
            {
                "address": wanted.text,
                "network": network,
                "well": problem is None,
                "problem": problem.message if problem else "",
                "peers": list(peers),
            }
        )
    if problem:
        output.note(f"not well: {problem.message}")
        click.get_current_context().exit(1)
    output.note(f"well; knows {len(peers)} peers")
