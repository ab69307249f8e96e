# what: sends the broker requests with fields missing, of wrong types and of absurd values
# class: full
# source: own
# expect: stopped | error | crash
# control: none: needs a broker
# seconds: 5

import os
import sys
import time

asks = sys.modules["seattle_p2p.vessel.requests"]
encode = asks._encoder.encode
for packet in [
    ["OpenFile", 1, "x"],
    ["OpenFile", "1", 7, None],
    ["ReadAt", 1, 2**63, -1, 2**63],
    ["Nothing", 1],
    ["Log", 1, "text"],
    [],
    {},
    None,
    ["OpenFile"] * 50,
]:
    os.write(3, encode(packet))
time.sleep(30)
