# what: sends to groups
# class: network
# source: own
# expect: ends | error
# network: none

for address in [
    "224.0.0.1",
    "224.0.0.251",
    "239.255.255.250",
    "232.1.1.1",
    "ff02::1",
    "ff02::fb",
]:
    try:
        sendmessage(address, 5353, "hello", "127.0.0.1", 63180)
        log("ESCAPED:sent to", address, "\n")
    except InternetConnectivityError:
        log("ESCAPED:tried", address, "\n")
    except Exception:
        pass
