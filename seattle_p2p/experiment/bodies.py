"""Bodies that go with commands: sent piece by piece, known by size and digest beforehand."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Protocol

from seattle_p2p.errors import UsageError
from seattle_p2p.wire.bodies import BodyDigest
from seattle_p2p.wire.limits import STREAM_FRAME_BYTES


class Source(Protocol):
    """Something to upload; may be read more than once, since a command may be sent again."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def digest(self) -> bytes:
        """As `BodyDigest` counts it."""

    def pieces(self) -> AsyncGenerator[bytes, None]:
        """All of it from the beginning, at most `STREAM_FRAME_BYTES` at a time."""


class BytesSource:
    """Bytes that are in memory anyway."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        counted = BodyDigest()
        counted.add(data)
        self.size = counted.size
        self.digest = counted.value

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Slices of them."""
        for at in range(0, self.size, STREAM_FRAME_BYTES):
            yield self._data[at : at + STREAM_FRAME_BYTES]


class FileSource:
    """A file, read twice: once for its digest, once to send it. Made by `open_file`."""

    def __init__(self, path: Path, size: int, digest: bytes) -> None:
        self._path = path
        self.size = size
        self.digest = digest

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The file's bytes; a file that changed meanwhile is noticed by the other side."""
        with self._path.open("rb") as file:
            while data := await asyncio.to_thread(file.read, STREAM_FRAME_BYTES):
                yield data


async def open_file(path: Path) -> FileSource:
    """A file to upload.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        counted = await asyncio.to_thread(_count, path)
    except OSError as reason:
        raise UsageError(
            f"cannot read {path}: {reason.strerror}",
            hint="files are meant as seen from this folder, or with their whole path",
        ) from reason
    return FileSource(path, counted.size, counted.value)


def _count(path: Path) -> BodyDigest:
    counted = BodyDigest()
    with path.open("rb") as file:
        while data := file.read(STREAM_FRAME_BYTES):
            counted.add(data)
    return counted
