"""How many nodes have to fall before one of a pair cannot reach the other through contacts.

A pair's smallest vertex cut is as large as the largest number of ways between the two that
share no node (Menger, 1927). Those of at most three steps are counted, over the tables as they
are: to a contact, on to somebody who knows the other, and there. The cut is at least as large
as their number, and at most as large as the fewer of the one's contacts and of those who know
the other; where the two are equal, it is exact.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from seattle_p2p.overlay.core import Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.sim.population import Population

_PAIRS = 24


@dataclass(frozen=True)
class Cut:
    """One pair of servers of which the first does not know the second.

    Args:
        source: Number of the host that looks for the other.
        target: Number of the other.
        least: The cut is at least so large: ways that share no node.
        most: It is at most so large.
    """

    source: int
    target: int
    least: int
    most: int


def sample_cuts(population: Population, rng: random.Random) -> list[Cut]:
    """Cuts between servers that are up, drawn at random; fewer where most know each other."""
    host_of, servers = population.host_of, dict[int, OverlayNode]()
    for member in population.live_members():
        core = member.host.core
        if isinstance(core, OverlayNode) and core.role is Role.SERVER:
            servers[member.index] = core
    # Who is down is on no way, though contacts still name it.
    tables = {
        index: {there for peer in core.parts.table if (there := host_of(peer.id)) in servers}
        for index, core in servers.items()
    }
    if len(servers) < 2:
        return []
    drawn = [rng.sample(list(servers), 2) for _ in range(_PAIRS)]
    pairs = [(a, b) for a, b in drawn if b not in tables[a]]
    knowing: dict[int, set[int]] = {b: set() for _, b in pairs}
    for index, known in tables.items():
        for target in known & knowing.keys():
            knowing[target].add(index)
    return [
        Cut(a, b, disjoint_ways(a, b, tables, knowing[b]), min(len(tables[a]), len(knowing[b])))
        for a, b in pairs
    ]


def disjoint_ways(
    source: int, target: int, tables: Mapping[int, set[int]], knowing: set[int]
) -> int:
    """Ways of two or three steps from `source` to `target` that share no node between them.

    A contact that knows the target is a way of its own. The others are matched with those who
    know the target and whom they know, each with one (Kuhn, 1955).
    """
    common = tables[source] & knowing
    firsts = sorted(tables[source] - common - {target})
    lasts = knowing - common - {source}
    taken: dict[int, int] = {}

    def place(first: int, tried: set[int]) -> bool:
        for last in sorted(tables[first] & lasts - tried):
            tried.add(last)
            if last not in taken or place(taken[last], tried):
                taken[last] = first
                return True
        return False

    return len(common) + sum(place(first, set()) for first in firsts)
