# what: writes the same block again and again
# class: resource
# source: own
# expect: alive
# restrictions: filewrite 40000, cpu 0.3
# seconds: 3

begun = getruntime()
file = openfile("block", True)
written = 0
while True:
    file.writeat("x" * 4096, 0)
    written += 4096
    if written > 40000 * (getruntime() - begun) + 100000:
        log("ESCAPED:", written, "bytes in", getruntime() - begun, "s\n")
