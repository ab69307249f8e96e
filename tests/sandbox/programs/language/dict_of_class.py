# what: reads the dictionary of a builtin class, format among it
# class: language
# source: own
# expect: refused
# line: 7

table = str.__dict__
if table:
    log("ESCAPED:class dictionary")
