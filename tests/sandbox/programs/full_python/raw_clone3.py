# what: makes a process by clone3
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
arguments = struct.pack("<8Q", 0, 0, 0, 0, 17, 0, 0, 0)
result = libc.syscall(ctypes.c_long(435), arguments, ctypes.c_long(len(arguments)))
if result == 0:
    os._exit(0)
if result > 0:
    print("ESCAPED:clone3")
