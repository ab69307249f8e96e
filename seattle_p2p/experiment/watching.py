"""Many vessels looked at again and again: how each of them is now, and which are silent.

One connection a node, kept open. A node that does not answer holds up no other: its vessels
keep what was last known of them, with the time since it was.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from seattle_p2p.errors import SeattleError, Unreachable
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.results import LogPart, VesselInfo

LAST_LINE_BYTES = 1024
"""How much of a log's end is read to show its last line."""


class WatchClient(Protocol):
    """What watching needs of a conversation with a node."""

    async def status(self, vessel: str) -> VesselInfo:
        """One vessel, now."""

    async def read_log(self, vessel: str, offset: int = 0) -> LogPart:
        """Log from `offset` on."""

    async def close(self) -> None:
        """Hang up; never raises."""


Connect = Callable[[PublicKey, Sequence[str]], Awaitable[WatchClient]]


@dataclass(frozen=True)
class Sight:
    """A vessel as it was last seen.

    Args:
        info: How it was; None when it never answered.
        cpu: Cores it used between the last two looks; None when that is not known.
        last_line: The last line of its log, without its end.
        silent_s: Seconds since it answered (since watching began, if never).
        error: Why it does not answer; None when the last question was answered.
    """

    vessel: Vessel
    info: VesselInfo | None = None
    cpu: float | None = None
    last_line: str = ""
    silent_s: float = 0.0
    error: SeattleError | None = None


@dataclass
class _Looked:
    sight: Sight
    heard_at: float
    log_end: int = -1


async def watch(
    vessels: Iterable[Vessel],
    connect: Connect,
    *,
    every_s: float = 2.0,
    timeout_s: float = 5.0,
) -> AsyncGenerator[list[Sight], None]:
    """All vessels as they are, every `every_s` seconds, until it is closed.

    Args:
        timeout_s: After so long without an answer a node counts as silent.
    """
    watching = _Watching(list(dict.fromkeys(vessels)), connect, every_s, timeout_s)
    try:
        await watching.first_look()
        while True:
            yield watching.sights()
            await asyncio.sleep(every_s)
    finally:
        await watching.close()


class _Watching:
    def __init__(
        self, vessels: list[Vessel], connect: Connect, every_s: float, timeout_s: float
    ) -> None:
        self._clock = asyncio.get_running_loop().time
        self._connect = connect
        self._every_s = every_s
        self._timeout_s = timeout_s
        self._looked = {v: _Looked(Sight(v), self._clock()) for v in vessels}
        nodes: dict[PublicKey, list[Vessel]] = {}
        for vessel in vessels:
            nodes.setdefault(vessel.node, []).append(vessel)
        self._firsts = [asyncio.Event() for _ in nodes]
        self._tasks = [
            asyncio.create_task(self._stay(held, first))
            for held, first in zip(nodes.values(), self._firsts, strict=True)
        ]

    async def first_look(self) -> None:
        """Return when every node has answered once, or should have."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timeout_s):
                for first in self._firsts:
                    await first.wait()

    def sights(self) -> list[Sight]:
        """Everything as of now."""
        now = self._clock()
        looks = self._looked.values()
        return [replace(look.sight, silent_s=now - look.heard_at) for look in looks]

    async def close(self) -> None:
        """Leave every node."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _stay(self, vessels: list[Vessel], first: asyncio.Event) -> None:
        """Look at one node's vessels for ever, over connections opened when needed."""
        client: WatchClient | None = None
        try:
            while True:
                try:
                    for vessel in vessels:
                        async with asyncio.timeout(self._timeout_s):
                            if client is None:
                                client = await self._connect(vessel.node, vessel.endpoints)
                            await self._look(client, vessel)
                except (Unreachable, TimeoutError) as reason:
                    error = (
                        reason
                        if isinstance(reason, SeattleError)
                        else Unreachable(f"no answer within {self._timeout_s:g} s")
                    )
                    self._silent(vessels, error)
                    if client is not None:
                        await client.close()
                        client = None
                first.set()
                await asyncio.sleep(self._every_s)
        finally:
            if client is not None:
                await client.close()

    async def _look(self, client: WatchClient, vessel: Vessel) -> None:
        """Take in how one vessel is now; a refusal concerns this one only."""
        looked = self._looked[vessel]
        try:
            info = await client.status(vessel.id)
            line = looked.sight.last_line
            if info.log_end != looked.log_end:
                line = await _last_line(client, vessel, info)
        except Unreachable:
            raise
        except SeattleError as error:
            looked.sight = replace(looked.sight, error=error)
            return
        now = self._clock()
        cpu = _cores(looked.sight.info, info, now - looked.heard_at)
        looked.sight = Sight(vessel, info, cpu, line)
        looked.heard_at, looked.log_end = now, info.log_end

    def _silent(self, vessels: list[Vessel], error: SeattleError) -> None:
        for vessel in vessels:
            looked = self._looked[vessel]
            if self._clock() - looked.heard_at >= self._every_s or looked.sight.info is None:
                looked.sight = replace(looked.sight, cpu=None, error=error)


async def _last_line(client: WatchClient, vessel: Vessel, info: VesselInfo) -> str:
    begin = max(info.log_start, info.log_end - LAST_LINE_BYTES)
    part = await client.read_log(vessel.id, begin)
    return part.data.rstrip(b"\r\n").rpartition(b"\n")[2].decode("utf-8", "replace")


def _cores(before: VesselInfo | None, now: VesselInfo, passed_s: float) -> float | None:
    """Cores used between two looks at one run."""
    if before is None or before.run != now.run or passed_s <= 0:
        return None
    used = now.used.get("cpu_s", 0.0) - before.used.get("cpu_s", 0.0)
    return max(used, 0.0) / passed_s
