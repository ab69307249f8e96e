# what: asks its broker for the largest answers there are and reads none of them
# class: full
# source: own
# expect: alive
# restrictions: fileread 100000000, cpu 0.3
# cpu: 0.3
# seconds: 5
# control: none: needs a broker

import os
import sys

asks = sys.modules["seattle_p2p.vessel.requests"]
os.write(3, asks.encode(asks.OpenFile(1, "f", True)))
handle = asks.decode_reply(os.read(3, asks.MAX_MESSAGE)).value
os.write(3, asks.encode(asks.WriteAt(2, handle, b"x" * asks.PIECE, 0)))
os.read(3, asks.MAX_MESSAGE)
number = 2
while True:
    number += 1
    os.write(3, asks.encode(asks.ReadAt(number, handle, asks.PIECE, 0)))
