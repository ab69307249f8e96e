# what: evaluates a text
# class: language
# source: CTF folklore
# expect: refused | error

got = eval("().__class__")
if got:
    log("ESCAPED:eval")
