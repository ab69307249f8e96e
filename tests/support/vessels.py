"""Vessels in tests: usual amounts, a place for programs, waiting with a limit."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from seattle_p2p.vessel.control import NetworkRules
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.keepers import Keepers
from seattle_p2p.vessel.resources import VESSEL_PORTS, Resources
from seattle_p2p.vessel.status import VesselStatus

USUAL = {
    "cpu": 0.5,
    "memory": 30_000_000,
    "diskused": 1_000_000,
    "events": 10,
    "filesopened": 5,
    "insockets": 5,
    "outsockets": 5,
    "fileread": 10_000_000,
    "filewrite": 10_000_000,
    "netsend": 100_000,
    "netrecv": 100_000,
    "loopsend": 1_000_000,
    "looprecv": 1_000_000,
    "lograte": 100_000,
    "random": 100_000,
}
"""A vessel that nothing in an ordinary test is too small for."""


def amounts(
    messport: tuple[int, ...] = (63100, 63101),
    connport: tuple[int, ...] = (),
    **changes: float,
) -> Resources:
    """The usual vessel with some amounts changed."""
    return Resources.of(USUAL | changes, messport=messport, connport=connport)


def free_ports(count: int) -> tuple[int, ...]:
    """Ports where vessels live and nobody listens now; another worker looks elsewhere first."""
    found: list[int] = []
    for step in range(len(VESSEL_PORTS)):
        port = VESSEL_PORTS[(os.getpid() * 7 + step) % len(VESSEL_PORTS)]
        if _is_free(port):
            found.append(port)
        if len(found) == count:
            return tuple(found)
    raise AssertionError("no free ports for vessels on this machine")


def _is_free(port: int) -> bool:
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


@asynccontextmanager
async def keepers_in(path: Path, **settings: object) -> AsyncIterator[Keepers]:
    """Keepers of a folder; every vessel is stopped at the end."""
    settings.setdefault("rules", NetworkRules(testbed=True))
    keepers = Keepers(path, **settings)
    await keepers.open()
    try:
        yield keepers
    finally:
        for vessel_id in keepers.vessel_ids():
            await keepers.stop(vessel_id, "the end of the test")
        await keepers.close()


def store(folder: VesselFolder, name: str, content: bytes) -> None:
    """Put a whole file into a vessel."""
    with folder.put(name, len(content)) as upload:
        upload.write(content)
        upload.commit()


async def start(
    keepers: Keepers,
    text: str,
    *arguments: str,
    vessel: str = "v1",
    run_id: str = "",
    **changes: float,
) -> VesselStatus:
    """Put a program into a vessel and start it."""
    resources = amounts(**changes)
    store(keepers.folder(vessel, resources), "program", text.encode())
    return await keepers.start(
        vessel, resources, "program", arguments, run_id or f"run-{time.monotonic_ns()}"
    )


async def run(keepers: Keepers, text: str, *arguments: str, **changes: float) -> VesselStatus:
    """Start a program and wait for its end."""
    await start(keepers, text, *arguments, **changes)
    async with asyncio.timeout(20):
        return await keepers.wait_end("v1")


def log_of(keepers: Keepers, vessel: str = "v1") -> str:
    """Everything in a vessel's log."""
    return keepers.read_log(vessel, 0, 1 << 20).data.decode()


async def wait_for_log(keepers: Keepers, words: str, vessel: str = "v1") -> None:
    """Wait until the log holds some words."""
    async with asyncio.timeout(20):
        while words not in log_of(keepers, vessel):
            assert keepers.status(vessel).running, log_of(keepers, vessel)
            await keepers.wait_log(vessel, keepers.read_log(vessel, 0, 1 << 20).end)


def processes_of(vessel_path: Path) -> list[int]:
    """The keeper that holds a vessel's lock and its children."""
    lock = os.stat(vessel_path / "lock")
    # The kernel may show a lock twice when others come and go while the list is read.
    holders: dict[int, None] = {}
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if "FLOCK" in fields and fields[-3].rpartition(":")[2] == str(lock.st_ino):
            holders[int(fields[4])] = None
    return [*holders, *(child for holder in holders for child in children_of(holder))]


def children_of(parent: int) -> list[int]:
    """Processes whose parent is `parent`."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry))
    return found


async def wait_until_gone(pids: list[int], seconds: float) -> float:
    """Seconds until none of the processes runs any more.

    Raises:
        TimeoutError: Some still do.
    """
    begun = time.monotonic()
    async with asyncio.timeout(seconds):
        while any(alive(pid) for pid in pids):  # noqa: ASYNC110 - processes send no event
            await asyncio.sleep(0.01)
    return time.monotonic() - begun


def alive(pid: int) -> bool:
    """True for a process that exists and is no zombie."""
    return process_state(pid) not in "ZX"


def process_state(pid: int) -> str:
    """The letter that `ps` shows; X for a process that does not exist."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "X"
    return stat.rpartition(")")[2].split()[0]
