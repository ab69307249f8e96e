"""One advert held for others."""

from seattle_p2p.overlay.contact import Peer


class Entry:
    """One advert: what is handed out, and who may have stored it. There are millions.

    Attributes:
        node: Id of the node it speaks for, 20 octets.
        sequence: Of two of one node, the higher is newer.
        sealed: What readers get.
        peer: Who stored it.
        expires: Until when, in nanoseconds.
        looked_at: When the holder will see whether it has expired: not later than that.
        mark: What it adds to the digest of its place.
    """

    __slots__ = ("expires", "looked_at", "mark", "node", "peer", "sealed", "sequence")

    def __init__(
        self,
        node: bytes,
        sequence: int,
        sealed: bytes,
        peer: Peer,
        expires: int,
        looked_at: int,
        mark: int,
    ) -> None:
        self.node = node
        self.sequence = sequence
        self.sealed = sealed
        self.peer = peer
        self.expires = expires
        self.looked_at = looked_at
        self.mark = mark
