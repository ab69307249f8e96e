# what: uses a UDP server's methods on a file and the other way round
# class: network
# source: own
# expect: ends | error
# control: none: the harm would be in the broker

server = listenformessage("127.0.0.1", 63180)
file = openfile("mine", True)
for thing, name, arguments in [
    (server, "readat", (10, 0)),
    (server, "writeat", ("x", 0)),
    (file, "getmessage", ()),
    (file, "recv", (10,)),
    (server, "getconnection", ()),
]:
    try:
        getattr(thing, name)(*arguments)
        log("ESCAPED:", name, "\n")
    except Exception:
        pass
