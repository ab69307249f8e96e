"""What this machine has, and what a share of it comes to.

Cores, memory, disk and open files are measured; the network is what the donor grants, because
only the donor knows what the line costs. What else a vessel may use comes from fixed amounts.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.errors import InstallError, OutOfResources
from seattle_p2p.vessel.resources import OFFCUT, Resources

DEFAULT_NETWORK_BYTES_PER_S = 250_000
"""Two megabits a second each way: a home line does not notice."""

_THREADS = 500
"""For all vessels together, whatever the percent: their memory is counted apart."""
_MOST_OPEN_FILES = 1000
_FILE_BYTES_PER_S = 20_000_000
_LOOPBACK_BYTES_PER_S = 50_000_000
_LOG_BYTES_PER_S = 1_500_000
_RANDOM_BYTES_PER_S = 2_000_000

LEAST = Resources.of(
    {"cpu": 0.001, "memory": 4_000_000, "diskused": 100_000, "events": 2, "filesopened": 1}
)
"""Below this no program gets anything done."""


@dataclass(frozen=True)
class Machine:
    """What was measured: `cores` (with a fraction where a container limits them), bytes of
    memory and of free disk, and how many files one process may open."""

    cores: float
    memory_bytes: int
    disk_free_bytes: int
    open_files: int


def measure(folder: Path) -> Machine:
    """Measure this machine and the disk that holds `folder`, which may not exist yet."""
    import psutil

    limits = _container_limits()
    cores = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0)
    cores = cores or float(os.cpu_count() or 1)
    memory = int(psutil.virtual_memory().total)
    while not folder.exists():
        folder = folder.parent
    return Machine(
        min(cores, limits[0] or cores),
        min(memory, limits[1] or memory),
        shutil.disk_usage(folder).free,
        _open_files(),
    )


def whole(machine: Machine) -> Resources:
    """All that is measured or fixed, before the donor's percent; no network, no ports."""
    handles = min(machine.open_files // 3, _MOST_OPEN_FILES)
    return Resources.of(
        {
            "cpu": machine.cores,
            "memory": machine.memory_bytes,
            "diskused": machine.disk_free_bytes,
            "filesopened": handles,
            "insockets": handles,
            "outsockets": handles,
            "fileread": _FILE_BYTES_PER_S,
            "filewrite": _FILE_BYTES_PER_S,
            "loopsend": _LOOPBACK_BYTES_PER_S,
            "looprecv": _LOOPBACK_BYTES_PER_S,
            "lograte": _LOG_BYTES_PER_S,
            "random": _RANDOM_BYTES_PER_S,
        }
    )


def grant(machine: Machine, percent: float, network_bytes_per_s: int) -> Resources:
    """What the donor gives for all vessels together, their overhead included."""
    fixed = Resources.of(
        {
            "events": _THREADS,
            "netsend": network_bytes_per_s,
            "netrecv": network_bytes_per_s,
        }
    )
    return whole(machine).scale(percent).plus(fixed)


def share_out(
    granted: Resources, shares: Sequence[int], ports: Sequence[int]
) -> list[Resources]:
    """Cut a grant into vessels: one offcut each goes first, then shares in percent.

    Args:
        granted: As `grant` gives it.
        shares: Percents that total 100, one a vessel.
        ports: Vessel ports of this installation, at least one a vessel; same for UDP and TCP.

    Raises:
        InstallError: something would be less than a program needs.
    """
    try:
        left = granted
        for _ in shares:
            left = left.minus(OFFCUT)
        cut = left.divide(shares)
        for vessel in cut:
            vessel.minus(LEAST)
    except OutOfResources as reason:
        raise InstallError(
            f"this share is too small for {len(shares)} vessels ({reason.message})",
            hint="give more (--percent), or ask the planner for fewer vessels",
        ) from reason
    runs = deal_ports(ports, shares)
    return [
        vessel.plus(Resources({}, frozenset(run), frozenset(run)))
        for vessel, run in zip(cut, runs, strict=True)
    ]


def deal_ports(ports: Sequence[int], shares: Sequence[int]) -> list[list[int]]:
    """Runs of ports by share, at least one each.

    Raises:
        ValueError: fewer ports than shares.
    """
    spare = len(ports) - len(shares)
    if spare < 0:
        raise ValueError("fewer ports than vessels")
    runs: list[list[int]] = []
    begin = given = 0
    for share in shares:
        given += share
        end = len(runs) + 1 + spare * given // 100
        runs.append(list(ports[begin:end]))
        begin = end
    return runs


def _open_files() -> int:
    import resource

    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 3 * _MOST_OPEN_FILES if soft == resource.RLIM_INFINITY else soft


def _container_limits(root: Path = Path("/sys/fs/cgroup")) -> tuple[float, int]:
    """Cores and bytes of memory that a container may use, 0 where there is no limit."""
    cores, memory = 0.0, 0
    quota, _, period = _word(root / "cpu.max").partition(" ")
    if not quota:
        quota = _word(root / "cpu" / "cpu.cfs_quota_us")
        period = _word(root / "cpu" / "cpu.cfs_period_us")
    if quota.isdigit() and period.isdigit() and int(period):
        cores = int(quota) / int(period)
    most = _word(root / "memory.max") or _word(root / "memory" / "memory.limit_in_bytes")
    if most.isdigit():
        memory = int(most)
    return cores, memory


def _word(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, ValueError):
        return ""
