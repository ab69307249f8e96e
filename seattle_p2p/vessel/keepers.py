"""The node manager's side of its vessels: start, watch, stop, and find again after a restart.

Programs run under keepers (`keeper.py`), processes that do not depend on this one. What is
known of a vessel lies in its folder: ``status`` (its latest run), ``log``, ``files/``,
``control`` (the keeper's socket), ``lock`` (held as long as a keeper lives). So a node
manager that was killed opens its folders, connects to the keepers it finds and knows all it
knew before.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from seattle_p2p.errors import NoSuchVessel
from seattle_p2p.vessel.control import Launch, NetworkRules
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.kept_vessel import KeptVessel
from seattle_p2p.vessel.log_ring import LogPart
from seattle_p2p.vessel.places import FILES
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.restrictions import format_restrictions
from seattle_p2p.vessel.status import VesselStatus
from seattle_p2p.vessel.zygote_client import Zygote


class Keepers:
    """All vessels of one node, by their ids.

    Args:
        vessels_dir: Folder that holds one folder per vessel.
        rules: What the donor says about the vessels' network.
        unattended_s: Seconds that a keeper goes on without any node manager.
        accept_weak: The donor accepts missing layers of containment, in words.
        zygote: The warm parent, when one was started already; closed with this.
        on_change: Called with (vessel id, status) in the event loop whenever a state changed.
    """

    def __init__(
        self,
        vessels_dir: Path,
        *,
        rules: NetworkRules | None = None,
        unattended_s: float = 600.0,
        accept_weak: bool = False,
        on_change: Callable[[str, VesselStatus], None] | None = None,
        zygote: Zygote | None = None,
    ) -> None:
        self.vessels_dir = vessels_dir.absolute()
        self._rules = rules or NetworkRules()
        self._unattended_s = unattended_s
        self._accept_weak = accept_weak
        self._on_change = on_change
        self._zygote = zygote or Zygote()
        self._vessels: dict[str, KeptVessel] = {}

    async def open(self) -> None:
        """Find every vessel's folder and every keeper that is still there."""
        self.vessels_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = sorted(path.name for path in self.vessels_dir.iterdir() if path.is_dir())
        found = [self._vessel(name) for name in names if not name.startswith(".")]
        await asyncio.gather(*(vessel.adopt() for vessel in found))

    async def close(self) -> None:
        """Let go of everything; vessels go on running."""
        for vessel in self._vessels.values():
            vessel.let_go()
        self._vessels.clear()
        await asyncio.to_thread(self._zygote.close)

    def warm_up(self) -> None:
        """Start the zygote now, so that the first `start` need not wait for it (0.1 s)."""
        self._zygote.start()

    @property
    def zygote_pid(self) -> int | None:
        """The warm parent's process, when there is one."""
        return self._zygote.pid

    async def start(
        self,
        vessel_id: str,
        restrictions: Resources,
        program: str,
        arguments: tuple[str, ...] | list[str],
        run_id: str,
        *,
        layers: Sequence[tuple[str, bytes]] = (),
        launch_with: Callable[[Launch], Launch] | None = None,
    ) -> VesselStatus:
        """Run a program that is in the vessel's folder; returns when it is on its way.

        The same `run_id` again starts nothing and returns the present status, whether this
        process or one before it made the start.

        Args:
            restrictions: What the program may use.
            program: Name of the file in the vessel.
            arguments: Its `callargs`.
            run_id: Fresh for every start that is meant; any text.
            layers: Name and text of the security layers, the lowest first.
            launch_with: Last change to the launch, for `seattle exec` and tests.

        Raises:
            VesselBusy: Another program runs there.
            VesselError: No keeper could be made.
        """
        vessel = self._vessel(vessel_id)
        launch = Launch(
            vessel_id=vessel_id,
            run_id=run_id,
            state_dir=str(vessel.path),
            files_dir=str(vessel.path / FILES),
            program=program,
            arguments=tuple(arguments),
            layers=tuple(layers),
            restrictions=format_restrictions(restrictions),
            rules=self._rules,
            unattended_s=self._unattended_s,
            accept_weak=self._accept_weak,
        )
        async with vessel.turn:
            return await vessel.start(
                launch_with(launch) if launch_with else launch, self._zygote
            )

    async def stop(self, vessel_id: str, by: str = "") -> VesselStatus:
        """End the program, whatever it does; returns when it and all of its kind are gone.

        A vessel in which nothing runs is left as it is.
        """
        vessel = self._known(vessel_id)
        async with vessel.turn:
            return await vessel.stop(by)

    async def reset(self, vessel_id: str, by: str = "") -> VesselStatus:
        """Stop, remove all files, empty the log: as if nothing had ever run."""
        vessel = self._vessel(vessel_id)
        async with vessel.turn:
            await vessel.stop(by)
            return vessel.wipe()

    async def remove(self, vessel_id: str, by: str = "") -> None:
        """Stop, and remove the folder with everything in it."""
        vessel = self._vessel(vessel_id)
        async with vessel.turn:
            await vessel.stop(by)
            vessel.let_go()
            self._vessels.pop(vessel_id, None)
            await asyncio.to_thread(shutil.rmtree, vessel.path, True)

    async def set_aside(self, vessel_id: str, target: Path, by: str = "") -> None:
        """Stop, and move the folder with everything in it to `target`, on the same disk."""
        vessel = self._vessel(vessel_id)
        async with vessel.turn:
            await vessel.stop(by)
            vessel.let_go()
            self._vessels.pop(vessel_id, None)
            vessel.path.rename(target)

    async def pause(self, vessel_id: str) -> VesselStatus:
        """Hold a running program still; one that does not run is left alone."""
        return await self._known(vessel_id).set_paused(True)

    async def resume(self, vessel_id: str) -> VesselStatus:
        """Let a paused program go on."""
        return await self._known(vessel_id).set_paused(False)

    async def probe(self) -> tuple[str, ...]:
        """Layers of containment that hold here, found out by closing a jail in this very
        folder.

        Raises:
            VesselError: No vessel can be made at all.
        """
        probe = KeptVessel(".probe", self.vessels_dir / ".probe", lambda *_: None)
        (probe.path / FILES).mkdir(mode=0o700, parents=True, exist_ok=True)
        tiny = Resources.of({"cpu": 1, "memory": 10_000_000, "diskused": 0, "lograte": 1})
        launch = Launch(
            vessel_id="probe",
            run_id=f"probe-{time.monotonic_ns()}",
            state_dir=str(probe.path),
            files_dir=str(probe.path / FILES),
            program="empty",
            program_path=os.devnull,
            restrictions=format_restrictions(tiny),
            unattended_s=1.0,
        )
        try:
            await probe.start(launch, self._zygote)
            while probe.status.running:
                await probe.next_change()
            return probe.status.layers
        finally:
            probe.let_go()
            await asyncio.to_thread(shutil.rmtree, probe.path, True)

    def status(self, vessel_id: str) -> VesselStatus:
        """The latest known status; its usage is as old as the last change or `fresh_status`."""
        return self._known(vessel_id).status

    async def fresh_status(self, vessel_id: str) -> VesselStatus:
        """The status with the usage of this moment."""
        return await self._known(vessel_id).ask()

    def vessel_ids(self) -> list[str]:
        """Every vessel that has a folder."""
        return sorted(self._vessels)

    def make(self, vessel_id: str) -> Path:
        """Make the empty folder of a new vessel, or find it; returns where it is."""
        return self._vessel(vessel_id).path

    def folder(self, vessel_id: str, restrictions: Resources) -> VesselFolder:
        """The vessel's files; they stay open for the next who asks, until the vessel goes."""
        return self._vessel(vessel_id).files(restrictions.disk)

    def read_log(self, vessel_id: str, offset: int, limit: int) -> LogPart:
        """A stretch of the log from `offset` on, at most `limit` bytes."""
        return self._known(vessel_id).log.read(offset, limit)

    def log_since(self, vessel_id: str, moment: float) -> int:
        """Where in the log begins what came at `moment` (seconds since 1970) or later."""
        return self._known(vessel_id).log.since(moment)

    async def wait_log(self, vessel_id: str, offset: int) -> int:
        """Wait until the log goes beyond `offset` or the vessel's state changes.

        Returns at once when nothing runs there.

        Returns:
            Where the log ends then. Not beyond `offset` when it was the state that changed.
        """
        return await self._known(vessel_id).wait_log(offset)

    async def wait_end(self, vessel_id: str) -> VesselStatus:
        """Wait until nothing runs in the vessel."""
        vessel = self._known(vessel_id)
        while vessel.status.running:
            await vessel.next_change()
        return vessel.status

    def _vessel(self, vessel_id: str) -> KeptVessel:
        if vessel_id not in self._vessels:
            if not vessel_id or "/" in vessel_id or vessel_id.startswith("."):
                raise NoSuchVessel(f"{vessel_id[:40]!r} is no vessel's id")
            path = self.vessels_dir / vessel_id
            (path / FILES).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._vessels[vessel_id] = KeptVessel(vessel_id, path, self._changed)
        return self._vessels[vessel_id]

    def _known(self, vessel_id: str) -> KeptVessel:
        if vessel_id not in self._vessels:
            raise NoSuchVessel(f"there is no vessel {vessel_id[:40]!r} here")
        return self._vessels[vessel_id]

    def _changed(self, vessel_id: str, status: VesselStatus) -> None:
        if self._on_change is not None:
            self._on_change(vessel_id, status)
