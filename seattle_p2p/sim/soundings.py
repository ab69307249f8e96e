"""What cores still know of machines that are gone: contacts in tables, adverts at holders.

Taken now and then while a run goes on. Memories are read as they are and nothing is changed, so
a run is the same whether it is sounded or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.sim.measures import percentiles
from seattle_p2p.sim.population import Member, Population

_LOOKED_INTO = 200
"""Of a larger population so many memories are read, always the same."""

_Copy: TypeAlias = tuple[int, int, int, bytes]
"""An advert at a holder: the holder, how often it was started, the place, the node."""


@dataclass(frozen=True)
class Sounding:
    """The memories of a sample of nodes at one moment.

    Args:
        now_s: When.
        contacts: Contacts in their tables.
        stale: Those of them whose machine is down.
        dead_adverts: Adverts they hold of machines that are down.
    """

    now_s: float
    contacts: int
    stale: int
    dead_adverts: int


class Soundings:
    """Reads memories, and follows each advert of a dead machine until its holder drops it.

    Args:
        population: Whose memories they are.
    """

    def __init__(self, population: Population) -> None:
        self._population = population
        self.taken: list[Sounding] = []
        self._followed: dict[_Copy, int] = {}
        """When the machine went down, in ns, of which a dead advert lies there."""
        self.forgotten_ns: list[int] = []
        """How long after the death each advert that was dropped was seen no more."""

    @property
    def left_over(self) -> int:
        """Adverts of machines that are down which are still held by those who are read."""
        return len(self._followed)

    def take(self, now_ns: int, *, tables: bool) -> None:
        """Look once more; moments between two looks are the resolution of all times.

        Args:
            now_ns: The world's time.
            tables: Whether contacts are counted this time, too; they take the longest.
        """
        members = self._population.members
        gone = {m.node: m for m in members if m.went_down_ns and not m.host.up}
        seen: dict[_Copy, int] = {}
        live = {m.signer.public.node_id for m in members if m.host.up} if tables else set()
        contacts = stale = 0
        for member, core in self._read():
            for place, node, _ in core.parts.records.contents() if gone else ():
                if node in gone:
                    copy = member.index, member.starts, place, node
                    seen[copy] = gone[node].went_down_ns
            if tables:
                peers = core.peers()
                contacts += len(peers)
                stale += sum(peer.id not in live for peer in peers)
        self._settle(seen, gone, now_ns)
        if tables:
            self.taken.append(Sounding(now_ns / 1e9, contacts, stale, len(seen)))

    def measures(self) -> dict[str, float]:
        """How stale tables are, and, once somebody died, how long the dead are remembered."""
        contacts = sum(each.contacts for each in self.taken)
        measures: dict[str, float] = {
            "table.stale_share": sum(s.stale for s in self.taken) / max(contacts, 1),
            "table.stale_share_end": self.taken[-1].stale / max(self.taken[-1].contacts, 1)
            if self.taken
            else 0.0,
        }
        if self.forgotten_ns or self._followed:
            measures["forget.adverts"] = len(self.forgotten_ns) + len(self._followed)
            measures["forget.left_over"] = len(self._followed)
            measures |= percentiles("forget.s", self.forgotten_ns, per=1e9)
        return measures

    def _settle(
        self, seen: dict[_Copy, int], gone: Mapping[bytes, Member], now_ns: int
    ) -> None:
        """Note which dead adverts were dropped; one whose holder or machine changed does not
        count, for nobody decided to forget it."""
        members = self._population.members
        for copy, died_ns in self._followed.items():
            holder, starts, _, node = copy
            if copy in seen:
                continue
            is_same_holder = members[holder].host.up and members[holder].starts == starts
            if is_same_holder and node in gone and gone[node].went_down_ns == died_ns:
                self.forgotten_ns.append(now_ns - died_ns)
        self._followed = seen

    def _read(self) -> Iterator[tuple[Member, OverlayNode]]:
        members = self._population.members
        for member in members[:: max(len(members) // _LOOKED_INTO, 1)]:
            if member.host.up and isinstance(member.host.core, OverlayNode):
                yield member, member.host.core


def remembered(soundings: Soundings) -> Sequence[tuple[float, int]]:
    """(seconds since the death, adverts still held), of all adverts that were followed."""
    left = len(soundings.forgotten_ns) + soundings.left_over
    points = [(0.0, left)]
    for forgotten_ns in sorted(soundings.forgotten_ns):
        left -= 1
        points.append((forgotten_ns / 1e9, left))
    return points
