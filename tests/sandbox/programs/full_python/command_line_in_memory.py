# what: searches the top of its stack for the command line of whoever started it
# class: full
# source: own
# expect: ends | crash
# control: none: a bare run has its own command line
# machine: x86_64

import ctypes
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
end = ctypes.c_void_p.in_dll(ctypes.CDLL(None), "__libc_stack_end").value or 0
needle = b"--restric" + b"tions"
for page in range(end & ~4095, (end & ~4095) + 256 * 4096, 4096):
    if libc.madvise(page, 4096, 0) != 0:
        break
    if needle in ctypes.string_at(page, 4096):
        print("ESCAPED:command line in memory")
