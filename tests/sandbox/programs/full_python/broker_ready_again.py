# what: says again and again that the jail is closed, so that CPU and memory be counted anew
# class: full
# source: own
# expect: stopped | error | crash
# control: none: needs a broker
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 4

import os
import sys

asks = sys.modules["seattle_p2p.vessel.requests"]
packet = asks.encode(asks.Ready(5, ["seccomp"]))
while True:
    os.write(3, packet)
    for number in range(100_000):
        pass
