# what: names an attribute of an automatically numbered field
# class: language
# source: own
# expect: ends

try:
    got = "{.__class__.__mro__}".format(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:automatic field")
