"""`seattle seed`: a node that is kept up so that newcomers can join through it."""

from pathlib import Path
from typing import Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.loop import run_loop
from seattle_p2p.cli.person import (
    network_option,
    open_person,
    passphrase_file_option,
)
from seattle_p2p.cli.places import seed_dir
from seattle_p2p.cli.ways_in import read_ways, seeds_option
from seattle_p2p.errors import SeattleError, Unreachable, UsageError


@click.group()
def seed() -> None:
    """Run a node that others join through, see whether one is well, sign lists of them.

    A seed holds no vessels and decides nothing; once others know each other it may go.
    """


@seed.command()
@click.option(
    "--bind",
    default="::",
    metavar="ADDR",
    help="Address to listen at (default: any, both IPs).",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="UDP port (default: any free one, the same the next time).",
)
@click.option("--public", default="", metavar="ADDR", help="Address that others reach it at.")
@click.option("--join", "joins", multiple=True, metavar="[KEY@]HOST:PORT", help="Another node.")
@seeds_option
@click.option("--lan/--no-lan", default=True, help="Meet nodes on the local network (default).")
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
    seeds: tuple[str, ...],
    signer: str,
    lan: bool,
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
        for more in facts["addresses"][1:]:
            output.note(f"the same for others: {more}")
        output.note(f"a way into network {network!r}: hand the line above to planners")
        output.note("Ctrl-C ends it; those who joined go on without it")

    others = read_ways([*joins, *seeds], network=network, signer=signer)
    home = folder or seed_dir()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    run_loop(SeedNode(home, network, bind, port, public, others, lan=lan).run(ready))
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
        peers, warnings = run_loop(look_in(wanted, network=network, timeout_s=timeout))
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


@seed.command()
@click.argument("file", metavar="LIST", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", "key_name", default="", metavar="NAME", help="Your key, which signs.")
@click.option("--out", type=click.Path(path_type=Path), help="Default: LIST with .seeds.")
@passphrase_file_option
@output.json_option
def sign(
    file: Path, key_name: str, out: Path | None, passphrase_file: Path | None, as_json: bool
) -> None:
    """Sign a LIST of seeds (TOML, see bootstrap/seeds.toml) for donors and researchers.

    They give the file that comes out to --seeds; what was changed on the way is refused.
    """
    from seattle_p2p.cli.planner import write_file
    from seattle_p2p.installer.seed_list import (
        SUFFIX,
        make_seed_list,
        plan_seed_list,
        read_list_file,
    )

    target = out or file.with_suffix(SUFFIX)
    if target.absolute() == file.absolute():
        raise UsageError(f"the signed list would replace {file}", hint="use --out FILE")
    try:
        seeds = plan_seed_list(read_list_file(file).decode(), name=file.name)
    except UnicodeDecodeError as reason:
        raise UsageError(f"{file} is not text in UTF-8", hint="is this the list?") from reason
    key = open_person(key_name, seeds.network, passphrase_file).key
    write_file(target, make_seed_list(seeds, key), over_an_old_one=True)
    if as_json:
        output.document(
            {
                "file": str(target.absolute()),
                "signer": key.public.text,
                "network": seeds.network,
                "number": seeds.number,
                "seeds": [entry.address.text for entry in seeds.seeds],
            }
        )
        return
    click.echo(str(target))
    output.note(f"list {seeds.number} of {len(seeds.seeds)} seeds of {seeds.network!r}, signed")
    output.note(f"hand out the file; --signer {key.public.text} makes sure it is yours")


@seed.command("list")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--signer", default="", metavar="KEY", help="Refuse it unless this key signed.")
@output.json_option
def list_seeds(file: Path, signer: str, as_json: bool) -> None:
    """Verify a signed list and show the seeds in it; nothing is sent anywhere."""
    from seattle_p2p.cli.ways_in import require_signer
    from seattle_p2p.installer.seed_list import load_seed_list

    seeds, signed_by = load_seed_list(file)
    require_signer(file, signed_by, signer)
    if as_json:
        output.document(
            {
                "network": seeds.network,
                "number": seeds.number,
                "signer": signed_by.text,
                "seeds": [
                    {"address": entry.address.text, "operator": entry.operator}
                    for entry in seeds.seeds
                ],
            }
        )
        return
    output.table(
        ("ADDRESS", "OPERATOR"),
        [(entry.address.text, entry.operator or "-") for entry in seeds.seeds],
    )
    output.note(f"list {seeds.number} of network {seeds.network!r}, signed by {signed_by.text}")
