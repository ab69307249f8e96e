# what: reaches loopback by IPv6 and by addresses that hold IPv4 ones
# class: network
# source: own
# expect: ends | error
# control: maybe: only root makes a loopback in a network of its own
# arguments: {canary}
# network: none

for address in [
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::127.0.0.1",
    "2001:0:7f00:1::1",
    "0:0:0:0:0:0:0:1",
    "[::1]",
    "::1%lo",
    "::1%1",
]:
    for local in ["127.0.0.1", "::1", "::"]:
        try:
            sendmessage(address, int(callargs[0]), "hello", local, 63180)
            log("ESCAPED:sent to", address, "\n")
        except InternetConnectivityError:
            log("ESCAPED:tried", address, "\n")
        except Exception:
            pass
