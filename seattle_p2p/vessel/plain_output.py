"""What plain Python prints goes to the log, at the log's rate: tests only."""

import contextlib
import os

from seattle_p2p.vessel.broker.log import Log
from seattle_p2p.vessel.loop import Loop

_AT_ONCE = 4096


class PlainOutput:
    """Reads one descriptor into a log.

    Args:
        loop: The keeper's.
        fd: Where the program's output comes out.
        log: Where it goes.
        rate: Bytes per second.
    """

    def __init__(self, loop: Loop, fd: int, log: Log, rate: float) -> None:
        self._loop = loop
        self._fd = fd
        self._log = log
        self._rate = rate
        os.set_blocking(fd, False)
        loop.watch(fd, self._on_readable)

    def drain(self) -> None:
        """The last words, at most a burst of them."""
        with contextlib.suppress(OSError):
            self._log.note(os.read(self._fd, int(self._rate)))

    def _on_readable(self) -> None:
        data = os.read(self._fd, max(1, min(_AT_ONCE, int(self._rate))))
        self._loop.unwatch(self._fd)
        if data and self._rate > 0:
            self._log.note(data)
            wait_s = len(data) / self._rate
            self._loop.call_later(wait_s, lambda: self._loop.watch(self._fd, self._on_readable))
