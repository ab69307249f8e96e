# what: sends to its own port, so that it answers itself for ever
# class: network
# source: own
# expect: alive | error | ends
# restrictions: loopsend 20000, looprecv 20000, cpu 0.2
# cpu: 0.2
# seconds: 3
# control: none: a bare socket cannot be borrowed for sending

server = listenformessage("127.0.0.1", 63180)
try:
    sendmessage("127.0.0.1", 63180, "x" * 100, "127.0.0.1", 63180)
except Exception:
    pass
while True:
    try:
        address, port, data = server.getmessage()
        for copy in range(4):
            sendmessage(address, port, data, "127.0.0.1", 63180)
    except Exception:
        sleep(0.001)
