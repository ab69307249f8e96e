# what: sends a datagram to a service of the donor
# class: full
# source: own
# expect: ends | error

import socket
import sys

sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto(b"hello", ("127.0.0.1", int(sys.argv[3])))
print("ESCAPED:sent")
