"""One vessel as the node manager knows it: folder, latest status, the line to its keeper.

While nothing runs, the folder says all there is. While something runs, the keeper does, over
its socket; when that breaks, the lock in the folder says whether the keeper still lives.
"""

import asyncio
import contextlib
import fcntl
import os
import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from seattle_p2p.errors import VesselBusy, VesselError
from seattle_p2p.vessel.control import (
    Ask,
    FromKeeper,
    Hello,
    Launch,
    LogGrew,
    Pause,
    Stop,
    ToKeeper,
    WatchLog,
)
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.keeper_line import KeeperLine
from seattle_p2p.vessel.log_ring import LogRing, OpenLog
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
from seattle_p2p.vessel.status import VesselStatus, read_status, write_status
from seattle_p2p.vessel.zygote_client import Zygote

ANSWER_S = 5.0
"""A keeper that does not answer for so long is taken for dead and killed."""


class KeptVessel:
    """One vessel: its folder, its status and, while it runs, the line to its keeper.

    Args:
        vessel_id: What `changed` is told.
        path: The vessel's folder, in which ``files/`` is already.
        changed: Called with (vessel id, status) whenever state or run changed.
    """

    def __init__(
        self, vessel_id: str, path: Path, changed: Callable[[str, VesselStatus], None]
    ) -> None:
        self.vessel_id = vessel_id
        self.path = path
        self.turn = asyncio.Lock()
        self.status = read_status(path / STATUS)
        self.log = OpenLog(path / LOG)
        self._files: VesselFolder | None = None
        self._files_counted: tuple[str, str] = ("", "")
        self._changed = changed
        self._line: KeeperLine | None = None
        self._keeper_pid = 0
        self._changes: list[asyncio.Future[None]] = []
        self._followers: list[tuple[int, asyncio.Future[None]]] = []

    def files(self, disk_limit: int) -> VesselFolder:
        """The vessel's files, opened once, never more than the limit together.

        Counted afresh after each run: its broker may have died in the middle of a write.
        """
        now = (self.status.run_id, self.status.state)
        if self._files is None or self._files.closed:
            self._files = VesselFolder(self.path / FILES, disk_limit)
        elif self._files_counted != now:
            self._files.recount()
        self._files_counted = now
        self._files.disk_limit = disk_limit
        return self._files

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
        self.files(0).wipe()
        ring = LogRing(self.path / LOG)
        ring.clear()
        ring.close()
        self._take(VesselStatus(), keep=True)
        return self.status

    def let_go(self) -> None:
        """Close the line, the log and the files; the keeper goes on."""
        self.log.close()
        if self._files is not None:
            self._files.close()
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
        # It may have ended since the caller looked: no change would follow.
        if end > offset or not self.status.running:
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
        line = KeeperLine(self._on_message, self._on_end)
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

    def _on_message(self, line: KeeperLine, message: FromKeeper) -> None:
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

    def _on_end(self, line: KeeperLine) -> None:
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
