"""Ctrl-C and SIGTERM, from the first to the last moment of a command in the foreground."""

import signal
from collections.abc import Callable
from types import FrameType

_BOTH = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """What to do when this process is told to stop.

    Until `act_with`, and again after `act_with(None)`, it ends at once with the exit code of
    the signal. An event loop's own handlers would be gone, and the system's back, from the
    moment it closes.
    """

    def __init__(self) -> None:
        self._act: Callable[[int], None] | None = None
        self._got = 0
        self._acted_on: set[int] = set()
        for number in _BOTH:
            signal.signal(number, self._on_signal)

    def act_with(self, act: Callable[[int], None] | None) -> None:
        """Call `act` with the number of each kind's first signal, between any two steps."""
        self._act = act

    def finish(self, code: int) -> int:
        """The exit code: `code`, unless a signal came; from now on none changes it."""
        # Held back meanwhile: of one that comes just before its handler is taken away, Python
        # would say on stderr that it was ignored. What came before is acted on here.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _BOTH)
        for number in _BOTH:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return 128 + self._got if self._got else code

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # One of a kind is enough: without end they would come one within the other.
        if number in self._acted_on:
            return
        self._acted_on.add(number)
        self._got = self._got or number
        if self._act is None:
            raise SystemExit(128 + number)
        self._act(number)
