# what: leaves thousands of calls waiting for their rate in the broker
# class: full
# source: own
# expect: alive | stopped | error
# control: none: needs a broker
# restrictions: cpu 0.1, random 10, lograte 10
# cpu: 0.1
# seconds: 3

import os
import sys
import time

asks = sys.modules["seattle_p2p.vessel.requests"]
for attempt in range(100_000):
    os.write(3, asks.encode(asks.Log(attempt + 10, b"x" * 1000)))
    os.write(3, asks.encode(asks.RandomBytes(attempt + 200_000)))
time.sleep(30)
