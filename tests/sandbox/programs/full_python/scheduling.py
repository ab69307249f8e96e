# what: takes more of the processor than its share by priorities and classes
# class: full
# source: own
# expect: ends
# control: root
# machine: x86_64

import ctypes
import struct

libc = ctypes.CDLL(None, use_errno=True)
for name, number, arguments in [
    ("setpriority", 141, (0, 0, -10)),
    ("sched_setscheduler", 144, (0, 1, struct.pack("<i", 1))),
    ("sched_setaffinity", 203, (0, 8, struct.pack("<Q", 1))),
    ("ioprio_set", 251, (1, 0, 1 << 13)),
    ("sched_setattr", 314, (0, b"\0" * 48, 0)),
]:
    if libc.syscall(number, *arguments) == 0:
        print("ESCAPED:" + name)
