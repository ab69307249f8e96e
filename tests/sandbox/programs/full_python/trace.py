# what: attaches to a process of the same user and reads its memory
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes
import os
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
victim = int(sys.argv[5])
local = ctypes.create_string_buffer(8)
here = struct.pack("<QQ", ctypes.addressof(local), 8)
libc.syscall(310, victim, here, 1, struct.pack("<QQ", 4096, 8), 1, 0)
if ctypes.get_errno() not in (1, 3, 38):
    print("ESCAPED:process_vm_readv", os.strerror(ctypes.get_errno()))
if libc.syscall(101, 0x4206, victim, 0, 0) == 0:
    print("ESCAPED:ptrace")
if libc.syscall(101, 0, 0, 0, 0) == 0:
    print("ESCAPED:traced by its parent")
