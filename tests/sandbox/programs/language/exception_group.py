# what: names ExceptionGroup
# class: language
# source: own
# expect: refused | error

caught = ExceptionGroup
if caught:
    log("ESCAPED:ExceptionGroup")
