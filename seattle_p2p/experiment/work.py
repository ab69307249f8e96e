"""What is done to one vessel over a conversation with its node (`group` does it to many)."""

import os
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from pathlib import Path

from seattle_p2p.experiment.bodies import Source
from seattle_p2p.experiment.log_events import Event, Lines
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.experiment.targets import Vessel

PLACEHOLDERS = ("{name}", "{number}", "{node}", "{vessel}")
"""Arguments that stand for something of each vessel's own; whole words only."""


def downloading(name: str, folder: Path) -> Callable[[NodeClient, Vessel], Awaitable[Path]]:
    """Fetch file `name` into `folder`; it stands there only when all of it came."""

    async def fetch(node: NodeClient, vessel: Vessel) -> Path:
        path = folder / f"{vessel.node.short}-{vessel.id}-{name}"
        return await _fetch(node, vessel, name, path)

    return fetch


def collecting(folder: Path) -> Callable[[NodeClient, Vessel], Awaitable[tuple[Path, ...]]]:
    """Fetch every file of a vessel into ``folder/NODESHORT-v1``, which is made."""

    async def fetch(node: NodeClient, vessel: Vessel) -> tuple[Path, ...]:
        place = folder / f"{vessel.node.short}-{vessel.id}"
        place.mkdir(parents=True, exist_ok=True)
        names = [file.name for file in (await node.files(vessel.id)).files]
        return tuple([await _fetch(node, vessel, n, place / n) for n in names])

    return fetch


async def _fetch(node: NodeClient, vessel: Vessel, name: str, path: Path) -> Path:
    """Write a file of a vessel to `path`, where it stands whole or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as file:
            async with node.beside, aclosing(node.get(vessel.id, name)) as pieces:
                async for piece in pieces:
                    file.write(piece)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def reading(name: str) -> Callable[[NodeClient, Vessel], Awaitable[bytes]]:
    """A file's content, in memory."""

    async def fetch(node: NodeClient, vessel: Vessel) -> bytes:
        async with node.beside, aclosing(node.get(vessel.id, name)) as pieces:
            return b"".join([piece async for piece in pieces])

    return fetch


def starting(
    program: str, arguments: Sequence[str], source: Source | None = None
) -> Callable[[NodeClient, Vessel], Awaitable[int]]:
    """Start `program`, storing it first when `source` is given; where its log begins."""

    async def begin(node: NodeClient, vessel: Vessel) -> int:
        if source is not None:
            await node.put(vessel.id, program, source)
        offset = (await node.status(vessel.id)).log_end
        await node.start(vessel.id, program, fill_in(arguments, vessel))
        return offset

    return begin


def reading_log(
    offset: int, since_s: float | None = None
) -> Callable[[NodeClient, Vessel], Awaitable[list[Event]]]:
    """All lines of the log from `offset` on; waits for nothing.

    Args:
        since_s: Only what came within so many seconds until now; None for all.
    """

    async def fetch(node: NodeClient, vessel: Vessel) -> list[Event]:
        lines = Lines(vessel, offset)
        events: list[Event] = []
        within = -1.0 if since_s is None else since_s
        while True:
            part = await node.read_log(vessel.id, lines.following, since_s=within)
            within = -1.0
            events += lines.take(part, part.clock - time.time())
            if not part.data or lines.following >= part.end:
                return events + lines.rest()

    return fetch


def fill_in(arguments: Iterable[str], vessel: Vessel) -> list[str]:
    """`arguments` with every placeholder replaced by what it stands for in `vessel`."""
    values = (vessel.name, str(vessel.number), vessel.node.text, vessel.id)
    meaning = dict(zip(PLACEHOLDERS, values, strict=True))
    return [meaning.get(argument, argument) for argument in arguments]
