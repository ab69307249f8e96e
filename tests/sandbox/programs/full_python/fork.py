# what: forks
# class: full
# source: own
# expect: ends | error

import os

child = os.fork()
if child == 0:
    os._exit(0)
print("ESCAPED:forked")
