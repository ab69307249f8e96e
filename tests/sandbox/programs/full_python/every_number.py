# what: tries every system call of the kernel's table that no program needs, also those of tomorrow
# class: full
# source: own
# expect: ends
# control: none: bare, some of these calls would not come back
# machine: x86_64

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
NEEDED = (
    "0 1 3 5 7 8 9 10 11 12 13 14 15 23 24 25 28 35 39 44 45 56 60 96 97 98 102 104 107 108 131 "
    "186 201 202 204 218 219 228 229 230 231 270 271 273 302 318 324 334 435"
)
FOR_PROBES = "335 336"
"""No filter sees these; the kernel ends whoever calls them from outside a probe."""

left_alone = {int(number) for number in f"{NEEDED} {FOR_PROBES}".split()}
open_doors = []
me = os.getpid()
for number in range(600):
    if number in left_alone:
        continue
    for argument in (0, -1):
        ctypes.set_errno(0)
        result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(argument)] * 6)
        if os.getpid() != me:
            os._exit(0)
        if result != -1 or ctypes.get_errno() != 1:
            open_doors.append((number, argument, result, ctypes.get_errno()))
if open_doors:
    print("ESCAPED:", open_doors)
