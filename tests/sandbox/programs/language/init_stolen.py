# what: keeps __init__ of a builtin as a function and calls it on an API object
# class: language
# source: own
# expect: ends | error | refused
# control: none: needs API classes

stolen = []
for kind in [list, dict, Exception, set, bytearray]:
    try:
        stolen.append(kind.__init__)
    except Exception:
        pass
lock = createlock()
for call in stolen:
    for thing in [lock, log, callargs, mycontext]:
        try:
            call(thing, [1, 2])
        except Exception:
            pass
if lock.acquire(False) is not True:
    log("ESCAPED:lock changed")
