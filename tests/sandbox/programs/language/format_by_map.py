# what: hands str.format to map, which calls it from C
# class: language
# source: CVE-2023-41039
# expect: ends

try:
    got = list(map(str.format, ["{0.__class__.__mro__}"], [0]))[0]
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format by map")
