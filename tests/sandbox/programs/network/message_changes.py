# what: changes a bytearray in another thread while it is being sent
# class: network
# control: maybe: it takes luck
# source: own
# expect: ends | error
# restrictions: events 4, loopsend 1000000

data = bytearray(b"x" * 1000)
going = [True]


def change():
    while going[0]:
        data.extend(b"y" * 100000)
        del data[1000:]


createthread(change)
for attempt in range(100):
    try:
        sent = sendmessage("127.0.0.1", 63181, data, "127.0.0.1", 63180)
        if sent > 9216:
            log("ESCAPED:sent", sent, "bytes\n")
    except RepyArgumentError:
        pass
going[0] = False
