"""The node manager's side of its vessels: start, watch, stop, and find again after a restart.

Programs run under keepers (`keeper.py`), processes that do not depend on this one. What is
known of a vessel lies in its folder: ``status`` (its latest run), ``log``, ``files/``,
``control`` (the keeper's socket), ``lock`` (held as long as a keeper lives). So a node
manager that was killed opens its folders, connects to the keepers it finds and knows all it
knew before.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from seattle_p2p.errors import MalformedMessage, NoSuchVessel, VesselBusy, VesselError
from seattle_p2p.vessel.control import (
    Ask,
    Changed,
    Frames,
    FromKeeper,
    Hello,
    Launch,
    LogGrew,
    NetworkRules,
    Pause,
    Stop,
    ToKeeper,
    WatchLog,
    decode_from_keeper,
    frame,
)
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.log_ring import LogPart, LogRing, OpenLog
from seattle_p2p.vessel.places import (
    CONTROL,
    FILES,
    LOCK,
    LOG,
    NOTE,
    STATUS,
    connect_in,
    require_same_user,
)
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.restrictions import format_restrictions
from seattle_p2p.vessel.status import VesselStatus, read_status, write_status
from seattle_p2p.vessel.zygote_client import Zygote

ANSWER_S = 5.0
"""A keeper that does not answer for so long is taken for dead and killed."""

_log = logging.getLogger(__name__)


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
        self._vessels: dict[str, _Vessel] = {}

    async def open(self) -> None:
        """Find every vessel's folder and every keeper that is still there."""
        self.vessels_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in sorted(self.vessels_dir.iterdir()):
            if path.is_dir() and not path.name.startswith("."):
                await self._vessel(path.name).adopt()

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
        probe = _Vessel(".probe", self.vessels_dir / ".probe", lambda *_: None)
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
        """The vessel's files, to be closed by the caller (a context manager)."""
        return VesselFolder(self._vessel(vessel_id).path / FILES, restrictions.disk)

    def read_log(self, vessel_id: str, offset: int, limit: int) -> LogPart:
        """A stretch of the log from `offset` on, at most `limit` bytes."""
        return self._known(vessel_id).log.read(offset, limit)

    async def wait_log(self, vessel_id: str, offset: int) -> int:
        """Wait until the log goes beyond `offset` or the vessel's state changes.

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

    def _vessel(self, vessel_id: str) -> "_Vessel":
        if vessel_id not in self._vessels:
            if not vessel_id or "/" in vessel_id or vessel_id.startswith("."):
                raise NoSuchVessel(f"{vessel_id[:40]!r} is no vessel's id")
            path = self.vessels_dir / vessel_id
            (path / FILES).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._vessels[vessel_id] = _Vessel(vessel_id, path, self._changed)
        return self._vessels[vessel_id]

    def _known(self, vessel_id: str) -> "_Vessel":
        if vessel_id not in self._vessels:
            raise NoSuchVessel(f"there is no vessel {vessel_id[:40]!r} here")
        return self._vessels[vessel_id]

    def _changed(self, vessel_id: str, status: VesselStatus) -> None:
        if self._on_change is not None:
            self._on_change(vessel_id, status)


class _Vessel:
    """One vessel: its folder, its status and, while it runs, the line to its keeper."""

    def __init__(
        self, vessel_id: str, path: Path, changed: Callable[[str, VesselStatus], None]
    ) -> None:
        self.vessel_id = vessel_id
        self.path = path
        self.turn = asyncio.Lock()
        self.status = read_status(path / STATUS)
        self.log = OpenLog(path / LOG)
        self._changed = changed
        self._line: _Line | None = None
        self._keeper_pid = 0
        self._changes: list[asyncio.Future[None]] = []
        self._followers: list[tuple[int, asyncio.Future[None]]] = []

    # -- commands ------------------------------------------------------------------------

    async def adopt(self) -> None:
        """Find the keeper of a run that the status file says is under way."""
        if not self.status.running or self._line is not None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                while not await self._adopt_once():
                    if self._keeper_is_gone():
                        self._settle_lost()
                        return
                    await asyncio.sleep(0.05)  # starting up or dying: either shows soon

    async def _adopt_once(self) -> bool:
        """Try to speak to the keeper; False when nobody listens."""
        try:
            connection = connect_in(self.path, CONTROL)
        except OSError:
            return False
        # The one at the other end; should it be stuck, it can still be killed.
        self._keeper_pid = require_same_user(connection)
        try:
            await self._attach(connection)
        except OSError:
            return False
        return True

    async def start(self, launch: Launch, zygote: Zygote) -> VesselStatus:
        """Have a keeper made for `launch`, unless that very run was started before."""
        self._refresh()
        if self.status.run_id == launch.run_id and self.status.state != "fresh":
            return self.status
        if self.status.running:
            raise VesselBusy("a program runs there already", hint="stop it first")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            await asyncio.to_thread(zygote.launch, launch, theirs)
        try:
            async with asyncio.timeout(ANSWER_S * 4):
                await self._attach(ours)
        except (TimeoutError, OSError) as error:
            self._refresh()
            if self.status.run_id == launch.run_id:
                await self.adopt()  # somebody else made this very start
                return self.status
            raise VesselError(
                f"the vessel's keeper did not come up: {self._last_words()}",
                hint="the node's log and the vessel's keeper.log say more",
            ) from error
        return self.status

    def _last_words(self) -> str:
        """Why a keeper failed, as far as others than the donor need to know."""
        try:
            note = (self.path / NOTE).read_text("utf-8", "replace")
        except OSError:
            return "it left no word"
        found = re.search(r"\[Errno \d+\] ([A-Z][a-z ]+)", note.strip().rpartition("\n")[2])
        return found[1] if found else "an error of its own"

    async def stop(self, by: str) -> VesselStatus:
        """Ask the keeper to end the program; kill the keeper if it does not answer."""
        self._refresh()
        if not self.status.running:
            return self.status
        try:
            async with asyncio.timeout(ANSWER_S):
                await self.adopt()
                while self.status.running:
                    change = self.next_change()
                    self._send(Stop(by=by))
                    await change
        except TimeoutError:
            self._kill_keeper(by)
        return self.status

    async def set_paused(self, paused: bool) -> VesselStatus:
        """Pause or resume, and wait for the keeper's word."""
        wanted = "paused" if paused else "started"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                while self.status.running and self.status.state != wanted:
                    change = self.next_change()
                    self._send(Pause(paused=paused))
                    await change
        return self.status

    async def ask(self) -> VesselStatus:
        """The status with fresh usage."""
        if self._line is not None and self.status.running:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_S):
                    change = self.next_change()
                    self._send(Ask())
                    await change
        return self.status

    def wipe(self) -> VesselStatus:
        """Empty files and log of a vessel in which nothing runs."""
        with VesselFolder(self.path / FILES, 0) as folder:
            folder.wipe()
        ring = LogRing(self.path / LOG)
        ring.clear()
        ring.close()
        self._take(VesselStatus(), keep=True)
        return self.status

    def let_go(self) -> None:
        """Close the line and the log; the keeper goes on."""
        self.log.close()
        line, self._line = self._line, None
        if line is not None:
            line.close()
        self._wake()

    # -- waiting -------------------------------------------------------------------------

    def next_change(self) -> asyncio.Future[None]:
        """Done at the next word of the keeper about its state, or when it is lost."""
        change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._changes.append(change)
        return change

    async def wait_log(self, offset: int) -> int:
        """See `Keepers.wait_log`."""
        end = self.log.read(offset, 0).end
        if end > offset:
            return end
        follower: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (offset, follower)
        self._followers.append(entry)
        self._watch()
        try:
            await follower
        finally:
            self._followers.remove(entry)
        return self.log.read(offset, 0).end

    def _watch(self) -> None:
        waiting = [offset for offset, future in self._followers if not future.done()]
        if waiting and self._line is not None:
            self._send(WatchLog(beyond=min(waiting)))

    # -- the line ------------------------------------------------------------------------

    async def _attach(self, connection: socket.socket) -> None:
        """Speak over `connection` from now on; returns when the keeper has said hello."""
        loop = asyncio.get_running_loop()
        connection.setblocking(False)
        line = _Line(self)
        await loop.create_unix_connection(lambda: line, sock=connection)
        self._line = line
        try:
            await line.hello
        except BaseException:
            line.close()
            if self._line is line:
                self._line = None
            raise
        self._watch()

    def on_message(self, line: "_Line", message: FromKeeper) -> None:
        """Take in a word of the keeper."""
        if isinstance(message, LogGrew):
            for offset, follower in self._followers:
                if message.end > offset and not follower.done():
                    follower.set_result(None)
            self._watch()
            return
        self._take(message.status)
        if isinstance(message, Hello) and not line.hello.done():
            self._keeper_pid = message.pid
            line.hello.set_result(None)

    def on_end(self, line: "_Line") -> None:
        """The keeper closed the line, or is gone."""
        if line is not self._line:
            return
        self._line = None
        self._refresh()
        if self.status.running and self._keeper_is_gone():
            self._settle_lost()
        self._wake()

    def _send(self, message: ToKeeper) -> None:
        if self._line is not None:
            self._line.send(message)

    # -- status --------------------------------------------------------------------------

    def _take(self, status: VesselStatus, *, keep: bool = False) -> None:
        moved = (status.state, status.run_id) != (self.status.state, self.status.run_id)
        self.status = status
        if keep:
            write_status(self.path / STATUS, status)
        if moved:
            for _, follower in self._followers:
                if not follower.done():
                    follower.set_result(None)
        self._wake()
        if moved:
            self._changed(self.vessel_id, status)

    def _wake(self) -> None:
        changes, self._changes = self._changes, []
        for change in changes:
            if not change.done():
                change.set_result(None)

    def _refresh(self) -> None:
        """Read the status file when nobody tells us."""
        if self._line is None:
            kept = read_status(self.path / STATUS)
            if kept != self.status:
                self._take(kept)
            if kept.running and self._keeper_is_gone():
                self._settle_lost()

    def _keeper_is_gone(self) -> bool:
        try:
            fd = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(fd)
        return True

    def _settle_lost(self, text: str = "its keeper is gone") -> None:
        kept = read_status(self.path / STATUS)
        if not kept.running:
            self._take(kept)
            return
        ended = {"state": "ended", "cause": "lost", "text": text, "ended_at": time.time()}
        self._take(msgspec.structs.replace(kept, **ended), keep=True)

    def _kill_keeper(self, by: str) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
        if self._keeper_pid and not self._keeper_is_gone():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._keeper_pid, signal.SIGKILL)
        stopped = {"state": "stopped", "cause": "stopped", "text": by, "ended_at": time.time()}
        self._take(msgspec.structs.replace(self.status, **stopped), keep=True)


class _Line(asyncio.Protocol):
    """The stream to one keeper."""

    def __init__(self, vessel: _Vessel) -> None:
        self.hello: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._vessel = vessel
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand on whole messages; a keeper that cannot be understood is let go."""
        try:
            for body in self._frames.feed(data):
                self._vessel.on_message(self, decode_from_keeper(body))
        except MalformedMessage as error:
            _log.warning("a keeper sent nonsense", extra={"reason": str(error)})
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the vessel."""
        if not self.hello.done():
            self.hello.set_exception(ConnectionResetError("the keeper said nothing"))
            self.hello.exception()
        self._vessel.on_end(self)

    def send(self, message: ToKeeper) -> None:
        """Write a message; lost when the line is closing."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame(message))

    def close(self) -> None:
        """Close the line from this side."""
        if self._transport is not None:
            self._transport.close()


__all__ = ["Changed", "Keepers", "LogPart", "NetworkRules", "VesselStatus"]
