# what: opens by os.open with every flag that may be looked at apart
# class: full
# source: own
# expect: ends
# control: bare

import os
import sys

for flags in [
    os.O_RDONLY,
    os.O_PATH,
    os.O_RDONLY | os.O_NOFOLLOW,
    os.O_RDWR,
    os.O_WRONLY | os.O_APPEND,
]:
    try:
        fd = os.open(sys.argv[2], flags)
        print("ESCAPED:opened with", flags, fd)
    except OSError:
        pass
for path in ["/", ".", "/proc/self", "/dev/null", "/tmp"]:
    try:
        print("ESCAPED:opened", path, os.open(path, os.O_RDONLY))
    except OSError:
        pass
