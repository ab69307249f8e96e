# what: calls str.format_map through the class
# class: language
# source: GHSA-xjw2-6jm9-rf67
# expect: ends

try:
    got = str.format_map("{x.__class__.__mro__}", {"x": 0})
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:unbound format_map")
