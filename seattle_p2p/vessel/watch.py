"""Looks at one vessel's process from outside: CPU, memory, threads; holds it still; ends it.

Nothing here runs while the program sleeps: the kernel tells when a quiet vessel has used some
CPU (or, where it cannot, there is a look every tenth of a second). A busy one is looked at when
its share could be used up at the earliest.
"""

import contextlib
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from seattle_p2p.vessel.cpu_alarm import CpuAlarm
from seattle_p2p.vessel.loop import Loop, Timer
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.status import Cause
from seattle_p2p.vessel.throttle import Throttle

_REMEMBERED_STOPS = 100
_BROKERS_SLICE_S = 0.005
"""CPU the broker may use between two looks."""
_LOOK_AT_MEMORY_AFTER_S = 0.0005
"""CPU seconds a program must have used before its memory can have changed."""


class Watched(Protocol):
    """Who is told what the watch sees."""

    def hold(self, held: bool) -> None:
        """The vessel is held still, or goes on."""

    def on_overrun(self, cause: Cause, text: str) -> None:
        """More was used than granted."""

    def on_gone(self) -> None:
        """The process is not there any more."""


class Watch:
    """Outside limits of one process.

    Args:
        loop: The keeper's.
        pid: The vessel's process, a child of this one.
        limits: What it was granted.
        owner: Told of overruns.
    """

    def __init__(self, loop: Loop, pid: int, limits: Resources, owner: Watched) -> None:
        self._loop = loop
        self.pid = pid
        self._limits = limits
        self._owner = owner
        self._clock = (~pid << 3) | 2  # the CPU clock of another process, all threads
        self._statm = os.open(f"/proc/{pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
        self._task = os.open(f"/proc/{pid}/task", os.O_RDONLY | os.O_CLOEXEC)
        self._page = resource.getpagesize()
        self._throttle: Throttle | None = None
        self._baseline = 0
        self._own_before = 0.0
        self._vessel_before = 0.0
        self._looked_at = 0.0
        self._timer: Timer | None = None
        self._held = False
        self._paused = False
        self._look_again_at_own = 0.0
        self._alarm: CpuAlarm | None = None
        with contextlib.suppress(OSError):
            self._alarm = CpuAlarm(pid)
        self._ended = False
        self._began = 0.0
        self.cpu_s = 0.0
        self.memory = 0
        self.memory_peak = 0
        self.threads = 1
        self.stops: deque[tuple[float, float]] = deque(maxlen=_REMEMBERED_STOPS)

    @property
    def stopped_s(self) -> float:
        """Seconds held still for CPU so far."""
        return self._throttle.stopped_s if self._throttle else 0.0

    def begin(self) -> None:
        """The jail is closed: what is used and held from here on is the program's."""
        self._own_before = time.process_time()
        self._vessel_before = time.clock_gettime(self._clock)
        self._baseline = self._private()
        self._began = self._loop.now()
        self._throttle = Throttle(max(self._limits.cpu, 0.001), self._began)
        self._set_timer(0.005, self._look)

    def set_paused(self, paused: bool) -> None:
        """Hold still until told otherwise."""
        self._paused = paused
        self._hold(paused)
        self._set_timer(None if paused else 0.0, self._look)

    def on_alarm(self) -> None:
        """The CPU alarm went off: an idle vessel has woken up."""
        if not self._held:
            self._look()

    def on_worked(self) -> None:
        """The broker has worked for the vessel; look when that alone may be too much."""
        if time.process_time() > self._look_again_at_own and not self._held:
            self._look()

    def refresh(self) -> None:
        """Measure now, for somebody who asks."""
        if self._throttle is not None and not self._ended:
            with contextlib.suppress(OSError):
                self._measure()

    def end(self) -> int | None:
        """Kill the process and all that came of it; returns its wait status."""
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        with contextlib.suppress(OSError):
            self._measure()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        died = None
        with contextlib.suppress(ChildProcessError):
            died = os.waitpid(self.pid, 0)[1]
        _kill_orphans()
        os.close(self._statm)
        os.close(self._task)
        return died

    def _look(self) -> None:
        if self._ended or self._paused or self._throttle is None:
            return
        try:
            self._measure()
        except OSError:
            self._owner.on_gone()
            return
        if self._report_overrun():
            return
        now = self._loop.now()
        decision = self._throttle.look(now, self.cpu_s, self.threads)
        self._look_again_at_own = time.process_time() + _BROKERS_SLICE_S
        if decision.stop_s > 0:
            self._hold(True)
            self.stops.append((now - self._began, decision.stop_s))
            self._set_timer(decision.stop_s, lambda: self._go_on(decision.run_s))
        elif decision.cpu_s is not None and self._alarm is not None:
            self._alarm.set(decision.cpu_s)
            self._set_timer(None, self._look)
        else:
            self._set_timer(decision.run_s, self._look)

    def _set_timer(self, delay_s: float | None, action: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if delay_s is None else self._loop.call_later(delay_s, action)

    def _go_on(self, run_s: float) -> None:
        if self._ended or self._paused:
            return
        self._hold(False)
        self._set_timer(run_s, self._look)

    def _hold(self, held: bool) -> None:
        if held == self._held:
            return
        self._held = held
        if held:
            self._owner.hold(True)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGSTOP if held else signal.SIGCONT)
        if not held:
            self._owner.hold(False)

    def _measure(self) -> None:
        own = time.process_time() - self._own_before
        vessel = time.clock_gettime(self._clock) - self._vessel_before
        self.cpu_s = own + vessel
        if vessel - self._looked_at < _LOOK_AT_MEMORY_AFTER_S:
            return
        self._looked_at = vessel
        self.memory = max(0, self._private() - self._baseline)
        self.memory_peak = max(self.memory, self.memory_peak)
        self.threads = self._count_threads()

    def _report_overrun(self) -> bool:
        if self.memory > self._limits.memory:
            text = f"{self.memory} bytes of memory, granted {self._limits.memory}"
            self._owner.on_overrun("memory", text)
            return True
        granted = self._limits.count("events") + 1
        if self.threads > granted:
            text = f"{self.threads} threads, granted {granted}"
            self._owner.on_overrun("threads", text)
            return True
        return False

    def _private(self) -> int:
        """Bytes that are the process's own, not a file's and not shared memory."""
        fields = os.pread(self._statm, 128, 0).split()
        return (int(fields[1]) - int(fields[2])) * self._page

    def _count_threads(self) -> int:
        # The folder has a link for itself, for what lies above it, and for each thread: far
        # cheaper to ask for than the process's statistics.
        return max(os.fstat(self._task).st_nlink - 2, 1)


def _kill_orphans() -> None:
    """Kill what the vessel left behind: it became our child when its parent died."""
    for _ in range(100):
        try:
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


def _children() -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError):
                stat = Path("/proc", entry, "stat").read_bytes()
                if int(stat.rpartition(b")")[2].split()[1]) == os.getpid():
                    found.append(int(entry))
    return found
