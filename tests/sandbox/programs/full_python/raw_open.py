# what: opens by open, creat, openat and openat2 below the C library
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(number, *arguments):
    return libc.syscall(
        ctypes.c_long(number),
        *[a if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments],
    )


path = sys.argv[2].encode()
for name, result in [
    ("open", call(2, path, 0, 0)),
    ("creat", call(85, sys.argv[1].encode() + b"/created", 0o600)),
    ("openat", call(257, -100, path, 0, 0)),
    ("openat2", call(437, -100, path, struct.pack("<QQQ", 0, 0, 0), 24)),
]:
    if result >= 0:
        print("ESCAPED:" + name)
