# what: reads its own and another process's memory and environment by /proc
# class: full
# source: own
# expect: ends

import sys

for path in [
    "/proc/self/environ",
    "/proc/self/maps",
    "/proc/self/mem",
    f"/proc/{sys.argv[5]}/environ",
    "/proc/1/cmdline",
]:
    try:
        with open(path, "rb") as file:
            print("ESCAPED:opened", path)
    except OSError:
        pass
