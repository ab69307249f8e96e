# what: gets the class of an API object and makes another one of it
# class: language
# source: own
# expect: ends
# control: none: needs API objects

file = openfile("mine", True)
lock = createlock()
for thing in [file, lock]:
    try:
        kind = type(thing)
    except Exception:
        kind = None
    if kind is not None:
        for arguments in [
            (),
            ("other",),
            (0,),
            (thing,),
            ("/etc/passwd",),
            ("/etc/passwd", "r"),
        ]:
            try:
                kind(*arguments)
                log("ESCAPED:made an API object\n")
            except Exception:
                pass
file.close()
