"""What vessels may use and use now, as tables for people."""

from typing import TYPE_CHECKING

import click

from seattle_p2p.cli import output
from seattle_p2p.errors import UsageError
from seattle_p2p.vessel.resources import COUNTED, PORTS, RENEWABLE
from seattle_p2p.vessel.restrictions import parse_restrictions

if TYPE_CHECKING:
    from seattle_p2p.experiment.group import GroupResult
    from seattle_p2p.wire.results import VesselInfo


def show_resources(result: "GroupResult[VesselInfo]") -> None:
    """A row for each resource of each vessel: granted, used now."""
    rows = [(f"%{vessel.number}", *row) for vessel, i in result.ok.items() for row in _rows(i)]
    output.table(("%", "RESOURCE", "GRANTED", "USED NOW", "UNIT"), rows)


def show_offcuts(result: "GroupResult[str]") -> None:
    """What one split costs on each machine."""
    for vessel, text in result.ok.items():
        click.echo(f"machine {vessel.node.short}")
        lines = map(output.harmless, text.splitlines())
        click.echo("".join(f"    {line}\n" for line in lines), nl=False)


def _rows(info: "VesselInfo") -> list[tuple[str, str, str, str]]:
    try:
        granted = parse_restrictions(info.restrictions)
    except UsageError:
        return [("?", "its node says nothing that can be read", "", "")]
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


def _used(info: "VesselInfo", name: str) -> str:
    if name == "cpu":
        return f"{info.used['cpu_s']:.1f} s in all" if "cpu_s" in info.used else ""
    return f"{info.used[name]:.15g}" if name in info.used else ""


def _unit(name: str) -> str:
    if name == "cpu":
        return "cores"
    if name in RENEWABLE:
        return "bytes/s"
    return "bytes" if name in ("memory", "diskused") else "pieces"
