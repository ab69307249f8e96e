# what: sends through a connection without pause
# class: network
# source: own
# expect: alive | ends | error
# restrictions: connport 63190, connport 63191, loopsend 20000, looprecv 1000000, events 4, outsockets 4, cpu 0.4
# seconds: 3
# control: none: the bare calls have no TCP

server = listenforconnection("127.0.0.1", 63190)
sender = openconnection("127.0.0.1", 63190, "127.0.0.1", 63191, 2)
receiver = server.getconnection()[2]


def drain():
    while True:
        try:
            receiver.recv(100000)
        except SocketWouldBlockError:
            sleep(0.005)


createthread(drain)
begun, sent = getruntime(), 0
while True:
    try:
        sent += sender.send("x" * 4000)
    except SocketWouldBlockError:
        sleep(0.005)
    if sent > 20000 * (getruntime() - begun) + 60000:
        log("ESCAPED:", sent, "bytes\n")
        sleep(1)
