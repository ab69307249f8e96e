# what: uses a TCP port for UDP
# class: network
# source: own
# expect: ends | error
# restrictions: connport 63120

for call in [
    lambda: listenformessage("127.0.0.1", 63120),
    lambda: sendmessage("127.0.0.1", 63101, "hello", "127.0.0.1", 63120),
]:
    try:
        call()
        log("ESCAPED:used a TCP port for UDP\n")
    except Exception:
        pass
