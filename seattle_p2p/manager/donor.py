"""What a donor asks of an installation: how is it, hold still, go on, go away.

A running node manager is asked over its control socket. When none runs, the ledger and the
keepers, which outlive it, are spoken to directly.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from seattle_p2p.errors import InstallError, NoSuchVessel, Unreachable, UsageError
from seattle_p2p.identity.keystore import Keystore
from seattle_p2p.manager.control import ManagerReport, Question, VesselReport, ask
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.pause import pause_all, pause_left_s, resume_all, save_pause
from seattle_p2p.manager.ports import PortRegistry
from seattle_p2p.manager.process import end_recorded, find_recorded
from seattle_p2p.manager.vessel_rows import VesselRow
from seattle_p2p.vessel.jail.probe import held_layers, missing_layers
from seattle_p2p.vessel.keepers import Keepers
from seattle_p2p.vessel.resources import COUNTED, RENEWABLE
from seattle_p2p.vessel.restrictions import parse_restrictions
from seattle_p2p.vessel.status import VesselStatus

MAX_PAUSE_S = 366 * 24 * 3600
BY_DONOR = "the donor of this machine"
_STARTS_S = 10.0
"""From taking the folder's lock until it listens, a node manager takes a second at most."""
_FORCED_S = 5.0
"""The same before a node manager is ended, when the donor wants that."""
_LOOK_S = 0.1
_STOP_S = 30.0
"""A node manager that was asked to stop ends its conversations first."""


class DonorStatus(msgspec.Struct, frozen=True):
    """All that `seattle donor status` knows."""

    folder: str
    log: str
    running: bool
    manager: ManagerReport


@dataclass(frozen=True)
class Removal:
    """One thing that an uninstallation removes: `size_bytes` with all that is in it."""

    path: Path
    what: str
    size_bytes: int


async def status(home: DonorHome) -> DonorStatus:
    """How an installation is, whether its node manager runs or not.

    Raises:
        InstallError: nothing is installed there.
        LedgerError: the ledger is damaged.
    """
    home.require_installed()
    report = None
    with contextlib.suppress(Unreachable):
        report = await ask(home.folder, Question("report"))
    busy = report is None and not home.free
    return DonorStatus(
        str(home.folder),
        str(home.log),
        report is not None or busy,
        report or await _report_without_manager(home, busy),
    )


async def pause(home: DonorHome, for_s: float | None = None) -> bool:
    """Freeze every program and withdraw adverts, for that many seconds or until `resume`.

    Returns:
        Whether a node manager runs there and did it; otherwise keepers were reached directly.

    Raises:
        InstallError: nothing is installed there.
        UsageError: `for_s` is not above 0 and at most a year.
    """
    home.require_installed()
    if for_s is not None and not 0 < for_s <= MAX_PAUSE_S:
        raise UsageError("a pause lasts more than no time and at most a year")
    if not await _asked(home, Question("pause", for_s)):
        # Freezing comes first: it works on a full disk too, which may be why it is wanted.
        async with _keepers(home) as keepers:
            await pause_all(keepers)
        with contextlib.closing(Ledger(home.ledger, create=False)) as ledger:
            save_pause(ledger, for_s)
        return await _asked_once_it_listens(home, Question("pause", for_s))
    return True


async def resume(home: DonorHome) -> bool:
    """End a pause; returns as `pause` does.

    Raises:
        InstallError: nothing is installed there.
    """
    home.require_installed()
    if not await _asked(home, Question("resume")):
        with contextlib.closing(Ledger(home.ledger, create=False)) as ledger:
            save_pause(ledger, None, paused=False)
        async with _keepers(home) as keepers:
            await resume_all(keepers)
        return await _asked_once_it_listens(home, Question("resume"))
    return True


async def _asked(home: DonorHome, question: Question) -> bool:
    """Whether the node manager of a folder heard."""
    try:
        await ask(home.folder, question)
    except Unreachable:
        return False
    return True


async def _asked_once_it_listens(home: DonorHome, question: Question) -> bool:
    """Ask a node manager that is only just starting, and may have read the ledger before."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_STARTS_S):
            while not home.free:
                if await _asked(home, question):
                    return True
                await asyncio.sleep(_LOOK_S)
    return False


def what_goes(home: DonorHome) -> list[Removal]:
    """What `uninstall` removes, and what of it is there.

    Raises:
        InstallError: nothing is installed there, and nothing half-installed either.
    """
    if not home.unfinished.exists():
        home.require_installed()
    belongings = [*home.belongings(), (home.unfinished, "something unfinished")]
    return [Removal(path, what, _size(path)) for path, what in belongings if path.exists()]


async def uninstall(
    home: DonorHome, registry: PortRegistry, *, force: bool = False
) -> list[Path]:
    """Stop everything and remove it; what somebody else put into the folder stays.

    Args:
        force: End a node manager that does not stop when it is asked to.

    Returns:
        What was left in place, because it is not the donor's: usually nothing.

    Raises:
        InstallError: nothing is installed there, or its node manager does not stop.
    """
    what_goes(home)
    with contextlib.suppress(Unreachable, TimeoutError):
        async with asyncio.timeout(_FORCED_S if force else None):
            await ask(home.folder, Question("stop"))
    if force and not await _is_free_soon(home):
        await end_recorded(home.process)
    with _lock_or_advice(home):
        # From here on this is an installation that broke off: the mark comes first, the rest
        # may be interrupted at any point and taken up again.
        home.unfinished.mkdir(mode=0o700, exist_ok=True)
        async with _keepers(home) as keepers:
            await asyncio.gather(*(keepers.stop(v, BY_DONOR) for v in keepers.vessel_ids()))
        registry.release(home)
        home.installer.unlink(missing_ok=True)
        home.remove_belongings()
        left = sorted(home.folder.iterdir())
        if not left:
            # A mount point, or a folder in one that we may not change, stays, empty.
            with contextlib.suppress(OSError):
                home.folder.rmdir()
        return left


async def _is_free_soon(home: DonorHome) -> bool:
    """Whether whoever works in a folder has ended within a few seconds."""
    for _ in range(int(_FORCED_S / _LOOK_S)):
        if home.free:
            return True
        await asyncio.sleep(_LOOK_S)
    return False


@contextmanager
def _lock_or_advice(home: DonorHome) -> Iterator[None]:
    try:
        with home.lock(wait_s=_STOP_S):
            yield
    except InstallError as reason:
        if find_recorded(home.process) is None:
            raise
        raise InstallError(
            f"the node manager in {home.folder} does not stop",
            hint="look at its log; if it hangs, end it and remove all: add --force",
        ) from reason


async def describe_vessels(rows: Sequence[VesselRow], keepers: Keepers) -> list[VesselReport]:
    """Every vessel with its limits and its use at this moment."""
    return [_describe(row, await _status_of(keepers, row.name)) for row in rows]


async def _report_without_manager(home: DonorHome, busy: bool) -> ManagerReport:
    reason = "the node manager does not run; start it: seattle donor run"
    if busy:
        reason = "the node manager is starting, or it hangs: look at its log"
    held = held_layers(home.folder)
    with contextlib.closing(Ledger(home.ledger, create=False)) as ledger:
        settings, rows = ledger.settings(), ledger.vessels()
    async with _keepers(home) as keepers:
        vessels = await describe_vessels(rows, keepers)
    left = pause_left_s(settings)
    return ManagerReport(
        pid=0,
        node=Keystore(home.folder).find(home.key.stem).public.text,
        network=settings.network,
        planner=settings.planner,
        percent=settings.percent,
        overlay=[],
        commands=[],
        peers=0,
        reachable="unknown" if busy else "no",
        reachable_reason=reason,
        paused=left != 0.0,
        pause_left_s=left,
        vessels=vessels,
        layers=list(held),
        missing_layers=list(missing_layers(held)),
    )


@asynccontextmanager
async def _keepers(home: DonorHome) -> AsyncIterator[Keepers]:
    """The keepers that live on without a node manager."""
    keepers = Keepers(home.vessels)
    await keepers.open()
    try:
        yield keepers
    finally:
        await keepers.close()


async def _status_of(keepers: Keepers, name: str) -> VesselStatus:
    try:
        return await keepers.fresh_status(name)
    except NoSuchVessel:
        return VesselStatus()  # its folder is made when the node manager runs first


def _describe(row: VesselRow, status: VesselStatus) -> VesselReport:
    limits = parse_restrictions(row.restrictions)
    return VesselReport(
        name=row.name,
        owner=row.owner.text,
        users=[user.text for user in row.users],
        state=status.state,
        cause=status.cause,
        limits={name: limits.amount(name) for name in (*RENEWABLE, *COUNTED)},
        used={
            "cpu": _cores(status),
            "cpu_s": status.usage.cpu_s,
            "memory": status.usage.memory,
            "diskused": status.usage.disk,
            "events": status.usage.threads,
            "log": status.usage.log,
        },
    )


def _cores(status: VesselStatus) -> float:
    """Cores used on the average of this run."""
    elapsed = (time.time() if status.running else status.ended_at) - status.started_at
    return status.usage.cpu_s / elapsed if elapsed > 0 else 0.0


def _size(path: Path) -> int:
    if not path.is_dir():
        return path.stat().st_size
    found = (inner for inner in path.rglob("*") if inner.is_file())
    return sum(inner.stat(follow_symlinks=False).st_size for inner in found)
