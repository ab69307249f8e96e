"""What happened, comparable between runs: one hash, and the last events for people.

The hash covers every delivered datagram in order: when, from whom, to whom, of what kind, and
its body without signatures (which differ between real and simulated signers and mean nothing
for what a node does). It does not depend on the interpreter, its hash seed, or on what else is
measured during the run.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, Final, TypeAlias

Describe: TypeAlias = Callable[[Any], tuple[str, bytes]]
"""Kind of a datagram, and its body without signatures."""

_Event: TypeAlias = tuple[int, int, int, Any]
"""Time in ns, number of the sender, of the receiver, and the datagram."""

_head = Struct("<QIII").pack
_HASH_DIGITS: Final = 32
"""Of SHA-256, for which processors have instructions."""
_EVENTS_PER_UPDATE: Final = 64
"""Few enough that what they carry is still in the processor's cache when it is hashed."""


@dataclass(frozen=True)
class Delivery:
    """One delivered datagram, for people.

    Args:
        number: Which delivery of the run, from 0.
        time_s: Virtual seconds since the start.
        source: Number of the host that sent it.
        destination: Number of the host that got it.
        kind: Name of the message.
        digest: First 8 bytes of the body's hash, in hexadecimal.
    """

    number: int
    time_s: float
    source: int
    destination: int
    kind: str
    digest: str

    def __str__(self) -> str:
        who = f"{self.source} → {self.destination}"
        return f"#{self.number} {self.time_s:.6f} s  {who}  {self.kind}  {self.digest}"


class Trace:
    """The running hash of a world.

    Args:
        describe: Tells kind and body of a datagram.
        keep: How many of the last deliveries to remember; None remembers all of them.
    """

    def __init__(self, describe: Describe, keep: int | None = 40) -> None:
        self.describe = describe
        self._watcher: Callable[[Sequence[_Event]], None] | None = None
        self._hash = hashlib.sha256(b"sim trace")
        self._waiting: list[_Event] = []
        self._last: deque[_Event] = deque(maxlen=keep)
        self._count = 0
        self._kinds: dict[str, int] = {}

    def watch(self, watcher: Callable[[Sequence[_Event]], None] | None) -> None:
        """Hand deliveries from now on to `watcher`, many at once; None ends it."""
        self._flush()
        self._watcher = watcher

    def delivered(self, time_ns: int, source: int, destination: int, data: Any) -> None:
        """Take one delivery in. Datagrams never change, so many are described at once."""
        waiting = self._waiting
        waiting.append((time_ns, source, destination, data))
        if len(waiting) >= _EVENTS_PER_UPDATE:
            self._flush()

    def _flush(self) -> None:
        waiting, describe, kinds = self._waiting, self.describe, self._kinds
        if self._watcher is not None:
            self._watcher(waiting)
        pieces = []
        for time_ns, source, destination, data in waiting:
            kind, body = describe(data)
            pieces.append(_head(time_ns, source, destination, len(body)))
            pieces.append(kind.encode())
            pieces.append(body)
            kinds[kind] = kinds.get(kind, 0) + 1
        self._hash.update(b"".join(pieces))
        self._last.extend(waiting)
        self._count += len(waiting)
        waiting.clear()

    @property
    def count(self) -> int:
        """Deliveries so far."""
        return self._count + len(self._waiting)

    @property
    def kinds(self) -> dict[str, int]:
        """Deliveries so far by kind of datagram."""
        self._flush()
        return self._kinds

    @property
    def hash(self) -> str:
        """32 hexadecimal digits that stand for everything delivered so far."""
        self._flush()
        return self._hash.hexdigest()[:_HASH_DIGITS]

    @property
    def last(self) -> list[Delivery]:
        """The last deliveries, oldest first."""
        self._flush()
        deliveries = []
        for number, event in enumerate(self._last, self._count - len(self._last)):
            time_ns, source, destination, data = event
            kind, body = self.describe(data)
            short = _short(body)
            deliveries.append(Delivery(number, time_ns / 1e9, source, destination, kind, short))
        return deliveries


def _short(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=8).hexdigest()
