# what: makes namespaces of its own, to be root in them
# class: full
# source: unprivileged user namespaces
# expect: ends
# control: maybe: systems forbid it
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for flags in [
    0x10000000,
    0x10020000,
    0x00020000,
    0x40000000,
    0x20000000,
    0x02000000,
    0x04000000,
]:
    if libc.syscall(272, flags) == 0:
        print("ESCAPED:unshare", hex(flags))
