"""The system calls that Python has no function for, by ctypes; Linux on x86-64 and aarch64."""

import ctypes
import errno
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_GET_DUMPABLE = 3
PR_SET_NAME = 15
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

_NUMBERS = {
    # name: (x86-64, aarch64); from the kernel's unistd tables
    "capget": (125, 90),
    "capset": (126, 91),
    "fork": (57, -1),
    "clone": (56, 220),
    "landlock_create_ruleset": (444, 444),
    "landlock_restrict_self": (446, 446),
    "pivot_root": (155, 41),
    "seccomp": (317, 277),
    "timer_create": (222, 107),
    "timer_settime": (223, 110),
    "umount2": (166, 39),
}

_MACHINES = {"x86_64": 0, "aarch64": 1}


def machine_index() -> int | None:
    """0 for x86-64, 1 for aarch64, None for machines whose numbers we do not know."""
    if sys.platform != "linux" or sys.maxsize <= 2**32:
        return None
    return _MACHINES.get(os.uname().machine)


_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.mount.argtypes = [
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_ulong,
    ctypes.c_char_p,
]


def syscall(name: str, *arguments: object) -> int:
    """Make a system call by its name.

    Raises:
        OSError: It failed, or this machine's number for it is not known.
    """
    index = machine_index()
    if index is None or _NUMBERS[name][index] < 0:
        raise OSError(errno.ENOSYS, f"{name} is not known on this machine")
    return _checked(
        _libc.syscall(ctypes.c_long(_NUMBERS[name][index]), *map(_wide, arguments)), name
    )


def prctl(option: int, *arguments: int) -> int:
    """The process's own settings.

    Raises:
        OSError: The kernel does not know or permit it.
    """
    padded = [*arguments, 0, 0, 0, 0][:4]
    result = _libc.prctl(ctypes.c_int(option), *map(ctypes.c_ulong, padded))
    return _checked(result, f"prctl {option}")


def set_name(name: str) -> None:
    """What `ps` and `top` show for this process, cut to 15 bytes."""
    text = ctypes.create_string_buffer(name.encode()[:15])
    _libc.prctl(ctypes.c_int(PR_SET_NAME), text, 0, 0, 0)


def unshare(flags: int) -> None:
    """Leave namespaces for fresh ones.

    Raises:
        OSError: Not permitted here.
    """
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount a file system.

    Raises:
        OSError: Not permitted here.
    """
    result = _libc.mount(
        source.encode(),
        target.encode(),
        kind and kind.encode(),
        flags,
        options.encode() or None,
    )
    _checked(result, f"mount {target}")


def current_core() -> int:
    """The core that this thread runs on now.

    Raises:
        OSError: The kernel does not tell.
    """
    if not hasattr(_libc, "sched_getcpu"):
        raise OSError(errno.ENOSYS, "sched_getcpu is not known on this machine")
    return _checked(_libc.sched_getcpu(), "sched_getcpu")


def one_malloc_arena() -> None:
    """Keep all threads in one heap, so that address space is used for data, not for arenas."""
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(ctypes.c_int(-8), ctypes.c_int(1))


def writable(buffer: bytearray) -> object:
    """Room for the kernel to write into, as an argument of `syscall`."""
    return (ctypes.c_char * len(buffer)).from_buffer(buffer)


def _wide(value: object) -> object:
    return ctypes.c_long(value) if isinstance(value, int) else value


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
