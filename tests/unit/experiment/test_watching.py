import asyncio
from contextlib import aclosing
from types import SimpleNamespace

from seattle_p2p.errors import NotPermitted, Unreachable
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.experiment.watching import watch
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.wire.results import LogPart


def a_vessel(node, number=1):
    return Vessel(number, KeyPair(bytes([node]) * 32).public, f"v{number}", ("127.0.0.1:1",))


class ANode:
    """Answers as its world says; counts who is connected."""

    def __init__(self, world, node):
        self.world, self.node = world, node
        world.connected += 1

    async def status(self, vessel):
        state = self.world.states[self.node]
        if isinstance(state, Exception):
            raise state
        if state == "hangs":
            await asyncio.Event().wait()
        self.world.cpu_s += 0.5
        log = self.world.log
        return SimpleNamespace(
            state=state,
            run="r",
            log_start=0,
            log_end=len(log),
            used={"cpu_s": self.world.cpu_s},
        )

    async def read_log(self, vessel, offset=0):
        log = self.world.log
        return LogPart(offset, log[offset:], len(log))

    async def close(self):
        self.world.connected -= 1


class World:
    def __init__(self, states):
        self.states, self.connected, self.cpu_s, self.log = states, 0, 0.0, b"first\nlast\n"

    async def connect(self, node, endpoints):
        return ANode(self, node)


async def looks(world, vessels, until):
    """Sights until one look satisfies `until`."""
    async with (
        asyncio.timeout(10),
        aclosing(watch(vessels, world.connect, every_s=0.01, timeout_s=0.05)) as sights,
    ):
        async for seen in sights:
            if until(seen):
                return seen
    raise AssertionError


async def test_every_vessel_is_seen_with_its_state_its_cpu_and_its_last_line():
    vessel = a_vessel(1)
    world = World({vessel.node: "started"})

    [sight] = await looks(world, [vessel], lambda seen: seen[0].cpu is not None)

    assert (sight.info.state, sight.last_line, sight.error) == ("started", "last", None)
    assert sight.cpu > 0
    assert world.connected == 0


async def test_a_machine_that_hangs_keeps_what_was_known_and_holds_up_no_other():
    quick, slow = a_vessel(1), a_vessel(2)
    world = World({quick.node: "started", slow.node: "started"})

    def hang(seen):
        world.states[slow.node] = "hangs"
        return seen[1].error is not None

    first, second = await looks(world, [quick, slow], hang)

    assert first.error is None
    assert isinstance(second.error, Unreachable)
    assert (second.info.state, second.last_line, second.cpu) == ("started", "last", None)
    assert second.silent_s > 0
    assert world.connected == 0


async def test_a_machine_that_comes_back_is_seen_again():
    vessel = a_vessel(1)
    world = World({vessel.node: Unreachable("cut")})
    await looks(world, [vessel], lambda seen: seen[0].error is not None)
    world.states[vessel.node] = "started"

    [sight] = await looks(world, [vessel], lambda seen: seen[0].error is None)

    assert sight.info.state == "started"


async def test_a_refusal_concerns_one_vessel_only():
    mine, lost = a_vessel(1), a_vessel(2)
    world = World({mine.node: "started", lost.node: NotPermitted("not yours")})

    first, second = await looks(world, [mine, lost], lambda seen: seen[1].error is not None)

    assert first.error is None
    assert isinstance(second.error, NotPermitted)
