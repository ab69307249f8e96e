# what: looks names up without pause, which costs bytes of the donor's network
# class: network
# source: own
# expect: alive | ends | error
# network: none
# restrictions: netsend 20000, netrecv 100000, events 6, cpu 0.4
# seconds: 3
# control: none: the bare calls have no look-ups

begun, asked = getruntime(), [0]


def ask():
    while True:
        try:
            gethostbyname("localhost")
        except NetworkAddressError:
            pass
        asked[0] += 1
        if asked[0] * 1024 > 20000 * (getruntime() - begun) + 60000:
            log("ESCAPED:", asked[0], "look-ups\n")
            sleep(1)


for number in range(4):
    createthread(ask)
ask()
