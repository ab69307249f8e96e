"""The files of one vessel: names, sizes and the disk limit, shared by broker and node manager.

Both write into the folder at the same time, from two processes, and must agree on what is
used. So one small file beside the folder holds the sum of all sizes; whoever changes a size
locks it, checks, changes, adds, unlocks. A process killed in between leaves the sum at most
one block off; `VesselFolder` counts afresh whenever it is made.

A file a program has open is locked by its broker: it can be neither replaced nor deleted from
outside until it is closed, or the program has ended.
"""

import contextlib
import fcntl
import itertools
import os
import re
import stat
import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from seattle_p2p.errors import (
    NoSuchFile,
    OutOfResources,
    SeattleError,
    UsageError,
    VesselBusy,
)
from seattle_p2p.wire.limits import MAX_FILE_NAME, MAX_FILES_PER_VESSEL

_NAME = re.compile(rf"[a-z0-9_-][a-z0-9._-]{{0,{MAX_FILE_NAME - 1}}}", re.ASCII)
_SUM = struct.Struct("<q")
_UPLOAD = ".upload-"


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


@dataclass(frozen=True, slots=True)
class FileEntry:
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
        self._numbers = itertools.count()
        self._mutex = threading.Lock()  # one flock is shared by all threads of a process
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = sum_path or path.with_name(f"{path.name}.sum")
        self._sum_fd = os.open(kept, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.recount()

    def close(self) -> None:
        """Let go of the lock file."""
        if self._sum_fd >= 0:
            os.close(self._sum_fd)
            self._sum_fd = -1

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
        return self._sum_fd < 0

    def recount(self) -> None:
        """Count all sizes afresh, in case somebody died between a change and the sum."""
        with self._locked():
            self._recount()

    # -- questions -----------------------------------------------------------------------

    @property
    def used_bytes(self) -> int:
        """Bytes of all files together, uploads under way included."""
        with self._locked():
            return self._used()

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
        fd = _open_plain(self._path(name), os.O_RDONLY)
        return _blocks(fd, os.fstat(fd).st_size, block)

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

    def put(self, name: str, size: int) -> "Upload":
        """Begin to write a whole file; nothing is seen of it before `Upload.commit`.

        Its room is taken at once; the file that will be replaced does not count against it.

        Args:
            size: Bytes that will be written.

        Raises:
            UsageError: A bad name.
            OutOfResources: More than there is room for, or as many files as a vessel may have.
        """
        path = self._path(name)
        with self._locked():
            replaced = _size_of(path)
            if replaced is None:
                self._require_room_for_a_file()
            self._require_room(size, credit=replaced or 0)
            temporary, fd = self._open_temporary()
            os.ftruncate(fd, size)  # so that whoever counts afresh counts it too
            self._add(size)
        return Upload(self, path, temporary, fd, size)

    def delete(self, name: str) -> None:
        """Remove a file; returns when that is on the disk.

        Raises:
            NoSuchFile: There is none of that name.
            VesselBusy: The program has it open.
        """
        path = self._path(name)
        with self._locked():
            size = self.size_of(name)
            self._require_closed(path)
            path.unlink()
            self._add(-size)
        self._sync_names()

    def wipe(self) -> None:
        """Remove every file, open or not: for a reset, after the program is gone."""
        with self._locked():
            with os.scandir(self.path) as found:
                names = [entry.name for entry in found]
            for name in names:
                (self.path / name).unlink()
            self._set(0)
        self._sync_names()

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
        with self._locked():
            made = not os.path.lexists(path)
            if made:
                if not create:
                    raise NoSuchFile(f"there is no file {name!r}")
                self._require_room_for_a_file()
            flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if made else 0)
            fd = _open_plain(path, flags)
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
        with self._locked():
            growth = max(0, offset + len(data) - os.fstat(fd).st_size)
            self._require_room(growth)
            _write_all(fd, data, offset)
            self._add(growth)

    def _open_temporary(self) -> tuple[str, int]:
        """A new file beside the others, locked as long as its writer lives."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        while True:
            temporary = f"{self.path}/{_UPLOAD}{os.getpid()}-{next(self._numbers)}"
            try:
                fd = os.open(temporary, flags, 0o600)
            except FileExistsError:
                continue
            fcntl.flock(fd, fcntl.LOCK_EX)
            return temporary, fd

    def _sync_names(self) -> None:
        """Return when it is on the disk which files there are."""
        fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    # -- the sum -------------------------------------------------------------------------

    def _path(self, name: str) -> Path:
        return self.path / require_file_name(name)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._mutex:
            fcntl.flock(self._sum_fd, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._sum_fd, fcntl.LOCK_UN)

    def _used(self) -> int:
        kept = os.pread(self._sum_fd, _SUM.size, 0)
        return int(_SUM.unpack(kept)[0]) if len(kept) == _SUM.size else 0

    def _set(self, used: int) -> None:
        os.pwrite(self._sum_fd, _SUM.pack(used), 0)

    def _add(self, growth: int) -> None:
        if growth:
            self._set(self._used() + growth)

    def _recount(self) -> None:
        """Count all sizes; remove uploads whose writer is gone (its lock with it)."""
        used = 0
        with os.scandir(self.path) as found:
            for entry in list(found):
                if entry.name.startswith(_UPLOAD) and _abandoned(entry.path):
                    os.unlink(entry.path)
                    continue
                used += entry.stat(follow_symlinks=False).st_size
        self._set(used)

    def _require_room(self, growth: int, credit: int = 0) -> None:
        left = self.disk_limit - self._used() + credit
        if growth > left:
            raise OutOfResources(
                "diskused",
                wanted=growth,
                available=max(left, 0),
                hint="delete files, or use a vessel with more disk",
            )

    def _require_room_for_a_file(self) -> None:
        count = sum(1 for _ in os.scandir(self.path))
        if count >= MAX_FILES_PER_VESSEL:
            raise OutOfResources("number of files", wanted=1, available=0)

    def _require_closed(self, path: Path) -> None:
        try:
            fd = _open_plain(path, os.O_RDONLY)
        except NoSuchFile:
            return
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise VesselBusy(
                f"{path.name!r} is open in the running program", hint="stop the program first"
            ) from None
        finally:
            os.close(fd)


class Upload:
    """A file on its way into a vessel: write blocks, then commit, or close to give up."""

    def __init__(
        self, folder: VesselFolder, target: Path, temporary: str, fd: int, size: int
    ) -> None:
        self._folder = folder
        self._target = target
        self._temporary = temporary
        self._fd = fd
        self._size = size
        self._written = 0

    def __enter__(self) -> "Upload":
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give up what was not committed."""
        self.close()

    def write(self, block: bytes) -> None:
        """Add a block; all blocks together are as long as was said at the beginning.

        Raises:
            OutOfResources: The machine's disk is full.
        """
        if self._written + len(block) > self._size:
            raise ValueError(f"more than the {self._size} bytes announced")
        _write_all(self._fd, block, self._written)
        self._written += len(block)

    def commit(self) -> None:
        """Make it the file of its name, on the disk when this returns.

        Raises:
            OutOfResources: The folder filled up meanwhile, or the disk refuses.
            VesselBusy: The running program has the file of that name open.
        """
        for error in commit_all([self]):
            if error is not None:
                raise error

    def _sync_content(self) -> None:
        if self._written != self._size:
            raise ValueError(f"{self._written} of {self._size} bytes written")
        os.fsync(self._fd)

    def _take_place(self) -> None:
        folder = self._folder
        with folder._locked():
            replaced = _size_of(self._target) or 0
            folder._require_room(0, credit=replaced)
            folder._require_closed(self._target)
            os.replace(self._temporary, self._target)
            folder._add(-replaced)
        os.close(self._fd)
        self._fd = -1

    def _sync_name(self) -> None:
        self._folder._sync_names()

    def close(self) -> None:
        """Remove what was written, unless committed; may be called again."""
        if self._fd < 0:
            return
        if self._folder.closed:  # the vessel went meanwhile, and its sum with it
            _remove(self._temporary)
        else:
            with self._folder._locked():
                if _remove(self._temporary):
                    self._folder._add(-self._size)
        os.close(self._fd)
        self._fd = -1


def commit_all(uploads: Sequence[Upload]) -> list[SeattleError | None]:
    """Make each the file of its name, all on the disk when this returns; what hindered each.

    The contents first, so that a crash of the machine leaves an old file or a new one, whole.
    In step, because a file system writes the changes of many files down at once.
    """
    errors: dict[Upload, SeattleError] = {}
    for step in (Upload._sync_content, Upload._take_place, Upload._sync_name):
        for upload in uploads:
            if upload in errors:
                continue
            try:
                step(upload)
            except SeattleError as error:
                errors[upload] = error
            except OSError as error:
                words = str(error.strerror)
                errors[upload] = OutOfResources(
                    "disk of this machine", wanted=upload._size, available=0, hint=words
                )
    return [errors.get(upload) for upload in uploads]


def _size_of(path: Path) -> int | None:
    try:
        return os.lstat(path).st_size
    except FileNotFoundError:
        return None


def _remove(path: str) -> bool:
    """Remove a file; false when somebody else, a wipe most likely, did."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


def _open_plain(path: Path, flags: int) -> int:
    """Open a file that is one, and no link to one.

    Whoever has access to the folder beside us can put anything there; what is not a plain file
    of this folder alone does not exist for programs.

    Raises:
        NoSuchFile: It is not there, or it is something else.
    """
    try:
        fd = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    except OSError:
        raise NoSuchFile(f"there is no file {path.name!r}") from None
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(fd)
        raise NoSuchFile(f"there is no file {path.name!r}")
    return fd


def _write_all(fd: int, data: bytes, offset: int) -> None:
    """Write every byte or none.

    Raises:
        OutOfResources: The machine's disk is full; the file has its old size again.
    """
    before = os.fstat(fd).st_size
    try:
        done = 0
        while done < len(data):
            done += os.pwrite(fd, memoryview(data)[done:], offset + done)
    except OSError as error:
        os.ftruncate(fd, before)
        raise OutOfResources(
            "disk of this machine", wanted=len(data), available=0, hint=str(error.strerror)
        ) from error


def _blocks(fd: int, size: int, block: int) -> Iterator[bytes]:
    try:
        offset = 0
        while offset < size:
            data = os.pread(fd, min(block, size - offset), offset)
            if not data:
                return
            offset += len(data)
            yield data
    finally:
        os.close(fd)


def _abandoned(path: str) -> bool:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    return True
