"""Limits and marks of the process itself: rlimits, no new privileges, no capabilities."""

import contextlib
import os
import resource
import signal
import struct

import msgspec

from seattle_p2p.vessel.jail import libc

THREAD_STACK = 256 * 1024
"""Bytes of stack of each thread a program starts."""

_GROWTH, _LEAST_GROWTH = 16 * 1024 * 1024, 6 * 1024 * 1024
"""Address space for the interpreter's own growth and the main thread's stack."""

_MOST_BEYOND_GRANT = 19_500_000
"""Bytes above its grant that a program may take before somebody sees it."""

_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63
_FIRST_FREE_UID = 0x70000000
"""Above every range that distributions and container managers hand out."""


class Limits(msgspec.Struct, frozen=True):
    """What the kernel is to enforce on the process.

    Args:
        address_space: Bytes.
        threads: Most threads, the first one included; 0 where they are counted per user and
            would be mixed up with those of other programs.
    """

    address_space: int
    threads: int

    def _pairs(self) -> list[tuple[int, int]]:
        pairs = [
            (resource.RLIMIT_AS, self.address_space),
            (resource.RLIMIT_NOFILE, 16),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_MEMLOCK, 0),
        ]
        if self.threads:
            pairs.append((resource.RLIMIT_NPROC, self.threads))
        return pairs

    def apply(self) -> None:
        """Set them, never to be raised again.

        Raises:
            OSError: The kernel refused.
        """
        for which, amount in self._pairs():
            hard = resource.getrlimit(which)[1]
            amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
            resource.setrlimit(which, (amount, amount))

    def hold(self) -> bool:
        """True when the kernel says so."""
        for which, amount in self._pairs():
            soft, hard = resource.getrlimit(which)
            if soft != hard or not 0 <= hard <= amount:
                return False
        return True


def beyond_grant(threads: int) -> int:
    """Bytes of address space that a program has beyond its grant and what it begins with.

    Stacks take their part of it; only those of more than fifty threads widen it.
    """
    stacks = threads * (THREAD_STACK + resource.getpagesize())
    return min(stacks + _GROWTH, max(stacks + _LEAST_GROWTH, _MOST_BEYOND_GRANT))


def drop_user(number: int) -> bool:
    """As root: become a user that nobody else is.

    Args:
        number: Tells vessels apart; the keeper's process id.

    Returns:
        True when the user is this vessel's alone.
    """
    if os.geteuid() != 0:
        return False
    for uid in (_FIRST_FREE_UID + number, 65534):
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        except OSError:
            continue
        return uid != 65534
    return False


def drop_capabilities() -> None:
    """Give up every capability, in every set that can be emptied."""
    with contextlib.suppress(OSError):
        libc.prctl(libc.PR_CAP_AMBIENT, libc.PR_CAP_AMBIENT_CLEAR_ALL)
    for number in range(_LAST_CAPABILITY + 1):
        try:
            libc.prctl(libc.PR_CAPBSET_DROP, number)
        except OSError:
            break
    libc.syscall("capset", struct.pack("<Ii", _CAPABILITY_VERSION, 0), bytes(24))


def has_no_capabilities() -> bool:
    """True when the kernel lists none, neither effective nor permitted nor inheritable."""
    header = struct.pack("<Ii", _CAPABILITY_VERSION, 0)
    sets = bytearray(24)
    libc.syscall("capget", header, libc.writable(sets))
    return not any(sets)


def step_back() -> None:
    """Never interrupt the donor's own programs, yet take turns with them as an equal.

    A batch process waits for the end of another's slice instead of breaking into it. It is not
    made nicer than others: at nice 5 a vessel with half a core got a fifth of one on a busy
    machine, and its share is bounded from outside anyway.
    """
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def mark() -> None:
    """No new privileges, not traceable, no core dumps."""
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    libc.prctl(libc.PR_SET_DUMPABLE, 0)


def is_marked() -> bool:
    """True when both marks are there."""
    return bool(
        libc.prctl(libc.PR_GET_NO_NEW_PRIVS) == 1 and libc.prctl(libc.PR_GET_DUMPABLE) == 0
    )


def die_with_parent() -> None:
    """Be killed when the thread that is our parent ends.

    Cleared by every fork and every change of user: set after the last of both. The caller
    checks afterwards that the parent is still there.
    """
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
