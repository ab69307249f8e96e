# what: raises its limits, and another's
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
unlimited = struct.pack("<QQ", 2**63, 2**63)
low = struct.pack("<QQ", 1024, 1024)
for which in [9, 7, 1, 6, 4, 0]:
    if libc.syscall(160, which, low) == 0:
        print("ESCAPED:setrlimit", which)
    if libc.syscall(302, int(sys.argv[5]), which, low, None) == 0:
        print("ESCAPED:prlimit of another", which)
    if libc.syscall(302, 0, which, unlimited, None) == 0:
        print("ESCAPED:prlimit", which)
