# what: raises KeyboardInterrupt
# class: language
# source: own
# expect: refused | error

caught = KeyboardInterrupt
if caught:
    log("ESCAPED:KeyboardInterrupt")
