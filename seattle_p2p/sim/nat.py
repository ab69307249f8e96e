"""Address translation between a host and the world: the classic kinds, and carriers' boxes.

A host behind a box is never reached at its own endpoint. What it sends leaves from an endpoint
of the box, a mapping, that lives for a while after it was last used from inside. Kinds differ
in two ways (RFC 4787, sections 4 and 5): whether one mapping serves all destinations, and from
whom it lets datagrams in.

=============== ========================= ==============================
kind            mapping                   lets in
=============== ========================= ==============================
full_cone       one for all destinations  everybody
restricted      one                       addresses it was used towards
port_restricted one                       endpoints it was used towards
symmetric       one per destination       that destination
=============== ========================= ==============================

A carrier's box (CGNAT) is a symmetric one that many hosts share.
"""

from typing import Final, Literal

from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.sim.world import Host, Mapped, Sender, World

Kind = Literal["full_cone", "restricted", "port_restricted", "symmetric", "cgnat"]

TIMEOUT_S: Final = 120.0
"""A mapping unused from inside for so long is gone; RFC 4787 asks for two minutes at least."""
_FIRST_PORT, _PORTS = 1024, 64_000


class Box:
    """One translating box.

    Args:
        world: Where its outer endpoints are reached.
        kind: How it maps and filters.
        address: Its outer address.
        timeout_s: How long a mapping lives unused.
    """

    def __init__(
        self, world: World, kind: Kind, address: str, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._world = world
        self._kind = kind
        self._address = address
        self._timeout_ns = round(timeout_s * 1e9)
        self._next_port = 0
        self._mappings: dict[tuple[int, Endpoint | None], Mapping] = {}
        self._one_per_destination = kind in ("symmetric", "cgnat")

    @property
    def lets_strangers_in(self) -> bool:
        """Whether somebody whom the host never wrote to can reach it."""
        return self._kind == "full_cone"

    def outwards(self, host: Host, destination: Endpoint) -> Sender:
        """Where a datagram of `host` to `destination` leaves the box; keeps the mapping."""
        now_ns = self._world.now_ns
        key = host.index, destination if self._one_per_destination else None
        mapping = self._mappings.get(key)
        if mapping is None or mapping.expires_ns <= now_ns:
            if mapping is not None:
                self._world.unmap(mapping)
            mapping = self._mappings[key] = self._open(host)
        mapping.expires_ns = now_ns + self._timeout_ns
        mapping.used_towards.add(destination)
        return mapping

    def lets_in(self, mapping: "Mapping", source: Endpoint) -> bool:
        """Whether what comes from `source` to `mapping` is handed on to the host."""
        if mapping.expires_ns <= self._world.now_ns:
            return False
        if self._kind == "full_cone":
            return True
        if self._kind == "restricted":
            return any(source.host == used.host for used in mapping.used_towards)
        return source in mapping.used_towards

    def _open(self, host: Host) -> "Mapping":
        while True:
            port = _FIRST_PORT + self._next_port % _PORTS
            self._next_port += 1
            endpoint = Endpoint(self._address, port)
            if self._world.is_free(endpoint):
                mapping = Mapping(self, host, endpoint)
                self._world.map(mapping)
                return mapping


class Mapping(Mapped):
    """An outer endpoint of a box that stands for a host inside.

    Attributes:
        expires_ns: When it is gone unless it is used again from inside.
        used_towards: Where the host has sent to through it.
    """

    __slots__ = ("box", "expires_ns", "used_towards")

    def __init__(self, box: Box, host: Host, endpoint: Endpoint) -> None:
        super().__init__(host, endpoint)
        self.box = box
        self.expires_ns = 0
        self.used_towards: set[Endpoint] = set()

    def admit(self, source: Sender) -> Host | None:
        """The host, if the box lets the sender in."""
        return self.host if self.box.lets_in(self, source.endpoint) else None
