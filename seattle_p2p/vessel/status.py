"""What is known of a vessel's latest run, in memory and as a small file that survives
everything.

The file is replaced whole, so that a reader sees one state or the next, and carries the run's
id, so that a node manager that was killed can tell whether a start it meant to make was made.
"""

import contextlib
import os
from pathlib import Path
from typing import Literal

import msgspec

State = Literal["fresh", "started", "paused", "stopped", "ended"]
"""fresh: nothing ran since the last reset; stopped: somebody ended it; ended: it ended itself,
was ended for what it did, or was lost (see `Cause`)."""

Cause = Literal[
    "",  # still running, or never ran
    "done",  # the program came to its end, or called exitall
    "error",  # an exception nobody caught; `line` and `text` say where and what
    "refused",  # the language does not allow what stands on `line`
    "memory",  # more than the grant
    "disk",
    "threads",
    "crash",  # the interpreter died, with the signal in `text`
    "protocol",  # it spoke to its broker in a way no program can
    "stopped",  # by the one named in `text`
    "unattended",  # no node manager for too long
    "lost",  # its keeper died, and it with it
    "weak",  # needed layers of containment are missing here
    "internal",  # our own mistake, see the keeper's note in `text`
]
"""Why a run ended."""

OVERRUNS = frozenset({"memory", "disk", "threads", "protocol"})
"""Causes that mean: stopped for exceeding what it was given."""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What one run used so far."""

    cpu_s: float = 0.0
    """Seconds of CPU, the program's and its broker's together."""
    memory: int = 0
    """Bytes above an idle vessel, now."""
    memory_peak: int = 0
    """The most bytes seen."""
    disk: int = 0
    """Bytes of all files."""
    log: int = 0
    """Bytes ever written to the log."""
    calls: int = 0
    """Requests the program made of its broker."""
    threads: int = 0
    stopped_s: float = 0.0
    """Seconds it was held still to keep its CPU share."""


class VesselStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A vessel's latest run as its keeper, or the file it left, tells it."""

    state: State = "fresh"
    cause: Cause = ""
    text: str = ""
    """One sentence for people: the error, the limit, who stopped it."""
    line: int = 0
    """Line of the program that `text` is about; 0 when none is."""
    run_id: str = ""
    program: str = ""
    started_at: float = 0.0
    """Seconds since 1970 on this machine's clock; for people, never compared."""
    ended_at: float = 0.0
    usage: Usage = Usage()
    layers: tuple[str, ...] = ()
    """Layers of containment that were applied and proved to hold."""

    @property
    def running(self) -> bool:
        """True while a program is there, paused ones included."""
        return self.state in ("started", "paused")


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    version: int = 1
    status: VesselStatus


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Kept)


def write_status(path: Path, status: VesselStatus) -> None:
    """Replace the file at `path` in one step; on the disk before, once the run is over.

    That a run has begun need not survive the machine: nothing of it would be running then.

    Raises:
        OSError: The disk is full or gone; the old file is whole then.
    """
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as file:
            file.write(_encoder.encode(_Kept(status=status)))
            file.flush()
            if not status.running:
                os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def read_status(path: Path) -> VesselStatus:
    """What the file says; a fresh vessel when there is none or it is damaged."""
    try:
        return _decoder.decode(path.read_bytes()).status
    except (OSError, ValueError):
        return VesselStatus()
