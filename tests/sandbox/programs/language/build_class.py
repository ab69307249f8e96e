# what: calls __build_class__ by name
# class: language
# source: CTF folklore
# expect: refused
# line: 7

made = __build_class__(lambda: None, "Made")
log("ESCAPED:build class")
