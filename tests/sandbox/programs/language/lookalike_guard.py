# what: binds a guard's name spelled with a wide low line
# class: language
# source: CTF folklore
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 8

_getattr＿ = len
log("bound, to no effect")
