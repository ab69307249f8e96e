# what: asks for the globals
# class: language
# source: own
# expect: refused | error

found = globals()
if found:
    log("ESCAPED:globals()")
