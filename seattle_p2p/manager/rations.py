"""A steady rate for each of many: whoever comes more often waits, nobody is refused."""

from collections.abc import Callable, Hashable

_MOST_RATIONED = 10_000
"""Remembered before those that wait for nothing are forgotten."""


class Rations:
    """So many a second for each.

    Args:
        per_s: The rate.
        clock: Monotonic seconds.
        at_once_s: So many seconds' worth may come at once.
    """

    def __init__(
        self, per_s: float, clock: Callable[[], float], *, at_once_s: float = 1.0
    ) -> None:
        self._per_s = per_s
        self._clock = clock
        self._at_once_s = at_once_s
        self._free_s: dict[Hashable, float] = {}

    def wait_s(self, who: Hashable, count: int = 1) -> float:
        """Count so many of `who`; seconds until its next may come."""
        now = self._clock()
        if len(self._free_s) > _MOST_RATIONED:
            self._free_s = {name: at for name, at in self._free_s.items() if at > now}
        rested = now - self._at_once_s
        free = max(self._free_s.get(who, rested), rested) + count / self._per_s
        self._free_s[who] = free
        return max(free - now, 0.0)
