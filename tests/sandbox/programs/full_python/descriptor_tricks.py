# what: duplicates, signals, splices and controls the descriptors it has
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for name, number, arguments in [
    ("fcntl dup", 72, (1, 0, 10)),
    ("fcntl own", 72, (1, 8, 1)),
    ("fcntl flags", 72, (1, 4, 0x2000)),
    ("ioctl", 16, (1, 0x541B, ctypes.create_string_buffer(8))),
    ("fchmod", 91, (1, 0o777)),
    ("ftruncate", 77, (1, 0)),
    ("shutdown", 48, (3, 2)),
    ("fsync", 74, (1,)),
    ("flock", 73, (1, 2)),
]:
    if libc.syscall(number, *arguments) >= 0:
        print("ESCAPED:" + name)
