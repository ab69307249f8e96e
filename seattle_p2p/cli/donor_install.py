"""`seattle donor install`: check a planner's file and set its vessels up here."""

import functools
import ipaddress
import shlex
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.donor_home import dir_option, home_of, require_platform, system_in_words
from seattle_p2p.cli.donor_words import show_installer, size_words, vessel_entries
from seattle_p2p.cli.ways_in import read_ways, seeds_option
from seattle_p2p.errors import InstallError, UsageError

if TYPE_CHECKING:
    from seattle_p2p.installer.bundle import Installer
    from seattle_p2p.manager.home import DonorHome
    from seattle_p2p.manager.install import Installed, Order


@dataclass(frozen=True)
class Gift:
    """What a donor decides; the planner decides the rest. Its options say what each means."""

    percent: float
    bind: str
    public: str
    port: int | None
    network_rate: int | None
    own_seeds: tuple[str, ...]
    seeds: tuple[str, ...]
    signer: str
    lan: bool
    planner: str
    testbed: bool
    allow_private: bool
    accept_weak_containment: bool


def gift_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the donor's options; the command gets them together as `gift`."""

    @functools.wraps(command)
    def bundled(**given: Any) -> Any:
        gift = Gift(**{field.name: given.pop(field.name) for field in fields(Gift)})
        return command(gift=gift, **given)

    options = (
        click.option(
            "--percent", type=float, default=10.0, show_default=True, help="Share to give."
        ),
        click.option(
            "--bind", default="", metavar="ADDR", help="Address to listen at (default: any)."
        ),
        click.option(
            "--public", default="", metavar="ADDR", help="Address that others reach it at."
        ),
        click.option(
            "--port", type=click.IntRange(1, 65535), help="UDP and TCP port (default: any)."
        ),
        click.option(
            "--network-rate",
            type=click.IntRange(0),
            default=None,
            metavar="BYTES",
            help="Bytes per second that all vessels may send, and receive (default 250000).",
        ),
        click.option(
            "--seed", "own_seeds", multiple=True, metavar="[KEY@]HOST:PORT", help="Join here."
        ),
        seeds_option,
        click.option("--planner", default="", metavar="KEY", help="Accept no one else's file."),
        click.option(
            "--testbed", is_flag=True, help="Many nodes on one machine: 127.0.0.1 only."
        ),
        click.option(
            "--allow-private", is_flag=True, help="Vessels may talk to private networks."
        ),
        click.option(
            "--lan/--no-lan",
            default=True,
            help="Meet nodes on the local network, and be announced there (default).",
        ),
        click.option(
            "--accept-weak-containment",
            is_flag=True,
            help="Run strangers' programs even where needed layers are missing.",
        ),
    )
    decorated: Callable[..., Any] = bundled
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


@click.command()
@click.argument("installer", type=click.Path(path_type=Path))
@dir_option
@gift_options
@output.json_option
def install(installer: Path, folder: Path | None, gift: Gift, as_json: bool) -> None:
    """Check a planner's INSTALLER and set its vessels up on this machine."""
    require_platform()
    from seattle_p2p.installer.bundle import load_installer
    from seattle_p2p.manager.install import install as carry_out
    from seattle_p2p.manager.install import require_percent
    from seattle_p2p.manager.machine import measure
    from seattle_p2p.manager.ports import PortRegistry

    wanted, data = load_installer(installer)
    show_installer(wanted)
    _require_planner(wanted, gift.planner)
    require_percent(gift.percent)
    home = home_of(folder)
    order = _order(wanted, data, gift)
    with system_in_words():
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


def _require_planner(wanted: "Installer", required: str) -> None:
    from seattle_p2p.identity.keys import PublicKey

    if required and PublicKey.from_text(required) != wanted.planner:
        raise InstallError(
            f"this installer is signed by {wanted.planner.short}…, not by the one you named",
            hint="ask the planner for the right file; do not install this one",
        )


def _order(wanted: "Installer", data: bytes, gift: Gift) -> "Order":
    from seattle_p2p.manager.install import Order, Share
    from seattle_p2p.manager.machine import DEFAULT_NETWORK_BYTES_PER_S
    from seattle_p2p.vessel.resources import VESSEL_PORTS

    if gift.port in VESSEL_PORTS:
        raise UsageError(
            f"port {gift.port} is kept for vessels, as all of "
            f"{VESSEL_PORTS.start}-{VESSEL_PORTS.stop - 1}",
            hint="give another --port, or none",
        )
    ways = read_ways(
        [*gift.own_seeds, *gift.seeds], network=wanted.plan.network, signer=gift.signer
    )
    own = [way.text for way in ways]
    planned = [seed.text for seed in wanted.plan.seeds]
    texts = {layer.name: layer.text.encode() for layer in wanted.plan.layers}
    rate = DEFAULT_NETWORK_BYTES_PER_S if gift.network_rate is None else gift.network_rate
    return Order(
        shares=[
            Share(v.percent, v.owner, v.users, tuple((name, texts[name]) for name in v.layers))
            for v in wanted.plan.vessels
        ],
        network=wanted.plan.network,
        seeds=list(dict.fromkeys([*own, *planned])),
        planner=wanted.planner,
        installer=data,
        percent=gift.percent,
        network_bytes_per_s=rate,
        bind=_address(gift.bind or ("127.0.0.1" if gift.testbed else "::"), "--bind"),
        public=_address(gift.public, "--public") if gift.public else "",
        port=gift.port or 0,
        testbed=gift.testbed,
        allow_private=gift.allow_private,
        lan=gift.lan,
        accept_weak_containment=gift.accept_weak_containment,
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
        "vessels": vessel_entries(made.vessels),
    }


def _dir_words(folder: Path | None) -> str:
    return f" --dir {shlex.quote(str(folder))}" if folder else ""
