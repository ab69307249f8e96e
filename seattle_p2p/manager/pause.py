"""A donor's pause: every program holds still, and nobody is sent here.

It is in the ledger's settings, so that it survives everything; a node manager keeps programs
as the settings say, and ends a pause that has an end.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable

import msgspec

from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.vessel.keepers import Keepers


class Pause:
    """The pauses of one node manager.

    Args:
        on_change: Called when a pause began or ended.
    """

    def __init__(self, ledger: Ledger, keepers: Keepers, on_change: Callable[[], None]) -> None:
        self._ledger = ledger
        self._keepers = keepers
        self._on_change = on_change
        self._changed = asyncio.Event()

    def holds(self) -> bool:
        """Whether programs are to hold still now."""
        return self.left_s != 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds until it ends by itself: 0 when there is none, None when it has no end."""
        return pause_left_s(self._ledger.settings())

    async def begin(self, for_s: float | None) -> None:
        """Freeze every program, for that many seconds or until `end`."""
        # Freezing comes first: it works on a full disk too, which may be why it is wanted.
        await pause_all(self._keepers)
        save_pause(self._ledger, for_s)
        self._changed.set()

    async def end(self) -> None:
        """Let every program go on."""
        save_pause(self._ledger, None, paused=False)
        await resume_all(self._keepers)
        self._changed.set()

    async def run(self) -> None:
        """Begin and end pauses as the settings say, also when this starts in one."""
        frozen = False
        while True:
            self._changed.clear()
            left = self.left_s
            if left != 0.0:
                frozen = True
                await pause_all(self._keepers)
            elif frozen or self._ledger.settings().paused:
                frozen = False
                save_pause(self._ledger, None, paused=False)
                await resume_all(self._keepers)
            self._on_change()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left or None):
                    await self._changed.wait()


def save_pause(ledger: Ledger, for_s: float | None, *, paused: bool = True) -> None:
    """Write down that a pause began, or ended; it survives restarts of everything."""
    until = time.time() + for_s if paused and for_s is not None else 0.0
    changed = msgspec.structs.replace(ledger.settings(), paused=paused, resume_at=until)
    ledger.save_settings(changed)


def pause_left_s(settings: NodeSettings) -> float | None:
    """Seconds until a pause ends by itself: 0 when it is over, None when it has no end."""
    if not settings.paused:
        return 0.0
    return max(0.0, settings.resume_at - time.time()) if settings.resume_at else None


async def pause_all(keepers: Keepers) -> None:
    """Hold every running program still; one that is slow to answer delays no other."""
    await asyncio.gather(*map(keepers.pause, keepers.vessel_ids()))


async def resume_all(keepers: Keepers) -> None:
    """Let every paused program go on."""
    await asyncio.gather(*map(keepers.resume, keepers.vessel_ids()))
