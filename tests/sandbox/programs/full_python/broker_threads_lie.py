# what: says that threads ended which never began, and begins without saying
# class: full
# source: own
# expect: ends | stopped | error
# control: none: needs a broker
# restrictions: events 3
# seconds: 6

import _thread
import socket
import sys
import time

asks = sys.modules["seattle_p2p.vessel.requests"]
link = sys.modules["seattle_p2p.vessel.link"].Link(socket.socket(fileno=3))
link._last = 1000
for attempt in range(100):
    link.ask(asks.EndThread(link.number()))
given = 0
for attempt in range(20):
    given += isinstance(link.ask(asks.StartThread(link.number())), asks.Answer)
if given > 3:
    print("ESCAPED:", given, "threads allowed")
