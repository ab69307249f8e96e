# what: indexes first, then names an attribute in the format field
# class: language
# source: own
# expect: ends

try:
    got = "{0[a][0].__class__.__mro__}".format({"a": [0]})
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format after index")
