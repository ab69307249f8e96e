# what: listens on ports that were not granted
# class: network
# source: own
# expect: ends | error

for port in [1, 53, 80, 1024, 5353, 8080, 63150, 63155, 65535]:
    for address in ["127.0.0.1", "0.0.0.0", "::1", "::"]:
        try:
            listenformessage(address, port)
            log("ESCAPED:listens on", address, port, "\n")
        except Exception:
            pass
