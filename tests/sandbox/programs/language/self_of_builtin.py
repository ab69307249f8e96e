# what: reads the module behind a builtin
# class: language
# source: CTF folklore
# expect: refused
# line: 7

module = len.__self__
if module:
    log("ESCAPED:len.__self__")
