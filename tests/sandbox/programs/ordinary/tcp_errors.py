# what: meets the errors of connections that programs must handle
# class: ordinary
# restrictions: connport 63190, connport 63191, outsockets 4
# prints: refused
# prints: listens already
# prints: nobody there
# prints: nothing sent
# prints: connected already
# prints: 127.0.0.1 63191
# prints: last words
# prints: closed over there
# prints: closed here
# prints: True False

here = "127.0.0.1"
try:
    openconnection(here, 63191, here, 63190, 2)
except ConnectionRefusedError:
    log("refused\n")
server = listenforconnection(here, 63190)
try:
    listenforconnection(here, 63190)
except AlreadyListeningError:
    log("listens already\n")
try:
    server.getconnection()
except SocketWouldBlockError:
    log("nobody there\n")
connection = openconnection(here, 63190, here, 63191, 2)
try:
    connection.recv(10)
except SocketWouldBlockError:
    log("nothing sent\n")
try:
    openconnection(here, 63190, here, 63191, 2)
except DuplicateTupleError:
    log("connected already\n")
address, port, other = server.getconnection()
log(address, port, "\n")
other.send("last words")
other.close()
sleep(0.1)
log(connection.recv(100), "\n")
try:
    connection.recv(1)
except SocketClosedRemote:
    log("closed over there\n")
connection.close()
try:
    connection.send("x")
except SocketClosedLocal:
    log("closed here\n")
log(server.close(), server.close(), "\n")
