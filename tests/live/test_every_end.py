"""However a program is to end, and whatever it does against it: within a second its processes
are gone, or stand still. No node manager has to be there for it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seattle_p2p.manager import donor
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ports import PortRegistry
from tests.support.donated import RESTRICTIONS, a_donated_folder
from tests.support.served_node import OWNER
from tests.support.vessels import (
    alive,
    keepers_in,
    process_state,
    processes_of,
    start,
    wait_for_log,
    wait_until_gone,
)

pytestmark = pytest.mark.alone

WITHIN_S = 1.0

STUBBORN = {
    "spins": "while True: pass",
    "spins in threads": (
        "def f():\n    while True: pass\nfor i in range(8): createthread(f)\nf()"
    ),
    "long power": "x = 7 ** 10 ** 8",
    "long search": "x = ('a' * 2_000_000).find('a' * 1_000_000 + 'b')\nwhile True: pass",
    "sleeps": "sleep(1_000_000)",
    "waits for its log's rate": "while True: log('x' * 100_000)",
    "waits for a lock": "l = createlock()\nl.acquire(True)\nl.acquire(True)",
    "catches all": "while True:\n    try:\n        while True: sleep(0.0001)\n    except: pass",
    "never leaves finally": "try:\n    1 / 0\nfinally:\n    while True: pass",
    "never leaves a finalizer": (
        "class A:\n    def __del__(self):\n        while True: pass\na = A()\ndel a"
    ),
    "floods its broker": (
        "while True:\n    try:\n        removefile('none')\n"
        "    except (FileNotFoundError, ResourceForbiddenError): pass"
    ),
}
"""What programs do that do not want to end; each says `up` first."""

MANAGER_THAT_IS_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.live.test_every_end import STUBBORN
from seattle_p2p.vessel.keepers import Keepers
from tests.support.vessels import start, wait_for_log
async def main():
    keepers = Keepers(Path(sys.argv[1]), unattended_s=float(sys.argv[2]))
    await keepers.open()
    for number, program in enumerate(STUBBORN.values(), 1):
        await start(keepers, "log('up')\\n" + program, vessel=f"v{number}", cpu=0.05)
        await wait_for_log(keepers, "up", vessel=f"v{number}")
    os.kill(keepers.zygote_pid, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def run_all_and_leave(vessels: Path, unattended_s: float = 600.0) -> list[list[int]]:
    """Run every program under a manager that is killed; keeper and program of each."""
    done = subprocess.run(
        [sys.executable, "-c", MANAGER_THAT_IS_KILLED, str(vessels), str(unattended_s)],
        timeout=50,
    )
    assert done.returncode == -signal.SIGKILL
    return [processes_of(vessels / f"v{number}") for number in range(1, len(STUBBORN) + 1)]


@pytest.fixture
def home(tmp_path) -> DonorHome:
    """A donor's folder with room for each of the programs."""
    return a_donated_folder(tmp_path / "donor", OWNER.public, vessels=len(STUBBORN))


async def test_a_pause_and_an_uninstallation_need_no_node_manager(home, tmp_path):
    pids = run_all_and_leave(home.vessels)
    programs = [vessel for _, vessel in pids]

    begun = time.monotonic()
    assert await donor.pause(home) is False
    assert time.monotonic() - begun <= WITHIN_S
    assert [process_state(pid) for pid in programs] == ["T"] * len(programs)

    begun = time.monotonic()
    await donor.uninstall(home, PortRegistry(tmp_path / "ports"))
    assert time.monotonic() - begun <= WITHIN_S
    await wait_until_gone([pid for both in pids for pid in both], 1)


async def test_a_keeper_that_dies_takes_its_program_along(tmp_path):
    pids = run_all_and_leave(tmp_path)

    for keeper, _ in pids:
        os.kill(keeper, signal.SIGKILL)

    await wait_until_gone([vessel for _, vessel in pids], WITHIN_S)


async def test_a_keeper_alone_ends_its_program_after_its_time(tmp_path):
    pids = run_all_and_leave(tmp_path, unattended_s=3.0)

    await wait_until_gone([pid for both in pids for pid in both if both], 3.0 + WITHIN_S)

    async with keepers_in(tmp_path) as keepers:
        for number in range(1, len(STUBBORN) + 1):
            assert keepers.status(f"v{number}").cause == "unattended"


@pytest.mark.parametrize("program", STUBBORN.values(), ids=list(STUBBORN))
async def test_a_stop_ends_it(tmp_path, program):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, "log('up')\n" + program, cpu=0.05)
        await wait_for_log(keepers, "up")
        _, vessel = processes_of(tmp_path / "v1")

        async with asyncio.timeout(WITHIN_S):
            status = await keepers.stop("v1", "alice")

        assert (status.cause, status.text) == ("stopped", "alice")
        assert not alive(vessel)


@pytest.mark.parametrize("program", STUBBORN.values(), ids=list(STUBBORN))
def test_sigterm_ends_seattle_exec_and_all_of_it(tmp_path, program):
    (tmp_path / "restrictions").write_text(RESTRICTIONS)
    (tmp_path / "program.py").write_text("log('up\\n')\n" + program)
    command = [sys.executable, "-m", "seattle_p2p.cli.main", "exec", "--restrictions"]
    command += [str(tmp_path / "restrictions"), str(tmp_path / "program.py")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"up\n"
        family = descendants(running.pid)
        assert len(family) >= 3  # zygote, keeper, program

        begun = time.monotonic()
        running.send_signal(signal.SIGTERM)
        while running.poll() is None:
            os.read(running.stdout.fileno(), 65536)  # what it still says must not hold it up
        taken = time.monotonic() - begun

    assert (running.returncode, taken <= WITHIN_S) == (143, True)
    assert not [pid for pid in family if alive(pid)]


def descendants(top: int) -> list[int]:
    """Processes below one, as the kernel lists them for each thread."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{top}/task").glob("*/children"):
            for word in path.read_text().split():
                found += [int(word), *descendants(int(word))]
    return found
