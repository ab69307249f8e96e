"""A steady rate for each of many: whoever comes more often waits, nobody is refused."""

from collections.abc import Callable

_MOST_RATIONED = 10_000
"""Remembered before those that wait for nothing are forgotten."""


class Rations:
    """So many a second for each; one second's worth may come at once.

    Args:
        per_s: The rate.
        clock: Monotonic seconds.
    """

    def __init__(self, per_s: float, clock: Callable[[], float]) -> None:
        self._per_s = per_s
        self._clock = clock
        self._free_s: dict[str, float] = {}

    def wait_s(self, who: str) -> float:
        """Count one of `who`; seconds until its next may come."""
        now = self._clock()
        if len(self._free_s) > _MOST_RATIONED:
            self._free_s = {name: at for name, at in self._free_s.items() if at > now}
        free = max(self._free_s.get(who, now - 1.0), now - 1.0) + 1 / self._per_s
        self._free_s[who] = free
        return max(free - now, 0.0)
