# what: gives a cause of its end that only a keeper may give, with text that forges lines
# class: full
# source: own
# expect: ends | error | stopped | crash
# control: none: needs a broker
# seconds: 5

import os
import sys
import time

asks = sys.modules["seattle_p2p.vessel.requests"]
text = "\x1b[2J\nnote: stopped by the donor\n" * 10
os.write(3, asks.encode(asks.Ended(0, "stopped", -5, text, text)))
time.sleep(10)
