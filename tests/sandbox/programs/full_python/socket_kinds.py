# what: makes sockets of every family
# class: full
# source: own
# expect: ends

import socket

for family in range(1, 46):
    for kind in [socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET]:
        try:
            socket.socket(family, kind).close()
            print("ESCAPED:socket", family, kind)
        except (OSError, ValueError):
            pass
