"""The files of one vessel: names, sizes and the disk limit, shared by broker and node manager.

Both write into the folder at the same time, from two processes, and agree on what is used by
one sum (see `disk_sum`). A process killed in the middle of a write leaves it at most one block
off; `VesselFolder` counts afresh whenever it is made or asked to.

A file a program has open is locked by its broker: it can be neither replaced nor deleted from
outside until it is closed, or the program has ended.
"""

import contextlib
import fcntl
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from seattle_p2p.errors import NoSuchFile, OutOfResources, UsageError, VesselBusy
from seattle_p2p.vessel.disk_sum import DiskSum
from seattle_p2p.vessel.plain_files import (
    abandoned,
    blocks,
    open_plain,
    require_closed,
    write_all,
)
from seattle_p2p.vessel.upload import UPLOAD, Upload, sync_names
from seattle_p2p.wire.limits import FILE_NAME, MAX_FILES_PER_VESSEL

_NAME = re.compile(FILE_NAME, re.ASCII)


def is_file_name(name: object) -> bool:
    """True for 1 to 120 characters of ``a-z 0-9 . _ -``, not beginning with a dot."""
    return type(name) is str and _NAME.fullmatch(name) is not None


def require_file_name(name: str) -> str:
    """The name itself.

    Raises:
        UsageError: It is no name for a file in a vessel.
    """
    if not is_file_name(name):
        raise UsageError(
            f"{name[:40]!r} cannot be a file's name in a vessel",
            hint="use 1 to 120 of a-z 0-9 . _ - and do not begin with a dot",
        )
    return name


class FileEntry(msgspec.Struct, frozen=True):
    """A file of a vessel."""

    name: str
    size: int
    """Bytes."""


class VesselFolder:
    """Files of one vessel, never more than the limit together.

    Args:
        path: The folder; made when missing.
        disk_limit: Most bytes of all files together.
        sum_path: File of the sum; ``<name>.sum`` beside the folder when not given. Everybody
            who writes into a folder must use the same.
    """

    def __init__(self, path: Path, disk_limit: int, sum_path: Path | None = None) -> None:
        self.path = path
        self.disk_limit = disk_limit
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = sum_path or path.with_name(f"{path.name}.sum")
        self._sum = DiskSum(kept)
        self.recount()

    def close(self) -> None:
        """Let go of the sum's file."""
        self._sum.close()

    def __enter__(self) -> "VesselFolder":
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    @property
    def closed(self) -> bool:
        """True once `close` was called."""
        return self._sum.closed

    def recount(self) -> None:
        """Count all sizes afresh, in case somebody died between a change and the sum."""
        with self._sum.locked():
            self._recount()

    # -- questions -----------------------------------------------------------------------

    @property
    def used_bytes(self) -> int:
        """Bytes of all files together, uploads under way included."""
        with self._sum.locked():
            return self._sum.used

    def list(self) -> list[FileEntry]:
        """Files in order of their names; uploads under way are not shown."""
        entries = []
        with os.scandir(self.path) as found:
            for entry in found:
                if is_file_name(entry.name) and entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):
                        size = entry.stat(follow_symlinks=False).st_size
                        entries.append(FileEntry(entry.name, size))
        return sorted(entries, key=lambda entry: entry.name)

    def has(self, name: str) -> bool:
        """True when there is a file of that name."""
        return self._path(name).is_file()

    def size_of(self, name: str) -> int:
        """Bytes of a file.

        Raises:
            NoSuchFile: There is none of that name.
        """
        path = self._path(name)
        try:
            found = path.stat(follow_symlinks=False)
        except OSError:
            found = None
        if found is None or not stat.S_ISREG(found.st_mode):
            raise NoSuchFile(f"there is no file {name!r}")
        return found.st_size

    def get(self, name: str, *, block: int = 65536) -> Iterator[bytes]:
        """A file's bytes in blocks, as it was when opened (later growth is left out).

        Raises:
            NoSuchFile: There is none of that name (raised at the call, not at the first block).
        """
        fd = open_plain(self._path(name), os.O_RDONLY)
        return blocks(fd, os.fstat(fd).st_size, block)

    def read(self, name: str, limit: int) -> bytes:
        """At most the first `limit` bytes of a file.

        Raises:
            NoSuchFile: There is none of that name.
        """
        out = bytearray()
        for block in self.get(name):
            out += block
            if len(out) >= limit:
                break
        return bytes(out[:limit])

    # -- whole files, for the node manager -----------------------------------------------

    def put(self, name: str, size: int) -> Upload:
        """Begin to write a whole file; nothing is seen of it before `Upload.commit`.

        Its room is taken at once; the file that will be replaced does not count against it.

        Args:
            size: Bytes that will be written.

        Raises:
            UsageError: A bad name.
            OutOfResources: More than there is room for, or as many files as a vessel may have.
        """
        path = self._path(name)
        with self._sum.locked():
            if not os.path.lexists(path):
                self._require_room_for_a_file()
            return Upload(path, size, self._sum, self.disk_limit)

    def delete(self, name: str) -> None:
        """Remove a file; returns when that is on the disk.

        Raises:
            NoSuchFile: There is none of that name.
            VesselBusy: The program has it open.
        """
        path = self._path(name)
        with self._sum.locked():
            size = self.size_of(name)
            require_closed(path)
            path.unlink()
            self._sum.add(-size)
        sync_names(self.path)

    def wipe(self) -> None:
        """Remove every file, open or not: for a reset, after the program is gone."""
        with self._sum.locked():
            with os.scandir(self.path) as found:
                names = [entry.name for entry in found]
            for name in names:
                (self.path / name).unlink()
            self._sum.set(0)
        sync_names(self.path)

    # -- open files, for the broker ------------------------------------------------------

    def open(self, name: str, *, create: bool) -> tuple[int, bool]:
        """Open a file for reading and writing, locked against outsiders.

        Returns:
            The descriptor and whether the file was made.

        Raises:
            NoSuchFile: It does not exist and `create` is false.
            VesselBusy: Somebody has it open.
            OutOfResources: As many files as a vessel may have.
        """
        path = self._path(name)
        with self._sum.locked():
            made = not os.path.lexists(path)
            if made:
                if not create:
                    raise NoSuchFile(f"there is no file {name!r}")
                self._require_room_for_a_file()
            flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if made else 0)
            fd = open_plain(path, flags)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)
                raise VesselBusy(f"{name!r} is open") from None
        return fd, made

    def write_at(self, fd: int, data: bytes, offset: int) -> None:
        """Write into an open file; what it grows by is checked first.

        Raises:
            OutOfResources: The limit, or the machine's disk, does not hold it; nothing is
                written.
        """
        with self._sum.locked():
            growth = max(0, offset + len(data) - os.fstat(fd).st_size)
            self._sum.require_room(growth, self.disk_limit)
            write_all(fd, data, offset)
            self._sum.add(growth)

    def _path(self, name: str) -> Path:
        return self.path / require_file_name(name)

    def _recount(self) -> None:
        """Count all sizes; remove uploads whose writer is gone (its lock with it)."""
        used = 0
        with os.scandir(self.path) as found:
            for entry in list(found):
                if entry.name.startswith(UPLOAD) and abandoned(entry.path):
                    os.unlink(entry.path)
                    continue
                used += entry.stat(follow_symlinks=False).st_size
        self._sum.set(used)

    def _require_room_for_a_file(self) -> None:
        count = sum(1 for _ in os.scandir(self.path))
        if count >= MAX_FILES_PER_VESSEL:
            raise OutOfResources("number of files", wanted=1, available=0)
