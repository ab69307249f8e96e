# what: names GeneratorExit
# class: language
# source: own
# expect: refused | error

caught = GeneratorExit
if caught:
    log("ESCAPED:GeneratorExit")
