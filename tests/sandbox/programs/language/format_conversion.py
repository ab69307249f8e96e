# what: names an attribute before a conversion mark
# class: language
# source: own
# expect: ends

try:
    got = "{0.__class__.__mro__!s:>10}".format(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format with conversion")
