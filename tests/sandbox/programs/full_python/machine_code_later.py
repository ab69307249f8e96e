# what: makes memory executable after writing it, by mprotect, pkey_mprotect and personality
# class: full
# source: own
# expect: ends | error
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_long,
]
libc.syscall.restype = ctypes.c_long
place = libc.mmap(None, 4096, 3, 0x22, -1, 0)
if (
    libc.syscall(
        ctypes.c_long(10), ctypes.c_void_p(place), ctypes.c_long(4096), ctypes.c_long(5)
    )
    == 0
):
    print("ESCAPED:mprotect")
if (
    libc.syscall(
        ctypes.c_long(329),
        ctypes.c_void_p(place),
        ctypes.c_long(4096),
        ctypes.c_long(5),
        ctypes.c_long(-1),
    )
    == 0
):
    print("ESCAPED:pkey_mprotect")
if libc.syscall(ctypes.c_long(135), ctypes.c_long(0x0400000)) != -1:
    print("ESCAPED:personality")
high = ctypes.c_long(5 | 1 << 32)
if libc.syscall(ctypes.c_long(10), ctypes.c_void_p(place), ctypes.c_long(4096), high) == 0:
    print("ESCAPED:mprotect with high bits")
