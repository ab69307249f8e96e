# what: opens, removes and makes one name from many threads
# class: file
# source: own
# expect: ends | error | stopped disk
# control: maybe: it takes luck
# restrictions: events 8, filewrite 100000000, fileread 100000000, filesopened 4, diskused 300000, cpu 1.0
# seconds: 10


def work():
    for attempt in range(30):
        try:
            file = openfile("shared", True)
            file.writeat("x" * 1000, 0)
            file.close()
            removefile("shared")
        except RepyException:
            pass


for number in range(5):
    createthread(work)
work()
