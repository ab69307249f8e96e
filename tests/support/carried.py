"""Overlay nodes whose datagrams a test carries by hand, on a clock it moves itself."""

import random
from collections.abc import Callable
from typing import Any

from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import SECOND, Params
from seattle_p2p.wire.endpoints import Endpoint

NETWORK = "carried"
HOP_NS = 1_000_000


def a_key(number: int) -> KeyPair:
    return KeyPair(number.to_bytes(32))


def a_core(number: int, **named) -> OverlayNode:
    """The same node every time."""
    params = named.pop("params", Params(k=8))
    return OverlayNode(
        a_key(number),
        network=NETWORK,
        params=params,
        rng=random.Random(number),
        entropy=random.Random(number + 1).randbytes,
        **named,
    )


class Carrier:
    """Carries datagrams between nodes, in order; 1 ms for each hop.

    Attributes:
        now: Nanoseconds.
        lose: Says of (data, source, destination) whether it is lost.
        carried: Everything delivered: (data, source, destination).
    """

    def __init__(self) -> None:
        self.now = SECOND
        self.nodes: dict[Endpoint, OverlayNode] = {}
        self.lose: Callable[[bytes, Endpoint, Endpoint], bool] = lambda *_: False
        self.carried: list[tuple[bytes, Endpoint, Endpoint]] = []
        self.told: dict[Endpoint, list] = {}

    def add(self, node: OverlayNode, host: str = "", port: int = 7000) -> Endpoint:
        """Put a node into the network, in an IP group of its own unless `host` says where."""
        where = Endpoint(host or f"10.1.{len(self.nodes)}.1", port)
        node.set_local_endpoints([where])
        self.nodes[where] = node
        self.told[where] = []
        return where

    def add_joined(self, count: int, **named) -> list[Endpoint]:
        """Nodes 1 to `count`, each joined through the first."""
        first = len(self.nodes)
        added = []
        for number in range(first + 1, first + count + 1):
            where = self.add(a_core(number, **named))
            added.append(where)
            self.ask(where, "join", added[:1] if added[0] != where else [])
        return added

    def ask(self, where: Endpoint, method: str, *arguments, **named) -> list:
        """Make a request of a node and carry until quiet; the events that answer it."""
        begun = len(self.told[where])
        number = getattr(self.nodes[where], method)(*arguments, self.now, **named)
        self.settle()
        return [event for event in self.told[where][begun:] if event.request == number]

    def answer(self, where: Endpoint, method: str, *arguments) -> tuple[Any, int]:
        """Make a request of a node; its event, and the nanoseconds until it came."""
        began = self.now
        number = getattr(self.nodes[where], method)(*arguments, self.now)
        while True:
            for event in self.told[where]:
                if event.request == number:
                    return event, self.now - began
            if not self._carry_once():
                self._ring_next(began + 60 * SECOND)

    def inject(
        self, data: bytes, source: Endpoint, to: Endpoint
    ) -> list[tuple[bytes, Endpoint]]:
        """Give a node a datagram out of thin air; what it sends at once, not carried."""
        self.nodes[to].receive_datagram(data, source, self.now)
        return self.nodes[to].datagrams_to_send()

    def settle(self, most_s: float = 60.0) -> None:
        """Carry and ring until nobody waits for anything."""
        end = self.now + round(most_s * SECOND)
        while self.now < end:
            if self._carry_once():
                continue
            if not any(node.busy for node in self.nodes.values()):
                return
            self._ring_next(end)

    def pass_time(self, seconds: float) -> None:
        """Let time go by, with everything due in it."""
        end = self.now + round(seconds * SECOND)
        while self.now < end:
            if not self._carry_once():
                self._ring_next(end)

    def remove(self, where: Endpoint) -> OverlayNode:
        """Take a node out without a word."""
        return self.nodes.pop(where)

    def _carry_once(self) -> bool:
        bags = [
            (data, where, to)
            for where, node in self.nodes.items()
            for data, to in node.datagrams_to_send()
        ]
        self._listen()
        if not bags:
            return False
        self.now += HOP_NS
        for data, source, to in bags:
            if to in self.nodes and not self.lose(data, source, to):
                self.carried.append((data, source, to))
                self.nodes[to].receive_datagram(data, source, self.now)
        self._listen()
        return True

    def _ring_next(self, end: int) -> None:
        dues = [node.deadline for node in self.nodes.values() if node.deadline is not None]
        self.now = max(self.now, min([*dues, end]))
        for node in list(self.nodes.values()):
            if node.deadline is not None and node.deadline <= self.now:
                node.handle_timer(self.now)
        self._listen()

    def _listen(self) -> None:
        for where, node in self.nodes.items():
            self.told[where] += node.events()
