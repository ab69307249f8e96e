"""How many of some entries came from each IP group: who crowds, and who must make room."""

from collections import Counter
from collections.abc import Iterable


class Groups:
    """A count by IP group that is kept up as entries come and go.

    Args:
        groups: One for each entry.
        share: So many of one group count towards `counted`.
    """

    __slots__ = ("_counts", "_share", "counted")

    def __init__(self, groups: Iterable[bytes], share: int = 0) -> None:
        self._counts = Counter(groups)
        self._share = share
        self.counted = sum(min(n, share) for n in self._counts.values())
        """Entries, those of a group beyond its share left out."""

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, group: bytes) -> None:
        """One more of a group."""
        count = self._counts[group] = self._counts[group] + 1
        self.counted += count <= self._share

    def drop(self, group: bytes) -> None:
        """One less of a group."""
        count = self._counts[group] = self._counts[group] - 1
        self.counted -= count < self._share
        if not count:
            del self._counts[group]

    def must_yield(self, group: bytes) -> bytes:
        """The group that must make room for one more of `group`; empty when none has more."""
        largest, count = max(self._counts.items(), key=lambda item: (item[1], item[0]))
        return largest if count > self._counts[group] + 1 else b""
