# what: sends and asks for sizes and things that are none
# class: network
# source: own
# expect: ends | error | stopped memory
# restrictions: connport 63190, connport 63191, loopsend 100000000, looprecv 100000000, outsockets 4
# control: none: the bare calls have no TCP


class Text(str):
    def encode(self, *arguments):
        return b"x" * 10**7


server = listenforconnection("127.0.0.1", 63190)
sender = openconnection("127.0.0.1", 63190, "127.0.0.1", 63191, 2)
receiver = server.getconnection()[2]
for data in ["\u0100", None, 5, ["x"], Text("x"), object()]:
    try:
        sender.send(data)
        log("ESCAPED:sent", type(data), "\n")
    except RepyArgumentError:
        pass
if sender.send("x" * 5_000_000) > 5_000_000:
    log("ESCAPED:more than all\n")
sleep(0.1)
for size in [0, -1, -(2**63), 1.5, None, "5", True, 2**70]:
    try:
        receiver.recv(size)
        log("ESCAPED:received", size, "\n")
    except RepyArgumentError:
        pass
got = receiver.recv(2**60)
if len(got) > 5_000_000:
    log("ESCAPED:", len(got), "\n")
