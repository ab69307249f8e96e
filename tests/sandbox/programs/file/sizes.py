# what: reads sizes that are none
# class: file
# source: own
# expect: ends | error

file = openfile("mine", True)
file.writeat("0123456789", 0)
for size in [-1, -(2**63), 1.5, "5", [], True, 2**64]:
    try:
        text = file.readat(size, 0)
        if len(text) > 10:
            log("ESCAPED:", len(text), "\n")
    except (RepyArgumentError, SeekPastEndOfFileError):
        pass
