# what: gets the metaclass by type() of a class
# class: language
# source: CTF folklore
# expect: ends

try:
    meta = type(int)
except Exception:
    meta = None
if meta is not None and meta is not int and isinstance(int, meta):
    log("ESCAPED:metaclass")
