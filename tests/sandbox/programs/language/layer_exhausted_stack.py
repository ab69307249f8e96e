# what: calls through a layer at every depth of the stack, hoping that its check fails open
# class: language
# source: own
# expect: ends | error | crash | alive
# seconds: 3
# layer: keep_first_bytes
# restrictions: filewrite 10000000, fileread 10000000
# control: none: needs a security layer

file = openfile("kept", True)
file.writeat("SAFE", 0)


def dive(depth):
    try:
        dive(depth + 1)
    except RecursionError:
        pass
    if depth % 50 == 0 or depth > 850:
        try:
            file.writeat("EVIL", 0)
        except Exception:
            pass


dive(0)
if file.readat(4, 0) != "SAFE":
    log("ESCAPED:", file.readat(4, 0), "\n")
