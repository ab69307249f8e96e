"""One address we have to do with, and what we know of it."""

import msgspec

from seattle_p2p.overlay.contact import Peer


class Acquaintance(msgspec.Struct, eq=False, gc=False):
    """One address. Times in nanoseconds.

    Args:
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

    peer: Peer | None = None
    server: bool = False
    heard: int = 0
    missed: int = 0
    knows_us: bool = False
    seen_us_at: bytes = b""
    token: bytes = b""
    round_trip: int = 0
    deviation: int = 0
    asked: bool = False

    def on_heard(self, now: int) -> None:
        """Something came that only who receives at this address can send."""
        self.heard = now
        self.missed = 0
