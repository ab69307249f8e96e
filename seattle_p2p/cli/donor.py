"""`seattle donor`: give a part of this machine, watch it, pause it, take it back."""

import asyncio
import ipaddress
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.donor_books import (
    limit_option,
    print_books,
    print_trail,
    trail_document,
)
from seattle_p2p.cli.donor_share import share
from seattle_p2p.cli.donor_words import parse_duration, print_status, show_installer, size_words
from seattle_p2p.cli.loop import run_loop
from seattle_p2p.cli.places import donor_dir
from seattle_p2p.cli.ways_in import read_ways, seeds_option
from seattle_p2p.errors import InstallError, UsageError

if TYPE_CHECKING:
    from seattle_p2p.installer.bundle import Installer
    from seattle_p2p.manager.home import DonorHome
    from seattle_p2p.manager.install import Installed, Order

dir_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The donor's folder, when it is not the usual one.",
)


@click.group()
def donor() -> None:
    """Give a part of this machine; watch, pause, leave.

    First `seattle donor install INSTALLER` with a planner's file, then `seattle donor run`.
    """


@donor.command()
@click.argument("installer", type=click.Path(path_type=Path))
@click.option("--percent", type=float, default=10.0, show_default=True, help="Share to give.")
@dir_option
@click.option("--bind", default="", metavar="ADDR", help="Address to listen at (default: any).")
@click.option("--public", default="", metavar="ADDR", help="Address that others reach it at.")
@click.option("--port", type=click.IntRange(1, 65535), help="UDP and TCP port (default: any).")
@click.option(
    "--network-rate",
    type=click.IntRange(0),
    default=None,
    metavar="BYTES",
    help="Bytes per second that all vessels may send, and receive (default 250000).",
)
@click.option(
    "--seed", "own_seeds", multiple=True, metavar="[KEY@]HOST:PORT", help="Join here."
)
@seeds_option
@click.option("--planner", default="", metavar="KEY", help="Accept no one else's file.")
@click.option("--testbed", is_flag=True, help="Many nodes on one machine: 127.0.0.1 only.")
@click.option("--allow-private", is_flag=True, help="Vessels may talk to private networks.")
@click.option(
    "--lan/--no-lan",
    default=True,
    help="Meet nodes on the local network, and be announced there (default).",
)
@click.option(
    "--accept-weak-containment",
    is_flag=True,
    help="Run strangers' programs even where needed layers are missing.",
)
@output.json_option
def install(installer: Path, folder: Path | None, as_json: bool, **granted: Any) -> None:
    """Check a planner's INSTALLER and set its vessels up on this machine."""
    _require_platform()
    from seattle_p2p.installer.bundle import load_installer
    from seattle_p2p.manager.install import install as carry_out
    from seattle_p2p.manager.install import require_percent
    from seattle_p2p.manager.machine import measure
    from seattle_p2p.manager.ports import PortRegistry

    wanted, data = load_installer(installer)
    show_installer(wanted)
    _require_planner(wanted, granted["planner"])
    require_percent(granted["percent"])
    home = _home(folder)
    order = _order(wanted, data, **granted)
    with _system_in_words():
        made = carry_out(home, order, measure(home.folder), PortRegistry())
    if as_json:
        output.document(_installed_document(home, order, made))
        return
    click.echo(str(home.folder))
    output.note(f"installed: node {made.node.short}…, {len(made.vessels)} vessels")
    for name, amounts in made.vessels:
        output.note(
            f"  {name}: {amounts.cpu:g} cores, {size_words(amounts.memory)} memory, "
            f"{size_words(amounts.disk)} disk, {len(amounts.messport)} ports"
        )
    output.note(f"next: seattle donor run{_dir_words(folder)}")


@donor.command()
@dir_option
@click.option("-v", "--verbose", is_flag=True, help="Say what happens, not only what matters.")
@click.option(
    "--accept-weak-containment", is_flag=True, help="Run even where needed layers are missing."
)
@output.json_option
def run(
    folder: Path | None, verbose: bool, accept_weak_containment: bool, as_json: bool
) -> None:
    """Run the node manager here, in the foreground, until Ctrl-C; programs outlive it."""
    _require_platform()
    from seattle_p2p.manager.ports import PortRegistry
    from seattle_p2p.manager.running import Started, run_donor

    def tell(started: Started) -> None:
        if as_json:
            output.line(_builtins(started))
        output.note(f"node {started.node}")
        output.note(f"peers find it at {', '.join(started.addresses)}")
        output.note(f"log: {started.log}; Ctrl-C stops the node, programs go on")

    work = run_donor(
        _home(folder),
        PortRegistry(),
        verbose=verbose,
        accept_weak_containment=accept_weak_containment,
        on_started=tell,
    )
    with _system_in_words():
        run_loop(work)
    output.note("stopped; running programs go on for ten minutes, then they are ended")


@donor.command()
@dir_option
@click.option("--audit", "with_books", is_flag=True, help="Also add up all that is given away.")
@output.json_option
def status(folder: Path | None, with_books: bool, as_json: bool) -> None:
    """Say what runs, what it uses, and whether peers reach this node."""
    _require_platform()
    from seattle_p2p.manager.books import check_books
    from seattle_p2p.manager.donor import status as look

    with _system_in_words():
        found = asyncio.run(look(_home(folder)))
        books = check_books(_home(folder)) if with_books else None
    if as_json:
        output.document(_builtins(found) | ({"books": _builtins(books)} if books else {}))
        return
    print_status(found)
    if books:
        print_books(books)


@donor.command()
@dir_option
@limit_option
@output.json_option
def audit(folder: Path | None, limit: int, as_json: bool) -> None:
    """Say who did what on this machine, and what came of it."""
    _require_platform()
    from seattle_p2p.manager.books import read_trail

    with _system_in_words():
        entries = read_trail(_home(folder), limit)
    if as_json:
        output.document(trail_document(entries))
    else:
        print_trail(entries)


donor.add_command(share)


@donor.command()
@dir_option
@click.option("--for", "duration", default="", metavar="TIME", help="E.g. 30m, 2h, 1d.")
@output.json_option
def pause(folder: Path | None, duration: str, as_json: bool) -> None:
    """Freeze every program and withdraw from the network, until `resume`."""
    _require_platform()
    from seattle_p2p.manager.donor import pause as hold

    for_s = parse_duration(duration) if duration else None
    with _system_in_words():
        running = asyncio.run(hold(_home(folder), for_s))
    if as_json:
        output.document({"paused": True, "for_s": for_s, "manager_running": running})
    until = f"for {duration}" if duration else "until: seattle donor resume"
    output.note(f"paused {until}")


@donor.command()
@dir_option
@output.json_option
def resume(folder: Path | None, as_json: bool) -> None:
    """End a pause."""
    _require_platform()
    from seattle_p2p.manager.donor import resume as go_on

    with _system_in_words():
        running = asyncio.run(go_on(_home(folder)))
    if as_json:
        output.document({"paused": False, "manager_running": running})
    output.note("programs go on" + ("" if running else "; no node manager runs here"))


@donor.command()
@dir_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="End a node manager that hangs.")
@output.json_option
def uninstall(folder: Path | None, yes: bool, force: bool, as_json: bool) -> None:
    """List what is here, stop it and remove it; nothing stays."""
    _require_platform()
    from seattle_p2p.manager.donor import uninstall as remove
    from seattle_p2p.manager.donor import what_goes
    from seattle_p2p.manager.ports import PortRegistry

    home = _home(folder)
    with _system_in_words():
        goes = what_goes(home)
    output.note(f"this goes from {home.folder}:")
    for item in goes:
        output.note(f"  {item.path.name:20} {size_words(item.size_bytes):>8}  {item.what}")
    if not yes:
        if as_json or not sys.stdin.isatty():
            raise UsageError("nothing was removed: nobody can be asked", hint="add --yes")
        click.confirm("stop and remove all of it?", abort=True, err=True)
    with _system_in_words():
        left = asyncio.run(remove(home, PortRegistry(), force=force))
    if folder is None:
        # Installing made the project's own folder around the usual one, too.
        with suppress(OSError):
            home.folder.parent.rmdir()
    if as_json:
        output.document(
            {"removed": [str(i.path) for i in goes], "left": [str(path) for path in left]}
        )
    for path in left:
        output.note(f"left alone, because it is not the donor's: {path}")
    output.note("uninstalled; thank you for what you gave")


def _require_platform() -> None:
    if sys.platform != "linux":
        raise InstallError(
            "vessels run on Linux only so far: on this system nothing contains their programs",
            hint="researcher, planner and tester commands work here; donate a Linux machine",
        )


def _home(folder: Path | None) -> "DonorHome":
    from seattle_p2p.manager.home import DonorHome

    chosen = (folder or donor_dir()).absolute()
    try:
        str(chosen).encode()
    except UnicodeEncodeError as reason:
        raise UsageError(
            f"the name {str(chosen)!r} is not UTF-8", hint="give another folder: --dir DIR"
        ) from reason
    return DonorHome(chosen)


def _require_planner(wanted: "Installer", required: str) -> None:
    from seattle_p2p.identity.keys import PublicKey

    if required and PublicKey.from_text(required) != wanted.planner:
        raise InstallError(
            f"this installer is signed by {wanted.planner.short}…, not by the one you named",
            hint="ask the planner for the right file; do not install this one",
        )


def _order(
    wanted: "Installer",
    data: bytes,
    *,
    percent: float,
    bind: str,
    public: str,
    port: int | None,
    network_rate: int | None,
    own_seeds: tuple[str, ...],
    seeds: tuple[str, ...],
    signer: str,
    lan: bool,
    planner: str,
    testbed: bool,
    allow_private: bool,
    accept_weak_containment: bool,
) -> "Order":
    from seattle_p2p.manager.install import Order, Share
    from seattle_p2p.manager.machine import DEFAULT_NETWORK_BYTES_PER_S
    from seattle_p2p.vessel.resources import VESSEL_PORTS

    if port in VESSEL_PORTS:
        raise UsageError(
            f"port {port} is kept for vessels, as all of "
            f"{VESSEL_PORTS.start}-{VESSEL_PORTS.stop - 1}",
            hint="give another --port, or none",
        )
    ways = read_ways([*own_seeds, *seeds], network=wanted.plan.network, signer=signer)
    own = [way.text for way in ways]
    planned = [seed.text for seed in wanted.plan.seeds]
    texts = {layer.name: layer.text.encode() for layer in wanted.plan.layers}
    return Order(
        shares=[
            Share(v.percent, v.owner, v.users, tuple((name, texts[name]) for name in v.layers))
            for v in wanted.plan.vessels
        ],
        network=wanted.plan.network,
        seeds=list(dict.fromkeys([*own, *planned])),
        planner=wanted.planner,
        installer=data,
        percent=percent,
        network_bytes_per_s=(
            DEFAULT_NETWORK_BYTES_PER_S if network_rate is None else network_rate
        ),
        bind=_address(bind or ("127.0.0.1" if testbed else "::"), "--bind"),
        public=_address(public, "--public") if public else "",
        port=port or 0,
        testbed=testbed,
        allow_private=allow_private,
        lan=lan,
        accept_weak_containment=accept_weak_containment,
    )


def _address(text: str, option: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError as reason:
        raise UsageError(
            f"{option}: {text!r} is no IPv4 or IPv6 address",
            hint="e.g. 192.0.2.7 or 2001:db8::7",
        ) from reason


def _installed_document(home: "DonorHome", order: "Order", made: "Installed") -> dict[str, Any]:
    return {
        "dir": str(home.folder),
        "node": made.node.text,
        "planner": order.planner.text,
        "network": order.network,
        "seeds": list(order.seeds),
        "log": str(home.log),
        "vessels": [
            {
                "name": name,
                "cpu": amounts.cpu,
                "memory": amounts.memory,
                "diskused": amounts.disk,
                "ports": sorted(amounts.messport),
            }
            for name, amounts in made.vessels
        ],
    }


def _dir_words(folder: Path | None) -> str:
    return f" --dir {shlex.quote(str(folder))}" if folder else ""


def _builtins(found: Any) -> dict[str, Any]:
    import msgspec

    document = msgspec.to_builtins(found)
    assert isinstance(document, dict)
    return document


@contextmanager
def _system_in_words() -> Iterator[None]:
    """What the system refuses is told like any other failure."""
    try:
        yield
    except OSError as reason:
        where = f" ({reason.filename})" if reason.filename else ""
        raise InstallError(
            f"the system refused: {reason.strerror or reason}{where}",
            hint="look at that file or folder: does it belong to this account, is there room?",
        ) from reason
