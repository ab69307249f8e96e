# what: sends from ports that were not granted
# class: network
# source: own
# expect: ends | error

for port in [1, 53, 80, 1024, 5353, 63150, 63155, 65535]:
    try:
        sendmessage("127.0.0.1", 63181, "hello", "127.0.0.1", port)
        log("ESCAPED:sent from", port, "\n")
    except Exception:
        pass
