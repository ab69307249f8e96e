"""Ordinary coroutines run in virtual time."""

import asyncio
import time

import pytest

from seattle_p2p.sim.virtual_loop import VirtualLoop
from seattle_p2p.sim.world import World


def a_loop():
    return VirtualLoop(World(1))


def test_sleeping_for_an_hour_takes_no_time():
    loop = a_loop()
    began = time.monotonic()

    async def sleeper():
        await asyncio.sleep(3600)
        return loop.time()

    assert loop.run_until_complete(sleeper()) == 3600
    assert time.monotonic() - began < 1


def test_tasks_interleave_by_their_times():
    loop = a_loop()
    seen = []

    async def worker(name, pause):
        for _ in range(3):
            await asyncio.sleep(pause)
            seen.append((name, asyncio.get_running_loop().time()))

    async def both():
        async with asyncio.TaskGroup() as group:
            group.create_task(worker("a", 2))
            group.create_task(worker("b", 3))

    loop.run_until_complete(both())

    assert seen == [("a", 2), ("b", 3), ("a", 4), ("b", 6), ("a", 6), ("b", 9)]


def test_timeouts_cancel_what_takes_too_long():
    loop = a_loop()

    async def hurried():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.sleep(10)
        return loop.time()

    assert loop.run_until_complete(hurried()) == 5


def test_queues_events_and_gather_work():
    loop = a_loop()

    async def main():
        queue = asyncio.Queue()
        event = asyncio.Event()

        async def producer():
            for number in range(3):
                await asyncio.sleep(1)
                await queue.put(number)
            event.set()

        async def consumer():
            return [await queue.get() for _ in range(3)]

        _, got, _ = await asyncio.gather(producer(), consumer(), event.wait())
        return got

    assert loop.run_until_complete(main()) == [0, 1, 2]


def test_coroutines_and_the_world_share_one_clock():
    world = World(1)
    loop = VirtualLoop(world)
    seen = []
    world.at(1.5, lambda: seen.append(("world", world.now_s)))

    async def coroutine():
        for _ in range(2):
            await asyncio.sleep(1)
            seen.append(("loop", loop.time()))

    loop.run_until_complete(coroutine())

    assert seen == [("loop", 1), ("world", 1.5), ("loop", 2)]


def test_a_wait_that_nothing_will_end_is_an_error():
    loop = a_loop()

    async def forever():
        await loop.create_future()

    with pytest.raises(RuntimeError, match="still waits"):
        loop.run_until_complete(forever())
