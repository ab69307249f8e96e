# what: asks whether it may signal all processes, its group and its parent
# class: full
# source: own
# expect: ends

import os

for pid in [-1, 0, 1, os.getpid()]:
    try:
        os.kill(pid, 0)
        print("ESCAPED:may signal", pid)
    except OSError:
        pass
