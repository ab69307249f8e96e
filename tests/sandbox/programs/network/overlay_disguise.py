# what: sends what looks like a message of the overlay
# class: network
# source: own
# expect: ends | error
# restrictions: loopsend 1000000
# control: none: only the peers' safety is at stake, which the overlay's own tests show

for head in ["\x00", "\x01", "SP", "sp", "\x93", "\x94", "\x95", "\x96", "\x82", "d1:"]:
    try:
        sendmessage("127.0.0.1", 63181, head + "x" * 100, "127.0.0.1", 63180)
    except Exception:
        pass
log("went on\n")
