"""How much one source may ask of us: token buckets, bounded in number."""

from collections.abc import Hashable
from typing import Final

_SWEEP_ABOVE: Final = 10
"""Fewer buckets than this are not worth a look."""


class Rates:
    """A bucket for each source that asked lately; beyond the limit the oldest is pushed out.

    Args:
        rate: Units a second that flow in.
        burst: Units a bucket holds.
        sources: Most buckets.
    """

    def __init__(self, rate: float, burst: float, sources: int = 4096) -> None:
        self._ns_per_unit = 1e9 / rate
        self._full_ns = burst * self._ns_per_unit
        self._sources = sources
        self._full_at: dict[Hashable, float] = {}
        self._sweep_above = _SWEEP_ABOVE

    def __len__(self) -> int:
        return len(self._full_at)

    def allow(self, source: Hashable, now: int, cost: float = 1.0) -> bool:
        """Take `cost` units of the source's bucket; false when it has not so many.

        A bucket is remembered as the time at which it will be full again, and not at all once
        it is.
        """
        buckets = self._full_at
        known = buckets.get(source)
        full_at = (now if known is None or known < now else known) + cost * self._ns_per_unit
        if full_at - now > self._full_ns:
            return False
        if known is None and len(buckets) >= self._sweep_above:
            self._make_room(now)
            buckets = self._full_at
        buckets[source] = full_at
        return True

    def _make_room(self, now: int) -> None:
        """Forget full buckets, and a quarter of them all if need be.

        Looks again when there are twice as many as were left, so that it costs each source
        little however many there are.
        """
        kept = {source: full_at for source, full_at in self._full_at.items() if full_at > now}
        if len(kept) >= self._sources:
            for source in list(kept)[: -(-self._sources // 4)]:
                del kept[source]
        self._full_at = kept
        self._sweep_above = min(max(2 * len(kept), _SWEEP_ABOVE), self._sources)
