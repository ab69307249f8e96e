"""Into how many pieces a simulated network has fallen."""

from seattle_p2p.overlay.core import Role
from seattle_p2p.sim.population import Population


def pieces(population: Population) -> int:
    """Strongly connected pieces of who has whom as a contact, of live servers."""
    members = {m.index: m for m in population.live_members() if m.role is not Role.CLIENT}
    to: dict[int, list[int]] = {
        i: [j for p in m.core.peers() if (j := population.host_of(p.id)) in members]
        for i, m in members.items()
    }
    back: dict[int, list[int]] = {index: [] for index in members}
    for index, others in to.items():
        for other in others:
            back[other].append(index)
    left, found = set(members), 0
    while left:
        start = next(iter(left))
        left -= _reached(start, to) & _reached(start, back)
        found += 1
    return found


def _reached(start: int, edges: dict[int, list[int]]) -> set[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for other in edges[waiting.pop()]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen
