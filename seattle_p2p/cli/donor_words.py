"""What `seattle donor` prints for people, and the times they write."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output

if TYPE_CHECKING:
    from seattle_p2p.installer.bundle import Installer
    from seattle_p2p.manager.control import VesselReport
    from seattle_p2p.manager.donor import DonorStatus
    from seattle_p2p.vessel.resources import Resources


def vessel_entries(vessels: Iterable[tuple[str, "Resources"]]) -> list[dict[str, Any]]:
    """Names of vessels with what each has, for JSON."""
    return [
        {
            "name": name,
            "cpu": amounts.cpu,
            "memory": amounts.memory,
            "diskused": amounts.disk,
            "ports": sorted(amounts.messport),
        }
        for name, amounts in vessels
    ]


def show_installer(wanted: "Installer") -> None:
    """Who signed an installer, and what it wants of this machine."""
    plan = wanted.plan
    output.note(f"signed by {wanted.planner.text}")
    output.note(f"network {plan.network!r}, {len(plan.vessels)} vessels:")
    for vessel in plan.vessels[:20]:
        users = f" and {len(vessel.users)} users" if vessel.users else ""
        output.note(f"  {vessel.percent:3} %  for {vessel.owner.short}…{users}")
    if len(plan.vessels) > 20:
        output.note(f"  and {len(plan.vessels) - 20} more")
    for line in plan.note.splitlines():
        output.note(f"  | {line}")


def print_status(found: "DonorStatus") -> None:
    """The status of a donor's node, for people."""
    manager = found.manager
    state = f"runs (process {manager.pid}), {manager.peers} peers known"
    lines = [
        ("node", manager.node),
        ("folder", found.folder),
        ("log", found.log),
        ("network", f"{manager.network}, planned by {manager.planner}"),
        ("given", f"{manager.percent:g} % of this machine"),
        ("manager", state if found.running else "does not run"),
        ("reachable", f"{manager.reachable}: {manager.reachable_reason}"),
        ("paused", _pause_words(manager.paused, manager.pause_left_s)),
        ("layers", ", ".join(manager.layers) or "none"),
    ]
    if manager.missing_layers:
        lines.append(("missing", ", ".join(manager.missing_layers)))
    for name, words in lines:
        click.echo(f"{name:10} {words}")
    click.echo()
    output.table(
        ("VESSEL", "OWNER", "STATE", "CPU", "MEMORY", "DISK"),
        [_vessel_row(vessel) for vessel in manager.vessels],
    )


def _vessel_row(vessel: "VesselReport") -> tuple[str, ...]:
    used, limits = vessel.used, vessel.limits
    state = f"{vessel.state} ({vessel.cause})" if vessel.cause else vessel.state
    return (
        vessel.name,
        vessel.owner[:12] + "…",
        state,
        f"{used['cpu']:.3f} of {limits['cpu']:g}",
        f"{size_words(used['memory'])} of {size_words(limits['memory'])}",
        f"{size_words(used['diskused'])} of {size_words(limits['diskused'])}",
    )


def _pause_words(paused: bool, left_s: float | None) -> str:
    if not paused:
        return "no"
    if left_s is None:
        return "yes, until: seattle donor resume"
    minutes = round(left_s / 60)
    return f"yes, for another {minutes // 60} h {minutes % 60} min"


def size_words(count: float) -> str:
    """Bytes in the largest unit that fits."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count:.0f} B"
