# what: puts builtins and guards of its own into its globals
# class: language
# source: own
# expect: ends | error | refused
# control: none: needs the names of a vessel

try:
    scope = _context
    for name in [
        "__builtins__",
        "$get",
        "$getattr",
        "$format",
        "_getattr_",
        "__name__",
        "__import__",
    ]:
        try:
            scope[name] = lambda *arguments: "taken over"
        except Exception:
            pass
except NameError:
    pass


def numbers():
    yield 1


got = None
try:
    got = getattr(numbers(), "gi_frame")
except Exception:
    pass
if got is not None and got != "taken over":
    log("ESCAPED:guards replaced")
text = None
try:
    text = "{0.__class__}".format(0)
except Exception:
    pass
if text == "<class 'int'>":
    log("ESCAPED:format replaced")
