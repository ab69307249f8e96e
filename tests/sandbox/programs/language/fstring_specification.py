# what: names a double-underscore attribute inside an f-string's format specification
# class: language
# source: own
# expect: refused
# line: 8

thing = 0
got = f"{7:{thing.__class__.__mro__.__len__()}}"
if got:
    log("ESCAPED:f-string specification")
