"""What a program may use, counted: rates as buckets, everything else as pieces."""

from collections.abc import Callable, Generator
from typing import Any

import msgspec

from seattle_p2p.vessel.repy_errors import CallFailed
from seattle_p2p.vessel.resources import COUNTED, RENEWABLE, Resources


class Writable(msgspec.Struct, frozen=True):
    """What a call yields to wait for a socket; it is told whether it became writable in
    time."""

    fd: int
    timeout_s: float


Waits = Generator[float | Writable, bool, Any]
"""A call that may wait: yields seconds to wait, or what to wait for; its result is the
call's."""

BLOCK = 4096
"""Bytes of a file that are charged at least, and at a time."""


class Bucket:
    """A rate: what is taken drains again at so much per second; one second's worth may stand.

    Args:
        rate: Units per second.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._level = 0.0
        self._at = 0.0

    def wait(self, now: float) -> float:
        """Seconds until something may be taken again; 0 when it may be now."""
        self._drain(now)
        return max(0.0, (self._level - self.rate) / self.rate)

    def take(self, amount: float, now: float) -> None:
        """Take, however much it is: the next one waits for it."""
        self._drain(now)
        self._level += amount

    def take_or_wait(self, amount: float, now: float) -> float:
        """Take, or the seconds until it may be tried again; 0 when it was taken."""
        self._drain(now)
        if self._level > self.rate:
            return (self._level - self.rate) / self.rate
        self._level += amount
        return 0.0

    def level(self, now: float) -> float:
        """What was taken and has not drained yet."""
        self._drain(now)
        return self._level

    def _drain(self, now: float) -> None:
        if now > self._at:
            self._level = max(0.0, self._level - (now - self._at) * self.rate)
            self._at = now


class Meters:
    """All meters of one vessel.

    Args:
        limits: What was granted.
        now: The keeper's clock.
    """

    def __init__(self, limits: Resources, now: Callable[[], float]) -> None:
        self.limits = limits
        self._now = now
        self._buckets = {
            name: Bucket(limits.amount(name)) for name in RENEWABLE if name != "cpu"
        }
        self.held = dict.fromkeys(COUNTED, 0)
        self.total = dict.fromkeys(self._buckets, 0.0)

    def charge(self, name: str, amount: float) -> Waits:
        """Wait until the rate `name` allows, then take `amount` of it.

        Raises:
            CallFailed: Nothing of it was granted.
        """
        bucket = self._buckets[name]
        if bucket.rate <= 0:
            raise CallFailed("ResourceForbiddenError", f"this vessel has no {name}")
        while (wait := bucket.take_or_wait(amount, self._now())) > 0:
            yield wait
        self.total[name] += amount

    def wait(self, name: str) -> Waits:
        """Wait until the rate `name` allows something.

        Raises:
            CallFailed: Nothing of it was granted.
        """
        bucket = self._buckets[name]
        if bucket.rate <= 0:
            raise CallFailed("ResourceForbiddenError", f"this vessel has no {name}")
        while (wait := bucket.wait(self._now())) > 0:
            yield wait

    def add(self, name: str, amount: float) -> None:
        """Take `amount` of the rate `name`, whatever stands already."""
        self._buckets[name].take(amount, self._now())
        self.total[name] += amount

    def level(self, name: str) -> float:
        """What was taken of a rate and has not drained yet."""
        return self._buckets[name].level(self._now())

    def take(self, name: str) -> None:
        """Count one more piece of `name`.

        Raises:
            CallFailed: All that were granted are in use.
        """
        limit = self.limits.count(name)
        if self.held[name] >= limit:
            raise CallFailed("ResourceExhaustedError", f"all {limit} {name} are in use")
        self.held[name] += 1

    def give_back(self, name: str) -> None:
        """Count one piece less."""
        self.held[name] = max(0, self.held[name] - 1)
