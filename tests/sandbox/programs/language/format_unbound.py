# what: calls str.format through the class
# class: language
# source: GHSA-xjw2-6jm9-rf67
# expect: ends

try:
    got = str.format("{0.__class__.__mro__}", 0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:unbound format")
