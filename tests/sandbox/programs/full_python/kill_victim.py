# what: kills a process of the same user
# class: full
# source: own
# expect: ends | error

import os
import sys

os.kill(int(sys.argv[5]), 9)
print("ESCAPED:killed")
