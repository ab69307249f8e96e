# what: ends with an error whose text commands the terminal of whoever reads it
# class: full
# source: own
# expect: error
# control: none: bare, nobody tells how it ended

import os
import sys
import time

asks = sys.modules["seattle_p2p.vessel.requests"]
text = "\x1b]0;ESC" "APED:\x07\x1b[2J\x9b31m\r\nnode manager: all is well"  # fmt: skip
os.write(3, asks.encode(asks.Ended(1, "error", 1, text, "")))
time.sleep(30)
