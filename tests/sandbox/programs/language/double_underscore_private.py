# what: reads private names of API objects from classes named like theirs
# class: language
# source: own
# expect: ends
# control: none: needs API objects


class _Handle:
    def take(self, thing):
        return [thing.__handle, thing.__link]


class SealedCall:
    def take(self, thing):
        return [thing.__call]


class SafeDict_:
    class SafeDict:
        def take(self, thing):
            return [thing.__names]


class VirtualNamespace:
    def take(self, thing):
        return [thing.__code, thing.__runner, thing.__errors]


class Object:
    def take(self, thing):
        thing.__methods = {}
        return [thing.__methods]


class Thread:
    pass


space = createvirtualnamespace("x = 1", "n")
file = openfile("mine", True)
takers = [_Handle(), SealedCall(), SafeDict_.SafeDict(), VirtualNamespace(), Object()]
for thing in [file, createlock(), log, openfile, _context, space, RepyException, Thread]:
    for taker in takers:
        try:
            found = taker.take(thing)
            if thing is not Thread:
                log("ESCAPED:", found, "\n")
        except AttributeError:
            pass
file.close()
