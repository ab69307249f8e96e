# what: learns the name and load of the machine
# class: full
# source: own
# expect: ends

import os

for name, action in [
    ("uname", os.uname),
    ("getloadavg", os.getloadavg),
    ("getppid", lambda: 1 // max(os.getppid(), 0)),
]:
    try:
        action()
        print("ESCAPED:" + name)
    except (OSError, ZeroDivisionError):
        pass
