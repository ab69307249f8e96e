# what: tries every system call that a computing process has no need of
# class: full
# source: own
# expect: ends
# control: none: it would hurt the machine it runs on
# machine: x86_64

import ctypes
import os

needed = {
    0,
    1,
    3,
    5,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    23,
    24,
    25,
    28,
    35,
    39,
    44,
    45,
    56,
    60,
    96,
    97,
    98,
}
needed |= {
    99,
    102,
    104,
    107,
    108,
    131,
    186,
    201,
    202,
    204,
    218,
    219,
    228,
    229,
    230,
    231,
    270,
    271,
}
needed |= {273, 302, 318, 324, 334, 435}
needed |= {
    335,
    336,
}  # uretprobe, uprobe: the kernel answers wrong callers with SIGILL, filter or not
libc = ctypes.CDLL(None, use_errno=True)
me = os.getpid()
for number in range(548):
    if number in needed:
        continue
    ctypes.set_errno(0)
    result = libc.syscall(number, -1, -1, -1, -1, -1, -1)
    if os.getpid() != me:
        os._exit(0)
    if result != -1 or ctypes.get_errno() not in (1, 38):
        print("ESCAPED:call", number, result, os.strerror(ctypes.get_errno()))
print("tried all")
