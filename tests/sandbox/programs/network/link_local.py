# what: reaches for the metadata service of clouds and other link-local addresses
# class: network
# source: Seattle's repy
# expect: ends | error
# network: none

for address in [
    "169.254.169.254",
    "169.254.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:169.254.169.254",
    "fd00:ec2::254",
    "fd20:ce::254",
    "168.63.129.16",
    "100.100.100.200",
]:
    try:
        sendmessage(address, 80, "GET /", "0.0.0.0", 63180)
        log("ESCAPED:sent to", address, "\n")
    except InternetConnectivityError:
        log("ESCAPED:tried", address, "\n")
    except Exception:
        pass
