# what: executes a text
# class: language
# source: CTF folklore
# expect: refused | error

exec("got = ().__class__")
log("ESCAPED:exec")
