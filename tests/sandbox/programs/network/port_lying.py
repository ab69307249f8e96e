# what: hands over ports that are other numbers when they are compared
# class: network
# source: own
# expect: ends | error
# arguments: {canary}


class Port(int):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(63180)

    def __le__(self, other):
        return True

    def __int__(self):
        return 63180


for port in [Port(int(callargs[0])), float(callargs[0]), callargs[0], True, None]:
    try:
        sendmessage("127.0.0.1", port, "hello", "127.0.0.1", 63180)
        log("ESCAPED:sent\n")
    except Exception:
        pass
    try:
        listenformessage("127.0.0.1", port)
        log("ESCAPED:listens\n")
    except Exception:
        pass
