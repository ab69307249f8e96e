# what: keeps the bound format for a later call
# class: language
# source: own
# expect: ends

try:
    keep = "{0.__class__.__mro__}".format
    got = keep(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:kept format")
