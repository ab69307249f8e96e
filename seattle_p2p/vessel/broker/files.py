"""A program's files: opened, read and written here, every block charged and counted."""

import os

from seattle_p2p.errors import NoSuchFile, OutOfResources, VesselBusy
from seattle_p2p.vessel.broker.meters import BLOCK, Meters, Waits
from seattle_p2p.vessel.folder import VesselFolder, is_file_name
from seattle_p2p.vessel.repy_errors import CallFailed
from seattle_p2p.vessel.requests import PIECE


class DiskFull(Exception):
    """The program wrote more than its disk holds: it is ended for it."""


class Files:
    """Open files of one program.

    Args:
        folder: Where they lie.
        meters: Charged for every call.
    """

    def __init__(self, folder: VesselFolder, meters: Meters) -> None:
        self._folder = folder
        self._meters = meters
        self._open: dict[int, tuple[str, int]] = {}
        self._last = 0

    def open(self, name: str, create: bool) -> Waits:
        """Open one; returns its handle (RP-20)."""
        self._require_name(name)
        if any(name == opened for opened, _ in self._open.values()):
            raise CallFailed("FileInUseError", f"{name!r} is open already")
        self._meters.take("filesopened")
        try:
            yield from self._meters.charge("fileread", BLOCK)
            if create and not self._folder.has(name):
                yield from self._meters.charge("filewrite", BLOCK)
            fd, _ = self._folder.open(name, create=create)
        except NoSuchFile as error:
            self._meters.give_back("filesopened")
            raise CallFailed("FileNotFoundError", error.message) from None
        except VesselBusy as error:
            self._meters.give_back("filesopened")
            raise CallFailed("FileInUseError", error.message) from None
        except OutOfResources as error:
            self._meters.give_back("filesopened")
            raise CallFailed("ResourceExhaustedError", error.message) from None
        except (CallFailed, GeneratorExit):
            self._meters.give_back("filesopened")
            raise
        self._last += 1
        self._open[self._last] = (name, fd)
        return self._last

    def read_at(self, handle: int, size: int, offset: int) -> Waits:
        """Bytes from `offset` on (RP-21)."""
        _, fd = self._get(handle)
        if size < 0 or offset < 0 or size > PIECE:
            raise CallFailed("RepyArgumentError", "size and offset must not be negative")
        length = os.fstat(fd).st_size
        if offset > length:
            raise CallFailed(
                "SeekPastEndOfFileError", f"offset {offset} is past the end, {length}"
            )
        there = min(size, length - offset)
        yield from self._meters.charge("fileread", _blocks(offset, there))
        self._get(handle)
        return os.pread(fd, there, offset)  # what came while we waited was not paid for

    def write_at(self, handle: int, data: bytes, offset: int) -> Waits:
        """Write from `offset` on (RP-22)."""
        _, fd = self._get(handle)
        if offset < 0 or len(data) > PIECE:
            raise CallFailed("RepyArgumentError", "offset must not be negative")
        length = os.fstat(fd).st_size
        if offset > length:
            raise CallFailed(
                "SeekPastEndOfFileError", f"offset {offset} is past the end, {length}"
            )
        yield from self._meters.charge("filewrite", _blocks(offset, len(data)))
        self._get(handle)
        try:
            self._folder.write_at(fd, data, offset)
        except OutOfResources as error:
            raise DiskFull(error.message) from None

    def close(self, handle: int) -> None:
        """Give one back (RP-23)."""
        _, fd = self._get(handle)
        del self._open[handle]
        os.close(fd)
        self._meters.give_back("filesopened")

    def list(self) -> Waits:
        """Names of all files (RP-24)."""
        yield from self._meters.charge("fileread", BLOCK)
        return [entry.name for entry in self._folder.list()]

    def remove(self, name: str) -> Waits:
        """Remove one (RP-25)."""
        self._require_name(name)
        if any(name == opened for opened, _ in self._open.values()):
            raise CallFailed("FileInUseError", f"{name!r} is open")
        yield from self._meters.charge("fileread", BLOCK)
        try:
            self._folder.delete(name)
        except NoSuchFile as error:
            raise CallFailed("FileNotFoundError", error.message) from None
        except VesselBusy as error:
            raise CallFailed("FileInUseError", error.message) from None
        yield from self._meters.charge("filewrite", BLOCK)

    def close_all(self) -> None:
        """Close everything."""
        for _, fd in self._open.values():
            os.close(fd)
        self._open.clear()

    def used_bytes(self) -> int:
        """Bytes of all files."""
        return self._folder.used_bytes

    def _get(self, handle: int) -> tuple[str, int]:
        if handle not in self._open:
            raise CallFailed("FileClosedError", "the file is closed")
        return self._open[handle]

    def _require_name(self, name: str) -> None:
        if not is_file_name(name):
            raise CallFailed(
                "RepyArgumentError",
                f"{name[:40]!r} is not a file's name: 1 to 120 of a-z 0-9 . _ -",
            )


def _blocks(offset: int, size: int) -> int:
    """Bytes charged for touching `size` bytes from `offset`: whole blocks, at least one."""
    if size <= 0:
        return BLOCK
    first, last = offset // BLOCK, (offset + size - 1) // BLOCK
    return (last - first + 1) * BLOCK
