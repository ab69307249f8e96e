"""Follows the processes of a run from outside: memory, CPU, and whether they are gone."""

import contextlib
import threading
import time
from pathlib import Path

import psutil

_LEFT_OUT_S = 0.5
"""Time after the first look that is not part of the share: the start of an interpreter."""


class Watcher(threading.Thread):
    """Looks at a process's descendants until told to stop.

    Args:
        pid: The process at the top.
        depth: How far below it the processes begin that count; 0 counts the top itself.
        every_s: Seconds between two looks.
    """

    def __init__(self, pid: int, depth: int, every_s: float) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        """The most resident bytes of any one process."""
        self._top = pid
        self._depth = depth
        self._every_s = every_s
        self._known: dict[int, psutil.Process] = {}
        self._used: dict[int, float] = {}
        self._samples: list[tuple[float, float]] = []
        self._over = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(self._every_s):
            self._look()

    def finish(self) -> None:
        """Stop looking."""
        self._over.set()
        self.join()

    def share(self) -> float:
        """CPU seconds used per second; 0 for runs too short to tell."""
        if not self._samples:
            return 0.0
        begun = self._samples[0][0] + _LEFT_OUT_S
        kept = [sample for sample in self._samples if sample[0] >= begun]
        if len(kept) < 2 or kept[-1][0] - kept[0][0] < 1.0:
            return 0.0
        return (kept[-1][1] - kept[0][1]) / (kept[-1][0] - kept[0][0])

    def left(self) -> list[str]:
        """Processes that are still there."""
        found = []
        for process in self._known.values():
            with contextlib.suppress(psutil.Error):
                if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(f"{process.pid} {process.name()}")
        return found

    def _look(self) -> None:
        for pid in _below(self._top, self._depth) - self._known.keys():
            with contextlib.suppress(psutil.Error):
                self._known[pid] = psutil.Process(pid)
        for process in self._known.values():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                self._used[process.pid] = times.user + times.system
                self.peak = max(self.peak, process.memory_info().rss)
        if self._known:
            self._samples.append((time.monotonic(), sum(self._used.values())))


def _below(top: int, depth: int) -> set[int]:
    level = {top}
    for _ in range(depth):
        level = {child for parent in level for child in _children(parent)}
    found: set[int] = set()
    while level:
        found |= level
        level = {child for parent in level for child in _children(parent)} - found
    return found


def _children(pid: int) -> list[int]:
    """Direct children, as the kernel lists them for each thread; far cheaper than a scan."""
    children: list[int] = []
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            children += [int(word) for word in path.read_text().split()]
    return children
