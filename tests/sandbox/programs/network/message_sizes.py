# what: sends messages that are too long
# class: network
# source: own
# expect: ends | error
# restrictions: netsend 1000000000, loopsend 1000000000

for size in [9217, 65507, 65508, 100_000, 5_000_000]:
    try:
        sendmessage("127.0.0.1", 63181, "x" * size, "127.0.0.1", 63180)
        log("ESCAPED:sent", size, "bytes\n")
    except RepyArgumentError:
        pass
