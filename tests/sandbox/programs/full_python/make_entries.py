# what: makes links, folders, pipes and devices outside
# class: full
# source: own
# expect: ends

import os
import sys

proof = sys.argv[1]
for name, action in [
    ("symlink", lambda: os.symlink("/etc/passwd", proof + "/symlink")),
    ("link", lambda: os.link(sys.argv[2], proof + "/link")),
    ("mkdir", lambda: os.mkdir(proof + "/folder")),
    ("mkfifo", lambda: os.mkfifo(proof + "/fifo")),
    ("mknod", lambda: os.mknod(proof + "/node")),
]:
    try:
        action()
        print("ESCAPED:" + name)
    except OSError:
        pass
