# what: reads __builtins__ by name
# class: language
# source: CTF folklore
# expect: refused
# line: 7

found = __builtins__
if found:
    log("ESCAPED:builtins")
