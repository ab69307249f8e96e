# what: connects into the donor's home network and to the metadata service
# class: network
# source: own
# expect: ends | error
# network: none
# restrictions: connport 63190
# control: none: the bare calls have no TCP

for address in [
    "169.254.169.254",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "fe80::1",
    "fd00::1",
]:
    try:
        openconnection(address, 80, "127.0.0.1", 63190, 0.5)
        log("ESCAPED:connected to", address, "\n")
    except (InternetConnectivityError, TimeoutError, ConnectionRefusedError):
        log("ESCAPED:tried", address, "\n")
    except Exception:
        pass
