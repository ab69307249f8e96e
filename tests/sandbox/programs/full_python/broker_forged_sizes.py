# what: reads and writes sizes and offsets that the jailed side would never ask for
# class: full
# source: own
# expect: ends | stopped | error
# control: none: needs a broker
# seconds: 8

import socket
import sys

asks = sys.modules["seattle_p2p.vessel.requests"]
link = sys.modules["seattle_p2p.vessel.link"].Link(socket.socket(fileno=3))
link._last = 1000
handle = link.ask(asks.OpenFile(link.number(), "mine", True)).value
for request in [
    asks.WriteAt(link.number(), handle, b"x", -1),
    asks.WriteAt(link.number(), handle, b"x", 2**62),
    asks.WriteAt(link.number(), handle, b"x", 10**9),
    asks.ReadAt(link.number(), handle, 100, -100),
    asks.ReadAt(link.number(), handle, 2**62, 2**62),
    asks.ReadAt(link.number(), handle, -5, 0),
]:
    reply = link.ask(request)
    if isinstance(reply, asks.Answer) and reply.value != b"":
        print("ESCAPED:", request, reply)
