"""Machines and persons of a world, where machines are, and whose vessels they hold."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from seattle_p2p.identity.keys import ID_BYTES, PublicKey
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.core import Event, Overlay, Role, Signer
from seattle_p2p.sim.world import Host

PORT = 4711
_FIRST_GROUP = 16 << 16
_GROUPS = (127 - 16) << 16
"""Addresses lie in 16.0.0.0 - 126.255.255.255: one /24 per IP group."""


@dataclass(eq=False)
class Person:
    """An owner of vessels.

    Args:
        index: Number of the person, from 0.
        key: Public key under which vessels are advertised.
        homes: Members from which this person looks.
        advertised_by: Members of which an advert lies at some holder now, and who can be
            reached: those behind a box have to be found by other means.
    """

    index: int
    key: PublicKey
    homes: list[int]
    advertised_by: set[int] = field(default_factory=set)


@dataclass(eq=False)
class Member:
    """A machine and its application.

    Args:
        host: The machine in the world.
        group: Name of its group in the scenario.
        role: `Role.CLIENT` for experimenters; nodes find theirs by being dialled back.
        signer: Its key.
        is_seed: Whether others join through it.
        is_hostile: Whether it is an attacker's, or has turned.
        owners: Whose vessels it holds.
        joined: Whether it has entered the network since it was started.
        asked_ns: When it began to join.
        expects: What to do with the events of a request, by its number.
        starts: How often it was switched on; a node remembers that much across restarts.
        went_down_ns: When it last went down; 0 while it never did.
    """

    host: Host
    group: str
    role: Role
    signer: Signer
    is_seed: bool = False
    is_hostile: bool = False
    owners: list[Person] = field(default_factory=list)
    joined: bool = False
    asked_ns: int = 0
    expects: dict[int, Callable[[Event], None]] = field(default_factory=dict)
    starts: int = 0
    went_down_ns: int = 0

    @property
    def index(self) -> int:
        """Number of the member: that of its host."""
        return self.host.index

    @property
    def node(self) -> bytes:
        """Its node id, 20 octets."""
        return self.signer.public.node_id.to_bytes(ID_BYTES)

    @property
    def is_ordinary(self) -> bool:
        """Whether it is a donor's node: no seed, no experimenter, no attacker."""
        return not (self.is_seed or self.is_hostile) and self.role is not Role.CLIENT

    @property
    def core(self) -> Overlay:
        """Its overlay core; only while the host is up."""
        core = self.host.core
        assert core is not None
        return core  # type: ignore[return-value]  # every host of a population runs an Overlay


class Addresses:
    """Deals out endpoints: one /24 per IP group, groups filled one after the other."""

    def __init__(self) -> None:
        self._networks = 0
        self._open: dict[str, tuple[int, int]] = {}

    def next(self, group: str, size: int) -> Endpoint:
        """An endpoint for one more member of `group`, `size` of which share a /24."""
        network, used = self._open.get(group, (-1, size))
        if used >= min(size, 250):
            network, used = self._networks, 0
            self._networks += 1
        self._open[group] = network, used + 1
        number = _FIRST_GROUP + network % _GROUPS
        host = f"{number >> 16}.{number >> 8 & 255}.{number & 255}.{used + 1}"
        return Endpoint(host, PORT)


def deal_vessels(
    nodes: Sequence[Member],
    persons: Sequence[Person],
    vessels: int,
    rng: random.Random,
    zipf: float,
) -> None:
    """Give each node `vessels` vessels, each of another owner.

    Args:
        zipf: Exponent of the owners' popularity; 0 deals evenly.
    """
    each = min(vessels, len(persons))
    weights = [1 / (rank + 1) ** zipf for rank in range(len(persons))]
    for number, node in enumerate(nodes):
        if zipf == 0:
            chosen = [persons[(number * each + i) % len(persons)] for i in range(each)]
        else:
            drawn: dict[int, Person] = {}
            while len(drawn) < each:
                person = rng.choices(persons, weights=weights)[0]
                drawn[person.index] = person
            chosen = list(drawn.values())
        node.owners += chosen
