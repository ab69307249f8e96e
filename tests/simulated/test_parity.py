"""One overlay core under real sockets and in the world: what it does is the same."""

import random

from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.core import AdvertFound
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import Params
from seattle_p2p.sim.world import World
from tests.support.recording import Recorder, Replay

NODES = 6
OWNER = KeyPair(b"o" * 32).public
NETWORK = "parity"


def a_core(number):
    """The same core every time: key, choices and secrets follow from its number."""
    rng = random.Random(number)
    return OverlayNode(
        KeyPair(bytes([number]) * 32),
        network=NETWORK,
        params=Params(),
        rng=random.Random(number + 1000),
        entropy=rng.randbytes,
    )


async def a_loopback_conversation():
    """Six nodes over UDP on loopback: join, publish, find, withdraw, find again.

    Returns:
        (recorder, endpoint) of every node, and the node keys found by both looks.
    """
    recorders, drivers = [], []
    try:
        for number in range(NODES):
            recorder = Recorder(a_core(number))
            driver = await UdpDriver.open(recorder, "127.0.0.1", 0)
            recorders.append((recorder, driver.endpoint))
            drivers.append(driver)
            if number:
                await driver.join([drivers[0].endpoint])
        for driver in drivers[1:4]:
            await driver.publish(OWNER, overlay=[driver.endpoint], commands=[driver.endpoint])
        found = {advert.node for advert in await drivers[5].find_adverts(OWNER)}
        await drivers[1].withdraw(OWNER)
        later = {advert.node for advert in await drivers[5].find_adverts(OWNER)}
    finally:
        for driver in reversed(drivers):
            await driver.close()
    return recorders, found, later


async def test_a_recorded_loopback_conversation_replays_in_the_world_with_equal_outputs():
    recorders, found, _ = await a_loopback_conversation()
    assert len(found) == 3

    replay = Replay(
        [
            (recorder.recording, endpoint, a_core(number))
            for number, (recorder, endpoint) in enumerate(recorders)
        ]
    )
    while replay.step():
        pass

    for index, (recorder, _) in enumerate(recorders):
        recording = recorder.recording
        assert len(recording.outputs) > 10
        assert replay.outputs[index] == recording.outputs
        assert replay.told[index] == recording.events
        assert replay.returned[index] == [result for *_, result in recording.inputs]
        assert replay.hosts[index].core.statistics() == recorder.statistics()


async def test_the_same_conversation_over_sockets_and_in_the_world_agrees():
    recorders, found, later = await a_loopback_conversation()

    in_world = the_same_in_the_world([endpoint for _, endpoint in recorders])

    assert in_world == (found, later)


def the_same_in_the_world(endpoints):
    world = World(1)
    told = []
    for number, endpoint in enumerate(endpoints):
        host = world.add_host(endpoint, lambda host, number=number: a_core(number))
        host.on_event = lambda host, event: told.append((host.index, event))
        world.start(host)
        host.core.set_local_endpoints([endpoint])

    def ask(index, method, *arguments, **named):
        host = world.hosts[index]
        begun = len(told)
        number = getattr(host.core, method)(*arguments, world.now_ns, **named)
        world.collect(host)
        world.run(until=world.now_s + 20)
        return [
            event for who, event in told[begun:] if who == index and event.request == number
        ]

    for number in range(1, NODES):
        ask(number, "join", [endpoints[0]])
    for number in (1, 2, 3):
        mine = [endpoints[number]]
        ask(number, "publish", OWNER, overlay=mine, commands=mine)
    found = nodes_in(ask(5, "find_adverts", OWNER))
    ask(1, "withdraw", OWNER)
    return found, nodes_in(ask(5, "find_adverts", OWNER))


def nodes_in(events):
    return {e.advert.node for e in events if isinstance(e, AdvertFound) and e.alive}
