# what: makes and removes files without pause
# class: resource
# source: own
# expect: alive | error
# restrictions: filewrite 40000, fileread 40000, cpu 0.3
# seconds: 3

begun = getruntime()
made = 0
while True:
    openfile("f", True).close()
    removefile("f")
    made += 1
    if made * 8192 > 40000 * (getruntime() - begun) + 100000:
        log("ESCAPED:", made, "files in", getruntime() - begun, "s\n")
