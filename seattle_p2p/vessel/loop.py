"""A small event loop for the keeper: descriptors, timers, nothing else.

asyncio would do, at three times the memory and wake-up cost of each vessel; a keeper has a
handful of descriptors and timers and must cost nothing while its program sleeps.
"""

import heapq
import itertools
import select
import time
from collections.abc import Callable


class Timer:
    """Something due later; `cancel` when it is not wanted any more."""

    __slots__ = ("action", "due")

    def __init__(self, due: float, action: Callable[[], None] | None) -> None:
        self.due = due
        self.action = action

    def cancel(self) -> None:
        """Forget it; harmless when it has happened."""
        self.action = None


class Loop:
    """Calls what is ready and what is due until told to stop."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        self._writers: dict[int, Callable[[], None]] = {}
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._running = True

    @staticmethod
    def now() -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def watch(self, fd: int, readable: Callable[[], None]) -> None:
        """Call `readable` whenever `fd` can be read, has ended or failed."""
        fresh = fd not in self._readers and fd not in self._writers
        self._readers[fd] = readable
        self._register(fd, fresh)

    def watch_write(self, fd: int, writable: Callable[[], None]) -> None:
        """Call `writable` whenever `fd` can be written."""
        fresh = fd not in self._readers and fd not in self._writers
        self._writers[fd] = writable
        self._register(fd, fresh)

    def unwatch(self, fd: int) -> None:
        """Forget the reader of `fd`."""
        if self._readers.pop(fd, None) is not None:
            self._register(fd, False)

    def unwatch_write(self, fd: int) -> None:
        """Forget the writer of `fd`."""
        if self._writers.pop(fd, None) is not None:
            self._register(fd, False)

    def call_at(self, due: float, action: Callable[[], None]) -> Timer:
        """Call `action` once when the clock reads `due`."""
        timer = Timer(due, action)
        heapq.heappush(self._timers, (due, next(self._order), timer))
        return timer

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        """Call `action` once after `delay_s` seconds."""
        return self.call_at(self.now() + delay_s, action)

    def stop(self) -> None:
        """Return from `run` after what is being called."""
        self._running = False

    def run(self) -> None:
        """Work until `stop`."""
        while self._running:
            for fd, events in self._poll.poll(self._until_next()):
                if events & ~select.EPOLLOUT and (reader := self._readers.get(fd)):
                    reader()
                if events & (select.EPOLLOUT | select.EPOLLERR) and (
                    writer := self._writers.get(fd)
                ):
                    writer()
            self._run_timers()

    def close(self) -> None:
        """Let go of the poll descriptor."""
        self._poll.close()

    def _until_next(self) -> float | None:
        while self._timers and self._timers[0][2].action is None:
            heapq.heappop(self._timers)
        if not self._timers:
            return None
        return max(0.0, self._timers[0][0] - self.now())

    def _run_timers(self) -> None:
        now = self.now()
        while self._timers and self._timers[0][0] <= now:
            _, _, timer = heapq.heappop(self._timers)
            if timer.action is not None:
                timer.action()

    def _register(self, fd: int, fresh: bool) -> None:
        mask = (select.EPOLLIN if fd in self._readers else 0) | (
            select.EPOLLOUT if fd in self._writers else 0
        )
        if fresh:
            self._poll.register(fd, mask)
        elif mask:
            self._poll.modify(fd, mask)
        else:
            self._poll.unregister(fd)
