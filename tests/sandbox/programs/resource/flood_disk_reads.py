# what: reads one byte of each block, each charged as a block
# class: resource
# source: own
# expect: alive
# restrictions: fileread 40000, cpu 0.3
# seconds: 3

file = openfile("block", True)
file.writeat("x" * 8192, 0)
begun = getruntime()
blocks = 0
while True:
    file.readat(1, blocks % 8000)
    blocks += 1
    if blocks * 4096 > 40000 * (getruntime() - begun) + 100000:
        log("ESCAPED:", blocks, "blocks in", getruntime() - begun, "s\n")
