# what: sets the upper half of a call's number, which the kernel ignores in places
# class: full
# source: own
# expect: ends | crash | error
# control: maybe: kernels look at the lower half or at all of it
# machine: x86_64

import ctypes
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
for number in [2, 257]:
    arguments = (sys.argv[2].encode(), 0, 0) if number == 2 else (-100, sys.argv[2].encode(), 0)
    if libc.syscall(ctypes.c_long(1 << 32 | number), *arguments) >= 0:
        print("ESCAPED:high bits", number)
