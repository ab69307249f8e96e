"""A peer that answers every question with invented peers and junk, or with torn replies."""

import random

from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.wire.codec import Codec
from seattle_p2p.wire.datagrams import Adverts, Find, Found, Read
from seattle_p2p.wire.endpoints import pack_endpoint


class Liar:
    """In the place of an `OverlayNode`: a test's carrier or a driver can drive it.

    Args:
        codec: Of the network it lies in.
        me: Node id it goes by: one that was proved where it is put.
        number: Seed of its inventions.
        torn: Whether its replies end five octets early.
        where: First three numbers of the addresses it invents; nobody answers at any.
    """

    busy = False
    deadline = None

    def __init__(
        self, codec: Codec, me: int, number: int, *, torn: bool = False, where: str = "10.66.6"
    ):
        self.codec = codec
        self.me = me.to_bytes(20)
        self.torn = torn
        self.where = where
        self.rng = random.Random(number)
        self.bag: list[tuple[bytes, Endpoint]] = []
        self.asked = 0

    def receive_datagram(self, data: bytes, source: Endpoint, now: int) -> None:
        message = self.codec.decode(data)
        head = (message.number, b"t" * 8, pack_endpoint(source), True)
        if isinstance(message, Find):
            answer = Found(*head, self.me, True, self._inventions(message.target))
        elif isinstance(message, Read):
            junk = [self.rng.randbytes(170) for _ in range(3)]
            lies = self._inventions(message.place)
            answer = Adverts(*head, self.me, lies, 10**9, b"d" * 8, b"l" * 20, 8, junk)
        else:
            return
        self.asked += 1
        reply = self.codec.encode(answer)
        self.bag.append((reply[:-5] if self.torn else reply, source))

    def datagrams_to_send(self) -> list[tuple[bytes, Endpoint]]:
        bag, self.bag = self.bag, []
        return bag

    def events(self) -> list[object]:
        return []

    def next_timer(self) -> None:
        return None

    def handle_timer(self, now: int) -> None:
        pass

    def _inventions(self, target: bytes) -> list[bytes]:
        """Twenty peers closer to the target than anybody honest."""
        return [
            target[:18]
            + self.rng.randbytes(2)
            + pack_endpoint(Endpoint(f"{self.where}.{n}", 6))
            for n in range(1, 21)
        ]
