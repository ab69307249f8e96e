"""A filter in the kernel that lets a computing process compute, and nothing else.

An allow-list: memory, threads of this process, clocks, and reading and writing descriptors that
are open already. No way to open, connect, execute, fork, signal or trace; no memory that can be
executed. Everything else fails with EPERM; calls of a foreign architecture kill the process.

The filter is classic BPF over `struct seccomp_data` (Linux, Documentation/userspace-api/
seccomp_filter.rst); each call is compared, then answered at once, so no jump is ever long.
"""

import ctypes
import errno
import os
import socket
import struct
from collections.abc import Callable

from seattle_p2p.vessel.jail import libc

_ALLOWED = {
    # name: (x86-64, aarch64), the most frequent first; -1 where there is none
    "recvfrom": (45, 207),
    "sendto": (44, 206),
    "futex": (202, 98),
    "clock_nanosleep": (230, 115),
    "read": (0, 63),
    "write": (1, 64),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, -1),
    "nanosleep": (35, 101),
    "sched_yield": (24, 124),
    "poll": (7, -1),
    "ppoll": (271, 73),
    "select": (23, -1),
    "pselect6": (270, 72),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "sched_getaffinity": (204, 123),
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "getrandom": (318, 278),
    "exit": (60, 93),
    "exit_group": (231, 94),
}

_MMAP, _MPROTECT, _CLONE, _CLONE3, _PRLIMIT = (
    (9, 222),
    (10, 226),
    (56, 220),
    (435, 435),
    (302, 261),
)
_PROT_EXEC = 0x4
_NOT_COUNTED = 0x40001  # MAP_SHARED and MAP_HUGETLB
_CLONE_THREAD = 0x00010000
_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW* flag
_X32_BIT = 0x40000000

_ARCHITECTURES = (0xC000003E, 0xC00000B7)
"""AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64."""

_LOAD, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000

_SET_MODE_FILTER, _FLAG_TSYNC = 1, 1


def available() -> bool:
    """True where the kernel takes filters and we know its numbers."""
    if libc.machine_index() is None:
        return False
    try:
        libc.syscall("seccomp", 2, 0, struct.pack("<I", _KILL))  # SECCOMP_GET_ACTION_AVAIL
    except OSError as error:
        return error.errno not in (errno.ENOSYS, errno.EINVAL)
    return True


def make_filter(index: int) -> bytes:
    """The filter for machine 0 (x86-64) or 1 (aarch64): 8 bytes an instruction."""
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, _ARCHITECTURES[index]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _KILL),
    ]
    for numbers in _ALLOWED.values():
        if numbers[index] >= 0:
            code += [(_EQUAL, 0, 1, numbers[index]), (_RETURN, 0, 0, _ALLOW)]
    code += [
        (_EQUAL, 0, 4, _MPROTECT[index]),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * 2),
        (_BITS, 0, 1, _PROT_EXEC),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
        # Shared memory and huge pages would not be counted as this process's own.
        (_EQUAL, 0, 6, _MMAP[index]),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * 2),
        (_BITS, 2, 0, _PROT_EXEC),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * 3),
        (_BITS, 0, 1, _NOT_COUNTED),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 6, _CLONE[index]),
        (_LOAD, 0, 0, _ARGUMENTS_AT),
        (_BITS, 0, 3, _CLONE_THREAD),
        (_BITS, 1, 0, _NEW_NAMESPACES),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        # The C library tries clone3 first; told that there is none, it takes clone.
        (_EQUAL, 0, 1, _CLONE3[index]),
        (_RETURN, 0, 0, _ERROR | errno.ENOSYS),
        # Reading one's own limits (the C library sizes stacks by them), never setting any.
        (_EQUAL, 0, 6, _PRLIMIT[index]),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * 2),
        (_EQUAL, 0, 3, 0),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * 2 + 4),
        (_EQUAL, 0, 1, 0),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),  # all other calls
    ]
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def apply() -> None:
    """Put the filter on every thread of this process, for good.

    Needs no_new_privs set before.

    Raises:
        OSError: The kernel refused.
    """
    index = libc.machine_index()
    if index is None:
        raise OSError(errno.ENOSYS, "no filter for this machine")
    instructions = make_filter(index)
    kept = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("@HxxxxxxP", len(instructions) // 8, ctypes.addressof(kept))
    libc.syscall("seccomp", _SET_MODE_FILTER, _FLAG_TSYNC, program)


def holds() -> bool:
    """Try what must fail: a file, a socket, a process."""
    return _refuses(_open) and _refuses(_socket) and _refuses(_fork)


def _open() -> None:
    os.close(os.open("/", os.O_RDONLY))


def _socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _refuses(action: Callable[[], None]) -> bool:
    try:
        action()
    except OSError as error:
        return error.errno == errno.EPERM
    return False
