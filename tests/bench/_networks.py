"""Networks to measure: N of our nodes, or N servers of stock `kademlia`, on loopback UDP."""

import asyncio
import contextlib
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from kademlia.network import Server
from kademlia.utils import digest

from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.core import AdvertFound, Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import Params

K = 20
NETWORK = "bench"
KEYS = 100
Operation = Callable[[], Awaitable[object]]
VALUE_BYTES = 300


@dataclass
class Measured:
    """What one kind of operation cost."""

    done: int = 0
    succeeded: int = 0
    seconds: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    datagrams: int = 0
    octets: int = 0

    @property
    def cpu_ms(self) -> float:
        """CPU of the whole network for one operation, in ms."""
        return self.cpu_s / max(self.done, 1) * 1e3

    @property
    def share(self) -> float:
        """Of the operations that succeeded, 0 to 1."""
        return self.succeeded / max(self.done, 1)

    def ms(self, share: float) -> float:
        """That quantile of the time an operation took, in ms."""
        return quantile_ms(self.seconds, share)


def quantile_ms(seconds: list[float], share: float) -> float:
    """A quantile of some times, in ms."""
    ordered = sorted(seconds)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1e3


class Wire:
    """Counts and loses what is sent through sockets of both kinds of network."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.loss = 0.0
        self.datagrams = 0
        self.octets = 0
        self.largest = 0

    def tap(self, transport: asyncio.DatagramTransport) -> Any:
        """What is to be used instead of a transport."""
        return _Tapped(self, transport)


class _Tapped:
    """A transport whose datagrams are counted, or lost."""

    def __init__(self, wire: Wire, transport: asyncio.DatagramTransport) -> None:
        self._wire = wire
        self._transport = transport

    def sendto(self, data: bytes, address: Any = None) -> None:
        wire = self._wire
        wire.datagrams += 1
        wire.octets += len(data)
        wire.largest = max(wire.largest, len(data))
        if not wire.loss or wire.rng.random() >= wire.loss:
            self._transport.sendto(data, address)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Ours:
    """A network of our nodes."""

    name = "ours"

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.wire = Wire(seed)
        self.nodes: list[UdpDriver] = []
        self.owners: dict[int, PublicKey] = {}

    async def add(self, role: Role = Role.UNKNOWN) -> UdpDriver:
        """A node that has not joined yet."""
        core = OverlayNode(
            KeyPair(self.rng.randbytes(32)),
            network=NETWORK,
            params=Params(k=K, first_renewal_s=Params().renew_s),
            rng=random.Random(self.rng.random()),
            entropy=os.urandom,
            role=role,
        )
        driver = await UdpDriver.open(core, "127.0.0.1", 0)
        for family, transport in driver.engine.transports.items():
            driver.engine.transports[family] = self.wire.tap(transport)
        return driver

    async def join_one(self) -> None:
        """One more node, joined through a random one."""
        driver = await self.add()
        if self.nodes:
            await driver.join([self.rng.choice(self.nodes).endpoint])
        self.nodes.append(driver)

    def a_key(self, number: int) -> PublicKey:
        """The `number`-th owner of this run."""
        if number not in self.owners:
            self.owners[number] = KeyPair(number.to_bytes(32)).public
        return self.owners[number]

    async def put(self, node: UdpDriver, key: PublicKey) -> bool:
        """Publish under a key."""
        done = await node.publish(key, overlay=[node.endpoint], commands=[node.endpoint])
        return done.holders >= min(K, len(self.nodes) - 1)

    async def get(self, node: UdpDriver, key: PublicKey) -> bool:
        """The first verified record; the rest of the lookup is given up."""
        events = node.watch_adverts(key, confirm=False, enough=1)
        async with contextlib.aclosing(events):
            async for event in events:
                return isinstance(event, AdvertFound)
        return False

    async def get_all(self, node: UdpDriver, key: PublicKey) -> bool:
        """All records."""
        return bool(await node.find_adverts(key, confirm=False))

    async def kill(self, node: UdpDriver) -> None:
        """End a node without a word."""
        node._published.clear()
        await node.close()

    async def close(self) -> None:
        """End everybody."""
        for node in self.nodes:
            await self.kill(node)


class Stock:
    """A network of the unmodified package's servers."""

    name = "kademlia"

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.wire = Wire(seed)
        self.nodes: list[Server] = []

    async def join_one(self) -> None:
        """One more server, joined through a random one."""
        server = Server(ksize=K, node_id=digest(self.rng.randbytes(20)))
        await server.listen(0, "127.0.0.1")
        server.protocol.transport = self.wire.tap(server.protocol.transport)
        if self.nodes:
            await server.bootstrap([_address(self.rng.choice(self.nodes))])
        self.nodes.append(server)

    def a_key(self, number: int) -> str:
        """The `number`-th key of this run."""
        return f"key {number}"

    async def put(self, node: Server, key: str) -> bool:
        """Store 300 octets under a key; true when somebody really has them."""
        await node.set(key, "v" * VALUE_BYTES)
        return any(n.storage.get(digest(key)) is not None for n in self.nodes)

    async def get(self, node: Server, key: str) -> bool:
        """The value, or not."""
        return await node.get(key) is not None

    async def kill(self, node: Server) -> None:
        """End a server without a word."""
        node.stop()
        await asyncio.sleep(0)

    async def close(self) -> None:
        """End everybody, with the tasks they left behind."""
        for node in self.nodes:
            await self.kill(node)
        mine = asyncio.current_task()
        left = [task for task in asyncio.all_tasks() if task is not mine]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _address(server: Server) -> tuple[str, int]:
    host, port = server.transport.get_extra_info("sockname")
    return host, port


Net = Ours | Stock


async def measure(net: Net, operations: list[Operation], at_once: int = 1) -> Measured:
    """Carry out operations, so many at a time."""
    measured = Measured()
    waiting = iter(operations)
    datagrams, octets = net.wire.datagrams, net.wire.octets
    cpu = time.process_time()

    async def worker() -> None:
        for operation in waiting:
            began = time.perf_counter()
            try:
                good = await operation()
            except Exception:
                good = False
            measured.seconds.append(time.perf_counter() - began)
            measured.done += 1
            measured.succeeded += bool(good)

    await asyncio.gather(*(worker() for _ in range(at_once)))
    measured.cpu_s = time.process_time() - cpu
    measured.datagrams = net.wire.datagrams - datagrams
    measured.octets = net.wire.octets - octets
    return measured


async def grow(net: Net, size: int) -> Measured:
    """Have `size` nodes join one after the other."""
    return await measure(net, [net.join_one] * size)


async def fill(net: Net, keys: int = KEYS) -> Measured:
    """Publish `keys` keys from random nodes."""
    return await measure(
        net,
        [lambda n=n: net.put(net.rng.choice(net.nodes), net.a_key(n)) for n in range(keys)],
    )


def gets(net: Net, count: int, what: str = "get") -> list[Operation]:
    """Lookups of random keys by random nodes."""
    get = getattr(net, what)
    return [
        lambda: get(net.rng.choice(net.nodes), net.a_key(net.rng.randrange(KEYS)))
        for _ in range(count)
    ]
