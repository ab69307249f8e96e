# what: reads a file with a size of ten billion bytes
# class: resource
# source: own
# expect: ends | error

file = openfile("small", True)
file.writeat("x" * 1000, 0)
try:
    text = file.readat(10**10, 0)
    if len(text) != 1000:
        log("ESCAPED:", len(text), "\n")
except RepyArgumentError:
    pass
try:
    file.readat(2**70, 0)
except Exception:
    pass
file.close()
