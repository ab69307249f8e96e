# what: runs code in a context in which its own functions stand for getattr and others
# class: language
# source: own
# expect: ends
# control: none: needs virtual namespaces

code = """
def numbers():
    yield 1

found = []
for attempt in [
    lambda: "{0.__class__.__mro__}".format(0),
    lambda: getattr(numbers(), "gi_frame"),
    lambda: type("X", (), {}),
]:
    try:
        found.append(attempt())
    except Exception:
        pass
"""
mine = {
    "isinstance": lambda *a: False,
    "issubclass": lambda *a: False,
    "str": int,
    "type": lambda x: str,
    "Exception": Exception,
}
got = createvirtualnamespace(code, "v").evaluate(SafeDict(mine))
for thing in got["found"]:
    if thing is not str:
        log("ESCAPED:", str(thing)[:60], "\n")
