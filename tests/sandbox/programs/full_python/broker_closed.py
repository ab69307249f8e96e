# what: closes the line to its broker and goes on computing
# class: full
# source: own
# expect: ends | stopped | error | crash | alive
# control: none: needs a broker
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3

import os

os.close(3)
while True:
    pass
