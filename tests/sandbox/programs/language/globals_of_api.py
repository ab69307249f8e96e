# what: reads the globals of an API function
# class: language
# source: own
# expect: refused
# line: 7

found = log.__globals__
if found:
    log("ESCAPED:globals")
