# what: reaches the true type through classes that the program may hold
# class: language
# source: own
# expect: ends

found = []
for thing in [type, int, str, Exception]:
    for name in [
        "mro",
        "__subclasses__",
        "__base__",
        "__bases__",
        "__mro__",
        "__prepare__",
        "__call__",
    ]:
        try:
            found.append(getattr(thing, name)())
        except Exception:
            pass
for classes in found:
    try:
        if len(classes) > 20:
            log("ESCAPED:list of subclasses")
    except Exception:
        pass
