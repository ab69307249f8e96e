# what: sends to everybody
# class: network
# source: own
# expect: ends | error
# network: none

for address in ["255.255.255.255", "240.0.0.1", "250.1.1.1"]:
    try:
        sendmessage(address, 9, "hello", "127.0.0.1", 63180)
        log("ESCAPED:sent to", address, "\n")
    except InternetConnectivityError:
        log("ESCAPED:tried", address, "\n")
    except Exception:
        pass
