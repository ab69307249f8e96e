# what: binds API methods to objects of its own by the method type
# class: language
# source: own
# expect: ends | error
# control: none: needs API objects


class Fake:
    _fd = 0
    fd = 0
    id = 0
    _id = 0
    handle = 0
    _handle = 0


file = openfile("mine", True)
lock = createlock()
kinds = []
for thing in [file.readat, file.close, lock.acquire]:
    try:
        kinds.append(type(thing))
    except Exception:
        pass
for kind in kinds:
    for call in [file.readat, file.writeat, lock.acquire]:
        try:
            kind(call, Fake())("x", 0)
        except Exception:
            pass
for number in range(-1, 20):
    Fake._handle = Fake.handle = Fake._id = Fake.id = number
    for name in ["readat", "close", "getmessage"]:
        try:
            getattr(type(file), name)(Fake(), 10, 0)
            log("ESCAPED:called with a forged handle\n")
        except Exception:
            pass
file.close()
