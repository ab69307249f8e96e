"""Namespaces: an empty read-only root, no network, no other processes, nobody's user.

Where the process may not do this as it is, it first makes a user namespace in which it may;
where that is refused too (some distributions do), the layer is missing and said to be
missing.
"""

import os
from pathlib import Path

from seattle_p2p.vessel.jail import libc

_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000
_ALL = _NEWNS | _NEWCGROUP | _NEWUTS | _NEWIPC | _NEWPID | _NEWNET

_MOUNT_ON = ("/tmp", "/var", "/usr", "/proc")


def apply() -> bool:
    """Leave for fresh namespaces; what is forked next is alone in its process namespace.

    Returns:
        True when a user namespace had to be made for it.

    Raises:
        OSError: Not granted here; nothing was changed that matters.
    """
    own_user = False
    try:
        libc.unshare(_ALL)
    except PermissionError:
        _become_nobody_with_rights()
        own_user = True
    _empty_root()
    return own_user


def holds() -> bool:
    """True for process 1 of its namespace, with nothing in its root; call before Landlock."""
    return os.getpid() == 1 and os.listdir("/") == []


def _become_nobody_with_rights() -> None:
    uid, gid = os.geteuid(), os.getegid()
    libc.unshare(_ALL | _NEWUSER)
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{uid} {uid} 1")
    (own / "gid_map").write_text(f"{gid} {gid} 1")


def _empty_root() -> None:
    """Make an empty, read-only file system the root and let go of the old one."""
    libc.mount("none", "/", None, libc.MS_REC | libc.MS_PRIVATE)
    target = next(path for path in _MOUNT_ON if os.path.isdir(path))
    flags = libc.MS_NOSUID | libc.MS_NODEV | libc.MS_NOEXEC
    libc.mount("none", target, "tmpfs", flags, "size=4k,nr_inodes=2,mode=555")
    os.chdir(target)
    libc.syscall("pivot_root", b".", b".")
    libc.syscall("umount2", b".", libc.MNT_DETACH)
    os.chdir("/")
    libc.mount("none", "/", None, flags | libc.MS_REMOUNT | libc.MS_BIND | libc.MS_RDONLY)
