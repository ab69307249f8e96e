# what: calls methods of SafeDict on things that are none, and of others on it
# class: language
# source: own
# expect: ends | error | refused
# control: none: needs SafeDict


class Fake:
    pass


found = []
for call in [
    SafeDict.get,
    SafeDict.keys,
    SafeDict.items,
    SafeDict.pop,
    SafeDict.update,
    SafeDict.copy,
]:
    for thing in [log, openfile, createlock(), Fake(), {}, 5, SafeDict, mycontext]:
        for arguments in [(), ("x",), ({"x": 1},)]:
            try:
                found.append(call(thing, *arguments))
            except Exception:
                pass
for thing in found:
    if thing is not None and not isinstance(thing, (str, int, list, tuple, SafeDict)):
        log("ESCAPED:", repr(thing)[:60], "\n")
