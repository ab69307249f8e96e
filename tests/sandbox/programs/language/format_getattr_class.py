# what: fetches str.format from the class by a name made at run time
# class: language
# source: own
# expect: ends

try:
    got = getattr(str, "for" + "mat")("{0.__class__.__mro__}", 0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:getattr str.format")
