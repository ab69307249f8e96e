"""The logs of a hundred vessels as one stream, over real HTTPS that is cut in the middle."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest

from seattle_p2p.errors import NotPermitted
from seattle_p2p.experiment.https import HttpsTransport
from seattle_p2p.experiment.log_events import Clock, End, Gap, Line
from seattle_p2p.experiment.logs import follow
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.vessel.log_ring import CAPACITY
from tests.support.cutting_proxy import CuttingProxy, a_cutting_proxy
from tests.support.served_node import NETWORK, OWNER, STRANGER, ServedNode, a_served_node

NODES, EACH = 4, 25
LINES = 60
"""Lines of each vessel, a third of them before each cut."""


class Network:
    """Some nodes behind relays that can be cut."""

    def __init__(self, nodes: list[ServedNode], proxies: list[CuttingProxy]) -> None:
        self.nodes = nodes
        self.proxies = proxies
        self.by_key = {node.public: node for node in nodes}
        self.vessels: list[Vessel] = []

    def add_vessels(self, each: int) -> None:
        for node, proxy in zip(self.nodes, self.proxies, strict=True):
            names = ["v1", *(node.add_vessel() for _ in range(each - 1))]
            for name in names:
                number = len(self.vessels) + 1
                endpoint = f"{proxy.address.host}:{proxy.address.port}"
                self.vessels.append(Vessel(number, node.public, name, (endpoint,)))

    async def connect(self, node, endpoints) -> NodeClient:
        proxy = self.proxies[self.nodes.index(self.by_key[node])]
        return NodeClient(
            OWNER,
            node,
            [proxy.address],
            HttpsTransport(),
            network=NETWORK,
            pauses_s=(0.0, 0.02, 0.05, 0.1, 0.2),
        )

    async def start(self) -> None:
        for vessel in self.vessels:
            node = self.by_key[vessel.node]
            await node.client().put(vessel.id, "a.r2py", b"")
            await node.client().start(vessel.id, "a.r2py")

    async def log(self, vessel: Vessel, data: bytes) -> None:
        await self.by_key[vessel.node].keepers.log(vessel.id, data)

    async def end(self) -> None:
        for vessel in self.vessels:
            await self.by_key[vessel.node].keepers.end(vessel.id, cause="done")

    def cut(self) -> int:
        return sum(proxy.cut() for proxy in self.proxies)


@pytest.fixture
async def network(tmp_path: Path) -> AsyncGenerator[Network, None]:
    async with AsyncExitStack() as stack:
        nodes, proxies = [], []
        for number in range(NODES):
            node = await stack.enter_async_context(
                a_served_node(tmp_path / str(number), number=100 + number)
            )
            nodes.append(node)
            proxies.append(await stack.enter_async_context(a_cutting_proxy(node.address)))
        yield Network(nodes, proxies)


@pytest.mark.timeout(120)
async def test_every_line_of_a_hundred_vessels_comes_once_though_connections_are_cut_twice(
    network: Network,
) -> None:
    network.add_vessels(EACH)
    await network.start()
    flooded = network.vessels[7]
    seen: dict[Vessel, list[str]] = defaultdict(list)
    gaps: Counter[Vessel] = Counter()
    ends: dict[Vessel, End] = {}
    came = asyncio.Condition()

    async def read() -> None:
        async with aclosing(follow(network.vessels, network.connect)) as events:
            async for event in events:
                if isinstance(event, Line):
                    seen[event.vessel].append(event.text)
                elif isinstance(event, Gap):
                    gaps[event.vessel] += event.size
                elif isinstance(event, End):
                    ends[event.vessel] = event
                async with came:
                    came.notify_all()

    async def write(first: int, last: int) -> None:
        for number in range(first, last):
            for vessel in network.vessels:
                await network.log(vessel, f"{vessel.name} says {number}\n".encode())

    third = LINES // 3
    reader = asyncio.create_task(read())
    await write(0, third)
    async with came:
        await came.wait_for(lambda: sum(map(len, seen.values())) > EACH * third)
    assert all(proxy.connections == 1 for proxy in network.proxies)
    first_cut = network.cut()
    await write(third, 2 * third)
    async with came:
        await came.wait_for(lambda: sum(map(len, seen.values())) > NODES * EACH * third * 1.5)
    for proxy in network.proxies:
        proxy.shut = True
    second_cut = network.cut()
    await network.log(flooded, b"lost in the ring\n" + b"x" * (CAPACITY + 99) + b"\n")
    await write(2 * third, LINES)
    for proxy in network.proxies:
        proxy.shut = False
    await network.end()
    await reader

    assert first_cut == second_cut == NODES
    assert set(ends) == set(network.vessels)
    assert all(end.error is None for end in ends.values())
    for vessel in network.vessels:
        expected = [f"{vessel.name} says {number}" for number in range(LINES)]
        lines = [text for text in seen[vessel] if " says " in text]
        if vessel == flooded:
            assert gaps[vessel] > 100
            assert len(set(lines)) == len(lines) >= third
            assert lines == [text for text in expected if text in set(lines)]
        else:
            assert lines == expected
    assert set(gaps) == {flooded}


async def test_a_reader_who_dies_leaves_nothing_at_the_nodes(network: Network) -> None:
    network.add_vessels(5)
    await network.start()
    for vessel in network.vessels:
        await network.log(vessel, b"hello\n")
    before = [node.service.connections for node in network.nodes]
    stream = follow(network.vessels, network.connect)
    lines = 0
    while lines < len(network.vessels):
        lines += isinstance(await anext(stream), Line)
    assert all(node.keepers.waiting == 5 for node in network.nodes)

    network.cut()
    for proxy in network.proxies:
        proxy.shut = True  # whoever died does not come back

    await until(lambda: not any(node.keepers.waiting for node in network.nodes))
    await until(lambda: [node.service.connections for node in network.nodes] == before)
    await stream.aclose()


async def until(so) -> None:
    """Wait until `so`, which nothing tells of; fails after 10 s."""
    async with asyncio.timeout(10):
        while not so():  # noqa: ASYNC110 - the other side's state has no event
            await asyncio.sleep(0.01)


async def test_a_log_that_may_not_be_read_holds_up_no_other(network: Network) -> None:
    network.add_vessels(2)
    await network.start()
    for vessel in network.vessels:
        await network.log(vessel, b"hello\n")
    await network.end()
    taken = network.vessels[2]
    network.by_key[taken.node].ledger.change_owner(taken.id, STRANGER.public, users=())

    events = [event async for event in follow(network.vessels, network.connect)]

    assert len([event for event in events if isinstance(event, Line)]) == 7
    errors = {e.vessel: e.error for e in events if isinstance(e, End) and e.error}
    assert set(errors) == {taken}
    assert isinstance(errors[taken], NotPermitted)
    assert taken.id in errors[taken].message


async def test_what_was_logged_before_a_moment_is_left_out(network: Network) -> None:
    network.add_vessels(1)
    await network.start()
    now = time.time()
    for vessel in network.vessels:
        keepers = network.by_key[vessel.node].keepers
        keepers._wall = lambda: now - 100
        await network.log(vessel, b"old\n")
        keepers._wall = lambda: now
        await network.log(vessel, b"new\n")
    await network.end()

    events = [event async for event in follow(network.vessels, network.connect, since_s=50)]

    assert [event.text for event in events if isinstance(event, Line)] == ["new"] * NODES
    assert not [event for event in events if isinstance(event, Gap)]


async def test_lines_come_in_order_of_time_whatever_the_clocks_show(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        wrong = {100: 3600.0, 101: -86_400.0, 102: 0.0}
        nodes = [
            await stack.enter_async_context(
                a_served_node(
                    tmp_path / str(number),
                    number=number,
                    wall=lambda ahead=ahead: time.time() + ahead,
                )
            )
            for number, ahead in wrong.items()
        ]
        proxies = [
            await stack.enter_async_context(a_cutting_proxy(node.address)) for node in nodes
        ]
        network = Network(nodes, proxies)
        network.add_vessels(2)
        await network.start()
        begun = time.time()
        said = [(begun + step, network.vessels[step % 6]) for step in range(60)]
        for moment, vessel in said:
            node = network.by_key[vessel.node]
            ahead = wrong[100 + nodes.index(node)]
            node.keepers._wall = lambda at=moment - 100 + ahead: at
            await network.log(vessel, f"{moment - begun:.0f}\n".encode())
        await network.end()

        events = [event async for event in follow(network.vessels, network.connect)]

    lines = [event for event in events if isinstance(event, Line)]
    assert [line.text for line in lines] == [str(step) for step in range(60)]
    assert all(
        line.at == pytest.approx(begun - 100 + int(line.text), abs=0.5) for line in lines
    )
    clocks = {event.node: event.ahead_s for event in events if isinstance(event, Clock)}
    assert [clocks[node.public] for node in nodes] == pytest.approx(
        list(wrong.values()), abs=0.5
    )


async def test_a_reader_who_rests_longer_than_the_patience_goes_on_where_he_was(
    network: Network,
) -> None:
    network.add_vessels(1)
    await network.start()
    vessel = network.vessels[0]
    await network.log(vessel, b"before\n")
    client = await network.connect(vessel.node, vessel.endpoints)
    client._pauses_s = (0.0, 0.001)  # so that its patience is 8 ms
    seen = b""

    async with client, aclosing(client.follow_log(vessel.id)) as parts:
        async for part in parts:
            seen += part.data
            if part.data == b"before\n":
                await asyncio.sleep(0.05)  # rests, and meanwhile the connection is cut
                network.cut()
                await network.log(vessel, b"after\n")
                await network.end()

    assert seen == b"before\nafter\n"
