# what: looks below a security layer for the calls and files that it guards
# class: language
# source: own
# expect: ends | error
# layer: keep_first_bytes
# control: none: needs a security layer

file = openfile("kept", True)
file.writeat("SAFE", 0)
plain = (str, int, float, bool, type(None))
below = []
for thing in [file, file.writeat, file.readat, openfile, removefile, log, createlock]:
    for name in "file _file lock target owner _owner thing methods _methods call _call obj table entry below func args".split():
        try:
            found = getattr(thing, name)
        except Exception:
            continue
        if not isinstance(found, plain):
            below.append(name)
if below:
    log("ESCAPED: below lies", below, "\n")
for name in [
    "CHILD_CONTEXT_DEF",
    "secure_dispatch_module",
    "Guarded",
    "guarded_openfile",
    "method",
]:
    if name in _context:
        log("ESCAPED: sees", name, "\n")
code = """
try:
    f = openfile("other", True)
    f.writeat("x", 0)
    reached = True
except NameError:
    reached = False
"""
if createvirtualnamespace(code, "v").evaluate({})["reached"]:
    log("ESCAPED: openfile in an empty context\n")
try:
    file.writeat("EVIL", 0)
except Exception as problem:
    for name in ["args", "file", "obj", "self", "value"]:
        try:
            for part in getattr(problem, name):
                if not isinstance(part, plain):
                    log("ESCAPED: error carries", name, "\n")
        except Exception:
            pass
