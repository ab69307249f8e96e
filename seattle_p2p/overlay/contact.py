"""Who and where a node is: what tables hold, what replies name.

A peer's packed form is its id (20 octets) and its packed endpoint (7 or 19 octets); further
endpoints may follow in a later version and are passed over.
"""

from typing import Final

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.identity.keys import ID_BITS, ID_BYTES
from seattle_p2p.wire.endpoints import Endpoint as Endpoint
from seattle_p2p.wire.endpoints import ip_group, pack_endpoint, packed_length, unpack_endpoint

_LEADING_BELOW: Final = ID_BITS - 60


def leading_bits(id: int) -> int:
    """The first 60 bits of an id: one word of the machine, which tells nearly all ids apart."""
    return id >> _LEADING_BELOW


class Peer:
    """A node's id and the endpoint it is reached at. Immutable; equal when both are.

    Args:
        id: Identifier, 0 <= id < 2**160.
        endpoint: Where its overlay socket is.
    """

    __slots__ = ("endpoint", "family", "group", "id", "leading", "packed")

    def __init__(self, id: int, endpoint: Endpoint) -> None:
        self.id = id
        self.leading = leading_bits(id)
        """See `leading_bits`."""
        self.endpoint = endpoint
        self.family = endpoint.family
        """1 for IPv4, 2 for IPv6."""
        where = pack_endpoint(endpoint)
        self.packed = id.to_bytes(ID_BYTES) + where
        """The form in which replies name it."""
        self.group = ip_group(where)
        """Addresses that one party is likely to own together."""

    @property
    def long_id(self) -> int:
        """`id` under the name that the kademlia package uses."""
        return self.id

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Peer) and other.packed == self.packed)

    def __hash__(self) -> int:
        return hash(self.packed)

    def __repr__(self) -> str:
        return f"Peer({self.id:040x} at {self.endpoint})"


def unpack_peer(data: bytes) -> Peer:
    """Read a packed peer from untrusted bytes.

    Raises:
        MalformedMessage: wrong length or unknown address family.
    """
    if len(data) <= ID_BYTES:
        raise MalformedMessage(f"not a packed peer: {len(data)} octets")
    where = data[ID_BYTES:]
    return Peer(int.from_bytes(data[:ID_BYTES]), unpack_endpoint(where[: packed_length(where)]))


class PeerBook:
    """Peers by packed form, so that one met often is one object, read once; packed endpoints.

    Args:
        limit: Most peers remembered, and most endpoints; when full, the book starts afresh.
            Nodes of one process may share a book.
    """

    def __init__(self, limit: int = 4096) -> None:
        self._limit = limit
        self._packed: dict[Endpoint, bytes] = {}
        self.known: dict[bytes, Peer] = {}
        """By packed form; look here before calling `read`."""

    def packed(self, endpoint: Endpoint) -> bytes:
        """The packed form of an endpoint."""
        known = self._packed.get(endpoint)
        if known is None:
            if len(self._packed) >= self._limit:
                self._packed.clear()
            known = self._packed[endpoint] = pack_endpoint(endpoint)
        return known

    def peer(self, id: int, endpoint: Endpoint) -> Peer:
        """The book's own object for a peer."""
        known = self.known.get(id.to_bytes(ID_BYTES) + self.packed(endpoint))
        return known or self.remember(Peer(id, endpoint))

    def read(self, data: bytes) -> Peer | None:
        """The peer of that packed form; None when the bytes are none that can be written to."""
        peer = self.known.get(data)
        if peer is None:
            try:
                peer = self.remember(unpack_peer(data))
            except MalformedMessage:
                return None
        return peer

    def remember(self, peer: Peer) -> Peer:
        """The book's own object for `peer`."""
        if len(self.known) >= self._limit:
            self.known.clear()
        return self.known.setdefault(peer.packed, peer)
