"""How much one source may ask of us: token buckets, bounded in number."""

from collections.abc import Hashable


class Rates:
    """A bucket for each source; sources beyond the limit push the least recent out.

    Args:
        rate: Units a second that flow in.
        burst: Units a bucket holds.
        sources: Most buckets.
    """

    def __init__(self, rate: float, burst: float, sources: int = 4096) -> None:
        self._ns_per_unit = 1e9 / rate
        self._full_ns = burst * self._ns_per_unit
        self._sources = sources
        self._filled_at: dict[Hashable, float] = {}

    def __len__(self) -> int:
        return len(self._filled_at)

    def allow(self, source: Hashable, now: int, cost: float = 1.0) -> bool:
        """Take `cost` units of the source's bucket; false when it has not so many.

        A bucket is remembered as the time at which it will be full again.
        """
        full_at = max(self._filled_at.pop(source, 0.0), now) + cost * self._ns_per_unit
        allowed = full_at - now <= self._full_ns
        if not allowed:
            full_at -= cost * self._ns_per_unit
        if len(self._filled_at) >= self._sources:
            del self._filled_at[next(iter(self._filled_at))]
        self._filled_at[source] = full_at
        return allowed
