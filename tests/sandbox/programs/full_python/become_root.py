# what: changes its user, groups and capabilities
# class: full
# source: own
# expect: ends

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
uid = os.getuid()
for name, action in [
    ("setuid", lambda: os.setuid(0 if uid else 1)),
    ("setgid", lambda: os.setgid(0)),
    ("setgroups", lambda: os.setgroups([0])),
    ("setresuid", lambda: os.setresuid(-1, uid, -1)),
]:
    try:
        action()
        print("ESCAPED:" + name)
    except OSError:
        pass
if os.getuid() == 0:
    print("ESCAPED:is root")
