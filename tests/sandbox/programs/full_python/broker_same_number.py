# what: asks many things under one number at once
# class: full
# source: own
# expect: alive | stopped | error | ends
# control: none: needs a broker
# seconds: 20

import os
import sys

asks = sys.modules["seattle_p2p.vessel.requests"]
for attempt in range(200):
    os.write(3, asks.encode(asks.OpenFile(5, "f%d" % attempt, True)))
    os.read(3, 200000)
