"""A core of a few lines that keeps the driver's contract: it pings, is answered, asks again."""

import random
from typing import Any


class ToyCore:
    """Pings random peers a few times a second and counts the answers.

    A datagram is `kind number`, both one byte; an answer that does not come within a second is
    counted as silence.
    """

    def __init__(self, peers: list[Any], rng: random.Random) -> None:
        self._peers = peers
        self._rng = rng
        self._now = 0
        self._next = 0
        self._out: list[tuple[bytes, Any]] = []
        self._events: list[str] = []
        self._waiting: dict[int, int] = {}
        self._number = 0
        self.answers = 0
        self.silences = 0
        self.heard: list[tuple[int, bytes, Any]] = []

    def receive_datagram(self, data: bytes, source: Any, now_ns: int) -> None:
        self._now = now_ns
        self.heard.append((now_ns, data, source))
        if data[0] == 1:
            self._out.append((bytes([2, data[1]]), source))
        elif self._waiting.pop(data[1], None) is not None:
            self.answers += 1
            self._events.append("answer")

    def handle_timer(self, now_ns: int) -> None:
        self._now = now_ns
        for number, deadline in list(self._waiting.items()):
            if deadline <= now_ns:
                del self._waiting[number]
                self.silences += 1
                self._events.append("silence")
        if now_ns >= self._next and self._peers:
            self._number = (self._number + 1) % 256
            self._waiting[self._number] = now_ns + 1_000_000_000
            self._out.append((bytes([1, self._number]), self._rng.choice(self._peers)))
            self._next = now_ns + self._rng.randrange(200_000_000, 400_000_000)

    def datagrams_to_send(self) -> list[tuple[bytes, Any]]:
        out, self._out = self._out, []
        return out

    def events(self) -> list[str]:
        events, self._events = self._events, []
        return events

    @property
    def deadline(self) -> int | None:
        return min([self._next, *self._waiting.values()]) if self._peers else None

    def next_timer(self) -> float | None:
        due = self.deadline
        return None if due is None else max(due - self._now, 0) / 1e9
