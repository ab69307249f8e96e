# what: names a double-underscore attribute inside an f-string
# class: language
# source: own
# expect: refused
# line: 8

thing = 0
got = f"{thing.__class__.__mro__}"
if "object" in got:
    log("ESCAPED:f-string")
