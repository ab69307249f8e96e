"""What ends a demo, whatever becomes of the demo itself: no process and no file is left.

Runs as a process of its own, in a session of its own, and waits for the pipe from the demo to
close: at its end, at Ctrl-C, at SIGKILL. Standard library and /proc only, so that it is there
at once and needs nothing that the demo may have broken.

    python -m seattle_p2p.cli.demo_guard FOLDER
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

MARKER = "this-is-a-seattle-demo"
"""File that says: this folder was made by a demo and may be removed with all that is in it."""

VARIABLE = "SEATTLE_DEMO"
"""Environment variable in which every process that a demo starts carries the folder."""

KEEP = b"keep\n"
"""What a demo says when its network is to live on."""

_POLITE_S = 4.0
_FIRM_S = 5.0
_LOOK_S = 0.05


def main(folder: Path) -> int:
    """Wait for the demo to end, then end what it left behind, unless it said `KEEP`."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    said = b""
    while data := os.read(sys.stdin.fileno(), 64):
        said += data
    return 0 if said.endswith(KEEP) else end(folder)


def end(folder: Path) -> int:
    """End every process of the demo in `folder` and remove it; 0 when nothing is left."""
    folder = folder.absolute()
    if not (folder / MARKER).exists():
        return 0 if not folder.exists() else 1
    _signal(processes_of(folder), signal.SIGTERM)
    if not _wait_until_gone(folder, _POLITE_S):
        deadline = time.monotonic() + _FIRM_S
        while (left := processes_of(folder)) and time.monotonic() < deadline:
            _signal(left, signal.SIGKILL)
            time.sleep(_LOOK_S)
    _give_back_ports(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if folder.exists() or processes_of(folder) else 0


def processes_of(folder: Path) -> list[int]:
    """Live processes of this account that the demo in `folder` started, or others for it.

    They run this package, and carry the folder in their environment or command line, or hold
    files in it open: keepers have an empty environment, but their vessel's lock. Neither we nor
    our parent are among them, nor what a person does in the folder with other programs.
    """
    ours = {os.getpid(), os.getppid()}
    numbered = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [
        int(entry.name)
        for entry in numbered
        if int(entry.name) not in ours and _belongs(entry, folder)
    ]


def _belongs(process: Path, folder: Path) -> bool:
    text = os.fsencode(folder)
    with contextlib.suppress(OSError):
        if process.stat().st_uid != os.getuid() or _is_zombie(process):
            return False
        words = (process / "cmdline").read_bytes().split(b"\0")
        if not any(map(_is_ours, words)):
            return False
        if any(word == text or word.startswith(text + b"/") for word in words):
            return True
        if os.fsencode(VARIABLE) + b"=" + text in _environment(process):
            return True
        for handle in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                if os.fsencode(os.readlink(handle)).startswith(text + b"/"):
                    return True
    return False


def _environment(process: Path) -> list[bytes]:
    return (process / "environ").read_bytes().split(b"\0")


def _is_ours(word: bytes) -> bool:
    """Whether a word of a command line says that this package runs there."""
    named = word.rpartition(b"/")[2] == b"seattle" or word.startswith(b"seattle_p2p.")
    return named or b"from seattle_p2p." in word  # how the zygote is started


def _is_zombie(process: Path) -> bool:
    return (process / "stat").read_bytes().rpartition(b")")[2].split()[:1] == [b"Z"]


def _signal(processes: Iterable[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)
            os.kill(process, signal.SIGCONT)  # one held still to keep its share hears nothing


def _wait_until_gone(folder: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not processes_of(folder):
            return True
        time.sleep(_LOOK_S)
    return False


def _give_back_ports(folder: Path) -> None:
    """Give the vessel ports of all donors in `folder` back to the machine."""
    from seattle_p2p.errors import SeattleError
    from seattle_p2p.manager.home import DonorHome
    from seattle_p2p.manager.ports import PortRegistry

    for donor in sorted(folder.glob("donor-*")):
        with contextlib.suppress(SeattleError, OSError):
            PortRegistry().release(DonorHome(donor))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
