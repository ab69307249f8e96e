# what: lists the names of an API function
# class: language
# source: own
# expect: refused | error

found = dir(log)
if found:
    log("ESCAPED:dir")
