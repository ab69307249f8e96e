# what: mounts, changes its root and enters others' namespaces
# class: full
# source: own
# expect: ends
# control: root
# machine: x86_64

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for name, number, arguments in [
    ("mount", 165, (b"none", b"/nowhere", b"tmpfs", 0, None)),
    ("umount2", 166, (b"/nowhere", 2)),
    ("chroot", 161, (b"/nowhere",)),
    ("pivot_root", 155, (b"/nowhere", b"/nowhere")),
    ("setns", 308, (-1, 0)),
    ("move_mount", 429, (-1, b"x", -1, b"y", 0)),
    ("open_tree", 428, (-1, b"x", 0)),
]:
    if libc.syscall(number, *arguments) >= 0 or ctypes.get_errno() not in (1, 38):
        print("ESCAPED:the kernel looked at", name, ctypes.get_errno())
