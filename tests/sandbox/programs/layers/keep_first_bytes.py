# A reference monitor: the first four bytes of every file may be written once, and no file removed.


class Guarded:
    def __init__(self, file):
        self.file = file
        self.lock = createlock()

    def readat(self, size, offset):
        return self.file.readat(size, offset)

    def writeat(self, data, offset):
        self.lock.acquire(True)
        try:
            if offset < 4 and self.file.readat(1, offset):
                raise ResourceForbiddenError("the first bytes of a file are kept")
            self.file.writeat(data, offset)
        finally:
            self.lock.release()

    def close(self):
        return self.file.close()


def guarded_openfile(name, create):
    return Guarded(openfile(name, create))


def guarded_removefile(name):
    raise ResourceForbiddenError("files are kept")


def method(args, result, target):
    return {
        "type": "func",
        "args": args,
        "exceptions": RepyException,
        "return": result,
        "target": target,
    }


CHILD_CONTEXT_DEF["openfile"] = {
    "type": "objc",
    "args": (str, bool),
    "exceptions": RepyException,
    "return": {
        "name": "Guarded",
        "obj-type": Guarded,
        "readat": method(((int, None), int), str, Guarded.readat),
        "writeat": method((str, int), None, Guarded.writeat),
        "close": method((), None, Guarded.close),
    },
    "target": guarded_openfile,
}
CHILD_CONTEXT_DEF["removefile"] = method((str,), None, guarded_removefile)
secure_dispatch_module()
