# what: uses a TCP port for UDP
# class: network
# source: own
# expect: ends | error
# restrictions: connport 63190

for call in [
    lambda: listenformessage("127.0.0.1", 63190),
    lambda: sendmessage("127.0.0.1", 63181, "hello", "127.0.0.1", 63190),
]:
    try:
        call()
        log("ESCAPED:used a TCP port for UDP\n")
    except Exception:
        pass
