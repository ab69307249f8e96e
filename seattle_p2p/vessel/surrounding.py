"""The control group around one vessel, where the kernel lets its keeper make one."""

import contextlib
import os
import threading

from seattle_p2p.vessel.jail import cgroups
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.throttle import START_UP_S

_KERNEL_TAKES_S = 3.0


class Surrounding:
    """Makes the group, puts a process into it, removes it; all of it harmless without one.

    Args:
        limits: What the vessel was granted.
        wanted: False leaves the group out: tests only.
    """

    def __init__(self, limits: Resources, *, wanted: bool) -> None:
        self._limits = limits
        self._wanted = wanted
        self._group: cgroups.Group | None = None
        self._thread: threading.Thread | None = None
        self.holds = False
        """True once the kernel names the process in the group, with its bounds."""

    def put_around(self, pid: int) -> None:
        """Begin to move a process into a group of its own.

        The kernel takes its time over it, ten milliseconds and more: a thread waits for it, and
        the program's first line does not.
        """
        if not self._wanted:
            return
        limits = self._limits
        threads = limits.count("events") + 1
        bounds = cgroups.Bounds(limits.cpu, limits.memory, threads, START_UP_S)
        self._group = cgroups.make(os.getpid(), bounds)
        if self._group is not None:
            self._thread = threading.Thread(target=self._add, args=(self._group, pid))
            self._thread.start()

    def end_start_up(self) -> None:
        """From now on the kernel holds the vessel to its share alone."""
        if self._group is not None:
            with contextlib.suppress(OSError):
                self._group.set_bounds(starting=False)

    def settle(self) -> None:
        """Wait until the move has come to its end."""
        if self._thread is not None:
            self._thread.join(_KERNEL_TAKES_S)

    def ran_out_of_memory(self) -> bool:
        """True when the kernel killed the vessel for its memory."""
        return self._group is not None and self._group.ran_out_of_memory()

    def remove(self) -> None:
        """Remove the group, and what is left inside."""
        if self._group is not None:
            self._group.remove()

    def _add(self, group: cgroups.Group, pid: int) -> None:
        with contextlib.suppress(OSError):
            group.add(pid)
            self.holds = group.holds(pid)
