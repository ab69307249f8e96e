# what: connects from and listens on TCP ports that were not granted, UDP ports among them
# class: network
# source: own
# expect: ends | error
# restrictions: connport 63190
# control: none: the bare calls have no TCP

for port in [0, -1, 1, 80, 1024, 63180, 63181, 63150, 65536, 2**40, True, "63190", None]:
    for call in [
        lambda: openconnection("127.0.0.1", 63191, "127.0.0.1", port, 0.5),
        lambda: listenforconnection("127.0.0.1", port),
    ]:
        try:
            call()
            log("ESCAPED:used", port, "\n")
        except ConnectionRefusedError:
            log("ESCAPED:tried from", port, "\n")
        except Exception:
            pass
