"""A vessel, all its threads, and its keeper share a core while they talk, and only then."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.support.vessels import keepers_in, processes_of, start, wait_for_log

TALK = """
def talk():
    while True:
        listfiles()
"""

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core only")


def cores_of(vessel_path: Path) -> list[int]:
    """How many cores the keeper and each thread of the vessel may run on."""
    keeper, vessel = processes_of(vessel_path)
    threads = [int(entry) for entry in os.listdir(f"/proc/{vessel}/task")]
    return [len(os.sched_getaffinity(task)) for task in (keeper, *threads)]


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.01)


async def test_a_vessel_that_makes_many_calls_shares_its_keepers_core(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        program = TALK + "log('up')\ntalk()\n"
        await start(keepers, program, cpu=1.0, fileread=10**9)
        await wait_for_log(keepers, "up")

        await until(lambda: cores_of(tmp_path / "v1") == [1, 1])


async def test_a_vessel_that_only_computes_has_all_cores_again(tmp_path):
    program = """
for number in range(2000):
    listfiles()
log("up")
while True:
    pass
"""
    everywhere = len(os.sched_getaffinity(0))
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, program, cpu=1.0, fileread=10**9)
        await wait_for_log(keepers, "up")

        await until(lambda: cores_of(tmp_path / "v1") == [everywhere] * 2)


async def test_threads_are_bound_with_the_rest(tmp_path):
    program = TALK + "createthread(talk)\n" * 3 + "log('up')\ntalk()\n"
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, program, cpu=1.0, fileread=10**9)
        await wait_for_log(keepers, "up")

        await until(lambda: cores_of(tmp_path / "v1") == [1] * 5)


async def test_threads_that_begin_meanwhile_are_let_go_with_the_rest(tmp_path):
    program = """
def rest():
    sleep(1000)
for number in range(2000):
    listfiles()
    if number % 500 == 499:
        createthread(rest)
log("up")
while True:
    pass
"""
    everywhere = len(os.sched_getaffinity(0))
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, program, cpu=1.0, fileread=10**9)
        await wait_for_log(keepers, "up")

        await until(lambda: cores_of(tmp_path / "v1") == [everywhere] * 6)
