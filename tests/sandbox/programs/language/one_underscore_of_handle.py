# what: reads attributes with one underscore from API objects
# class: language
# source: own
# expect: ends
# control: none: needs API objects

file = openfile("mine", True)
words = "fd id handle file lock broker channel call request send recv sock socket path name obj inner state closed"
plain = (str, int, float, bool, type(None))
for thing in [
    file,
    createlock(),
    log,
    openfile,
    mycontext,
    callargs,
    getattr,
    SocketWouldBlockError,
]:
    for word in words.split():
        for name in ["_" + word, word, word + "_", "_" + word + "_"]:
            try:
                found = getattr(thing, name)
            except Exception:
                found = None
            if not isinstance(found, plain):
                log("ESCAPED:", name, "\n")
file.close()
