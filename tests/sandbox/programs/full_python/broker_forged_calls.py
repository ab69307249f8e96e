# what: speaks the broker's language without the checks of the jailed side
# class: full
# source: own
# expect: ends | stopped | error
# control: none: needs a broker
# seconds: 8

import sys

asks = sys.modules["seattle_p2p.vessel.requests"]
link_module = sys.modules["seattle_p2p.vessel.link"]
import socket

link = link_module.Link(socket.socket(fileno=3))
link._last = 1000
secret, canary = sys.argv[2], int(sys.argv[3])
names = [
    secret,
    "../secret.txt",
    "..",
    ".",
    "",
    "/etc/passwd",
    "a/b",
    "x\0y",
    "x" * 5000,
    "sub/../../x",
    "\ud800",
]
tries = [
    asks.OpenFile(link.number(), name, create)
    for name in names[:-1]
    for create in (False, True)
]
tries += [asks.RemoveFile(link.number(), name) for name in names[:-1]]
tries += [
    asks.SendMessage(link.number(), host, canary, b"hello", "127.0.0.1", 63180)
    for host in ["127.0.0.1", "127.1", "localhost", "0.0.0.0", "::1", "::ffff:127.0.0.1", ""]
]
tries += [asks.SendMessage(link.number(), "127.0.0.1", 63181, b"x" * 60000, "127.0.0.1", 63180)]
tries += [
    asks.SendMessage(link.number(), "127.0.0.1", 63181, b"x", "127.0.0.1", port)
    for port in [0, -1, 1, 80, 70000, 63150]
]
tries += [
    asks.OpenConnection(link.number(), host, int(sys.argv[4]), "127.0.0.1", port, 1.0)
    for host in ["127.0.0.1", "::1", "0.0.0.0"]
    for port in [63190, 63180, 80]
]
tries += [
    asks.ListenConnection(link.number(), "127.0.0.1", port)
    for port in [0, 1, 80, 70000, 63180, 63150]
]
tries += [
    asks.LookUp(link.number(), name) for name in ["", "x y", "a" * 5000, "%s", "-x", "x\0y"]
]
tries += [
    asks.ListenMessage(link.number(), "127.0.0.1", port)
    for port in [0, -1, 1, 80, 70000, 2**40, 63150]
]
for request in tries:
    try:
        reply = link.ask(request)
    except Exception as problem:
        print("the line broke:", type(problem).__name__)
        break
    if isinstance(reply, asks.Answer):
        print("ESCAPED:", type(request).__name__, request)
