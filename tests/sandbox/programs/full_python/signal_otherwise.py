# what: signals by tgkill, tkill, queued signals and process descriptors
# class: full
# source: own
# expect: ends
# machine: x86_64

import ctypes
import sys

libc = ctypes.CDLL(None, use_errno=True)
victim = int(sys.argv[5])
for name, number, arguments in [
    ("tgkill", 234, (victim, victim, 0)),
    ("tkill", 200, (victim, 0)),
    ("rt_sigqueueinfo", 129, (victim, 10, b"\0" * 128)),
    ("pidfd_open", 434, (victim, 0)),
    ("pidfd_send_signal", 424, (3, 9, None, 0)),
]:
    if libc.syscall(number, *arguments) >= 0:
        print("ESCAPED:" + name)
