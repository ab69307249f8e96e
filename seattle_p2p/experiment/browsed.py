"""What browsing found, and how it joins what was known before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from seattle_p2p.errors import SeattleError
from seattle_p2p.experiment.group import GroupResult
from seattle_p2p.experiment.memory import Memory
from seattle_p2p.experiment.selection import Selection
from seattle_p2p.experiment.tables import html_table
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.results import VesselInfo


@dataclass(frozen=True)
class Browsed:
    """What browsing found.

    Args:
        vessels: The vessels that the key controls, on nodes that are alive, by number.
        states: How each of them is.
        nodes: How many nodes advertise for the key and are alive.
        silent: Nodes that are alive but did not answer a command: who, and why.
        missing: Vessels known before that were not found now.
        warnings: What makes the answer less certain than it looks.
    """

    vessels: Selection
    states: Mapping[Vessel, VesselInfo]
    nodes: int
    silent: Mapping[PublicKey, SeattleError]
    missing: Selection
    warnings: tuple[str, ...]

    def where(self, wanted: Callable[[VesselInfo], bool]) -> Selection:
        """The vessels that are as `wanted`, e.g. ``lambda info: info.state == "fresh"``."""
        return self.vessels.where(self.states, wanted)

    def _repr_html_(self) -> str:
        rows = [
            (v.number, v.name, i.role, i.state, i.program, i.cause, ", ".join(v.endpoints))
            for v, i in self.states.items()
        ]
        note = (
            f"{len(self.vessels)} vessels on {self.nodes} machines, {len(self.silent)} silent"
        )
        return html_table(("%", "vessel", "role", "state", "program", "why", "at"), rows, note)


def take_in(
    memory: Memory, answers: GroupResult[list[VesselInfo]], warnings: tuple[str, ...]
) -> Browsed:
    """Remember what the nodes answered.

    Args:
        answers: By a vessel of number 0 that stands for each node.
    """
    before = memory.vessels
    infos = {(door.node, info.name): info for door, held in answers.ok.items() for info in held}
    places = [
        (door.node, info.name, door.endpoints)
        for door, held in answers.ok.items()
        for info in held
    ]
    silent = {door.node: error for door, error in answers.failed.items()}
    kept = [(v.node, v.id, v.endpoints) for v in before if v.node in silent]
    known = memory.remember_vessels(sorted(places, key=_order) + kept)
    alive = Selection(vessel for vessel in known if vessel.node not in silent)
    return Browsed(
        vessels=alive,
        states={vessel: infos[vessel.node, vessel.id] for vessel in alive},
        nodes=len(answers.outcomes),
        silent=silent,
        missing=Selection(vessel for vessel in before if vessel not in known),
        warnings=warnings,
    )


def _order(place: tuple[PublicKey, str, tuple[str, ...]]) -> tuple[str, int]:
    node, vessel_id, _ = place
    return node.text, int(vessel_id.removeprefix("v"))
