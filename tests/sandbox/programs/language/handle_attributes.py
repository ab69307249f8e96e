# what: writes attributes of handles and API functions
# class: language
# source: own
# expect: ends
# control: none: needs API objects

file = openfile("mine", True)
for thing in [file, log, openfile, createlock()]:
    for name in [
        "readat",
        "writeat",
        "close",
        "name",
        "_id",
        "id",
        "handle",
        "anything",
        "call",
    ]:
        try:
            setattr(thing, name, lambda *arguments: "changed")
            log("ESCAPED:changed", name, "\n")
        except Exception:
            pass
file.close()
