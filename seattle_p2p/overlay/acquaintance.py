"""One address we have to do with, and what we know of it."""

from seattle_p2p.overlay.contact import Peer


class Acquaintance:
    """One address. Times in nanoseconds.

    Attributes:
        peer: Whose id was proved to us at this address; None while nobody's.
        server: Whether that peer said to be a server.
        heard: When it last sent us anything that counts.
        missed: When it last left us without an answer, since it was last heard from; else 0.
        knows_us: Whether it holds a proof of our id.
        seen_us_at: Packed endpoint at which it last saw us; empty while it never said.
        token: What it gave us to return; empty when nothing.
        round_trip: Smoothed round trip; 0 while none was measured.
        deviation: Smoothed deviation of it.
        asked: Whether we ever wrote to it first.
    """

    __slots__ = (
        "asked",
        "deviation",
        "heard",
        "knows_us",
        "missed",
        "peer",
        "round_trip",
        "seen_us_at",
        "server",
        "token",
    )

    def __init__(self) -> None:
        self.peer: Peer | None = None
        self.server = False
        self.heard = 0
        self.missed = 0
        self.knows_us = False
        self.seen_us_at = b""
        self.token = b""
        self.round_trip = 0
        self.deviation = 0
        self.asked = False

    def on_heard(self, now: int) -> None:
        """Something came that only who receives at this address can send."""
        self.heard = now
        self.missed = 0
