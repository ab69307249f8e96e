"""The filter, run by a small interpreter of its own: what it answers, on both machines."""

import errno
import struct

import pytest

from seattle_p2p.vessel.jail.seccomp import make_filter

ALLOW, KILL, EPERM, ENOSYS = (
    0x7FFF0000,
    0x80000000,
    0x00050000 | errno.EPERM,
    0x00050000 | errno.ENOSYS,
)
ARCHITECTURE = (0xC000003E, 0xC00000B7)

# name: (x86-64, aarch64)
NUMBERS = {
    "openat": (257, 56),
    "openat2": (437, 437),
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "sendmsg": (46, 211),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "prctl": (157, 167),
    "ioctl": (16, 29),
    "memfd_create": (319, 279),
    "keyctl": (250, 219),
    "pidfd_open": (434, 434),
    "dup": (32, 23),
    "fcntl": (72, 25),
    "shmget": (29, 194),
    "setrlimit": (160, 164),
    "personality": (135, 92),
    "sched_setaffinity": (203, 122),
    "unknown": (999, 999),
}
HARMLESS = {
    "read": (0, 63),
    "write": (1, 64),
    "recvfrom": (45, 207),
    "sendto": (44, 206),
    "futex": (202, 98),
    "exit_group": (231, 94),
    "clock_nanosleep": (230, 115),
}
MMAP, MPROTECT, CLONE, CLONE3, PRLIMIT = (9, 222), (10, 226), (56, 220), (435, 435), (302, 261)
machines = pytest.mark.parametrize("machine", [0, 1], ids=["x86-64", "aarch64"])


def answer(machine: int, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the kernel would do: classic BPF over `struct seccomp_data`."""
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    wanted = ARCHITECTURE[machine] if architecture is None else architecture
    data = struct.pack("<IIQ6Q", number, wanted, 0, *padded)
    code = make_filter(machine)
    instructions = list(struct.iter_unpack("<HBBI", code))
    at, register = 0, 0
    while True:
        operation, when_true, when_false, value = instructions[at]
        at += 1
        if operation == 0x20:
            (register,) = struct.unpack_from("<I", data, value)
        elif operation == 0x06:
            return value
        else:
            test = {0x15: register == value, 0x35: register >= value, 0x45: register & value}
            at += when_true if test[operation] else when_false


@machines
@pytest.mark.parametrize("name", NUMBERS)
def test_everything_that_reaches_out_is_refused(machine, name):
    assert answer(machine, NUMBERS[name][machine]) == EPERM


@machines
@pytest.mark.parametrize("name", HARMLESS)
def test_computing_goes_on(machine, name):
    assert answer(machine, HARMLESS[name][machine]) == ALLOW


@machines
def test_another_architecture_kills(machine):
    assert answer(machine, 1, architecture=0x40000003) == KILL


def test_the_x32_numbers_kill():
    assert answer(0, 0x40000000 | 59) == KILL


@machines
def test_threads_may_be_started_and_processes_may_not(machine):
    thread = 0x3D0F00  # what the C library asks for

    assert answer(machine, CLONE[machine], thread) == ALLOW
    assert answer(machine, CLONE[machine], 17) == EPERM
    assert answer(machine, CLONE[machine], thread | 0x10000000) == EPERM
    assert answer(machine, CLONE3[machine]) == ENOSYS


@machines
@pytest.mark.parametrize("which", [MMAP, MPROTECT])
def test_memory_is_never_executable(machine, which):
    assert answer(machine, which[machine], 0, 4096, 0x3, 0x22) == ALLOW
    assert answer(machine, which[machine], 0, 4096, 0x7, 0x22) == EPERM
    assert answer(machine, which[machine], 0, 4096, 0x5, 0x22) == EPERM


@machines
def test_memory_is_always_counted_as_the_processs_own(machine):
    assert answer(machine, MMAP[machine], 0, 4096, 0x3, 0x21) == EPERM
    assert answer(machine, MMAP[machine], 0, 4096, 0x3, 0x03) == EPERM
    assert answer(machine, MMAP[machine], 0, 4096, 0x3, 0x40022) == EPERM  # huge pages
    assert answer(machine, MMAP[machine], 0, 4096, 0x3, 0x22) == ALLOW


@machines
def test_limits_may_be_read_and_not_set(machine):
    assert answer(machine, PRLIMIT[machine], 0, 7, 0, 1) == ALLOW
    assert answer(machine, PRLIMIT[machine], 0, 7, 1, 0) == EPERM
    assert answer(machine, PRLIMIT[machine], 0, 7, 1 << 32, 0) == EPERM
