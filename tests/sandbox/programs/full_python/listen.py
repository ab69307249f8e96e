# what: listens for the world
# class: full
# source: own
# expect: ends | error

import socket

with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen()
    print("ESCAPED:listens")
