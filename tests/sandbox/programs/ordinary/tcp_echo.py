# what: serves an echo to two clients of its own over TCP
# class: ordinary
# restrictions: connport 63190, connport 63191, connport 63192, outsockets 6, events 6, loopsend 200000, looprecv 200000
# prints: sent 17 bytes
# prints: closed after: echo of hello from 63191
# prints: True False
# prints: sent 17 bytes
# prints: closed after: echo of hello from 63192
# prints: True False

here = "127.0.0.1"
server = listenforconnection(here, 63190)


def patiently(call, *arguments):
    begun = getruntime()
    while getruntime() - begun < 10:
        try:
            return call(*arguments)
        except SocketWouldBlockError:
            sleep(0.005)
    raise Exception("nothing happened")


def serve():
    for client in range(2):
        address, port, connection = patiently(server.getconnection)
        text = ""
        while not text.endswith("\n"):
            text += patiently(connection.recv, 5)
        connection.send("echo of " + text)
        connection.close()
    server.close()


createthread(serve)
for port in (63191, 63192):
    connection = openconnection(here, 63190, here, port, 5)
    log("sent", connection.send("hello from %d\n" % port), "bytes\n")
    answer = ""
    try:
        while True:
            answer += patiently(connection.recv, 100)
    except SocketClosedRemote:
        log("closed after:", answer)
    log(connection.close(), connection.close(), "\n")
