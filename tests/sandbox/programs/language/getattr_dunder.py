# what: reads a double-underscore attribute by a name made at run time
# class: language
# source: own
# expect: ends

try:
    got = getattr((), "__cl" + "ass__")
except Exception:
    got = None
if got is not None:
    log("ESCAPED:class by getattr")
