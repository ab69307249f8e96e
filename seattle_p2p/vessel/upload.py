"""Whole files on their way into a vessel: beside the others, then at once in their place."""

import fcntl
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

from seattle_p2p.errors import OutOfResources, SeattleError
from seattle_p2p.vessel.disk_sum import DiskSum
from seattle_p2p.vessel.plain_files import remove, require_closed, size_of, write_all

UPLOAD = ".upload-"
"""How files begin that are not there yet; no program can name them."""

_MANY = 16
"""So many files are waited for by `_AT_ONCE` threads; with fewer, threads cost too much."""
_AT_ONCE = 2

_Step = Callable[["Upload"], None]
_Errors = dict["Upload", SeattleError]
_Waiting = Callable[[_Step, Sequence["Upload"]], _Errors]


class Upload:
    """A file on its way: write blocks, then commit, or close to give up.

    Its room is taken from the beginning; the file that will be replaced does not count against
    it. Made by `VesselFolder.put`, which holds the lock of the sum.

    Args:
        target: What it will be.
        size: Bytes that will be written.
        total: The sum of the folder.
        limit: Most bytes of all files together.
    """

    def __init__(self, target: Path, size: int, total: DiskSum, limit: int) -> None:
        total.require_room(size, limit, credit=size_of(target) or 0)
        self._target = target
        self._size = size
        self._written = 0
        self._sum = total
        self._limit = limit
        self._temporary = f"{target.parent}/{UPLOAD}{os.urandom(8).hex()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._fd = os.open(self._temporary, flags, 0o600)
        fcntl.flock(self._fd, fcntl.LOCK_EX)  # as long as its writer lives
        os.ftruncate(self._fd, size)  # so that whoever counts afresh counts it too
        total.add(size)

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

    @property
    def size(self) -> int:
        """Bytes, when it is whole."""
        return self._size

    def write(self, block: bytes) -> None:
        """Add a block; all blocks together are as long as was said at the beginning.

        Raises:
            OutOfResources: The machine's disk is full.
        """
        if self._written + len(block) > self._size:
            raise ValueError(f"more than the {self._size} bytes announced")
        write_all(self._fd, block, self._written)
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

    def close(self) -> None:
        """Remove what was written, unless committed; may be called again."""
        if self._fd < 0:
            return
        if self._sum.closed:  # the vessel went meanwhile, and its sum with it
            remove(self._temporary)
        else:
            with self._sum.locked():
                if remove(self._temporary):
                    self._sum.add(-self._size)
        os.close(self._fd)
        self._fd = -1

    def _sync_content(self) -> None:
        if self._written != self._size:
            raise ValueError(f"{self._written} of {self._size} bytes written")
        os.fsync(self._fd)

    def _take_place(self) -> None:
        with self._sum.locked():
            replaced = size_of(self._target) or 0
            self._sum.require_room(0, self._limit, credit=replaced)
            require_closed(self._target)
            os.replace(self._temporary, self._target)
            self._sum.add(-replaced)
        os.close(self._fd)
        self._fd = -1

    def _sync_name(self) -> None:
        sync_names(self._target.parent)


def commit_all(uploads: Sequence[Upload]) -> list[SeattleError | None]:
    """Make each the file of its name, all on the disk when this returns; what hindered each.

    The contents first, so that a crash of the machine leaves an old file or a new one, whole.
    In step, and many side by side, because a file system writes down at once what several wait
    for: 32 files of 100 kB take 8 ms on ext4, one after the other 40 to 130 ms.
    """
    if len(uploads) < _MANY:
        return _in_step(uploads, _one_by_one)
    # Imported late: every keeper's start would take 5 ms longer, and none of them needs it.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as pool:

        def side_by_side(step: _Step, going: Sequence[Upload]) -> _Errors:
            shares = [going[turn::_AT_ONCE] for turn in range(_AT_ONCE)]
            done = pool.map(partial(_one_by_one, step), shares)
            return {upload: error for errors in done for upload, error in errors.items()}

        return _in_step(uploads, side_by_side)


def _in_step(uploads: Sequence[Upload], wait_for: _Waiting) -> list[SeattleError | None]:
    errors: _Errors = {}
    for step, go in (
        (Upload._sync_content, wait_for),
        (Upload._take_place, _one_by_one),
        (Upload._sync_name, wait_for),
    ):
        errors |= go(step, [upload for upload in uploads if upload not in errors])
    return [errors.get(upload) for upload in uploads]


def _one_by_one(step: _Step, uploads: Sequence[Upload]) -> _Errors:
    """Take one step with each; those that could not."""
    found = {upload: _error_of(step, upload) for upload in uploads}
    return {upload: error for upload, error in found.items() if error is not None}


def _error_of(step: _Step, upload: Upload) -> SeattleError | None:
    try:
        step(upload)
    except SeattleError as error:
        return error
    except OSError as error:
        words = str(error.strerror)
        return OutOfResources(
            "disk of this machine", wanted=upload.size, available=0, hint=words
        )
    return None


def sync_names(folder: Path) -> None:
    """Return when it is on the disk which files there are in a folder."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
