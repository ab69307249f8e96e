# what: listens on one port twice and uses a closed server
# class: network
# source: own
# expect: ends | error

server = listenformessage("127.0.0.1", 63180)
try:
    listenformessage("127.0.0.1", 63180)
    log("ESCAPED:listens twice\n")
except AlreadyListeningError:
    pass
except DuplicateTupleError:
    pass
server.close()
try:
    server.getmessage()
    log("ESCAPED:read from a closed server\n")
except SocketClosedLocal:
    pass
