"""The layers between a program and the machine: apply each, prove that it holds, say which do.

The order matters: namespaces before Landlock (which forbids mounting), user and capabilities
before the death signal (which they clear), Landlock before threads, seccomp last (it forbids
all of the above).
"""

import contextlib
import os

import msgspec

from seattle_p2p.vessel.jail import landlock, limits, namespaces, seccomp

LAYERS = (
    "cgroups",
    "namespaces",
    "marks",
    "capabilities",
    "user",
    "rlimits",
    "landlock",
    "seccomp",
)
"""Every layer of a vessel's process; `cgroups` is put around it from outside."""

ENOUGH = frozenset({"seccomp"})
"""Without these no program runs, unless the donor accepts it in words."""


class Confinement(msgspec.Struct):
    """One process's way into the jail.

    Args:
        address_space: Bytes it may map.
        threads: Most threads, the first one included.
        number: Tells vessels apart, for a user of their own.
        without: Layers to leave out: tests only.
    """

    address_space: int
    threads: int
    number: int
    without: frozenset[str] = frozenset()
    held: list[str] = msgspec.field(default_factory=list)
    _own_user: bool = False

    def leave(self) -> None:
        """First part, in the process that will fork the jailed one: fresh namespaces."""
        if "namespaces" in self.without:
            return
        with contextlib.suppress(OSError, StopIteration):
            self._own_user = namespaces.apply()
            self.held.append("namespaces")

    def close(self) -> None:
        """Second part, in the process itself after its last fork: all but seccomp."""
        if "namespaces" in self.held and not namespaces.holds():
            self.held.remove("namespaces")
        alone = limits.drop_user(self.number)
        self._note("user", alone)
        self._own_user = alone or (self._own_user and _counts_threads_per_namespace())
        with contextlib.suppress(OSError):
            limits.drop_capabilities()
        limits.step_back()
        limits.die_with_parent()
        limits.mark()
        self._note("capabilities", limits.has_no_capabilities())
        self._note("marks", limits.is_marked())

    def seal(self) -> tuple[str, ...]:
        """Last part: no way back; returns the layers that were proved to hold."""
        if "rlimits" not in self.without:
            chosen = limits.Limits(self.address_space, self.threads if self._own_user else 0)
            chosen.apply()
            self._note("rlimits", chosen.hold())
        if "landlock" not in self.without and landlock.available():
            landlock.apply()
            self._note("landlock", landlock.holds())
        if "seccomp" not in self.without and seccomp.available():
            seccomp.apply()
            self._note("seccomp", seccomp.holds())
        return tuple(name for name in LAYERS if name in self.held)

    def _note(self, layer: str, holds: bool) -> None:
        if holds:
            self.held.append(layer)


def enough(held: tuple[str, ...]) -> bool:
    """True when a stranger's program may run behind these layers."""
    return set(held) >= ENOUGH


def _counts_threads_per_namespace() -> bool:
    """From Linux 5.14 on, RLIMIT_NPROC counts within a user namespace."""
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int(minor.split("-")[0])) >= (5, 14)
