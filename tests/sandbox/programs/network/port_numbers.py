# what: uses port numbers that are none
# class: network
# source: own
# expect: ends | error

for port in [
    0,
    -1,
    65536,
    2**16 + 63180,
    2**32 + 63180,
    -(2**63),
    2**100,
    63180.5,
    float("nan"),
    "63180",
    [63180],
]:
    try:
        sendmessage("127.0.0.1", port, "hello", "127.0.0.1", 63180)
        log("ESCAPED:sent to", port, "\n")
    except Exception:
        pass
    try:
        sendmessage("127.0.0.1", 63181, "hello", "127.0.0.1", port)
        log("ESCAPED:sent from", port, "\n")
    except Exception:
        pass
    try:
        listenformessage("127.0.0.1", port)
        log("ESCAPED:listens on", port, "\n")
    except Exception:
        pass
