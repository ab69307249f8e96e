# what: uses whatever descriptors it was given besides the broker's
# class: full
# source: own
# expect: ends

import os
import stat

sockets = 0
for fd in range(1024):
    try:
        found = os.fstat(fd)
    except OSError:
        continue
    if stat.S_ISSOCK(found.st_mode):
        sockets += 1
    elif stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
        print("ESCAPED:descriptor", fd, oct(found.st_mode))
    elif stat.S_ISFIFO(found.st_mode) and fd > 2:
        print("ESCAPED:pipe", fd)
if sockets > 1:
    print("ESCAPED:sockets", sockets)
