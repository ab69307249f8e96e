# what: makes itself traceable, immortal or nameless again
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for name, option, value in [
    ("dumpable", 4, 1),
    ("death signal", 1, 0),
    ("keep capabilities", 8, 1),
    ("name", 15, 0),
    ("subreaper", 36, 1),
]:
    argument = b"harmless\0" if option == 15 else value
    if libc.prctl(option, argument, 0, 0, 0) == 0:
        print("ESCAPED:prctl", name)
