# what: walks from a list literal by __mro__
# class: language
# source: CTF folklore
# expect: refused
# line: 7

root = [].__class__.__mro__[-1]
if root:
    log("ESCAPED:object")
