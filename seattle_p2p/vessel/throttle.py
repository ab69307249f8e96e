"""When to hold a vessel still, so that it keeps to its share of CPU: arithmetic only.

A bucket of CPU time fills at the share's rate and is drained by what was used. Empty: the
vessel is held still until there is a slice's worth again. Slices make a period of 0.1 s, longer
ones for small shares, since each look costs a tenth of a millisecond; what was overdrawn (a
vessel long idle is looked at rarely) is paid back in several short stops, not in one long one.
"""

import msgspec

PERIOD_S = 0.1
"""One run and one stop, in the steady state, of a tenth of a core and more."""

LONGEST_PERIOD_S, WORTHWHILE_SLICE_S = 0.6, 0.005
"""Smaller shares have longer periods, until a run is worth the two looks it costs."""

LONGEST_IDLE_LOOK_S = 0.1
"""A vessel that does nothing is looked at no more often than this asks for."""

SHORTEST_LOOK_S = 0.002

MOST_UNSEEN_S = 0.004
"""CPU that a vessel which did nothing may use before it is looked at: enough to start a hundred
threads, or to take ten megabytes, where nothing but a look would find that out."""

START_UP_S = 0.03
"""CPU granted once, so that a small share does not delay a program's first words."""


class Decision(msgspec.Struct, frozen=True):
    """What to do with a vessel until it is looked at again."""

    stop_s: float
    """Seconds to hold it still first; 0 when it may run on."""
    run_s: float
    """Seconds of running until the next look."""
    cpu_s: float | None
    """For a vessel that does next to nothing: CPU seconds it may use before the next look, for
    a keeper that is told when they are used. None for a busy one."""


class Throttle:
    """Bucket of one vessel.

    Args:
        share: CPU granted, in cores.
        now: Clock reading in seconds.
    """

    def __init__(self, share: float, now: float) -> None:
        self._share = share
        worthwhile = min(share * LONGEST_PERIOD_S, WORTHWHILE_SLICE_S)
        self._slice = min(max(share * PERIOD_S, worthwhile, 0.001), 0.05)
        self._longest_stop = 0.18 if share >= 0.1 else 0.9
        self._credit = max(self._slice, START_UP_S)
        self._cap = max(self._slice * 2, START_UP_S)
        self._used = 0.0
        self._at = now
        self._look = SHORTEST_LOOK_S
        self.stopped_s = 0.0

    def look(self, now: float, used: float, threads: int = 1) -> Decision:
        """Take in what was used up to now.

        Args:
            now: Clock reading in seconds.
            used: Seconds of CPU used since the start by program and broker.
            threads: Threads of the program, which may run at once.

        Returns:
            What to do until the next look.
        """
        elapsed = now - self._at
        spent = used - self._used
        self._at, self._used = now, used
        self._credit = min(self._credit + elapsed * self._share, self._cap) - spent
        busy = spent > 0.02 * elapsed * max(self._share, 0.05) + 0.0002
        if busy:
            self._look = SHORTEST_LOOK_S
        else:
            self._look = min(self._look * 2, LONGEST_IDLE_LOOK_S)
        if self._credit > 0:
            until_empty = self._credit / (1 if threads == 1 else 2)
            run = max(self._look, until_empty, SHORTEST_LOOK_S)
            return Decision(0.0, run, None if busy else min(until_empty, MOST_UNSEEN_S))
        stop = min((self._slice - self._credit) / self._share, self._longest_stop)
        self.stopped_s += stop
        allowance = self._credit + stop * self._share
        return Decision(stop, max(allowance, self._slice / 2, SHORTEST_LOOK_S), None)
