# what: executes a program that lies in memory only
# class: full
# source: own
# expect: ends
# machine: x86_64
# line: 0

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
fd = libc.syscall(319, b"x", 0)
if fd >= 0:
    print("ESCAPED:memfd_create")
    os.write(fd, b"#!/bin/sh\necho ESCAPED:memory\n")
result = libc.syscall(322, fd, b"", None, None, 0x1000)
if result >= 0 or ctypes.get_errno() not in (1, 38):
    print("ESCAPED:execveat")
