# what: closes the port it sends from while a message waits, so that a socket is given back that was never taken
# class: network
# source: own
# expect: ends
# restrictions: outsockets 2, insockets 3, events 8, loopsend 2000, connport 63182, connport 63183, connport 63184, connport 63185, connport 63186
# control: none: bare, there is nothing to count

server = listenforconnection("127.0.0.1", 63182)
opened = [openconnection("127.0.0.1", 63182, "127.0.0.1", port, 5) for port in (63183, 63184)]


def send():
    try:
        sendmessage("127.0.0.1", 63181, "x" * 1900, "127.0.0.1", 63180)
    except Exception:
        pass


for _ in range(2):
    listening = listenformessage("127.0.0.1", 63180)
    send()
    send()
    createthread(send)
    sleep(0.3)
    listening.close()
    sleep(2.5)

for port in (63185, 63186):
    try:
        opened.append(openconnection("127.0.0.1", 63182, "127.0.0.1", port, 20))
    except ResourceExhaustedError:
        pass
if len(opened) > 2:
    log("ESCAPED:", len(opened), "sockets, granted 2")
