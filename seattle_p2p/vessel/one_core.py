"""Keeps a vessel and its keeper on one core while they talk.

One of the two always waits for the other, so a second core gives them nothing; yet the kernel
puts whoever is woken on a core that idles, and waking that one up takes longer than most calls
do (35 us against 10 where this was measured). So both are bound to the core where the keeper
is for as long as calls come quickly, and let go several times a second for the kernel to choose
anew.

All threads of the program are bound: the interpreter lets one of them run at a time. Nobody in
the jail can do this: its filter has no such call.
"""

import contextlib
import os

from seattle_p2p.vessel.jail import libc
from seattle_p2p.vessel.loop import Loop, Timer

CALLS = 16
"""Requests between two looks at how quickly they come."""

_QUICK_S = 0.004
"""Seconds in which so many come when the program does little else."""

_BOUND_S = 0.1

_LOOKS = 3
"""At the list of threads: one that was not let go yet may have begun another meanwhile."""


class OneCore:
    """The binding of one vessel and this process.

    Args:
        loop: The keeper's.
        pid: The vessel's process.
    """

    def __init__(self, loop: Loop, pid: int) -> None:
        self._loop = loop
        self._pid = pid
        self._free: set[int] = set()
        self._timer: Timer | None = None
        self._looked_at = 0.0
        self._possible = True

    def on_calls(self) -> None:
        """The program has made `CALLS` more requests."""
        if self._timer is not None or not self._possible:
            return
        now = self._loop.now()
        if now - self._looked_at < _QUICK_S:
            self._bind()
        self._looked_at = now

    def let_go(self) -> None:
        """Leave it to the kernel again where each of the two runs."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        self._place(self._free)

    def _bind(self) -> None:
        self._free = os.sched_getaffinity(0)
        try:
            core = libc.current_core()
        except OSError:
            self._possible = False
            return
        if len(self._free) > 1 and self._place({core}):
            self._timer = self._loop.call_later(_BOUND_S, self.let_go)

    def _place(self, cores: set[int]) -> bool:
        """Move both; false, and never again, where that is not permitted."""
        try:
            os.sched_setaffinity(self._pid, cores)
            os.sched_setaffinity(0, cores)
            moved = {str(self._pid)}
            for _ in range(_LOOKS):
                threads = set(os.listdir(f"/proc/{self._pid}/task")) - moved
                if not threads:
                    break
                for thread in threads:
                    with contextlib.suppress(ProcessLookupError):
                        os.sched_setaffinity(int(thread), cores)
                moved |= threads
        except OSError:
            self._possible = False
        return self._possible
