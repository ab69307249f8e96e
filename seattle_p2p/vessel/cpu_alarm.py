"""A signal when another process has used a given amount of CPU, from the kernel's own count.

So nobody need look at a program that sleeps: a timer on its CPU clock (timer_create(2) with the
clock of another process) stands still while it does. Where the kernel offers none, the keeper
looks from time to time instead.
"""

import signal
import struct

from seattle_p2p.vessel.jail import libc

SIGNAL = signal.SIGUSR1
"""Sent to this process when an alarm goes off; its handler belongs to the keeper."""

_EVENT = struct.Struct("=QiiQQQQQQ")  # struct sigevent, 64 bytes
_TIMES = struct.Struct("=qqqq")  # struct itimerspec: no repetition, then the first time
_BY_SIGNAL = 0


class CpuAlarm:
    """One alarm on the CPU clock of one process.

    Args:
        pid: The process; all its threads count.

    Raises:
        OSError: The kernel offers no such timer.
    """

    def __init__(self, pid: int) -> None:
        event = _EVENT.pack(0, SIGNAL, _BY_SIGNAL, 0, 0, 0, 0, 0, 0)
        number = bytearray(8)
        libc.syscall("timer_create", (~pid << 3) | 2, event, libc.writable(number))
        (self._timer,) = struct.unpack_from("=i", number)

    def set(self, cpu_s: float) -> None:
        """Go off once when `cpu_s` more seconds of CPU have been used."""
        wait_ns = max(int(cpu_s * 1e9), 1_000_000)
        seconds, nanoseconds = divmod(wait_ns, 1_000_000_000)
        times = _TIMES.pack(0, 0, seconds, nanoseconds)
        libc.syscall("timer_settime", self._timer, 0, times, 0)
