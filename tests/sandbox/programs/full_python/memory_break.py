# what: moves the program break and touches what it got
# class: full
# source: own
# expect: stopped memory | error | ends | crash
# machine: x86_64
# seconds: 8

import ctypes

libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p
libc.sbrk.argtypes = [ctypes.c_long]
taken = 0
for piece in range(256):
    place = libc.sbrk(4_000_000)
    if place == ctypes.c_void_p(-1).value:
        break
    ctypes.memset(place, 1, 4_000_000)
    taken += 4_000_000
if taken > 100_000_000:
    print("ESCAPED:", taken, "bytes")
