"""Files that only this account may read, written whole or not at all, on the disk on return.

The content is written beside the file under a name nobody can foresee, 0600 from its first
moment, and takes its place in one step; then the folder is made to remember it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def make_private_file(path: Path, data: bytes) -> None:
    """Write a new file; never over one that is there.

    Raises:
        FileExistsError: something is there.
        OSError: the disk refuses; nothing was changed.
    """
    with _written_beside(path, data) as fresh:
        os.link(fresh, path)
        _remember_names(path.parent)


def replace_private_file(path: Path, data: bytes) -> None:
    """Write a file, over whatever is there.

    Raises:
        OSError: the disk refuses; the old file is whole.
    """
    with _written_beside(path, data) as fresh:
        os.replace(fresh, path)
        _remember_names(path.parent)


@contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    fresh = path.with_name(f".{path.name}.{os.urandom(6).hex()}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _remember_names(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere folders cannot be opened, and need not be
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
