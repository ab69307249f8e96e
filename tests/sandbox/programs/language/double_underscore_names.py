# what: reads the module's own hidden names
# class: language
# source: own
# expect: refused
# line: 7

found = __file__ or __name__
if found:
    log("ESCAPED:__file__")
