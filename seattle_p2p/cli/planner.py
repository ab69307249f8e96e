"""`seattle planner`: decide the shares, build a signed installer for donors."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.person import open_person, passphrase_file_option
from seattle_p2p.cli.ways_in import read_ways, seeds_option
from seattle_p2p.errors import InstallError, UsageError

if TYPE_CHECKING:
    from seattle_p2p.installer.plan import PlannedLayer

DEFAULT_PLAN = "plan.toml"

_TEMPLATE = """\
# A plan: whose vessels a donated machine will hold, and how its network is found.
# Change what follows, then: seattle planner build {name} --key NAME

# Name of the network. Networks of other names never mix.
network = "seattle"

# Nodes that donors join through, as HOST:PORT or, better, KEY@HOST:PORT (`seattle seed run`
# prints both). Several are better than one; later, nodes remember peers and need none.
seeds = [
    # "KEY@192.0.2.7:4711",
]

# What donors read before they install: who you are, what their machines will do. May be "".
note = ""

# One block a vessel. The shares are whole percents of what a donor gives and total 100.
# The owner may hand the vessel on and name its users; owner and users may run programs.
# Keys are written as `seattle keys show` prints them; at most 16 users in a vessel.
# layers = ["guard.r2py"]: security layers, files beside this plan, that stand between every
# program of the vessel and its calls until the owner says otherwise.
{keys}
[[vessel]]
percent = 50
owner = "PUT A KEY HERE"
users = []

[[vessel]]
percent = 50
owner = "PUT A KEY HERE"
users = []
"""


@click.group()
def planner() -> None:
    """Decide whose vessels donated machines hold, and build a signed installer.

    First `seattle planner new`, then an editor, then `seattle planner build`.
    """


@planner.command()
@click.argument("file", default=DEFAULT_PLAN)
@output.json_option
def new(file: str, as_json: bool) -> None:
    """Write a plan with every field explained to FILE (default plan.toml; - prints it)."""
    text = _TEMPLATE.format(name=DEFAULT_PLAN if file == "-" else file, keys=_own_keys())
    if file == "-":
        if as_json:
            output.document({"plan": text})
        else:
            click.echo(text, nl=False)
        return
    write_file(Path(file), text.encode(), over_an_old_one=False)
    if as_json:
        output.document({"file": str(Path(file).absolute())})
    output.note(f"wrote {file}; put the keys in, then: seattle planner build {file} --key NAME")


@planner.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--key", "key_name", default="", metavar="NAME", help="Your key, which signs.")
@click.option("--out", type=click.Path(path_type=Path), help="Default: PLAN with .seattle.")
@seeds_option
@passphrase_file_option
@output.json_option
def build(
    plan: Path,
    key_name: str,
    out: Path | None,
    seeds: tuple[str, ...],
    signer: str,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Check PLAN and make one signed installer of it, the same bytes every time.

    Seeds given here, such as a signed list, go into it beside those of the plan.
    """
    from seattle_p2p.installer.bundle import SUFFIX, make_installer
    from seattle_p2p.installer.plan import read_plan, with_layers, with_seeds

    text = _read(plan)
    target = out or plan.with_suffix(SUFFIX)
    if target.absolute() == plan.absolute():
        raise UsageError(f"the installer would replace its plan {plan}", hint="use --out FILE")
    wanted = read_plan(text, name=plan.name)
    ways = read_ways(seeds, network=wanted.network, signer=signer)
    wanted = with_layers(with_seeds(wanted, ways), _read_layers(plan, wanted.missing_layers))
    key = open_person(key_name, wanted.network, passphrase_file).key
    data = make_installer(wanted, key)
    write_file(target, data, over_an_old_one=True)
    if not wanted.seeds:
        output.note("no seeds are named: donors need --seeds, or peers on their local network")
    if as_json:
        output.document(
            {
                "file": str(target.absolute()),
                "bytes": len(data),
                "planner": key.public.text,
                "network": wanted.network,
                "vessels": len(wanted.vessels),
                "seeds": [seed.text for seed in wanted.seeds],
            }
        )
        return
    click.echo(str(target))
    output.note(
        f"{len(wanted.vessels)} vessels in network {wanted.network!r}, signed by "
        f"{key.public.short}…"
    )
    name = shlex.quote(target.name)
    output.note(f"donors run: seattle donor install {name} --planner {key.public.text}")


def _read_layers(plan: Path, names: list[str]) -> "list[PlannedLayer]":
    """Layers that lie beside a plan, as the language takes them."""
    if not names:
        return []
    from seattle_p2p.installer.plan import PlannedLayer
    from seattle_p2p.vessel.layer_files import read_layer, require_accepted

    layers = [require_accepted(read_layer(plan.parent / name)) for name in names]
    return [PlannedLayer(layer.name, layer.text.decode()) for layer in layers]


def _own_keys() -> str:
    from seattle_p2p.cli.places import keys_dir
    from seattle_p2p.identity.keystore import Keystore

    found = Keystore(keys_dir()).list()
    if not found:
        return ""
    listed = "".join(f"#   {key.public.text}  {key.name}\n" for key in found[:20])
    return "# The keys of this account:\n" + listed


def _read(plan: Path) -> str:
    from seattle_p2p.wire.limits import MAX_PLAN_BYTES

    try:
        with plan.open("rb") as file:
            return file.read(MAX_PLAN_BYTES + 1).decode()
    except UnicodeDecodeError as reason:
        raise UsageError(f"{plan} is not text in UTF-8", hint="is this the plan?") from reason
    except OSError as reason:
        raise UsageError(
            f"cannot read {plan}: {reason.strerror}", hint="write one: seattle planner new"
        ) from reason


def write_file(path: Path, data: bytes, *, over_an_old_one: bool) -> None:
    """Write a file; one that replaces another is there whole or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new") if over_an_old_one else path
    try:
        with fresh.open("xb") as file:
            try:
                file.write(data)
                file.flush()
            except BaseException:
                fresh.unlink()
                raise
        fresh.replace(path)
    except FileExistsError as reason:
        raise UsageError(
            f"{path} exists and is not overwritten", hint="choose another name, or move it away"
        ) from reason
    except OSError as reason:
        raise InstallError(
            f"cannot write {path}: {reason.strerror}", hint="choose another place"
        ) from reason
