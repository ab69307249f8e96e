# what: asks for random bytes without ever reading an answer, to fill the broker's memory
# class: full
# source: own
# expect: alive | stopped | error
# control: none: needs a broker
# restrictions: cpu 0.1, random 100000000
# cpu: 0.1
# seconds: 3

import os
import sys

asks = sys.modules["seattle_p2p.vessel.requests"]
packet = asks.encode(asks.RandomBytes(5))
while True:
    os.write(3, packet)
