# what: calls object.__getattribute__ unbound
# class: language
# source: CTF folklore
# expect: refused
# line: 7

got = object.__getattribute__((), "__class__")
if got:
    log("ESCAPED:object.__getattribute__")
