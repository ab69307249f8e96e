# what: looks __exit__ up on an API object by with
# class: language
# source: own
# expect: ends | error | refused
# control: none: needs API objects

file = openfile("mine", True)
got = None
try:
    with file as inner:
        got = inner
except Exception:
    pass
if got is not None and got is not file:
    log("ESCAPED:inner file")
