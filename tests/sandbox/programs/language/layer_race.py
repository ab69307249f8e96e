# what: writes from many threads at once, to slip between a layer's look and its write
# class: language
# source: own
# expect: ends | error
# layer: keep_first_bytes
# restrictions: events 8, filewrite 10000000, fileread 10000000
# control: none: needs a security layer

file = openfile("kept", True)
left = [6]
lock = createlock()


def fight(text):
    def act():
        for attempt in range(20):
            try:
                file.writeat(text, 0)
            except ResourceForbiddenError:
                pass
        lock.acquire(True)
        left[0] -= 1
        lock.release()

    return act


file.writeat("SAFE", 0)
for number in range(6):
    createthread(fight("EVI%d" % number))
while left[0]:
    sleep(0.01)
if file.readat(4, 0) != "SAFE":
    log("ESCAPED:", file.readat(4, 0), "\n")
