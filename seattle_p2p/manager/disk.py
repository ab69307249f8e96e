"""Waiting for the disk once for all who wait at the same time."""

import asyncio
from collections.abc import Callable


class GroupSync:
    """Rounds of one slow call in a thread; whoever comes during a round gets the next.

    A round that has begun may miss what was written after its beginning, so it serves only
    those who were there before.

    Args:
        sync: Returns when all that was written before the call is on the disk.
    """

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self._current: asyncio.Future[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self.rounds = 0
        """How often the disk was waited for."""

    async def wait(self) -> None:
        """Return when all that was written before is on the disk; errors of `sync`."""
        if self._next is None:
            self._next = asyncio.create_task(self._round())
        # A caller that gives up leaves the round to the others.
        await asyncio.shield(self._next)

    async def _round(self) -> None:
        if self._current is not None:
            await asyncio.wait([self._current])
        mine, self._next = self._next, None
        self._current = mine
        self.rounds += 1
        await asyncio.to_thread(self._sync)
