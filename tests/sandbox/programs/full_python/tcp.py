# what: connects to a service of the donor
# class: full
# source: own
# expect: ends | error

import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
    connection.connect(("127.0.0.1", int(sys.argv[4])))
    print("ESCAPED:connected")
