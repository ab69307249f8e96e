# what: uses handles of one kind as another, and after they were closed
# class: network
# source: own
# expect: ends | error
# restrictions: connport 63190, connport 63191, outsockets 4
# control: none: the bare calls have no TCP

server = listenforconnection("127.0.0.1", 63190)
sender = openconnection("127.0.0.1", 63190, "127.0.0.1", 63191, 2)
receiver = server.getconnection()[2]
sender.close()
file = openfile("mine", True)
for thing, name, arguments in [
    (sender, "send", ("x",)),
    (sender, "recv", (1,)),
    (server, "recv", (1,)),
    (server, "getmessage", ()),
    (receiver, "getconnection", ()),
    (receiver, "readat", (1, 0)),
    (file, "send", ("x",)),
]:
    try:
        getattr(thing, name)(*arguments)
        log("ESCAPED:", name, "\n")
    except Exception:
        pass
if sender.close() is not False or receiver.close() is not True:
    log("closed twice\n")
