# what: forks below the C library
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
result = libc.syscall(57)
if result == 0:
    os._exit(0)
if result > 0:
    print("ESCAPED:fork")
