# what: sends from four threads at once, to slip between check and charge
# class: network
# source: own
# expect: alive
# restrictions: loopsend 20000, netsend 20000, events 6, outsockets 8, cpu 0.3
# udprate: 20000
# seconds: 3


def flood():
    while True:
        sendmessage("127.0.0.1", 63181, "x" * 1000, "127.0.0.1", 63180)


for number in range(4):
    createthread(flood)
flood()
