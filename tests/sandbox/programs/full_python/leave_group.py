# what: leaves its session and group, to be overlooked when it is ended
# class: full
# source: own
# expect: ends

import os

for name, action in [
    ("setsid", os.setsid),
    ("setpgid", lambda: os.setpgid(0, 0)),
    ("umask", lambda: os.umask(0)),
]:
    try:
        action()
        print("ESCAPED:" + name)
    except OSError:
        pass
