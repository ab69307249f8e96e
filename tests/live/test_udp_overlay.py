"""The overlay over real UDP sockets on loopback: many nodes, one process."""

import asyncio
import contextlib
import os
import random
import socket
import time

import pytest

from seattle_p2p.errors import Unreachable
from seattle_p2p.experiment.browse import find_nodes
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.core import AdvertFound, Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import Params
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.codec import WireCodec
from seattle_p2p.wire.datagrams import Knock
from seattle_p2p.wire.endpoints import Endpoint, pack_endpoint

NETWORK = "live test"


def a_core(seed, *, k=8, role=Role.UNKNOWN, network=NETWORK, **numbers):
    return OverlayNode(
        KeyPair(random.Random(f"live {seed}").randbytes(32)),
        network=network,
        params=Params(k=k, **numbers),
        rng=random.Random(seed),
        entropy=os.urandom,
        role=role,
    )


class Network:
    """Drivers on loopback that are closed, or killed, at the end."""

    def __init__(self):
        self.drivers = []

    async def add(self, seeds=(), host="127.0.0.1", **named):
        driver = await UdpDriver.open(a_core(len(self.drivers), **named), host, 0)
        self.drivers.append(driver)
        if seeds:
            await driver.join([seed.endpoint for seed in seeds])
        return driver

    async def grow(self, count, **named):
        rng = random.Random(count)
        for _ in range(count):
            await self.add(rng.sample(self.drivers, 1) if self.drivers else (), **named)
        return self.drivers

    async def kill(self, driver):
        """End a node as SIGKILL does: without a word."""
        driver._published.clear()
        await driver.close()


@pytest.fixture
async def network():
    network = Network()
    yield network
    for driver in network.drivers:
        await network.kill(driver)


def an_owner(number=0):
    return KeyPair(random.Random(f"owner {number}").randbytes(32)).public


async def publish(driver, owner):
    return await driver.publish(owner, overlay=[driver.endpoint], commands=[driver.endpoint])


async def found_from(network, driver, owner):
    """What a researcher finds who knows one address only."""
    researcher = await network.add([driver], role=Role.CLIENT)
    adverts, read = await researcher.read_adverts(owner)
    return {advert.overlay[0] for advert in adverts}, read


@pytest.mark.timeout(120)
async def test_who_leaves_at_the_first_advert_has_asked_one_peer(network):
    drivers = await network.grow(9)
    owner = an_owner()
    await publish(drivers[4], owner)
    reader = await network.add([drivers[0]], role=Role.CLIENT)

    async with contextlib.aclosing(reader.watch_adverts(owner, confirm=False)) as events:
        async for event in events:
            assert isinstance(event, AdvertFound)
            break

    counts = reader.statistics().counts
    assert counts["sent.Read"] - counts["sent.taken_back"] == 1


async def test_everything_of_128_nodes_is_found_from_any_one_address(network):
    nodes = list(await network.grow(128))
    owners = [an_owner(n) for n in range(4)]
    for number, node in enumerate(nodes):
        await publish(node, owners[number % 4])

    for number, node in enumerate(nodes):
        found, read = await found_from(network, node, owners[number % 4])
        assert found == {n.endpoint for n in nodes[number % 4 :: 4]}
        assert read.complete


async def test_asking_along_four_paths_finds_everything_and_nobody_disagrees(network):
    nodes = list(await network.grow(40))
    for node in nodes[::5]:
        await publish(node, an_owner())

    found = await find_nodes(
        an_owner(),
        network=NETWORK,
        contacts=[PeerAddress(nodes[7].endpoint.host, nodes[7].endpoint.port)],
        timeout_s=20,
        paths=4,
    )

    assert {advert.overlay[0] for advert in found.adverts} == {n.endpoint for n in nodes[::5]}
    assert found.warnings == ()


async def test_the_seed_and_three_nodes_killed_the_others_are_found_and_the_dead_not_shown(
    network,
):
    nodes = list(await network.grow(16))
    owner = an_owner()
    for node in nodes:
        await publish(node, owner)
    for dead in nodes[:4]:
        await network.kill(dead)

    found, read = await found_from(network, nodes[9], owner)

    assert found == {n.endpoint for n in nodes[4:]}
    assert read.dead == 4


async def test_a_process_that_was_kept_from_running_takes_nobody_for_dead(network):
    nodes = list(await network.grow(12))
    owner = an_owner()
    for node in nodes:
        await publish(node, owner)
    researcher = await network.add([nodes[3]], role=Role.CLIENT, confirm_patience=(1,))

    reading = asyncio.create_task(researcher.read_adverts(owner))
    await asyncio.sleep(0.01)
    time.sleep(1)  # noqa: ASYNC251 -- the stall is what this is about
    adverts, read = await reading

    assert len(adverts) == 12
    assert read.dead == 0


async def test_a_third_of_64_nodes_killed_all_others_are_found_at_once(network):
    nodes = list(await network.grow(64))
    owner = an_owner()
    for node in nodes:
        await publish(node, owner)
    dead = random.Random(1).sample(nodes, 21)
    for node in dead:
        await network.kill(node)
    live = [node for node in nodes if node not in dead]

    found, _ = await found_from(network, live[0], owner)

    assert found == {n.endpoint for n in live}


async def test_joining_takes_well_under_a_second(network):
    nodes = await network.grow(20)
    began = time.perf_counter()

    newcomer = await network.add([nodes[3]])

    assert time.perf_counter() - began < 0.5
    assert newcomer.role is Role.SERVER
    assert len(newcomer.peers()) >= 8


async def test_a_dead_seed_beside_a_living_one_does_not_hold_up_joining(network):
    nodes = list(await network.grow(3))
    await network.kill(nodes[0])
    newcomer = await network.add()

    joined = await newcomer.join([nodes[0].endpoint, nodes[1].endpoint])

    assert joined.peers >= 1


async def test_joining_through_nobody_who_answers_says_what_to_do(network):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        alone = await network.add()
        with pytest.raises(Unreachable) as refused:
            await alone.join([Endpoint(*silent.getsockname())], timeout_s=0.3)
        assert refused.value.hint


async def test_other_networks_do_not_mix(network):
    one = await network.add()
    other = await network.add(network="another")

    with pytest.raises(Unreachable):
        await other.join([one.endpoint], timeout_s=0.3)

    assert one.peers() == []
    assert one.statistics().counts["dropped.other_network"] > 0


async def test_closing_withdraws_what_was_published(network):
    nodes = list(await network.grow(10))
    owner = an_owner()
    await publish(nodes[2], owner)
    await publish(nodes[3], owner)

    await nodes[2].close()

    adverts = await nodes[7].find_adverts(owner, confirm=False)
    assert [advert.overlay[0] for advert in adverts] == [nodes[3].endpoint]


async def test_closing_is_bounded_when_nobody_listens_any_more(network):
    nodes = list(await network.grow(10))
    await publish(nodes[2], an_owner())
    for node in nodes:
        if node is not nodes[2]:
            await network.kill(node)
    began = time.perf_counter()

    await nodes[2].close()
    await nodes[2].close()

    assert time.perf_counter() - began < 3


async def test_nothing_can_be_asked_of_a_closed_node(network):
    node = await network.add()
    await node.close()

    with pytest.raises(Unreachable, match="left"):
        await node.look_up(5)


async def test_callers_who_are_cancelled_leave_nothing_behind(network):
    nodes = list(await network.grow(20))
    owner = an_owner()
    await publish(nodes[1], owner)
    asker = nodes[5]

    for _ in range(300):
        task = asyncio.create_task(asker.find_adverts(owner))
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    statistics = asker.statistics()
    assert (statistics.outstanding, statistics.activities) == (0, 0)
    assert asker.engine.waiting == {}
    assert len(asyncio.all_tasks()) == 1


async def test_the_first_advert_comes_before_the_last(network):
    nodes = list(await network.grow(30))
    owner = an_owner()
    for node in nodes:
        await publish(node, owner)

    events = [event async for event in nodes[4].watch_adverts(owner)]

    assert all(isinstance(event, AdvertFound) and event.alive for event in events[:-1])
    assert events[-1].found == len(events) - 1 == 30


async def test_publishing_alone_says_that_nobody_took_it(network):
    alone = await network.add(role=Role.CLIENT)

    with pytest.raises(Unreachable, match="nobody took"):
        await publish(alone, an_owner())


async def test_garbage_from_the_wire_does_no_harm(network):
    nodes = list(await network.grow(3))
    rng = random.Random(2)
    knock = WireCodec(NETWORK).encode(Knock(5, b""))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
        for length in range(0, 1300, 13):
            liar.sendto(rng.randbytes(length), nodes[0].endpoint)
            liar.sendto(knock[: length % 40] + rng.randbytes(length % 50), nodes[0].endpoint)

    await publish(nodes[1], an_owner())

    assert len(await nodes[2].find_adverts(an_owner())) == 1
    assert nodes[0].statistics().counts["dropped.malformed"] > 50


async def test_a_port_in_use_is_an_os_error_and_leaves_nothing_open(network):
    node = await network.add()

    with pytest.raises(OSError, match="in use"):
        await UdpDriver.open(a_core(99), "127.0.0.1", node.endpoint.port)


def ipv6_works():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not ipv6_works(), reason="this machine has no IPv6 loopback")
async def test_ipv6_nodes_find_each_other(network):
    first = await network.add(host="::1")
    second = await network.add([first], host="::1")
    await publish(first, an_owner())

    assert [a.overlay[0] for a in await second.find_adverts(an_owner())] == [first.endpoint]


@pytest.mark.skipif(not ipv6_works(), reason="this machine has no IPv6 loopback")
async def test_a_node_of_both_families_serves_both(network):
    both = await network.add(host="::")
    port = both.endpoint.port
    four = await network.add()
    six = await network.add(host="::1")
    await four.join([Endpoint("127.0.0.1", port)])
    await six.join([Endpoint("::1", port)])
    await four.publish(an_owner(), overlay=[four.endpoint], commands=[])

    assert {e.family for e in both.endpoints} == {1, 2}
    assert len(await both.find_adverts(an_owner())) == 1
    assert len(both.peers()) == 2


async def test_a_seed_may_be_given_by_name(network):
    first = await network.add()
    second = await network.add()

    class Named:
        host = "localhost"
        port = first.endpoint.port

    joined = await second.join([Named()])

    assert joined.peers == 1


async def test_a_forwarded_port_is_one_of_ours_from_the_beginning(network):
    driver = await network.add()
    outside = Endpoint("203.0.113.5", 7070)

    driver.reached_also_at([outside])

    reach = driver.node._parts.reach
    assert reach.is_ours(pack_endpoint(outside))
    assert reach.is_ours(pack_endpoint(driver.endpoint))


def test_nodes_work_in_uvloops_loop_as_well():
    uvloop = pytest.importorskip("uvloop", reason="the extra fast is not installed")

    async def story():
        network = Network()
        try:
            nodes = list(await network.grow(12))
            await publish(nodes[2], an_owner())
            return await nodes[9].find_adverts(an_owner())
        finally:
            for driver in network.drivers:
                await network.kill(driver)

    failures = []
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: failures.append(context))
        found = runner.run(story())

    assert len(found) == 1
    assert failures == []
