"""The keeper's side of the control socket: any number of managers, each may come and go."""

import contextlib
import os
import socket
from pathlib import Path
from typing import Protocol

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.vessel.control import (
    PROTOCOL,
    Ask,
    Changed,
    Frames,
    FromKeeper,
    Hello,
    LogGrew,
    Pause,
    Stop,
    ToKeeper,
    WatchLog,
    decode_to_keeper,
    frame,
)
from seattle_p2p.vessel.loop import Loop, Timer
from seattle_p2p.vessel.places import CONTROL, listen_in, require_same_user
from seattle_p2p.vessel.status import VesselStatus

_GOODBYE_S = 0.5


class Kept(Protocol):
    """The keeper as its managers see it."""

    def status(self) -> VesselStatus:
        """How things are."""

    def log_end(self) -> int:
        """Bytes ever written to the log."""

    def stop(self, by: str) -> None:
        """End the vessel."""

    def set_paused(self, paused: bool) -> None:
        """Hold it still, or let it go on."""

    def on_unattended(self) -> None:
        """Nobody was there for too long."""


class Managers:
    """Everybody who is connected.

    Args:
        loop: The keeper's.
        folder: Where the socket lies.
        unattended_s: Seconds without anybody after which the keeper is told.
        kept: The keeper.
    """

    def __init__(self, loop: Loop, folder: Path, unattended_s: float, kept: Kept) -> None:
        self._loop = loop
        self._folder = folder
        self._unattended_s = unattended_s
        self._kept = kept
        self._listener: socket.socket | None = None
        self._all: list[_Manager] = []
        self._alone: Timer | None = None

    def listen(self) -> None:
        """Take connections from now on.

        Raises:
            OSError: The folder cannot be written.
        """
        self._listener = listen_in(self._folder, CONTROL)
        self._listener.setblocking(False)
        self._loop.watch(self._listener.fileno(), self._accept)

    def add(self, connection: socket.socket) -> None:
        """Greet somebody."""
        connection.setblocking(False)
        manager = _Manager(connection)
        self._all.append(manager)
        self._loop.watch(connection.fileno(), lambda: self._read(manager))
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None
        self._send(manager, Hello(PROTOCOL, os.getpid(), self._kept.status()))

    def tell(self, status: VesselStatus) -> None:
        """Tell everybody how things are now."""
        for manager in list(self._all):
            self._send(manager, Changed(status))

    def on_log_grew(self) -> None:
        """Tell those who asked, once."""
        end = self._kept.log_end()
        for manager in list(self._all):
            if manager.watching is not None and end > manager.watching:
                manager.watching = None
                self._send(manager, LogGrew(end))

    def say_goodbye(self, status: VesselStatus) -> None:
        """Tell everybody the last state and close; the socket goes first."""
        if self._listener is not None:
            self._loop.unwatch(self._listener.fileno())
            with contextlib.suppress(OSError):
                (self._folder / CONTROL).unlink()
            self._listener.close()
        for manager in list(self._all):
            with contextlib.suppress(OSError):
                manager.connection.settimeout(_GOODBYE_S)
                manager.connection.sendall(frame(Changed(status)))
            self._loop.unwatch(manager.connection.fileno())
            manager.connection.close()
        self._all.clear()

    def _accept(self) -> None:
        assert self._listener is not None
        with contextlib.suppress(BlockingIOError):
            connection, _ = self._listener.accept()
            try:
                require_same_user(connection)
            except PermissionError:
                connection.close()
                return
            self.add(connection)

    def _read(self, manager: "_Manager") -> None:
        try:
            data = manager.connection.recv(65536)
            bodies = manager.frames.feed(data)
            messages = [decode_to_keeper(body) for body in bodies]
        except BlockingIOError:
            return
        except (OSError, MalformedMessage):
            data, messages = b"", []
        for message in messages:
            self._carry_out(manager, message)
        if not data:
            self._remove(manager)

    def _carry_out(self, manager: "_Manager", message: ToKeeper) -> None:
        if isinstance(message, Stop):
            self._kept.stop(message.by)
        elif isinstance(message, Pause):
            self._kept.set_paused(message.paused)
        elif isinstance(message, WatchLog):
            manager.watching = message.beyond
            self.on_log_grew()
        elif isinstance(message, Ask):
            self._send(manager, Changed(self._kept.status()))

    def _send(self, manager: "_Manager", message: FromKeeper) -> None:
        try:
            manager.connection.sendall(frame(message))
        except OSError:  # gone, or does not read what it asked for
            self._remove(manager)

    def _remove(self, manager: "_Manager") -> None:
        if manager not in self._all:
            return
        self._all.remove(manager)
        self._loop.unwatch(manager.connection.fileno())
        manager.connection.close()
        if not self._all:
            self._alone = self._loop.call_later(self._unattended_s, self._kept.on_unattended)


class _Manager:
    """One connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.frames = Frames()
        self.watching: int | None = None
