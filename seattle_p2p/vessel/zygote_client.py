"""The handle that `Keepers` holds on the zygote process."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from seattle_p2p.errors import VesselError, WeakContainment

if TYPE_CHECKING:
    from seattle_p2p.vessel.control import Launch

_BOOT = """
import gc, sys
gc.disable()
sys.modules["typing_extensions"] = None
sys.path += [path for path in sys.argv[2:] if path not in sys.path]
from seattle_p2p.vessel.zygote import main
main(int(sys.argv[1]))
"""
"""Imports leave no garbage to look for; and msgspec takes `typing` where there is nothing else.
Both together are a fifth of what a zygote takes to start."""


_early: "Zygote | None" = None


def start_early() -> None:
    """Start a zygote before anything else; `early_or_new` hands it out.

    It takes as long to warm up as everything that `seattle exec` imports. Where it cannot be
    started, whoever needs it is told why.
    """
    global _early
    zygote = Zygote()
    with contextlib.suppress(VesselError, WeakContainment):
        zygote.start()
    _early = zygote


def early_or_new() -> "Zygote":
    """The zygote that was started early, once; after that new ones."""
    global _early
    zygote, _early = _early or Zygote(), None
    return zygote


class Zygote:
    """Starts the warm parent when first needed, and again when it is gone."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._mutex = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Its process id, when it was started."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Make the process; it warms up while we do something else.

        It gets an empty environment, so that nothing of the donor's lies in the memory that
        programs inherit, and a session of its own, so that Ctrl-C here does not reach it.

        Raises:
            VesselError: The interpreter could not be started.
            WeakContainment: This system cannot contain programs.
        """
        with self._mutex:
            if self._line is None:
                self._start()

    def launch(self, launch: "Launch", line: socket.socket) -> None:
        """Have a keeper forked that speaks over `line`.

        Raises:
            VesselError: No zygote can be had.
        """
        with self._mutex:
            # Imported late: `seattle exec` starts the zygote before it imports anything else.
            from seattle_p2p.vessel.control import encode_launch

            message = encode_launch(launch)
            for _ in range(2):
                if self._line is None:
                    self._start()
                assert self._line is not None
                try:
                    socket.send_fds(self._line, [message], [line.fileno()])
                    return
                except OSError:
                    self._end()
        raise VesselError(
            "the process that starts vessels keeps dying",
            hint="see whether this machine has memory and processes left",
        )

    def close(self) -> None:
        """End the zygote; keepers go on."""
        with self._mutex:
            self._end()

    def _start(self) -> None:
        if sys.platform != "linux":
            raise WeakContainment(
                f"programs can be contained on Linux only, this is {sys.platform}",
                hint="run programs on donated machines: `seattle browse`, `seattle run`",
            )
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        root = str(Path(__file__).resolve().parents[2])
        # Without `site` (a fifth of its start), so it is told where packages are.
        command = [sys.executable, "-I", "-S", "-c", _BOOT, str(theirs.fileno()), root]
        try:
            self._process = subprocess.Popen(
                command + [path for path in sys.path if os.path.isabs(path)],
                env={},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise VesselError(f"cannot start {sys.executable}: {error.strerror}") from error
        finally:
            theirs.close()
        # Twice the largest message, so that a launch is never cut.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * 1024 * 1024)
        self._line = ours

    def _end(self) -> None:
        line, self._line = self._line, None
        process, self._process = self._process, None
        if line is not None:
            line.close()
        if process is not None:
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, 9)
                process.wait()
