# what: floods its broker with requests that break its rules
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3

while True:
    for call in [
        lambda: sendmessage("224.0.0.1", 63180, "x", "127.0.0.1", 63180),
        lambda: listenformessage("127.0.0.1", 9),
        lambda: openfile("../x", False),
    ]:
        try:
            call()
        except Exception:
            pass
