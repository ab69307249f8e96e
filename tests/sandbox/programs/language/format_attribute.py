# what: lets str.format walk from an int to its class
# class: language
# source: CVE-2023-41039
# expect: ends

try:
    got = "{0.__class__.__mro__}".format(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format")
