# what: makes threads with every flag that might make more than a thread of them
# class: full
# source: clone(2)
# expect: ends | crash
# control: none: what it gets depends on the kernel's version
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
VM, FS, FILES, SIGHAND, PIDFD, PTRACE, VFORK, PARENT, THREAD = (
    0x100,
    0x200,
    0x400,
    0x800,
    0x1000,
    0x2000,
    0x4000,
    0x8000,
    0x10000,
)
NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWTIME = (
    0x20000,
    0x2000000,
    0x4000000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
    0x80,
)
# None of these may even be begun: without THREAD, or with a new namespace.
for flags in (
    0,
    17,
    VM,
    VM | VFORK,
    VM | FS | FILES | SIGHAND,
    PARENT | 17,
    PIDFD | 17,
    PTRACE | 17,
    *(
        THREAD | VM | SIGHAND | new
        for new in (NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWTIME)
    ),
    (1 << 32) | 17,
    (1 << 33) | 17,
):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(56), *(ctypes.c_long(v) for v in (flags, 0, 0, 0, 0)))
    if result == 0:
        libc.syscall(ctypes.c_long(60), ctypes.c_long(0))
    if result != -1 or ctypes.get_errno() != 1:
        print("ESCAPED:clone", hex(flags), result, ctypes.get_errno())
