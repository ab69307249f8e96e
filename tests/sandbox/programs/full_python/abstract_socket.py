# what: connects to a Unix socket that has no file
# class: full
# source: own
# expect: ends | error

import socket
import sys

connection = socket.socket(socket.AF_UNIX)
connection.connect("\0" + sys.argv[6])
print("ESCAPED:connected")
