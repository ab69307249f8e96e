# what: says that it is over and goes on
# class: full
# source: own
# expect: ends
# control: none: needs a broker
# seconds: 5

import os
import sys
import time

asks = sys.modules["seattle_p2p.vessel.requests"]
os.write(3, asks.encode(asks.Ended(0, "done", 0, "", "")))
time.sleep(2)
print("ESCAPED:went on after its end", flush=True)
while True:
    pass
