# what: reaches for the donor's home network
# class: network
# source: own
# expect: ends | error
# network: none

for address in [
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.127.255.254",
    "fd00::1",
    "fc00::1",
]:
    try:
        sendmessage(address, 80, "hello", "127.0.0.1", 63180)
        log("ESCAPED:sent to", address, "\n")
    except InternetConnectivityError:
        log("ESCAPED:tried", address, "\n")
    except Exception:
        pass
