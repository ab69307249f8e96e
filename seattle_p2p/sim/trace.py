"""What happened, comparable between runs: one hash, and the last events for people.

The hash covers every delivered datagram in order: when, from whom, to whom, of what kind, and
its body without signatures (which differ between real and simulated signers and mean nothing
for what a node does). It does not depend on the interpreter, its hash seed, or on what else is
measured during the run.
"""

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from typing import Any, TypeAlias

Describe: TypeAlias = Callable[[Any], tuple[str, bytes]]
"""Kind of a datagram, and its body without signatures."""

_head = Struct("<QIII").pack
_EVENTS_PER_UPDATE = 512


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
        self.count = 0
        self._describe = describe
        self._hash = hashlib.blake2b(digest_size=16, person=b"sim trace")
        self._waiting: list[bytes] = []
        self._last: deque[tuple[int, int, int, int, str, bytes]] = deque(maxlen=keep)
        self.kinds: dict[str, int] = {}

    def delivered(self, time_ns: int, source: int, destination: int, data: Any) -> None:
        """Take one delivery into the hash."""
        kind, body = self._describe(data)
        waiting = self._waiting
        waiting.append(_head(time_ns, source, destination, len(body)))
        waiting.append(kind.encode())
        waiting.append(body)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self._last.append((self.count, time_ns, source, destination, kind, body))
        self.count += 1
        if not self.count % _EVENTS_PER_UPDATE:
            self._flush()

    def _flush(self) -> None:
        self._hash.update(b"".join(self._waiting))
        self._waiting.clear()

    @property
    def hash(self) -> str:
        """32 hexadecimal digits that stand for everything delivered so far."""
        self._flush()
        return self._hash.hexdigest()

    @property
    def last(self) -> list[Delivery]:
        """The last deliveries, oldest first."""
        return [
            Delivery(number, time_ns / 1e9, source, destination, kind, _short(body))
            for number, time_ns, source, destination, kind, body in self._last
        ]


def _short(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=8).hexdigest()
