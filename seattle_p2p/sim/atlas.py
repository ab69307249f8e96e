"""Who was where at the end of a run: what maps are drawn from."""

from dataclasses import dataclass

from seattle_p2p.overlay.core import Role
from seattle_p2p.sim.links import Synthetic
from seattle_p2p.sim.population import Member, Population
from seattle_p2p.sim.world import World

_MOST = 2000
"""A map of more dots shows no more."""


@dataclass(frozen=True)
class Place:
    """One machine.

    Args:
        index: Number of its host.
        what: `seed`, `donor`, `researcher`, `attacker`; or `down`.
        id: Its node id.
        x_ms: Where it lies in the plane of latencies; None where there is no plane.
        y_ms: The other coordinate.
    """

    index: int
    what: str
    id: int
    x_ms: float | None
    y_ms: float | None


def make_atlas(world: World, population: Population) -> list[Place]:
    """Places of everybody, or of a sample, always the same, and of the watched one's peers."""
    members, worst = population.members, population.spotlight.worst
    chosen = set(range(0, len(members), -(-len(members) // _MOST)))
    for step in worst.steps if worst is not None else ():
        chosen |= {step.source, step.destination}
    latency = world.latency
    places = []
    for index in sorted(chosen):
        member = members[index]
        at = latency.place(index) if isinstance(latency, Synthetic) else None
        x_ms, y_ms = (None, None) if at is None else (at.real, at.imag)
        places.append(Place(index, _what(member), member.signer.public.node_id, x_ms, y_ms))
    return places


def _what(member: Member) -> str:
    if not member.host.up:
        return "down"
    if member.is_hostile:
        return "attacker"
    if member.is_seed:
        return "seed"
    return "researcher" if member.role is Role.CLIENT else "donor"
