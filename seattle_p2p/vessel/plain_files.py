"""Plain files of a vessel's folder: nothing else is opened, and writing is all or nothing."""

import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from seattle_p2p.errors import NoSuchFile, OutOfResources, VesselBusy


def open_plain(path: Path, flags: int) -> int:
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


def write_all(fd: int, data: bytes, offset: int) -> None:
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


def blocks(fd: int, size: int, block: int) -> Iterator[bytes]:
    """The first `size` bytes of an open file, `block` at a time; closes it at the end."""
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


def abandoned(path: str) -> bool:
    """Whether nobody holds a lock on the file."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    return True


def size_of(path: Path) -> int | None:
    """Bytes of whatever is there, a link not followed; None when nothing is."""
    try:
        return os.lstat(path).st_size
    except FileNotFoundError:
        return None


def remove(path: str) -> bool:
    """Remove a file; false when somebody else, a wipe most likely, did."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


def require_closed(path: Path) -> None:
    """Accept a file that no running program has open, or that is none.

    Raises:
        VesselBusy: One has.
    """
    try:
        fd = open_plain(path, os.O_RDONLY)
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
