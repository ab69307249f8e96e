# what: reads the standard input of the vessel
# class: language
# source: own
# expect: refused | error
# control: none: it would wait for a person

got = input()
log("ESCAPED:input")
