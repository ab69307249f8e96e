"""How a keeper's process begins and ends: one at a time for each vessel, and for each run."""

import contextlib
import fcntl
import os
import signal
import socket
import time
import traceback
from pathlib import Path

from seattle_p2p.vessel.control import Launch
from seattle_p2p.vessel.jail import libc
from seattle_p2p.vessel.keeper import Keeper
from seattle_p2p.vessel.places import LOCK, NOTE, STATUS
from seattle_p2p.vessel.status import read_status

_LEAVING_S = 3.0


def main(launch: Launch, line: socket.socket) -> None:
    """Keep one vessel for one run; returns when it is over."""
    os.setsid()
    libc.set_name(f"keeper {launch.vessel_id}")
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    state_dir = Path(launch.state_dir)
    try:
        lock = _take_lock(state_dir)
        if lock < 0 or read_status(state_dir / STATUS).run_id == launch.run_id:
            return  # another keeper has the vessel, or had it for this very run
        Keeper(launch, line).run()
    except Exception:
        with contextlib.suppress(OSError):
            (state_dir / NOTE).write_text(traceback.format_exc())
        raise


def _take_lock(state_dir: Path) -> int:
    """The vessel's lock, held as long as this process lives; -1 when a keeper is at work.

    One that has just ended its vessel may still be on its way out: it is waited for.
    """
    fd = os.open(state_dir / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + _LEAVING_S
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            if read_status(state_dir / STATUS).running or time.monotonic() > until:
                return -1
        time.sleep(0.002)
