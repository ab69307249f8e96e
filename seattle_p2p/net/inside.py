"""What a running node of the overlay is like, for people who look inside."""

from typing import Protocol

import msgspec

from seattle_p2p.identity.keys import ID_BYTES, PublicKey
from seattle_p2p.overlay.core import Statistics
from seattle_p2p.overlay.views import TableView
from seattle_p2p.wire.endpoints import Endpoint


class OverlayReport(msgspec.Struct, frozen=True):
    """A running node of the overlay as it sees itself.

    `seen_at` is where most peers see it; empty while nobody has said.
    """

    node: str
    id: str
    network: str
    addresses: list[str]
    seen_at: str
    statistics: Statistics
    tables: list[TableView]


class Shown(Protocol):
    """What can be looked into: `net.udp.UdpDriver`, or its twin for both families."""

    @property
    def id(self) -> int:
        """The node's identifier."""

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where every socket is bound."""

    @property
    def seen_at(self) -> Endpoint | None:
        """Where most peers see the node."""

    def statistics(self) -> Statistics:
        """What was counted so far."""

    def tables(self) -> list[TableView]:
        """The routing tables."""


def look_into(overlay: Shown, node: PublicKey, network: str) -> OverlayReport:
    """What `overlay`, run by `node`, is like at this moment."""
    return OverlayReport(
        node=node.text,
        id=overlay.id.to_bytes(ID_BYTES).hex(),
        network=network,
        addresses=[str(endpoint) for endpoint in overlay.endpoints],
        seen_at=str(overlay.seen_at or ""),
        statistics=overlay.statistics(),
        tables=overlay.tables(),
    )
