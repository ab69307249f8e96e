# what: maps pages that are not counted as the process's own: huge, shared and droppable ones
# class: full
# source: mmap(2), Linux 6.11
# expect: ends | stopped memory | error
# control: none: most machines keep no huge pages
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
SIZE = 256_000_000
SHARED, PRIVATE, SHARED_VALIDATE, DROPPABLE = 1, 2, 3, 8
ANONYMOUS, HUGE, NO_RESERVE, POPULATE = 0x20, 0x40000, 0x4000, 0x8000
for flags in (
    SHARED,
    SHARED | HUGE,
    SHARED_VALIDATE,
    SHARED | NO_RESERVE,
    PRIVATE | HUGE,
    PRIVATE | HUGE | (21 << 26),
    PRIVATE | NO_RESERVE,
    DROPPABLE,
    DROPPABLE | NO_RESERVE,
):
    got = libc.mmap(None, ctypes.c_size_t(SIZE), 3, flags | ANONYMOUS | POPULATE, -1, 0)
    if got not in (None, ctypes.c_void_p(-1).value):
        for offset in range(0, SIZE, 4096):
            ctypes.c_char.from_address(got + offset).value = b"x"
        print("ESCAPED:mapped with flags", hex(flags))
