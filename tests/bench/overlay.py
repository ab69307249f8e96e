"""Our overlay beside stock `kademlia` over loopback UDP: N nodes in one process, same run.

    ./dev bench overlay [--rows 1,2,3] [--sizes 32,128,512] [--seeds 3] [--loop asyncio|uvloop]

CPU is of the whole network, askers and answerers; it is what noise moves least. Rows:

    1 health    publishes and lookups that succeed
    2 exact     a lookup against the network's true k
    3 death     30 % killed at once, lookups start at once, 4 at a time
    4 loss      2 % and 10 % of the datagrams lost
    5 cost      CPU of a get, a publication, a join, a datagram
    6 crowd     1,000 adverts of one owner
   11 liars     one liar, false peers, malformed replies
   12 leaks     10,000 lookups given up by their callers
   13 speed     from publishing to being found; the dead in what is shown
"""

import argparse
import asyncio
import contextlib
import gc
import logging
import math
import os
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from kademlia.network import Server
from kademlia.utils import digest

from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.core import AdvertFound, Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import Params

K = 20
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

    def ms(self, share: float) -> float:
        """That quantile of the time an operation took, in ms."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1e3


class Wire:
    """Counts and loses what is sent through sockets of both kinds of network."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.loss = 0.0
        self.datagrams = 0
        self.octets = 0
        self.largest = 0

    def tap(self, transport: asyncio.DatagramTransport) -> None:
        send = transport.sendto

        def sendto(data: bytes, address: object = None) -> None:
            self.datagrams += 1
            self.octets += len(data)
            self.largest = max(self.largest, len(data))
            if not self.loss or self.rng.random() >= self.loss:
                send(data, address)

        transport.sendto = sendto  # type: ignore[method-assign]


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
            network="bench",
            params=Params(k=K, first_renewal_s=Params().renew_s),
            rng=random.Random(self.rng.random()),
            entropy=os.urandom,
            role=role,
        )
        driver = await UdpDriver.open(core, "127.0.0.1", 0)
        for transport in driver._transports.values():
            self.wire.tap(transport)
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
        self.wire.tap(server.transport)
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


# Rows


async def health(sizes: list[int], seeds: int) -> None:
    """Row 1."""
    for size in sizes:
        for seed in range(seeds):
            for net in (Ours(seed), Stock(seed)):
                await grow(net, size)
                puts = await fill(net)
                read = await measure(net, gets(net, 200))
                show(
                    f"1 healthy N={size} seed {seed}",
                    net.name,
                    publishes=f"{puts.succeeded / puts.done:.1%}",
                    gets=f"{read.succeeded / read.done:.1%}",
                    p50=f"{read.ms(0.5):.2f} ms",
                    p95=f"{read.ms(0.95):.2f} ms",
                )
                await net.close()


async def exact(sizes: list[int], seeds: int) -> None:
    """Row 2."""
    for size in sizes:
        for seed in range(seeds):
            net = Ours(seed)
            await grow(net, size)
            ids = [node.node.id for node in net.nodes]
            hits = wanted = 0
            for _ in range(60):
                target = net.rng.getrandbits(160)
                node = net.rng.choice(net.nodes)
                true = sorted((i for i in ids if i != node.node.id), key=lambda i: i ^ target)[
                    :K
                ]
                found = {peer.id for peer in await node.look_up(target)}
                hits += len(found & set(true))
                wanted += len(true)
            show(f"2 exact N={size} seed {seed}", net.name, recall=f"{hits / wanted:.4f}")
            await net.close()


async def death(sizes: list[int], seeds: int) -> None:
    """Row 3."""
    for size in sizes:
        for seed in range(seeds):
            for net in (Ours(seed), Stock(seed)):
                await grow(net, size)
                await fill(net)
                dead = net.rng.sample(net.nodes, int(0.3 * size))
                for node in dead:
                    await net.kill(node)
                gone = set(map(id, dead))
                net.nodes = [node for node in net.nodes if id(node) not in gone]
                count = 120 if isinstance(net, Ours) else 40
                first = await measure(net, gets(net, count), at_once=4)
                facts = {
                    "first": f"{first.succeeded / first.done:.1%}",
                    "p50": f"{first.ms(0.5):.1f} ms",
                    "p99": f"{first.ms(0.99):.1f} ms",
                }
                if isinstance(net, Ours):
                    full = await measure(net, gets(net, count, "get_all"), at_once=4)
                    facts["all p99"] = f"{full.ms(0.99):.0f} ms"
                show(f"3 death N={size} seed {seed}", net.name, **facts)
                await net.close()


async def loss(sizes: list[int], seeds: int) -> None:
    """Row 4."""
    for size in sizes[:1]:
        for seed in range(seeds):
            for net in (Ours(seed), Stock(seed)):
                await grow(net, size)
                await fill(net)
                facts = {}
                for share in (0.0, 0.02, 0.10):
                    net.wire.loss = share
                    count = 200 if isinstance(net, Ours) else 40
                    read = await measure(net, gets(net, count), at_once=4)
                    facts[f"{share:.0%}"] = (
                        f"{read.succeeded / read.done:.0%} p95 {read.ms(0.95):.2f} ms"
                    )
                    if isinstance(net, Ours) and share == 0.02:
                        full = await measure(net, gets(net, 100, "get_all"), at_once=4)
                        facts["all at 2%"] = f"p95 {full.ms(0.95):.0f} ms"
                        await asyncio.sleep(1.5)
                        evicted = sum(
                            node.statistics().counts.get("evicted", 0) for node in net.nodes
                        )
                        facts["evicted at 2%"] = str(evicted)
                net.wire.loss = 0.0
                show(f"4 loss N={size} seed {seed}", net.name, **facts)
                await net.close()


ROUNDS = 8
"""Both networks take turns in so many rounds, so that other load on the machine hits both."""


async def cost(sizes: list[int], seeds: int) -> None:
    """Row 5."""
    for size in sizes[:1]:
        for seed in range(seeds):
            nets: tuple[Net, Net] = (Stock(seed), Ours(seed))
            spent = {net.name: {} for net in nets}
            for what, make in _operations(size):
                for turn in range(ROUNDS):
                    for net in nets[:: 1 if turn % 2 else -1]:
                        gc.collect()
                        operations = make(net, turn)
                        if operations:
                            done = await measure(net, operations)
                            spent[net.name].setdefault(what, []).append(done)
            for net in nets:
                show(f"5 cost N={size} seed {seed}", net.name, **_costs(spent[net.name]))
            ours, stock = spent["ours"], spent["kademlia"]
            ratios = {
                what: f"{_median(ours[what], 'cpu_ms') / _median(stock[what], 'cpu_ms'):.2f}"
                for what in stock
            }
            per_datagram = [
                sum(m.cpu_s for w in of.values() for m in w)
                / sum(m.datagrams for w in of.values() for m in w)
                for of in (ours, stock)
            ]
            ratios["per datagram"] = f"{per_datagram[0] / per_datagram[1]:.2f}"
            trip = await _floor_of_a_trip()
            requests = _median(ours["full set"], "datagrams") / 2 / (200 / ROUNDS)
            floor_ms = requests * (trip + 24.5e-6) * 1e3 + _verification_s() * 1e3
            full = _median(ours["full set"], "cpu_ms") / floor_ms
            ratios["full set / floor"] = f"{full:.2f} ({requests:.1f} requests)"
            checked = sum(n.statistics().counts["proofs.checked"] for n in nets[1].nodes)
            ratios["proofs checked a node"] = f"{checked / size:.0f}"
            show(f"5 cost N={size} seed {seed}", "ratio", **ratios)
            for net in nets:
                await net.close()


Make = Callable[[Net, int], list[Operation]]


def _operations(size: int) -> list[tuple[str, Make]]:
    """What is done in each round of each kind."""
    keys = KEYS // ROUNDS
    return [
        ("join", lambda net, _: [net.join_one] * (size // ROUNDS)),
        (
            "store",
            lambda net, turn: [
                lambda n=n: net.put(net.rng.choice(net.nodes), net.a_key(n))
                for n in range(turn * keys, KEYS if turn == ROUNDS - 1 else (turn + 1) * keys)
            ],
        ),
        ("get", lambda net, _: gets(net, 240 // ROUNDS)),
        (
            "full set",
            lambda net, _: gets(net, 200 // ROUNDS, "get_all") if net.name == "ours" else [],
        ),
    ]


def _median(rounds: list[Measured], what: str) -> float:
    return statistics.median(getattr(one, what) for one in rounds)


def _costs(spent: dict[str, list[Measured]]) -> dict[str, str]:
    facts = {f"{what} ms": f"{_median(rounds, 'cpu_ms'):.3f}" for what, rounds in spent.items()}
    for what, rounds in spent.items():
        total = sum(one.datagrams for one in rounds) / sum(one.done for one in rounds)
        facts[f"datagrams/{what}"] = f"{total:.1f}"
    return facts


async def _floor_of_a_trip() -> float:
    """CPU seconds of a bare asyncio UDP round trip of 200 octets, right now on this machine."""
    loop = asyncio.get_running_loop()
    back: asyncio.Queue[bytes] = asyncio.Queue()

    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: object) -> None:
            self.transport.sendto(data, addr)  # type: ignore[attr-defined]

    class Asker(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            back.put_nowait(data)

    local = ("127.0.0.1", 0)
    server, _ = await loop.create_datagram_endpoint(Echo, local_addr=local)
    client, _ = await loop.create_datagram_endpoint(Asker, local_addr=local)
    where = server.get_extra_info("sockname")
    cpu = time.process_time()
    for _ in range(1000):
        client.sendto(bytes(200), where)
        await back.get()
    cpu = time.process_time() - cpu
    server.close()
    client.close()
    await asyncio.sleep(0)
    return cpu / 1000


def _verification_s() -> float:
    """CPU seconds of checking one signature over 400 octets, right now on this machine."""
    key = KeyPair(bytes(32))
    message = bytes(400)
    signature = key.sign(message)
    cpu = time.process_time()
    for _ in range(300):
        key.public.verify(message, signature)
    return (time.process_time() - cpu) / 300


async def crowd(_sizes: list[int], seeds: int) -> None:
    """Row 6: 1,000 nodes under one key, 64 of them holding the records."""
    for seed in range(seeds):
        net = Ours(seed)
        await grow(net, 64)
        owner = net.a_key(0)
        publishers = []
        for _ in range(1000):
            node = await net.add(Role.CLIENT)
            await node.join([net.rng.choice(net.nodes).endpoint])
            await net.put(node, owner)
            publishers.append(node)
            if len(publishers) % 250 == 0:
                print(f"  {len(publishers)} published", file=sys.stderr)
        reader = await net.add(Role.CLIENT)
        await reader.join([net.nodes[0].endpoint])
        net.wire.largest = 0
        for confirm in (False, True):
            began, first, found = time.perf_counter(), math.inf, 0
            cpu = time.process_time()
            async with contextlib.aclosing(
                reader.watch_adverts(owner, confirm=confirm)
            ) as events:
                async for event in events:
                    if isinstance(event, AdvertFound):
                        found += 1
                        first = min(first, time.perf_counter() - began)
            show(
                f"6 crowd seed {seed}",
                "confirmed" if confirm else "verified",
                found=str(found),
                first=f"{first * 1e3:.1f} ms",
                done=f"{(time.perf_counter() - began) * 1e3:.0f} ms",
                cpu=f"{(time.process_time() - cpu) * 1e3:.0f} ms",
                largest=f"{net.wire.largest} octets",
            )
        for node in [*publishers, reader]:
            await net.kill(node)
        await net.close()


async def leaks(sizes: list[int], _seeds: int) -> None:
    """Row 12."""
    net = Ours(0)
    await grow(net, min(sizes[0], 64))
    await fill(net)
    asker = net.nodes[3]
    for number in range(10_000):
        task = asyncio.create_task(asker.find_adverts(net.a_key(number % KEYS)))
        for _ in range(number % 4):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await asyncio.sleep(0.5)
    after = asker.statistics()
    show(
        "12 leaks",
        net.name,
        outstanding=str(after.outstanding),
        activities=str(after.activities),
        timers=str(after.timers),
        tasks=str(len(asyncio.all_tasks()) - 1),
        waiting=str(len(asker._waiting)),
    )
    await net.close()


async def speed(sizes: list[int], seeds: int) -> None:
    """Row 13."""
    for seed in range(seeds):
        net = Ours(seed)
        await grow(net, sizes[0])
        seconds = []
        for number in range(60):
            node, reader = net.rng.sample(net.nodes, 2)
            began = time.perf_counter()
            await net.put(node, net.a_key(number))
            while not await reader.find_adverts(net.a_key(number)):
                pass
            seconds.append(time.perf_counter() - began)
        seconds.sort()
        owner = net.a_key(5000)
        for node in net.nodes:
            await net.put(node, owner)
        dead = net.rng.sample(net.nodes, sizes[0] // 3)
        endpoints = {node.endpoint for node in dead}
        for node in dead:
            await net.kill(node)
        live = [node for node in net.nodes if node.endpoint not in endpoints]
        shown = read = 0
        for _ in range(100):
            adverts = await net.rng.choice(live).find_adverts(owner)
            read += 1
            shown += sum(advert.overlay[0] in endpoints for advert in adverts)
        show(
            f"13 speed seed {seed}",
            net.name,
            p50=f"{seconds[30] * 1e3:.1f} ms",
            p99=f"{seconds[-1] * 1e3:.1f} ms",
            dead_shown=f"{shown} in {read} reads",
        )
        await net.close()


ROWS: dict[int, Callable[[list[int], int], Awaitable[None]]] = {
    1: health,
    2: exact,
    3: death,
    4: loss,
    5: cost,
    6: crowd,
    12: leaks,
    13: speed,
}


def show(what: str, who: str, **facts: str) -> None:
    """One line of the report."""
    print(f"{what:<32} {who:<9} " + "  ".join(f"{k} {v}" for k, v in facts.items()), flush=True)


def main() -> int:
    """Run the rows asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="1,2,3,4,5,6,12,13")
    parser.add_argument("--sizes", default="128,32,512")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--loop", choices=["asyncio", "uvloop"], default="asyncio")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    sizes = [int(size) for size in chosen.sizes.split(",")]
    for row in map(int, chosen.rows.split(",")):
        with asyncio.Runner(loop_factory=_loop_factory(chosen.loop)) as runner:
            runner.run(ROWS[row](sizes, chosen.seeds))
    return 0


def _loop_factory(name: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if name == "asyncio":
        return None
    import uvloop

    return uvloop.new_event_loop


if __name__ == "__main__":
    sys.exit(main())
