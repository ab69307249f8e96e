# what: fetches format by a name made at run time
# class: language
# source: own
# expect: ends

try:
    got = getattr("{0.__class__.__mro__}", "for" + "mat")(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:getattr format")
