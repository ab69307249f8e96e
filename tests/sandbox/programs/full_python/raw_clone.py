# what: makes processes by clone, with flags that may be looked at apart
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
me = os.getpid()
for flags in [17, 0, 17 | 0x8000, 17 | 0x10000000, 17 | 0x40000000, 0x00800000 | 17]:
    result = libc.syscall(ctypes.c_long(56), ctypes.c_long(flags), None, None, None, None)
    if os.getpid() != me or result == 0:
        os._exit(0)
    if result > 0:
        print("ESCAPED:clone", hex(flags))
        break
