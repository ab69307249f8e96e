# what: lets str.format_map walk from an int to its class
# class: language
# source: CVE-2023-41039
# expect: ends

try:
    got = "{x.__class__.__mro__}".format_map({"x": 0})
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format_map")
