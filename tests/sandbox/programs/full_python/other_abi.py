# what: calls the kernel by the x32 numbers
# class: full
# source: seccomp(2), NOTES
# expect: ends | crash | error
# control: none: most kernels have no x32
# machine: x86_64

import ctypes
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
for number in [2, 41, 57]:
    result = libc.syscall(
        ctypes.c_long(0x40000000 | number),
        sys.argv[2].encode(),
        ctypes.c_long(0),
        ctypes.c_long(0),
    )
    if result >= 0:
        print("ESCAPED:x32", number)
