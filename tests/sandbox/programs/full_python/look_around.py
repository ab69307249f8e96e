# what: learns names, sizes and links of the donor's files without opening any
# class: full
# source: own
# expect: ends

import os
import sys

secret = sys.argv[2]
for name, action in [
    ("stat", lambda: os.stat(secret)),
    ("lstat", lambda: os.lstat("/etc/passwd")),
    ("access", lambda: 1 / os.access(secret, os.F_OK)),
    ("listdir", lambda: os.listdir(os.path.dirname(secret))),
    ("readlink", lambda: os.readlink("/proc/self/exe")),
    ("getcwd", lambda: os.getcwd()),
    ("chdir", lambda: os.chdir("/")),
    ("statvfs", lambda: os.statvfs("/")),
    ("getxattr", lambda: os.listxattr(secret)),
]:
    try:
        action()
        print("ESCAPED:" + name)
    except (OSError, ZeroDivisionError):
        pass
