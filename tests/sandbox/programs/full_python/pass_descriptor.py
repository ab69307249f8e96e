# what: hands descriptors to the broker and looks who it is
# class: full
# source: own
# expect: ends | error
# control: none: needs a broker

import array
import socket

channel = socket.socket(fileno=3)
try:
    channel.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1]))])
    print("ESCAPED:passed a descriptor")
except OSError:
    pass
try:
    print("ESCAPED:peer", channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
except OSError:
    pass
