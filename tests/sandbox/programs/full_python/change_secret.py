# what: shortens, renames, removes and re-marks a file of the donor
# class: full
# source: own
# expect: ends

import os
import sys

secret = sys.argv[2]
for name, action in [
    ("chmod", lambda: os.chmod(secret, 0o666)),
    ("utime", lambda: os.utime(secret, (1, 1))),
    ("chown", lambda: os.chown(secret, os.getuid(), os.getgid())),
    ("rename", lambda: os.rename(secret, secret + ".moved")),
    ("truncate", lambda: os.truncate(secret, 0)),
    ("unlink", lambda: os.unlink(secret + ".moved")),
]:
    try:
        action()
        print("ESCAPED:" + name)
    except OSError:
        pass
