"""A vessel's log: a ring of fixed size on disk whose offsets never repeat.

One process writes (the keeper), any number read, and either may be killed at any moment. The
header says how far the writer has got and how far it is about to get; what lies more than the
capacity before the latter may be overwritten, so readers leave it out. Offsets count every
byte ever written to this log; emptying it moves the beginning, not the count.

A second ring in the same file remembers when bytes came: marks of an offset and the time of
the machine's clock. They are for people to read and decide nothing.
"""

import os
import struct
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

CAPACITY = 1024 * 1024
"""Bytes kept by default: the last 1 MiB."""

MARKS = 16384
"""Times kept: with lines of 64 bytes or more, that of every line in a ring of 1 MiB."""

MARK_EVERY_S = 0.01
"""Bytes that come within this share a mark."""

MAX_PART_MARKS = 1024
"""Marks in one stretch; it ends where there would be more."""

_HEADER = struct.Struct("<8sQQQQQ")
_MARK = struct.Struct("<Qd")
_MAGIC = b"sealog2\n"
_MARKS_AT = 4096
_DATA = _MARKS_AT + MARKS * _MARK.size
"""Where the ring begins in the file."""

Mark = tuple[int, float]
"""Bytes from this offset on came at this time (seconds since 1970), until the next mark."""


class _Header(NamedTuple):
    capacity: int
    base: int
    """Readers see nothing before this."""
    reserved: int
    """How far the writer is about to get."""
    end: int
    marks: int
    """Marks ever written; the last `MARKS` of them but one are there."""


class LogPart(msgspec.Struct, frozen=True):
    """A stretch of a log."""

    start: int
    """Offset of the first byte of `data`; above the offset asked for when that is gone."""
    data: bytes
    end: int
    """Offset at which the log ends now; equal to ``start + len(data)`` when nothing follows."""
    marks: tuple[Mark, ...] = ()
    """When `data` came, by offset; the first mark may be at or before `start`, or behind it
    when nobody knows any more when the bytes in front of it came."""


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
        start = max(offset, header.base, header.reserved - header.capacity)
        if start >= header.end:
            return LogPart(header.end, b"", header.end)
        if limit == 0:
            return LogPart(start, b"", header.end)
        length = min(limit, header.end - start)
        marks = self._marks_of(header, start, start + length)
        if len(marks) > MAX_PART_MARKS:
            length = marks[MAX_PART_MARKS][0] - start
            del marks[MAX_PART_MARKS:]
        data = self._copy(header.capacity, start, length)
        after = self._read_header()
        oldest = start if after is None else max(after.base, after.reserved - after.capacity)
        if oldest > start:  # the writer came round while we copied
            lost = min(oldest - start, len(data))
            start, data = start + lost, data[lost:]
        return LogPart(start, data, header.end, tuple(marks))

    def since(self, moment: float) -> int:
        """Offset of the first byte that came at `moment` (seconds since 1970) or later.

        0 when all that is known came later; where the log ends when nothing did.
        """
        header = self._read_header()
        if header is None or not header.marks:
            return 0
        index = _Marks(self._fd, header.marks)
        found = bisect_left(index, moment, key=lambda mark: mark[1])
        if found == len(index):
            return header.end
        return index[found][0] if found or header.marks >= MARKS else 0

    def _marks_of(self, header: _Header, start: int, stop: int) -> list[Mark]:
        """Marks from the one that covers `start` to the last before `stop`."""
        index = _Marks(self._fd, header.marks)
        if not len(index):
            return []
        latest = index.run(max(len(index) - 64, 0), 64)
        if latest[0][0] <= start:
            found = latest
        else:
            first = max(bisect_right(index, start, key=lambda mark: mark[0]) - 1, 0)
            found = index.run(first, MAX_PART_MARKS + 1)
        first = max(bisect_right(found, start, key=lambda mark: mark[0]) - 1, 0)
        return [mark for mark in found[first:] if mark[0] < stop]

    def _copy(self, capacity: int, start: int, length: int) -> bytes:
        begin = start % capacity
        first = os.pread(self._fd, min(length, capacity - begin), _DATA + begin)
        return first + os.pread(self._fd, length - len(first), _DATA)

    def _read_header(self) -> _Header | None:
        data = os.pread(self._fd, _HEADER.size, 0)
        if len(data) < _HEADER.size:
            return None
        magic, *numbers = _HEADER.unpack(data)
        found = _Header(*numbers)
        sound = magic == _MAGIC and 0 < found.capacity <= 2**40
        return found if sound and found.base <= found.end <= found.reserved else None


class _Marks:
    """The marks in a file as a sequence, oldest first; each look is one read.

    One place of the ring is left out: the writer may be about to use it.
    """

    def __init__(self, fd: int, written: int) -> None:
        self._fd = fd
        self._first = max(written - MARKS + 1, 0)
        self._count = written - self._first

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Mark:
        return self.run(index, 1)[0]

    def run(self, first: int, count: int) -> list[Mark]:
        """Up to `count` marks from the `first` on."""
        count = min(count, self._count - first)
        place = (self._first + first) % MARKS
        near = min(count, MARKS - place)
        data = os.pread(self._fd, near * _MARK.size, _MARKS_AT + place * _MARK.size)
        data += os.pread(self._fd, (count - near) * _MARK.size, _MARKS_AT)
        return list(_MARK.iter_unpack(data))


class LogRing(LogReader):
    """The log as its one writer sees it.

    Args:
        path: Made, at its full size, when missing or damaged.
        capacity: Bytes kept; an existing file keeps its own.
        wall: Seconds since 1970 by this machine's clock, which may be set back.
    """

    def __init__(
        self,
        path: Path,
        *,
        capacity: int = CAPACITY,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._wall = wall
        header = self._read_header()
        if header is None:
            os.ftruncate(self._fd, 0)
            os.posix_fallocate(self._fd, 0, _DATA + capacity)
            header = _Header(capacity, 0, 0, 0, 0)
        self._capacity, self._end, self._marks = header.capacity, header.end, header.marks
        # A writer killed on its way may have overwritten what lies before this.
        self._base = min(max(header.base, header.reserved - self._capacity), self._end)
        self._marked_at = _Marks(self._fd, self._marks)[-1][1] if self._marks else 0.0
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
        self._mark(self._wall())
        self._end = reserved
        self._write_header(reserved)

    def clear(self) -> None:
        """Forget all; the next byte's offset is the same as it would have been."""
        self._base = self._end
        self._write_header(self._end)

    def _mark(self, now: float) -> None:
        """Note that bytes from the end on come now; counted with the next header."""
        if self._marks and 0 <= now - self._marked_at < MARK_EVERY_S:
            return
        place = _MARKS_AT + self._marks % MARKS * _MARK.size
        os.pwrite(self._fd, _MARK.pack(self._end, now), place)
        self._marks += 1
        self._marked_at = now

    def _write_header(self, reserved: int) -> None:
        header = _Header(self._capacity, self._base, reserved, self._end, self._marks)
        os.pwrite(self._fd, _HEADER.pack(_MAGIC, *header), 0)


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
        reader = self._opened()
        return reader.read(offset, limit) if reader else LogPart(0, b"", 0)

    def since(self, moment: float) -> int:
        """As `LogReader.since`; 0 when there is no log yet."""
        reader = self._opened()
        return reader.since(moment) if reader else 0

    def _opened(self) -> LogReader | None:
        if self._reader is None:
            try:
                fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return None
            self._reader = LogReader(fd)
        return self._reader

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
