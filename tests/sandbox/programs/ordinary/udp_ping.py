# what: measures the round trip between two of its own ports
# class: ordinary
# restrictions: looprecv 200000, loopsend 200000
# prints: pong 0 from 63181
# prints: pong 1 from 63181
# prints: pong 2 from 63181
# prints: pong 3 from 63181
# prints: pong 4 from 63181
# prints: all below a second: True
# prints: True True False

here = "127.0.0.1"
echo = listenformessage(here, 63181)
asker = listenformessage(here, 63180)


def receive(server, patience):
    begun = getruntime()
    while getruntime() - begun < patience:
        try:
            return server.getmessage()
        except SocketWouldBlockError:
            sleep(0.005)
    return None


times = []
for number in range(5):
    begun = getruntime()
    sendmessage(here, 63181, "ping %d" % number, here, 63180)
    address, port, text = receive(echo, 5)
    sendmessage(address, port, text.replace("ping", "pong"), here, 63181)
    address, port, answer = receive(asker, 5)
    times.append(getruntime() - begun)
    log(answer, "from", port, "\n")
log("all below a second:", max(times) < 1, "\n")
log(echo.close(), asker.close(), asker.close(), "\n")
