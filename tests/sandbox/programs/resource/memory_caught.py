# what: catches every MemoryError and tries again with a little less
# class: resource
# source: own
# expect: stopped memory | ends
# seconds: 10

hoard = []
size = 50_000_000
for attempt in range(200):
    try:
        hoard.append(bytearray(size))
    except MemoryError:
        size = max(size * 3 // 4, 1000)
if sum([len(data) for data in hoard]) > 50_000_000:
    log("ESCAPED:more than was granted\n")
