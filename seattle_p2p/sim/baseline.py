"""The unmodified kademlia package over the same simulated links: what we are compared with.

Its servers run as the coroutines they are, on a virtual loop. The package keeps one value per
key, so an owner's value stands for all adverts of an owner: the comparison flatters it. Two
things are outside our reach and make its runs repeat in outcome, not in bytes: it numbers its
messages from the system's entropy and times idle buckets by the real clock.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kademlia.network import Server

from seattle_p2p.identity.keys import digest
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.core import Event
from seattle_p2p.sim import assembly
from seattle_p2p.sim.measures import percentiles
from seattle_p2p.sim.people import Addresses
from seattle_p2p.sim.scenario import Scenario
from seattle_p2p.sim.virtual_loop import VirtualLoop
from seattle_p2p.sim.world import Host, World

MOST_NODES = 1000
"""Stock nodes cost some 24 kB and 108 µs a message each: more would take all day."""
MOST_OWNERS = 20
"""Most keys that are set. A stock node re-sends what it holds to every contact that is new to
it, and one that no bucket has room for is new each time: two keys of one holder beget each
other without end. At 1,000 nodes that happens from some 50 keys on."""
MOST_DATAGRAMS_EACH = 1000
"""Datagrams a node may send on the average; then, as on a congested line, no more get through,
and the storm above ends."""


class StockCore:
    """Lets a world drive a stock server: hands datagrams to its protocol."""

    deadline: int | None = None

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.protocol: Any = None

    def receive_datagram(self, data: bytes, source: Endpoint, now: int) -> None:
        """Hand it on to the protocol, if the server listens already."""
        if self.protocol is not None:
            self._loop.call_soon(self.protocol.datagram_received, data, tuple(source))

    def handle_timer(self, now: int) -> None:
        """The loop keeps its timers."""

    def datagrams_to_send(self) -> list[tuple[bytes, Endpoint]]:
        """None: the transport sends at once."""
        return []

    def events(self) -> list[Event]:
        """None: answers are the coroutines' results."""
        return []

    def next_timer(self) -> float | None:
        """Never."""
        return None


class _Transport(asyncio.DatagramTransport):
    def __init__(self, loop: "StockLoop", host: Host) -> None:
        super().__init__()
        self._loop = loop
        self._host = host

    def sendto(self, data: Any, addr: Any = None) -> None:
        if self._host.up:
            self._loop.send(data, self._host, Endpoint(*addr))

    def close(self) -> None:
        pass


class StockLoop(VirtualLoop):
    """A virtual loop whose datagram endpoints are hosts of the world.

    Args:
        world: Whose hosts.
        most_datagrams: Sent in all; the rest is lost.

    Attributes:
        lost_in_storm: How many these were.
    """

    def __init__(self, world: World, most_datagrams: int) -> None:
        super().__init__(world)
        self._most_datagrams = most_datagrams
        self.lost_in_storm = 0

    def send(self, data: bytes, host: Host, destination: Endpoint) -> None:
        """Send a datagram while there may be more."""
        if self._world.traffic.sent < self._most_datagrams:
            self._world.send(data, host, destination)
        else:
            self.lost_in_storm += 1

    async def create_datagram_endpoint(  # type: ignore[override]  # what the package calls
        self, protocol_factory: Callable[[], Any], local_addr: tuple[str, int]
    ) -> tuple[asyncio.DatagramTransport, Any]:
        """Open the socket of the host at `local_addr`."""
        host = self._world.host_at(Endpoint(*local_addr))
        assert host is not None
        assert isinstance(host.core, StockCore)
        protocol = host.core.protocol = protocol_factory()
        transport = _Transport(self, host)
        protocol.connection_made(transport)
        return transport, protocol


class Baseline:
    """A scenario's nodes, network and crashes, with stock servers.

    Args:
        scenario: At most `MOST_NODES` machines and `MOST_OWNERS` owners are taken from it.
        seed: As for the run it is compared with.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._scenario = scenario
        self.world = World(seed)
        streams = self.world.streams
        self.world.latency = assembly.make_latency(scenario, streams)
        self.world.loss = assembly.make_loss(scenario, streams)
        nodes = min(scenario.hosts, MOST_NODES)
        # What coroutines do not use stays as the base class has it: not implemented.
        self._loop = StockLoop(  # type: ignore[abstract]  # see above
            self.world, MOST_DATAGRAMS_EACH * nodes
        )
        self._rng = streams.stream("baseline")
        self._servers: list[Server] = []
        self._hosts: list[Host] = []
        addresses = Addresses()
        for number in range(nodes):
            endpoint = addresses.next("stock", 1)
            host = self.world.add_host(endpoint, lambda host: StockCore(self._loop))
            node_id = digest(streams.secret(f"stock/{number}", 32), label=b"stock", size=20)
            self._servers.append(Server(node_id=node_id))
            self._hosts.append(host)

    def execute(self) -> dict[str, float]:
        """Join, set, crash, get; the measures, named ``stock.…``."""
        with _steady_package(self._rng):
            measures: dict[str, float] = self._loop.run_until_complete(self._story())
            return measures

    async def _story(self) -> dict[str, float]:
        for host, server in zip(self._hosts, self._servers, strict=True):
            self.world.start(host)
            await server.listen(host.endpoint.port, interface=host.endpoint.host)
            if host.index:
                await server.bootstrap([tuple(self._hosts[0].endpoint)])
        owners = min(self._scenario.workload.owners or 10, MOST_OWNERS)
        joined = self.world.traffic.delivered
        sets = 0
        for owner in range(owners):
            with suppress(ValueError):  # what it raises when nobody answers
                sets += await self._rng.choice(self._servers).set(f"owner {owner}", "vessels")
        stored = self.world.traffic.delivered
        for fault in self._scenario.faults:
            if fault.kind == "crash":
                able = [host for host in self._hosts[1:] if host.up]
                for host in self._rng.sample(able, round(fault.share * len(able))):
                    self.world.crash(host)
        times, found = [], 0
        for number in range(20 * owners):
            asker = self._rng.choice([h for h in self._hosts if h.up])
            began_ns = self.world.now_ns
            value = await self._servers[asker.index].get(f"owner {number % owners}")
            times.append(self.world.now_ns - began_ns)
            found += value is not None
        delivered = self.world.traffic.delivered
        return {
            "stock.nodes": len(self._hosts),
            "stock.owners": owners,
            "stock.join_messages_per_node": joined / len(self._hosts),
            "stock.lost_in_storm": self._loop.lost_in_storm,
            "stock.set_success": sets / owners,
            "stock.set_messages": (stored - joined) / owners,
            "stock.get_messages": (delivered - stored) / len(times),
            "stock.get_success": found / len(times),
            **percentiles("stock.get_ms", times, per=1e6),
        }


@contextmanager
def _steady_package(rng: random.Random) -> Iterator[None]:
    """Seed the global randomness that the package uses, and keep its log from the terminal."""
    before = random.getstate()
    loggers = [logging.getLogger(name) for name in ("kademlia", "rpcudp")]
    levels = [logger.level for logger in loggers]
    random.setstate(rng.getstate())
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        random.setstate(before)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
