# what: uses handles that were never given out
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
for handle in [-1, 0, 1, 2, 3, 7, 100, 2**31, 2**62]:
    for request in [
        asks.ReadAt(link.number(), handle, 100, 0),
        asks.WriteAt(link.number(), handle, b"x", 0),
        asks.GetMessage(link.number(), handle),
        asks.CloseFile(link.number(), handle),
        asks.GetConnection(link.number(), handle),
        asks.Send(link.number(), handle, b"x"),
        asks.Receive(link.number(), handle, 10),
        asks.CloseSocket(link.number(), handle),
        asks.CloseServer(link.number(), handle),
    ]:
        reply = link.ask(request)
        if isinstance(reply, asks.Answer) and reply.value:
            print("ESCAPED:", request)
