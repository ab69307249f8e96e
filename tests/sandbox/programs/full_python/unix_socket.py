# what: connects to a service of the donor by a Unix socket
# class: full
# source: own
# expect: ends | error

import socket
import sys

connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[6])
print("ESCAPED:connected")
