# what: takes shared memory, which is not counted as its own
# class: full
# source: own
# expect: stopped memory | error | ends | crash
# seconds: 8

import ctypes

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_long,
]
taken = 0
for piece in range(256):
    place = libc.mmap(None, 4_000_000, 3, 0x21, -1, 0)
    if place == ctypes.c_void_p(-1).value:
        break
    ctypes.memset(place, 1, 4_000_000)
    taken += 4_000_000
if taken > 100_000_000:
    print("ESCAPED:", taken, "bytes")
