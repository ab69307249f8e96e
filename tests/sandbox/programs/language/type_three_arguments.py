# what: makes a class with a forbidden method by three-argument type()
# class: language
# source: CTF folklore
# expect: ends

try:
    made = type("Made", (), {"__index__": lambda self: 0})
except Exception:
    made = None
if made is not None:
    log("ESCAPED:type with three arguments")
