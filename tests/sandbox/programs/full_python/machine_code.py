# what: puts machine code into memory and runs it
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
code = bytes.fromhex("b839050000c3")
place = libc.mmap(None, 4096, 7, 0x22, -1, 0)
if place not in (None, ctypes.c_void_p(-1).value):
    ctypes.memmove(place, code, len(code))
    if ctypes.CFUNCTYPE(ctypes.c_int)(place)() == 1337:
        print("ESCAPED:ran machine code")
