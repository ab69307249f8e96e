# what: asks to read an empty file, and fills it while the read waits for its rate
# class: file
# source: own
# expect: ends
# restrictions: fileread 20000, diskused 1000000, filewrite 1000000, events 8
# control: none: bare, there is nothing to pay

f = openfile("f", True)
got = []


def read():
    got.append(len(f.readat(100_000, 0)))


while f.readat(1, 0):
    pass
begun = getruntime()
while getruntime() - begun < 0.5:  # the rate is used up, and the next one has to wait
    listfiles()
for _ in range(3):
    createthread(read)
sleep(0.05)
f.writeat("x" * 100_000, 0)
while len(got) < 3:
    sleep(0.1)
if sum(got) > 20_000 * (getruntime() - begun + 2):
    log("ESCAPED:read", sum(got), "bytes in", getruntime() - begun)
