# what: connects to a service of the donor on loopback
# class: network
# source: Seattle's repy
# expect: ends | error
# arguments: {tcp}
# restrictions: connport 63190
# control: none: the bare calls have no TCP

for address in [
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "localhost",
    "0.0.0.0",
    "0",
    "2130706433",
    "::1",
    "::ffff:127.0.0.1",
    " 127.0.0.1",
]:
    for local in ["127.0.0.1", "0.0.0.0", "::1"]:
        try:
            openconnection(address, int(callargs[0]), local, 63190, 1)
            log("ESCAPED:connected to", address, "\n")
        except ConnectionRefusedError:
            log("ESCAPED:tried", address, "\n")
        except Exception:
            pass
