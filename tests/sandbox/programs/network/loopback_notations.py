# what: writes the loopback address in ways that only a resolver understands
# class: network
# source: own
# expect: ends | error
# arguments: {canary}

for address in [
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.0.0.01",
    "127.000.000.001",
    "localhost",
    "LOCALHOST",
    " 127.0.0.1",
    "127.0.0.1 ",
    "127.0.0.1\0",
    "127.0.0.1\n",
    "127.0.0.1%lo",
    "１２７.0.0.1",
    "0",
    "",
]:
    try:
        sendmessage(address, int(callargs[0]), "hello", "127.0.0.1", 63180)
        log("ESCAPED:sent to", repr(address), "\n")
    except InternetConnectivityError:
        log("ESCAPED:tried", repr(address), "\n")
    except Exception:
        pass
