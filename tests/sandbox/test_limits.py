"""Limits as somebody outside measures them: CPU with the broker's part, memory, the log.

These judge the machine's clock and cores, so nothing else may run beside them.
"""

import asyncio
import os
import time

import pytest

from tests.support.vessels import (
    keepers_in,
    log_of,
    processes_of,
    start,
    wait_for_log,
)

pytestmark = [pytest.mark.alone, pytest.mark.timeout(120)]

MEASURED_S = 10.0

FLOOD_WITHOUT_COST = """
server = listenformessage("127.0.0.1", 63100)
log("up")
while True:
    try:
        server.getmessage()
    except SocketWouldBlockError:
        pass
"""

FLOOD_FROM_THREADS = """
def flood():
    while True:
        try:
            removefile("none")
        except (FileNotFoundError, ResourceForbiddenError):
            pass
log("up")
for number in range(5):
    createthread(flood)
flood()
"""

SPIN = "log('up')\nwhile True:\n    pass\n"

SPIN_IN_THREADS = """
def spin():
    while True:
        pass
log("up")
for number in range(4):
    createthread(spin)
"""


def cpu_s(pid: int) -> float:
    """CPU seconds of all threads of a process, from the kernel's clock of it."""
    return time.clock_gettime((~pid << 3) | 2)


async def share_of(keepers, path, program: str, seconds: float, **changes: float) -> float:
    """Cores that a vessel and its keeper use together."""
    await start(keepers, program, **changes)
    await wait_for_log(keepers, "up")
    pids = processes_of(path / "v1")
    await asyncio.sleep(1.0)  # what is measured is the steady state
    before, begun = sum(map(cpu_s, pids)), time.monotonic()
    await asyncio.sleep(seconds)
    used = sum(map(cpu_s, pids)) - before
    return used / (time.monotonic() - begun)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(SPIN, id="spin"),
        pytest.param(SPIN_IN_THREADS, id="spin in threads", marks=pytest.mark.long),
        pytest.param(FLOOD_WITHOUT_COST, id="flood of free calls"),
        pytest.param(FLOOD_FROM_THREADS, id="flood of threads", marks=pytest.mark.long),
    ],
)
async def test_a_tenth_of_a_core_is_a_tenth_with_the_brokers_work(tmp_path, program):
    async with keepers_in(tmp_path) as keepers:
        share = await share_of(keepers, tmp_path, program, MEASURED_S, cpu=0.1, fileread=10**9)

        assert 0.08 <= share <= 0.125


@pytest.mark.long
@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("cpu", [0.02, 0.1, 0.5])
async def test_shares_of_all_sizes_are_kept(tmp_path, cpu, threads):
    program = SPIN if threads == 1 else SPIN_IN_THREADS
    async with keepers_in(tmp_path) as keepers:
        share = await share_of(keepers, tmp_path, program, 2 * MEASURED_S, cpu=cpu)

        assert cpu * 0.8 <= share <= cpu * 1.2


async def test_a_vessel_that_sleeps_and_its_keeper_use_no_cpu(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        share = await share_of(keepers, tmp_path, "log('up')\nsleep(1000)\n", 5.0)

        assert share <= 0.0005


async def test_a_vessel_held_to_its_share_is_never_stopped_for_long(tmp_path):
    program = """
log("up")
last = getruntime()
longest = 0
while last < 8:
    now = getruntime()
    longest = max(longest, now - last)
    last = now
log(" longest ", longest)
"""
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, program, cpu=0.1)
        async with asyncio.timeout(30):
            await keepers.wait_end("v1")

        assert float(log_of(keepers).rpartition(" ")[2]) <= 0.25


@pytest.mark.parametrize(
    "program",
    [
        "x = 'a' * 10 ** 9",
        "x = []\nwhile True: x.append('a' * 100_000 + str(len(x)))",
        "x = []\nwhile True:\n    try:\n        x.append('b' * 1000 + str(len(x)))\n"
        "    except MemoryError: pass",
        "x = bytearray(10 ** 9)",
    ],
)
async def test_thirty_megabytes_are_not_a_gigabyte(tmp_path, program):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, "log('up')\n" + program, memory=30_000_000)
        async with asyncio.timeout(20):
            status = await keepers.wait_end("v1")

        assert status.cause == "memory"
        assert status.usage.memory_peak <= 50_000_000


async def test_an_idle_vessel_has_little_memory_of_its_own(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, "log('up')\nsleep(1000)\n")
        await wait_for_log(keepers, "up")
        keeper, vessel = processes_of(tmp_path / "v1")

        if os.geteuid() == 0:  # others may not read this of a vessel, and that is well
            assert memory_kb(vessel, "Private_Dirty") <= 6 * 1024
            assert memory_kb(vessel, "Pss") + memory_kb(keeper, "Pss") <= 25 * 1024


def memory_kb(pid: int, what: str) -> int:
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith(what + ":"):
                return int(line.split()[1])
    raise AssertionError(what)


async def test_a_line_is_told_at_once_and_not_when_more_has_come(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, "log('up')\nsleep(1000)\n")
        async with asyncio.timeout(20):
            await keepers.wait_log("v1", 0)

        assert log_of(keepers) == "up"
        assert keepers.status("v1").running


async def test_the_log_grows_no_faster_than_granted(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, "while True: log('x' * 5000)\n", lograte=20_000, cpu=0.5)
        await wait_for_log(keepers, "x" * 20_000)
        first = keepers.read_log("v1", 0, 0).end
        begun = time.monotonic()
        await asyncio.sleep(5)
        grown = keepers.read_log("v1", 0, 0).end - first

        assert grown <= 20_000 * (time.monotonic() - begun) * 1.05 + 20_000
