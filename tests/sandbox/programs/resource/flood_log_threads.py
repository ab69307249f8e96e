# what: logs from four threads
# class: resource
# source: own
# expect: alive
# restrictions: lograte 20000, events 6, cpu 0.3
# lograte: 20000
# seconds: 3


def chatter():
    while True:
        log("x" * 500, "\n")


for number in range(4):
    createthread(chatter)
chatter()
