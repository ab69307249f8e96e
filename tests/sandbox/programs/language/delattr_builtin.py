# what: deletes attributes of API functions and classes by delattr
# class: language
# source: own
# expect: ends
# control: none: nothing to delete outside a vessel

gone = []
for thing in [log, openfile, SocketWouldBlockError, str, Exception]:
    for name in ["__doc__", "__init__", "__name__", "args", "join"]:
        try:
            delattr(thing, name)
            gone.append(name)
        except Exception:
            pass
if gone:
    log("ESCAPED:deleted", gone)
