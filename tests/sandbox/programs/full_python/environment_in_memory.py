# what: searches the top of its stack for the environment of whoever started it
# class: full
# source: Polkadot's PVF workers
# expect: ends | crash
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
libc.mmap.restype = ctypes.c_void_p
needle = b"SEATTLE_CORPUS" + b"_SECRET="
pointers = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
start = ctypes.cast(pointers, ctypes.c_void_p).value or 0
libc_stack_end = ctypes.c_void_p.in_dll(ctypes.CDLL(None), "__libc_stack_end").value or 0
for begin in {start & ~4095, libc_stack_end & ~4095}:
    for page in range(begin, begin + 256 * 4096, 4096):
        if begin == 0 or libc.madvise(page, 4096, 0) != 0:
            break
        if needle in ctypes.string_at(page, 4096):
            print("ESCAPED:in memory")
