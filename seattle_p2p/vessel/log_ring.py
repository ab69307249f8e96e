"""A vessel's log: a ring of fixed size on disk whose offsets never repeat.

One process writes (the keeper), any number read, and either may be killed at any moment. The
header says how far the writer has got and how far it is about to get; what lies more than the
capacity before the latter may be overwritten, so readers leave it out. Offsets count every
byte ever written to this log; emptying it moves the beginning, not the count.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

CAPACITY = 1024 * 1024
"""Bytes kept by default: the last 1 MiB."""

_HEADER = struct.Struct("<8sQQQQ")
_MAGIC = b"sealog1\n"
_DATA = 4096
"""Where the ring begins in the file."""


@dataclass(frozen=True, slots=True)
class LogPart:
    """A stretch of a log."""

    start: int
    """Offset of the first byte of `data`; above the offset asked for when that is gone."""
    data: bytes
    end: int
    """Offset at which the log ends now; equal to ``start + len(data)`` when nothing follows."""


class LogReader:
    """A log as others than its writer see it.

    Args:
        fd: Descriptor of the file, which is closed with the reader.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)

    def read(self, offset: int, limit: int) -> LogPart:
        """Up to `limit` bytes from `offset`, or from the first one still there."""
        header = self._read_header()
        if header is None:
            return LogPart(0, b"", 0)
        capacity, base, reserved, end = header
        start = max(offset, base, reserved - capacity)
        if start >= end:
            return LogPart(end, b"", end)
        data = self._copy(capacity, start, min(limit, end - start))
        after = self._read_header()
        oldest = start if after is None else max(after[1], after[2] - capacity)
        if oldest > start:  # the writer came round while we copied
            lost = min(oldest - start, len(data))
            start, data = start + lost, data[lost:]
        return LogPart(start, data, end)

    def _copy(self, capacity: int, start: int, length: int) -> bytes:
        begin = start % capacity
        first = os.pread(self._fd, min(length, capacity - begin), _DATA + begin)
        return first + os.pread(self._fd, length - len(first), _DATA)

    def _read_header(self) -> tuple[int, int, int, int] | None:
        data = os.pread(self._fd, _HEADER.size, 0)
        if len(data) < _HEADER.size:
            return None
        magic, capacity, base, reserved, end = _HEADER.unpack(data)
        sound = magic == _MAGIC and 0 < capacity <= 2**40 and base <= end <= reserved
        return (capacity, base, reserved, end) if sound else None


class LogRing(LogReader):
    """The log as its one writer sees it.

    Args:
        path: Made, at its full size, when missing or damaged.
        capacity: Bytes kept; an existing file keeps its own.
    """

    def __init__(self, path: Path, *, capacity: int = CAPACITY) -> None:
        super().__init__(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        header = self._read_header()
        if header is None:
            os.ftruncate(self._fd, 0)
            os.posix_fallocate(self._fd, 0, _DATA + capacity)
            self._capacity, self._base, self._end = capacity, 0, 0
        else:
            self._capacity, base, reserved, self._end = header
            # A writer killed on its way may have overwritten what lies before this.
            self._base = min(max(base, reserved - self._capacity), self._end)
        self._write_header(self._end)

    @property
    def end(self) -> int:
        """Bytes ever written."""
        return self._end

    def append(self, data: bytes) -> None:
        """Add bytes; what is longer than the ring leaves only its end, but counts whole."""
        reserved = self._end + len(data)
        self._write_header(reserved)
        kept = data[-self._capacity :]
        begin = (reserved - len(kept)) % self._capacity
        first = kept[: self._capacity - begin]
        os.pwrite(self._fd, first, _DATA + begin)
        if len(first) < len(kept):
            os.pwrite(self._fd, kept[len(first) :], _DATA)
        self._end = reserved
        self._write_header(reserved)

    def clear(self) -> None:
        """Forget all; the next byte's offset is the same as it would have been."""
        self._base = self._end
        self._write_header(self._end)

    def _write_header(self, reserved: int) -> None:
        packed = _HEADER.pack(_MAGIC, self._capacity, self._base, reserved, self._end)
        os.pwrite(self._fd, packed, 0)


class OpenLog:
    """A log that is read often: opened once, since its file is never replaced.

    Args:
        path: May be missing; it is looked for again at each read until it is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: LogReader | None = None

    def read(self, offset: int, limit: int) -> LogPart:
        """As `read_log` does."""
        if self._reader is None:
            try:
                fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return LogPart(0, b"", 0)
            self._reader = LogReader(fd)
        return self._reader.read(offset, limit)

    def close(self) -> None:
        """Let go of the file; a later read opens it again."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def read_log(path: Path, offset: int, limit: int) -> LogPart:
    """Read a log that somebody else may be writing; empty when there is none yet."""
    try:
        reader = LogReader(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    except FileNotFoundError:
        return LogPart(0, b"", 0)
    try:
        return reader.read(offset, limit)
    finally:
        reader.close()
