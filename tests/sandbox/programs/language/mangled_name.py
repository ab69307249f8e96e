# what: reads what a class-private name of an API object would be mangled to
# class: language
# source: own
# expect: ends
# control: none: needs API objects

file = openfile("mine", True)
lock = createlock()
plain = (str, int, float, type(None))
for thing in [file, lock, log, openfile]:
    for owner in [
        "File",
        "VesselFile",
        "Handle",
        "Lock",
        "RepyFile",
        "FileHandle",
        "Api",
        "Broker",
        "Socket",
    ]:
        for word in [
            "fd",
            "id",
            "handle",
            "file",
            "lock",
            "broker",
            "channel",
            "call",
            "path",
            "name",
            "obj",
        ]:
            try:
                found = getattr(thing, "_" + owner + "__" + word)
            except Exception:
                found = None
            if not isinstance(found, plain):
                log("ESCAPED:", owner, word, "\n")
file.close()
