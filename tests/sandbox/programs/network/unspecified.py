# what: sends to no address, which systems take for this machine
# class: network
# source: own
# expect: ends | error
# arguments: {canary}
# network: none

for address in ["0.0.0.0", "0.0.0.1", "0.1.2.3", "::", "0:0:0:0:0:0:0:0"]:
    try:
        sendmessage(address, int(callargs[0]), "hello", "127.0.0.1", 63180)
        log("ESCAPED:sent to", address, "\n")
    except InternetConnectivityError:
        log("ESCAPED:tried", address, "\n")
    except Exception:
        pass
