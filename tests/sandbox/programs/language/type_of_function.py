# what: gets the function type, with which code objects become functions
# class: language
# source: CTF folklore
# expect: ends
# control: none: holding the type alone is harmless; making a function of code is not


def nothing():
    return 0


made = None
try:
    kind = type(nothing)
    made = kind(getattr(nothing, "__code__"), {})
except Exception:
    made = None
if made is not None:
    log("ESCAPED:function from code")
