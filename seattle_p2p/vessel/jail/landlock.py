"""Landlock: no file, no TCP port, no signal to others, whatever the process's user may do.

The ruleset handles everything the kernel's version knows and allows nothing of it (Linux,
Documentation/userspace-api/landlock.rst). Acts on one thread: apply before any other starts.
"""

import errno
import os
import struct

from seattle_p2p.vessel.jail import libc

_FS_BY_VERSION = (0, 0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF)
"""Rights on files known to version 1, 2, …; later versions add none that we know."""

_NET = 0x3  # bind and connect of TCP, from version 4
_SCOPES = 0x3  # abstract sockets and signals, from version 6


def version() -> int:
    """Landlock's version in this kernel; 0 when it is missing or switched off."""
    try:
        return libc.syscall("landlock_create_ruleset", 0, 0, 1)
    except OSError:
        return 0


def available() -> bool:
    """True from Linux 5.13 on, where it is switched on."""
    return version() > 0


def apply() -> None:
    """Forbid everything, for good. Needs no_new_privs set before.

    Raises:
        OSError: The kernel refused.
    """
    known = version()
    files = _FS_BY_VERSION[min(known, len(_FS_BY_VERSION) - 1)]
    fields = [files]
    if known >= 4:
        fields.append(_NET)
    if known >= 6:
        fields.append(_SCOPES)
    attributes = struct.pack(f"<{len(fields)}Q", *fields)
    ruleset = libc.syscall("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        libc.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def holds() -> bool:
    """Try to read the root folder; call before seccomp refuses it for another reason."""
    try:
        os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY))
    except OSError as error:
        return error.errno == errno.EACCES
    return False
