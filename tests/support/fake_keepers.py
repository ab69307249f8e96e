"""Keepers without processes: programs are what a test says they do; files and logs are real."""

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from seattle_p2p.errors import NoSuchVessel, VesselBusy
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.log_ring import LogPart, LogRing, OpenLog
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.status import VesselStatus


class FakeKeepers:
    """The part of `vessel.keepers.Keepers` that actions use; counts what it is asked to do."""

    def __init__(self, folder: Path, wall: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._wall = wall
        self._logs: dict[str, OpenLog] = {}
        self._files: dict[str, VesselFolder] = {}
        self._status: dict[str, VesselStatus] = {}
        self._changed = asyncio.Condition()
        self.asked: list[str] = []
        """``start v1``, ``stop v1``, ``reset v1``: in the order they were carried out."""
        self.layers: dict[str, tuple[tuple[str, bytes], ...]] = {}
        """Security layers of each vessel's latest start."""
        self.gate = asyncio.Event()
        """Cleared, starts wait here."""
        self.gate.set()
        self.reached = asyncio.Event()
        """Set when a start came as far as the gate."""

    def make(self, vessel_id: str) -> None:
        (self._folder / vessel_id).mkdir(parents=True, exist_ok=True)
        self._status.setdefault(vessel_id, VesselStatus())
        ring = LogRing(self._folder / vessel_id / "log")
        ring.close()
        self._logs[vessel_id] = OpenLog(self._folder / vessel_id / "log")

    async def remove(self, vessel_id: str, by: str = "") -> None:
        self._logs.pop(vessel_id).close()
        if vessel_id in self._files:
            self._files.pop(vessel_id).close()
        del self._status[vessel_id]
        shutil.rmtree(self._folder / vessel_id)

    def close(self) -> None:
        for kept in (*self._logs.values(), *self._files.values()):
            kept.close()

    async def start(
        self,
        vessel_id: str,
        restrictions: Resources,
        program: str,
        arguments: tuple[str, ...] | list[str],
        run_id: str,
        *,
        layers: Sequence[tuple[str, bytes]] = (),
    ) -> VesselStatus:
        self.layers[vessel_id] = tuple(layers)
        self.asked.append(f"start {vessel_id}")
        self.reached.set()
        await self.gate.wait()
        if self.status(vessel_id).running:
            raise VesselBusy("a program runs there already", hint="stop it first")
        status = VesselStatus(
            state="started", run_id=run_id, program=program, started_at=time.time()
        )
        return await self._set(vessel_id, status)

    async def stop(self, vessel_id: str, by: str = "") -> VesselStatus:
        self.asked.append(f"stop {vessel_id}")
        if not self.status(vessel_id).running:
            return self.status(vessel_id)
        return await self.end(vessel_id, state="stopped", cause="stopped", text=by)

    async def reset(self, vessel_id: str, by: str = "") -> VesselStatus:
        self.asked.append(f"reset {vessel_id}")
        with VesselFolder(self._folder / vessel_id / "files", 0) as folder:
            folder.wipe()
        ring = LogRing(self._folder / vessel_id / "log")
        ring.clear()
        ring.close()
        return await self._set(vessel_id, VesselStatus())

    async def end(self, vessel_id: str, **changes: object) -> VesselStatus:
        """The program ends, as a test wishes."""
        status = msgspec.structs.replace(
            self.status(vessel_id), ended_at=time.time(), **{"state": "ended", **changes}
        )
        return await self._set(vessel_id, status)

    async def log(self, vessel_id: str, data: bytes) -> None:
        """The program logs."""
        ring = LogRing(self._folder / vessel_id / "log", wall=self._wall)
        ring.append(data)
        ring.close()
        async with self._changed:
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many wait for a log to grow."""
        return len(self._changed._waiters)

    def status(self, vessel_id: str) -> VesselStatus:
        if vessel_id not in self._status:
            raise NoSuchVessel(f"there is no vessel {vessel_id!r} here")
        return self._status[vessel_id]

    async def fresh_status(self, vessel_id: str) -> VesselStatus:
        return self.status(vessel_id)

    def read_log(self, vessel_id: str, offset: int, limit: int) -> LogPart:
        return self._logs[vessel_id].read(offset, limit)

    def log_since(self, vessel_id: str, moment: float) -> int:
        return self._logs[vessel_id].since(moment)

    async def wait_log(self, vessel_id: str, offset: int) -> int:
        before = self.status(vessel_id)
        async with self._changed:
            await self._changed.wait_for(
                lambda: (
                    self.status(vessel_id) != before
                    or not before.running
                    or self.read_log(vessel_id, offset, 0).end > offset
                )
            )
        return self.read_log(vessel_id, offset, 0).end

    def folder(self, vessel_id: str, restrictions: Resources) -> VesselFolder:
        if vessel_id not in self._files or self._files[vessel_id].closed:
            path = self._folder / vessel_id / "files"
            self._files[vessel_id] = VesselFolder(path, restrictions.disk)
        return self._files[vessel_id]

    async def _set(self, vessel_id: str, status: VesselStatus) -> VesselStatus:
        async with self._changed:
            self._status[vessel_id] = status
            self._changed.notify_all()
        return status
