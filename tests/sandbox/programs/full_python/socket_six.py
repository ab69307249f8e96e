# what: sends to loopback by IPv6, plain and mapped
# class: full
# source: own
# expect: ends | error

import socket
import sys

sender = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sender.sendto(b"hello", ("::ffff:127.0.0.1", int(sys.argv[3])))
print("ESCAPED:sent")
