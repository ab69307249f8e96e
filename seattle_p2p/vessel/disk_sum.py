"""What the files of a vessel take together: one number for two processes.

Broker and node manager write into a vessel's folder at the same time and must agree on what is
used. So one small file beside the folder holds the sum of all sizes; whoever changes a size
locks it, checks, changes, adds, unlocks.
"""

import contextlib
import fcntl
import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

from seattle_p2p.errors import OutOfResources

_SUM = struct.Struct("<q")


class DiskSum:
    """The sum of one folder; everything but `locked` is for those who hold the lock.

    Args:
        path: Its file; made when missing.
    """

    def __init__(self, path: Path) -> None:
        self._mutex = threading.Lock()  # one flock is shared by all threads of a process
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @property
    def closed(self) -> bool:
        """True once `close` was called."""
        return self._fd < 0

    def close(self) -> None:
        """Let go of the file; may be called again."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else, here or in another process, looks or changes meanwhile."""
        with self._mutex:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    @property
    def used(self) -> int:
        """Bytes."""
        kept = os.pread(self._fd, _SUM.size, 0)
        return int(_SUM.unpack(kept)[0]) if len(kept) == _SUM.size else 0

    def set(self, used: int) -> None:
        """Replace the sum."""
        os.pwrite(self._fd, _SUM.pack(used), 0)

    def add(self, growth: int) -> None:
        """Count what a file grew by; negative when it shrank."""
        if growth:
            self.set(self.used + growth)

    def require_room(self, growth: int, limit: int, *, credit: int = 0) -> None:
        """Accept `growth` more bytes below `limit`, not counting `credit` of those there.

        Raises:
            OutOfResources: They do not fit.
        """
        left = limit - self.used + credit
        if growth > left:
            raise OutOfResources(
                "diskused",
                wanted=growth,
                available=max(left, 0),
                hint="delete files, or use a vessel with more disk",
            )
