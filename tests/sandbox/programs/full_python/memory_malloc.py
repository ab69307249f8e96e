# what: takes a gigabyte from the C library and touches all of it
# class: full
# source: own
# expect: stopped memory | error | ends | crash
# seconds: 8

import ctypes

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
taken = 0
for piece in range(256):
    place = libc.malloc(4_000_000)
    if not place:
        break
    ctypes.memset(place, 1, 4_000_000)
    taken += 4_000_000
if taken > 100_000_000:
    print("ESCAPED:", taken, "bytes")
