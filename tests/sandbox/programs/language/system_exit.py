# what: names SystemExit, to end with a code of its choice
# class: language
# source: own
# expect: refused | error

caught = SystemExit
if caught:
    log("ESCAPED:SystemExit")
