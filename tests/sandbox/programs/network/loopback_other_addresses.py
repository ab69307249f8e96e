# what: sends to other addresses of the loopback network
# class: network
# source: own
# expect: ends | error
# arguments: {canary}

for address in ["127.0.0.2", "127.1.2.3", "127.255.255.254"]:
    try:
        sendmessage(address, int(callargs[0]), "hello", "127.0.0.1", 63180)
        log("ESCAPED:sent to", address, "\n")
    except InternetConnectivityError:
        log("ESCAPED:tried", address, "\n")
    except Exception:
        pass
